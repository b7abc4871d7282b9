"""The model of the settings, each of which is valid by itself."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from configuration.field_types import (
    Count,
    Doubts,
    JsonObject,
    Origins,
    Rate,
    Responses,
    Seconds,
    Stripped,
    Switch,
    Text,
    Texts,
    WholeNumber,
)
from configuration.pagination import PaginationSettings
from rest.origin import Origin

type AuthType = Literal["none", "bearer_token", "api_key", "basic", "oauth2", "custom"]
type TokenAuth = Literal["body", "basic"]


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
    custom_auth_request: JsonObject | None = Field(default=None, repr=False)
    custom_auth_request_template: JsonObject | None = Field(default=None, repr=False)
    custom_headers: Texts = Field(default_factory=dict, repr=False)
    custom_query_params: Texts = Field(default_factory=dict, repr=False)
    pagination: PaginationSettings = PaginationSettings()
    timeout: Seconds = 30.0
    max_concurrent_requests: Count = 10
    requests_per_second: Rate | None = None
    max_retries: WholeNumber = 5
    verify_ssl: Switch = True
    trusted_origins: Origins = Field(default_factory=list)
    responses: Responses = ()
    accept: Doubts = frozenset()
    allow_writes: Switch = False

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
        """The user name and password for auth type `basic`.

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
