"""The connection settings of one installation: read, checked and typed once, at the door."""

import base64
import os
import re
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import quote_plus

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from configuration.addresses import base_url_mistakes, is_http, origin_mistakes
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
    is_header_text,
    wrong_headers,
)
from configuration.field_types import given as without_unset
from configuration.field_types import mistakes as lines_of
from configuration.login import ClientCredentials, LoginRequest, LoginTemplate, checked
from configuration.pagination import PaginationSettings, types_with
from configuration.proxies import plain_proxy, proxy_secrets
from configuration.secrets import SECRETS, secret_texts
from rest.errors import SettingsError
from rest.origin import Origin, Redactor

type AuthType = Literal["none", "bearer_token", "api_key", "basic", "oauth2", "custom"]
type TokenAuth = Literal["body", "basic"]

_VARIABLE = re.compile(r"\$\{(\w+)\}")
# What is called otherwise here than in PaginationSettings, whose names are the mapping's.
_PAGINATION = {
    "pagination_type": "type",
    "pagination_param": "param",
    **{
        name: name
        for name in PaginationSettings.model_fields
        if name not in ("type", "param", "param_location")
    },
}
# What a login is read from: of these, only its own values are secret.
_SHAPES = frozenset({"custom_auth_request", "custom_auth_request_template"})
# What is made of several settings.
_DERIVED = frozenset({"pagination", "login", "login_template", "variables"})


class Settings(BaseModel):
    """Every setting by its name in snake case, and the pagination settings as one value.

    timeout: seconds to connect, read, write and wait for a connection.
    requests_per_second: None sets no rate.
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
    token_auth: TokenAuth = "body"  # noqa: S105 - where the credentials go, not what they are
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
    login: LoginRequest | None = Field(default=None, repr=False)
    login_template: LoginTemplate | None = Field(default=None, repr=False)
    trusted_origins: Origins = Field(default_factory=list)
    responses: Responses = ()
    accept: Doubts = frozenset()
    allow_writes: Switch = False
    variables: tuple[str, ...] = Field(default=(), repr=False)

    @classmethod
    def from_config(cls, config: Mapping[str, Any], environ: Mapping[str, str] = os.environ) -> "Settings":
        """Settings from what Ocean read, keys in snake case; unknown keys are not ours.

        environ: where `${NAME}` in customHeaders and customQueryParams is looked up.
        Raises SettingsError: one line for each wrong setting.
        """
        settings, lines = _read(config)
        if settings:
            settings, lines = _completed(settings, environ)
        if lines or not settings:
            raise SettingsError(lines)
        return settings

    @property
    def bearer_token(self) -> str:
        """The token for `bearer_token`."""
        return self.api_token or self.auth_value or ""

    @property
    def key(self) -> str:
        """The API key for `api_key`."""
        return self.api_key or self.auth_value or ""

    @property
    def user_and_password(self) -> tuple[str, str]:
        """For `basic`; authValue holds them as user:password, and a user name has no colon (RFC 7617 §2)."""
        user, _, password = (self.auth_value or "").partition(":")
        return self.username or user, self.password or password

    @property
    def client_credentials(self) -> ClientCredentials:
        """For `oauth2`."""
        return ClientCredentials(
            self.under_base(self.token_url or ""),
            self.client_id or "",
            self.client_secret or "",
            self.token_auth,
            self.token_params,
        )

    def under_base(self, address: str) -> str:
        """A URL as it is, a path under the base URL."""
        is_url = address.lower().startswith(("http://", "https://"))
        return address if is_url else f"{self.base_url}/{address.lstrip('/')}"

    @property
    def trusted(self) -> frozenset[Origin]:
        """The origins that may see the credentials."""
        return frozenset(Origin.of(url) for url in (self.base_url, *self.trusted_origins))

    def plain_proxies(self, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
        """The origins that get credentials through a proxy which can read them, and that as host:port."""
        if self.auth_type == "none" and not self.custom_headers and not self.custom_query_params:
            return {}
        logins = [
            self.token_url if self.auth_type == "oauth2" else None,
            self.login.endpoint if self.login else None,
        ]
        urls = [self.base_url, *map(self.under_base, filter(None, logins)), *self.trusted_origins]
        return {str(Origin.of(url)): proxy for url in urls if (proxy := plain_proxy(url, environ))}

    @property
    def redactor(self) -> Redactor:
        """Masks every secret of these settings."""
        secrets = {name: getattr(self, name) for name in SECRETS - _SHAPES}
        secrets["variables"] = list(self.variables)
        if sent := self.login:
            secrets["login"] = [sent.headers, sent.body, sent.form, sent.query_params]
        client = ":".join(quote_plus(text) for text in (self.client_id or "", self.client_secret or ""))
        pairs = (":".join(self.user_and_password), client)
        return Redactor.of(
            [*(base64.b64encode(pair.encode()).decode() for pair in pairs), *secret_texts(secrets)]
        )


def setting_name(field: str) -> str:
    """A setting as its user knows it: base_url is baseUrl."""
    first, *rest = field.split("_")
    return first + "".join(word.capitalize() for word in rest)


def field_name(setting: str) -> str:
    """A setting as the code names it: baseUrl is base_url."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in setting)


