"""The connection settings of one installation, validated once at the start."""

import base64
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus

from pydantic import Field, ValidationError

from configuration.accepted import mistakes_in, without_unset
from configuration.addresses import base_url_mistakes, origin_mistakes
from configuration.login import ClientCredentials, LoginRequest, LoginTemplate
from configuration.pagination import PaginationSettings
from configuration.proxies import plain_proxy, proxy_secrets
from configuration.secrets import SECRETS, secret_texts
from configuration.setting_checks import (
    credential_mistakes,
    header_mistakes,
    missing_credentials,
    unused_pagination,
    validated_login,
)
from configuration.setting_fields import SettingFields
from configuration.setting_names import PAGINATION_FIELDS, pagination_setting_name, setting_name
from configuration.variables import substituted, variables_in
from rest.errors import Mistake, SettingsError
from rest.origin import Origin, Redactor

# The login is read from these. Only its own values are secret, not its keys and endpoint.
_LOGIN_SETTINGS = frozenset({"custom_auth_request", "custom_auth_request_template"})
# Fields that are computed from several settings.
_DERIVED = frozenset({"pagination", "login", "login_template", "variables"})


class Settings(SettingFields):
    """The settings after all checks, with environment variables substituted.

    login, login_template: for auth type `custom`. variables: the values that were substituted.
    """

    login: LoginRequest | None = Field(default=None, repr=False)
    login_template: LoginTemplate | None = Field(default=None, repr=False)
    variables: tuple[str, ...] = Field(default=(), repr=False)

    @classmethod
    def from_config(cls, config: Mapping[str, Any], environ: Mapping[str, str] = os.environ) -> "Settings":
        """Return the settings of Ocean's config, whose keys are in snake case. Other keys are ignored.

        environ: the variables for `${NAME}` in customHeaders and customQueryParams.
        Raises SettingsError: at least one setting is missing or wrong.
        """
        settings, mistakes = _read(config)
        if settings:
            settings, mistakes = _completed(settings, environ)
        if mistakes or not settings:
            raise SettingsError(mistakes)
        return settings

    @property
    def client_credentials(self) -> ClientCredentials:
        """The client credentials for auth type `oauth2`."""
        return ClientCredentials(
            self.under_base(self.token_url or ""),
            self.client_id or "",
            self.client_secret or "",
            self.token_auth,
            self.token_params,
        )

    def plain_proxies(self, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
        """Return the proxies that can read credentials, as host:port, by the origin of the requests."""
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
        """A redactor that masks every secret of these settings."""
        secrets = {name: getattr(self, name) for name in SECRETS - _LOGIN_SETTINGS}
        secrets["variables"] = list(self.variables)
        if login := self.login:
            secrets["login"] = [login.headers, login.body, login.form, login.query_params]
        client = ":".join(quote_plus(text) for text in (self.client_id or "", self.client_secret or ""))
        pairs = (":".join(self.user_and_password), client)
        return Redactor.of(
            [*(base64.b64encode(pair.encode()).decode() for pair in pairs), *secret_texts(secrets)]
        )


def setting_names() -> list[str]:
    """Return the names of all settings, as in `.port/spec.yaml`."""
    own = [name for name in Settings.model_fields if name not in _DERIVED]
    return [setting_name(name) for name in [*own, *PAGINATION_FIELDS]]


def value_mistakes(config: Mapping[str, Any]) -> list[Mistake]:
    """Return one mistake for each wrong value. Missing settings are not reported."""
    base_url = str(config.get("base_url") or "").strip()
    return [*(base_url_mistakes(base_url) if base_url else []), *_read(config)[1]]


def _read(config: Mapping[str, Any]) -> tuple[Settings | None, list[Mistake]]:
    """Validate each setting by itself. Returns the settings, or one mistake for each wrong value."""
    values = without_unset(config)
    pagination = {
        PAGINATION_FIELDS[name]: value for name, value in values.items() if name in PAGINATION_FIELDS
    }
    own = {name: value for name, value in values.items() if name in Settings.model_fields.keys() - _DERIVED}
    mistakes: list[Mistake] = []
    try:
        paging = PaginationSettings.model_validate(pagination)
    except ValidationError as error:
        paging = PaginationSettings()
        mistakes += mistakes_in(error, PaginationSettings, pagination_setting_name)
    try:
        settings = Settings.model_validate({"base_url": "", **own, "pagination": paging})
    except ValidationError as error:
        return None, [*mistakes_in(error, Settings, setting_name, SECRETS), *mistakes]
    return (None, mistakes) if mistakes else (settings, [])


def _completed(settings: Settings, environ: Mapping[str, str]) -> tuple[Settings, list[Mistake]]:
    """Substitute variables and check the settings together. Returns the settings and all mistakes."""
    headers, header_lines = substituted("customHeaders", settings.custom_headers, environ)
    headers = {name: text.strip() for name, text in headers.items()}
    params, param_lines = substituted("customQueryParams", settings.custom_query_params, environ)
    variables = variables_in([*settings.custom_headers.values(), *settings.custom_query_params.values()])
    login, template, login_lines = validated_login(settings)
    mistakes = [
        *base_url_mistakes(settings.base_url),
        *missing_credentials(settings),
        *origin_mistakes(settings.trusted_origins),
        *header_lines,
        *param_lines,
        *header_mistakes("customHeaders", headers),
        *header_mistakes("apiKeyHeader", {settings.api_key_header: ""}),
        *credential_mistakes(settings),
        *unused_pagination(settings.pagination),
        *login_lines,
    ]
    changes = {
        "base_url": settings.base_url.rstrip("/"),
        "login": login,
        "login_template": template,
        "custom_headers": headers,
        "custom_query_params": params,
        "variables": (
            *(environ[name] for name in sorted(variables & environ.keys())),
            *proxy_secrets(environ),
        ),
    }
    return settings.model_copy(update=changes), mistakes
