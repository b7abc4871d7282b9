"""The model of the settings, each of which is valid by itself."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from configuration.accepted import Accepts
from configuration.field_types import (
    Count,
    Doubts,
    EventBytes,
    JsonObject,
    NameOrObject,
    Origins,
    PathText,
    Rate,
    Responses,
    Seconds,
    Secrets,
    Stripped,
    Switch,
    Text,
    Texts,
    WholeNumber,
)
from configuration.pagination import PaginationSettings
from configuration.webhook_presets import VERIFY_WORDS
from rest.origin import Origin

type AuthType = Literal[
    "none", "bearer_token", "api_key", "basic", "digest", "oauth2", "jwt", "signature", "aws", "custom"
]
type TokenAuth = Literal["body", "basic"]
type Grant = Literal["client_credentials", "password", "refresh_token", "jwt_bearer"]
type ClientAuth = Literal["secret", "private_key_jwt"]
type ConditionalUse = Literal["off", "auto"]
type TokenFormat = Literal["form", "json"]
type MemoryUse = Literal["off", "auto"]


class SettingFields(BaseModel):
    """The settings by their names in snake case, and the pagination settings as one value.

    timeout: seconds to connect, to read, to write, and to wait for a connection.
    requests_per_second: None means no limit.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    base_url: Stripped
    auth_type: AuthType = "none"
    auth_value: Stripped | None = Field(default=None, repr=False)
    api_token: Stripped | None = Field(default=None, repr=False)
    api_key: Stripped | None = Field(default=None, repr=False)
    username: Text | None = None
    password: Stripped | None = Field(default=None, repr=False)
    api_key_header: Text = "X-API-Key"
    api_key_param: Text | None = None
    bearer_prefix: Text = "Bearer"
    token_url: Text | None = None
    client_id: Text | None = None
    client_secret: Stripped | None = Field(default=None, repr=False)
    token_auth: TokenAuth = "body"  # noqa: S105 - a location, not a secret
    token_params: Texts = Field(default_factory=dict, repr=False)
    signature: JsonObject | None = None
    aws: JsonObject | None = None
    aws_access_key_id: Stripped | None = Field(default=None, repr=False)
    aws_secret_access_key: Stripped | None = Field(default=None, repr=False)
    aws_session_token: Stripped | None = Field(default=None, repr=False)
    grant: Grant = "client_credentials"
    client_auth: ClientAuth = "secret"
    refresh_token: Stripped | None = Field(default=None, repr=False)
    private_key: Stripped | None = Field(default=None, repr=False)
    private_key_password: Stripped | None = Field(default=None, repr=False)
    jwt: JsonObject | None = Field(default=None, repr=False)
    token_format: TokenFormat = "form"  # noqa: S105 - a format, not a secret
    token_path: PathText | None = None
    expires_path: PathText | None = None
    custom_auth_request: JsonObject | None = Field(default=None, repr=False)
    custom_auth_request_template: JsonObject | None = Field(default=None, repr=False)
    custom_headers: Texts = Field(default_factory=dict, repr=False)
    custom_query_params: Texts = Field(default_factory=dict, repr=False)
    pagination: PaginationSettings = PaginationSettings()
    timeout: Seconds = 30.0
    max_concurrent_requests: Count = 10
    requests_per_second: Rate | None = None
    max_retries: WholeNumber = 5
    conditional_requests: ConditionalUse = "off"
    verify_ssl: Switch = True
    client_certificate: Stripped | None = Field(default=None, repr=False)
    client_key: Stripped | None = Field(default=None, repr=False)
    client_key_password: Stripped | None = Field(default=None, repr=False)
    ca_certificate: Stripped | None = Field(default=None, repr=False)
    trusted_origins: Origins = Field(default_factory=list)
    follow_origins: Origins = Field(default_factory=list)
    rewrite_links: Switch = False
    responses: Responses = ()
    accept: Doubts = frozenset()
    allow_writes: Switch = False
    remember_entities: MemoryUse = "auto"
    webhook_secret: Secrets = Field(default=(), repr=False)
    webhook_verify: Annotated[NameOrObject, Accepts(VERIFY_WORDS)] | None = None
    webhook_path: Stripped = "/webhook"
    webhook_max_bytes: EventBytes = 2**20

    @property
    def login_values(self) -> dict[str, str | None]:
        """The values of the placeholders in customAuthRequest that are settings."""
        return {
            "username": self.username,
            "password": self.password,
            "clientId": self.client_id,
            "clientSecret": self.client_secret,
            "apiToken": self.api_token,
            "apiKey": self.api_key,
            "authValue": self.auth_value,
        }

    @property
    def bearer_token(self) -> str:
        """The token for auth type `bearer_token`."""
        return self.api_token or self.auth_value or ""

    @property
    def key(self) -> str:
        """The API key for auth type `api_key`."""
        return self.api_key or self.auth_value or ""

    @property
    def user_and_password(self) -> tuple[str, str]:
        """The user name and password for auth types `basic` and `digest`.

        authValue has the form user:password. A user name cannot contain a colon (RFC 7617 §2).
        """
        user, _, password = (self.auth_value or "").partition(":")
        return self.username or user, self.password or password

    def under_base(self, address: str) -> str:
        """Return a URL unchanged, and a path appended to the base URL."""
        is_url = address.lower().startswith(("http://", "https://"))
        return address if is_url else f"{self.base_url}/{address.lstrip('/')}"

    @property
    def trusted(self) -> frozenset[Origin]:
        """The origins that credentials may be sent to."""
        return frozenset(Origin.of(url) for url in (self.base_url, *self.trusted_origins))

    @property
    def followed(self) -> frozenset[Origin]:
        """The origins that redirects may lead to without credentials."""
        return frozenset(map(Origin.of, self.follow_origins)) - self.trusted

    @property
    def credential_origins(self) -> frozenset[Origin]:
        """The origins that credentials are sent to: the trusted ones, and that of the token endpoint."""
        tokens = {Origin.of(self.under_base(self.token_url))} if self.token_url else set()
        return self.trusted | tokens
