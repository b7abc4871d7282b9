"""The connection settings of one installation, validated once at the start."""

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from pydantic import Field, ValidationError

from configuration.accepted import mistakes_in, without_unset
from configuration.addresses import base_url_mistakes, origin_mistakes
from configuration.aws import AwsTarget, read_aws
from configuration.certificates import CERTIFICATE_SETTINGS, Certificates, certificate_mistakes
from configuration.jwt_settings import JwtSigning
from configuration.jwt_signing import validated_jwt_signing
from configuration.login import LoginRequest, LoginTemplate
from configuration.oauth import oauth_mistakes
from configuration.pagination import PaginationSettings
from configuration.proxies import plain_proxy, proxy_secrets
from configuration.secret_files import FILE_SETTINGS, file_setting, paths_in, with_file_contents
from configuration.secrets import SECRETS, secret_texts
from configuration.setting_checks import (
    credential_mistakes,
    header_mistakes,
    missing_credentials,
    unused_pagination,
    validated_login,
)
from configuration.setting_fields import SettingFields
from configuration.setting_names import (
    PAGINATION_FIELDS,
    field_name,
    pagination_setting_name,
    setting_name,
)
from configuration.signature import SignatureRule, read_signature
from configuration.variables import substituted, variables_in
from configuration.webhook_settings import WebhookSettings, read_webhook
from rest.bodies import texts_in
from rest.errors import Mistake, SettingsError
from rest.origin import Origin, Redactor

# The login is read from these. Only its own values are secret, not its keys and endpoint.
_LOGIN_SETTINGS = frozenset({"custom_auth_request", "custom_auth_request_template"})
# Fields that are computed from several settings.
_DERIVED = frozenset(
    {
        "pagination",
        "login",
        "login_template",
        "signing",
        "aws_target",
        "jwt_signing",
        "webhook",
        "variables",
        "files",
        "source",
    }
)


@dataclass(frozen=True, slots=True)
class Source:
    """The settings as they were given, to read their files again."""

    config: Mapping[str, Any] = field(repr=False)
    environ: Mapping[str, str] = field(repr=False)


class Settings(SettingFields):
    """The settings after all checks, with environment variables substituted.

    login, login_template: for auth type `custom`. signing: for `signature`. aws_target: for `aws`.
    jwt_signing: what signs tokens, None if nothing does. webhook: None if there are no live events.
    variables: the values that were substituted.
    files: the files of secrets, by field. source: the settings as they were given, if there are such files.
    """

    login: LoginRequest | None = Field(default=None, repr=False)
    login_template: LoginTemplate | None = Field(default=None, repr=False)
    signing: SignatureRule | None = Field(default=None, repr=False)
    aws_target: AwsTarget | None = None
    variables: tuple[str, ...] = Field(default=(), repr=False)
    jwt_signing: JwtSigning | None = Field(default=None, repr=False)
    webhook: WebhookSettings | None = None
    files: Mapping[str, Path] = Field(default_factory=dict)
    source: Source | None = Field(default=None, repr=False)

    @classmethod
    def from_config(cls, config: Mapping[str, Any], environ: Mapping[str, str] = os.environ) -> "Settings":
        """Return the settings of Ocean's config, whose keys are in snake case. Other keys are ignored.

        environ: the variables for `${NAME}` in customHeaders, customQueryParams and signature.
        Raises SettingsError: at least one setting is missing or wrong.
        """
        settings, mistakes = _read(config)
        if settings:
            settings, mistakes = _completed(settings, environ)
        if mistakes or not settings:
            raise SettingsError([_named_by_file(mistake, config) for mistake in mistakes])
        if settings.files:
            settings = settings.model_copy(update={"source": Source(dict(config), environ)})
        return settings

    def reread(self) -> "Settings":
        """Return the settings with the present content of their files. Raises SettingsError: it is wrong."""
        return Settings.from_config(self.source.config, self.source.environ) if self.source else self

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
    def certificates(self) -> Certificates:
        """The client certificate, its key, and the authority to trust. Files are named by their paths."""
        texts = {name: getattr(self, name) or "" for name in CERTIFICATE_SETTINGS}
        return Certificates.of(texts, self.files)

    @property
    def redactor(self) -> Redactor:
        """A redactor that masks every secret of these settings."""
        secrets = {name: getattr(self, name) for name in SECRETS - _LOGIN_SETTINGS - CERTIFICATE_SETTINGS}
        secrets["certificates"] = list(self.certificates.secret_texts())
        secrets["variables"] = list(self.variables)
        if login := self.login:
            secrets["login"] = list(login.parts.values())
        if signing := self.jwt_signing:
            secrets["signing"] = list(signing.key.texts)
        client = ":".join(quote_plus(text) for text in (self.client_id or "", self.client_secret or ""))
        pairs = (":".join(self.user_and_password), client)
        return Redactor.of(
            [*(base64.b64encode(pair.encode()).decode() for pair in pairs), *secret_texts(secrets)]
        )