def setting_names() -> list[str]:
    """All settings, as `.port/spec.yaml` names them."""
    own = [name for name in Settings.model_fields if name not in _DERIVED]
    return [setting_name(name) for name in [*own, *_PAGINATION]]


def value_mistakes(config: Mapping[str, Any]) -> list[str]:
    """What is wrong with single values, one line each; what is missing may still come from elsewhere."""
    base_url = str(config.get("base_url") or "").strip()
    return [*(base_url_mistakes(base_url) if base_url else []), *_read(config)[1]]


def _read(config: Mapping[str, Any]) -> tuple[Settings | None, list[str]]:
    """The settings as far as each is right by itself, or the lines that say which is not."""
    wanted = without_unset(config)
    pagination = {_PAGINATION[name]: value for name, value in wanted.items() if name in _PAGINATION}
    own = {name: value for name, value in wanted.items() if name in Settings.model_fields.keys() - _DERIVED}
    lines: list[str] = []
    try:
        paging = PaginationSettings.model_validate(pagination)
    except ValidationError as error:
        paging = PaginationSettings()
        lines += lines_of(error, PaginationSettings, _pagination_setting_name)
    try:
        settings = Settings.model_validate({"base_url": "", **own, "pagination": paging})
    except ValidationError as error:
        return None, [*lines_of(error, Settings, setting_name, SECRETS), *lines]
    return (None, lines) if lines else (settings, [])


def _pagination_setting_name(field: str) -> str:
    return next(setting_name(name) for name, word in _PAGINATION.items() if word == field)


def _completed(settings: Settings, environ: Mapping[str, str]) -> tuple[Settings, list[str]]:
    """With what one setting alone cannot tell: variables filled in, and the mistakes found so."""
    headers, headers_wrong = _with_variables("custom_headers", settings.custom_headers, environ)
    headers = {name: text.strip() for name, text in headers.items()}
    params, params_wrong = _with_variables("custom_query_params", settings.custom_query_params, environ)
    named = [*settings.custom_headers.values(), *settings.custom_query_params.values()]
    used = {variable for text in named for variable in _VARIABLE.findall(text)}
    lines = [
        *base_url_mistakes(settings.base_url),
        *_missing_secrets(settings),
        *origin_mistakes(settings.trusted_origins),
        *headers_wrong,
        *params_wrong,
        *_header_mistakes("customHeaders", headers),
        *_header_mistakes("apiKeyHeader", {settings.api_key_header: ""}),
        *_credential_mistakes(settings),
        *_useless_pagination(settings.pagination),
    ]
    login, template, login_wrong = _login(settings)
    lines += login_wrong
    changes = {
        "base_url": settings.base_url.rstrip("/"),
        "login": login,
        "login_template": template,
        "custom_headers": headers,
        "custom_query_params": params,
        "variables": (
            *(environ[variable] for variable in sorted(used & environ.keys())),
            *proxy_secrets(environ),
        ),
    }
    return settings.model_copy(update=changes), lines


def _useless_pagination(pagination: PaginationSettings) -> list[str]:
    """Settings that the pagination type makes nothing of: a path that is never read is a mistake."""
    if "type" not in pagination.model_fields_set:  # they may be for resources that say their own type
        return []
    return [
        f"{_pagination_setting_name(word)}: means nothing for paginationType {pagination.type}; it is for "
        f"{', '.join(types_with(word))}"
        for word in pagination.useless
    ]


def _missing_secrets(settings: Settings) -> list[str]:
    wanted = settings.auth_type
    if wanted == "bearer_token" and not settings.bearer_token:
        return ["apiToken: is missing, and so is authValue; authType bearer_token needs one of them"]
    if wanted == "api_key" and not settings.key:
        return ["apiKey: is missing, and so is authValue; authType api_key needs one of them"]
    if wanted == "basic" and settings.auth_value and ":" not in settings.auth_value and not settings.password:
        return ["authValue: accepts user:password for authType basic"]
    if wanted == "basic" and not settings.username and ":" not in (settings.auth_value or ""):
        return ["username: is missing; authType basic needs it and password, or authValue as user:password"]
    if wanted == "oauth2":
        needed = ("token_url", "client_id", "client_secret")
        missing = [setting_name(name) for name in needed if not getattr(settings, name)]
        if missing:
            return [f"{name}: is missing; authType oauth2 needs it" for name in missing]
        if "://" in (settings.token_url or "") and not is_http(settings.token_url or ""):
            return ["tokenUrl: accepts a path under baseUrl, or a URL of http or https"]
    return []


def _login(settings: Settings) -> tuple[LoginRequest | None, LoginTemplate | None, list[str]]:
    """The login of `custom`, checked, and where it may go."""
    if settings.auth_type != "custom":
        return None, None, []
    login, lines = checked(LoginRequest, settings.custom_auth_request, "customAuthRequest")
    template, more = checked(
        LoginTemplate, settings.custom_auth_request_template, "customAuthRequestTemplate"
    )
    if login and template:
        more += _header_mistakes("customAuthRequest.headers", login.headers)
        more += _header_mistakes("customAuthRequestTemplate.headers", dict.fromkeys(template.headers, ""))
    if login and login.body is not None and login.form is not None:
        more.append("customAuthRequest: has body and bodyForm; it accepts one of them")
    if login and not _may_go_to(settings, login.endpoint):
        lines.append(
            "customAuthRequest.endpoint: leads to another origin than baseUrl; is it in trustedOrigins?"
        )
    return login, template, lines + more


def _may_go_to(settings: Settings, address: str) -> bool:
    try:
        return Origin.of(settings.under_base(address)) in settings.trusted
    except ValueError:
        return False


def _credential_mistakes(settings: Settings) -> list[str]:
    """Credentials that no header can hold: they would fail each request, and be shown by the error."""
    in_header = {
        "bearer_token": {"authValue": settings.auth_value, "apiToken": settings.api_token},
        "api_key": {"authValue": settings.auth_value, "apiKey": settings.api_key},
    }.get(settings.auth_type, {})
    texts = {**in_header, "bearerPrefix": settings.bearer_prefix}
    lines = [
        f"{name}: breaks lines, or has letters outside ASCII"
        for name, text in texts.items()
        if text and not is_header_text(text)
    ]
    if settings.auth_type == "basic" and ":" in (settings.username or ""):
        lines.append("username: has a colon, which no user name for basic can have")
    return lines


def _with_variables(
    name: str, texts: Mapping[str, str], environ: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    missing = {
        variable for text in texts.values() for variable in _VARIABLE.findall(text) if variable not in environ
    }
    lines = [
        f"{setting_name(name)}: uses ${{{variable}}}, which is no environment variable here"
        for variable in sorted(missing)
    ]
    filled = {
        key: _VARIABLE.sub(lambda match: environ.get(match[1], ""), text) for key, text in texts.items()
    }
    return filled, lines


def _header_mistakes(name: str, headers: Mapping[str, str]) -> list[str]:
    return [
        f"{name}: {header!r} is no header name, or its value breaks lines or is not ASCII"
        for header in wrong_headers(headers.items())
    ]