def setting_names() -> list[str]:
    """Return the names of all settings, as in `.port/spec.yaml`."""
    own = [name for name in Settings.model_fields if name not in _DERIVED]
    return [setting_name(name) for name in [*own, *PAGINATION_FIELDS, *FILE_SETTINGS]]


def value_mistakes(config: Mapping[str, Any]) -> list[Mistake]:
    """Return one mistake for each wrong value. Missing settings are not reported."""
    base_url = str(config.get("base_url") or "").strip()
    mistakes = [*(base_url_mistakes(base_url) if base_url else []), *_read(config)[1]]
    return [_named_by_file(mistake, config) for mistake in mistakes]


def _read(config: Mapping[str, Any]) -> tuple[Settings | None, list[Mistake]]:
    """Validate each setting by itself. Returns the settings, or one mistake for each wrong value."""
    given = without_unset(config)
    values, file_mistakes = with_file_contents(given)
    pagination = {
        PAGINATION_FIELDS[name]: value for name, value in values.items() if name in PAGINATION_FIELDS
    }
    own = {name: value for name, value in values.items() if name in Settings.model_fields.keys() - _DERIVED}
    mistakes = list(file_mistakes)
    try:
        paging = PaginationSettings.model_validate(pagination)
    except ValidationError as error:
        paging = PaginationSettings()
        mistakes += mistakes_in(error, PaginationSettings, pagination_setting_name)
    try:
        derived = {"pagination": paging, "files": paths_in(given)}
        settings = Settings.model_validate({"base_url": "", **own, **derived})
    except ValidationError as error:
        return None, [*mistakes_in(error, Settings, setting_name, SECRETS), *mistakes]
    return (None, mistakes) if mistakes else (settings, [])


def _completed(settings: Settings, environ: Mapping[str, str]) -> tuple[Settings, list[Mistake]]:
    """Substitute variables and check the settings together. Returns the settings and all mistakes."""
    headers, header_lines = substituted("customHeaders", settings.custom_headers, environ)
    headers = {name: text.strip() for name, text in headers.items()}
    params, param_lines = substituted("customQueryParams", settings.custom_query_params, environ)
    schemes, scheme_lines = _schemes(settings, environ)
    mistakes = [
        *base_url_mistakes(settings.base_url),
        *missing_credentials(settings),
        *origin_mistakes("trustedOrigins", settings.trusted_origins),
        *origin_mistakes("followOrigins", settings.follow_origins),
        *header_lines,
        *param_lines,
        *header_mistakes("customHeaders", headers),
        *credential_mistakes(settings),
        *unused_pagination(settings.pagination),
        *scheme_lines,
        *certificate_mistakes(settings.certificates),
    ]
    changes = {
        "base_url": settings.base_url.rstrip("/"),
        **schemes,
        "custom_headers": headers,
        "custom_query_params": params,
        "variables": (*_variables(settings, environ), *proxy_secrets(environ)),
    }
    return settings.model_copy(update=changes), mistakes


def _schemes(settings: Settings, environ: Mapping[str, str]) -> tuple[dict[str, Any], list[Mistake]]:
    """Validate the objects of auth types and of live events. Returns them by field, and all mistakes."""
    login, template, login_lines = validated_login(settings)
    signing, signature_lines = read_signature(settings, environ)
    aws_target, aws_lines = read_aws(settings)
    jwt_signing, jwt_lines = validated_jwt_signing(settings)
    webhook, webhook_lines = read_webhook(settings)
    schemes = {
        "webhook": webhook,
        "login": login,
        "login_template": template,
        "signing": signing,
        "aws_target": aws_target,
        "jwt_signing": jwt_signing,
        **_from_key(settings, jwt_signing),
    }
    oauth_lines = oauth_mistakes(settings, jwt_signing)
    return schemes, [*jwt_lines, *oauth_lines, *login_lines, *signature_lines, *aws_lines, *webhook_lines]


def _variables(settings: Settings, environ: Mapping[str, str]) -> list[str]:
    """Return the values of the environment variables that the settings use."""
    headers, params = settings.custom_headers, settings.custom_query_params
    names = variables_in([*headers.values(), *params.values(), *texts_in(settings.signature)])
    return [environ[name] for name in sorted(names & environ.keys())]


def _from_key(settings: Settings, signing: JwtSigning | None) -> dict[str, str]:
    """Return the settings that the JSON key of a Google service account gives, unless they are set."""
    if signing is None:
        return {}
    found = {"client_id": signing.key.issuer, "token_url": signing.key.token_url}
    return {name: text for name, text in found.items() if text and not getattr(settings, name)}


def _named_by_file(mistake: Mistake, config: Mapping[str, Any]) -> Mistake:
    """Name the setting with the path in a mistake about the content of a file."""
    root, dot, key = mistake.name.partition(".")
    name = file_setting(field_name(root))
    is_from_file = name in FILE_SETTINGS and name in without_unset(config)
    return replace(mistake, name=f"{setting_name(name)}{dot}{key}") if is_from_file else mistake
