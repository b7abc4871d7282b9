"""Checks that involve several settings. Each returns the mistakes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from configuration.headers import invalid_headers, is_header_text
from configuration.login import LoginRequest, LoginTemplate, validated
from configuration.login_placeholders import JWT, NOW, fill_placeholders, placeholder_mistakes
from configuration.pagination import PaginationSettings, types_using
from configuration.setting_fields import AuthType, SettingFields
from configuration.setting_names import pagination_setting_name
from rest.errors import Mistake
from rest.origin import Origin
from rest.request import text_of


@dataclass(frozen=True, slots=True)
class _Credential:
    """A setting that an auth type requires. alternatives: the settings that can provide it, in words."""

    setting: str
    alternatives: str
    is_set: Callable[[SettingFields], bool]


# The settings that each auth type requires. `oauth2`, `jwt` and `custom` have checks of their own.
_REQUIRED: Mapping[AuthType, tuple[_Credential, ...]] = {
    "none": (),
    "bearer_token": (_Credential("apiToken", "apiToken or authValue", lambda it: bool(it.bearer_token)),),
    "api_key": (_Credential("apiKey", "apiKey or authValue", lambda it: bool(it.key)),),
    "basic": (
        _Credential(
            "username",
            "username and password, or authValue as user:password",
            lambda it: bool(it.username) or ":" in (it.auth_value or ""),
        ),
    ),
    "digest": (
        _Credential(
            "username",
            "username and password, or authValue as user:password",
            lambda it: bool(it.username) or ":" in (it.auth_value or ""),
        ),
    ),
    "signature": (_Credential("authValue", "authValue, the secret", lambda it: bool(it.auth_value)),),
    "aws": (
        _Credential("awsAccessKeyId", "awsAccessKeyId", lambda it: bool(it.aws_access_key_id)),
        _Credential("awsSecretAccessKey", "awsSecretAccessKey", lambda it: bool(it.aws_secret_access_key)),
    ),
    "oauth2": (),
    "jwt": (),
    "custom": (),
}


def missing_credentials(settings: SettingFields) -> list[Mistake]:
    """Check that the credentials for the auth type are set and complete."""
    auth_type = settings.auth_type
    pair = settings.auth_value or ""
    if auth_type in ("basic", "digest") and pair and ":" not in pair and not settings.password:
        return [Mistake("authValue", f"accepts user:password for authType {auth_type}")]
    return [
        Mistake(credential.setting, f"is missing (authType {auth_type} needs {credential.alternatives})")
        for credential in _REQUIRED[auth_type]
        if not credential.is_set(settings)
    ]


def credential_mistakes(settings: SettingFields) -> list[Mistake]:
    """Check that the credentials can be sent. Otherwise each request would fail, and its error show them."""
    in_header = {
        "bearer_token": {"authValue": settings.auth_value, "apiToken": settings.api_token},
        "api_key": {"authValue": settings.auth_value, "apiKey": settings.api_key},
        "aws": {
            "awsAccessKeyId": settings.aws_access_key_id,
            "awsSessionToken": settings.aws_session_token,
        },
    }.get(settings.auth_type, {})
    texts = {**in_header, "bearerPrefix": settings.bearer_prefix}
    mistakes = [
        Mistake(name, "has line breaks or characters outside ASCII")
        for name, text in texts.items()
        if text and not is_header_text(text)
    ]
    if settings.auth_type in ("basic", "digest") and ":" in (settings.username or ""):
        mistakes.append(Mistake("username", f"cannot contain a colon with authType {settings.auth_type}"))
    return [*mistakes, *header_mistakes("apiKeyHeader", {settings.api_key_header: ""})]


def header_mistakes(setting: str, headers: Mapping[str, str]) -> list[Mistake]:
    """Check that the headers of a setting can be sent."""
    return [
        Mistake(setting, f"{name!r} is not a valid header name, or its value has line breaks or is not ASCII")
        for name in invalid_headers(headers.items())
    ]


def unused_pagination(pagination: PaginationSettings) -> list[Mistake]:
    """Check that the pagination type uses all pagination settings that are set."""
    if "type" not in pagination.model_fields_set:  # resources may choose their own type
        return []
    return [
        Mistake(
            pagination_setting_name(field),
            f"has no effect with paginationType {pagination.type} (used by {', '.join(types_using(field))})",
        )
        for field in pagination.unused
    ]


def validated_login(
    settings: SettingFields,
) -> tuple[LoginRequest | None, LoginTemplate | None, list[Mistake]]:
    """Validate the login of auth type `custom`. Returns it with the mistakes."""
    if settings.auth_type != "custom":
        return None, None, []
    login, mistakes = validated(LoginRequest, settings.custom_auth_request, "customAuthRequest")
    template, more = _validated_template(settings)
    if login:
        more += placeholder_mistakes(login.parts, settings.login_values)
        samples = {**settings.login_values, JWT: "token", NOW: 0}
        headers = {name: text_of(fill_placeholders(text, samples)) for name, text in login.headers.items()}
        more += header_mistakes("customAuthRequest.headers", headers)
    if login and template:
        more += header_mistakes("customAuthRequestTemplate.headers", dict.fromkeys(template.headers, ""))
    if login and login.body is not None and login.form is not None:
        more.append(Mistake("customAuthRequest", "accepts body or bodyForm, not both"))
    if login and not _is_trusted(settings, login.endpoint):
        mistakes.append(
            Mistake(
                "customAuthRequest.endpoint",
                "has a different origin than baseUrl. If you trust it, add it to trustedOrigins",
            )
        )
    return login, template, mistakes + more


def _validated_template(settings: SettingFields) -> tuple[LoginTemplate | None, list[Mistake]]:
    """Validate what the login adds to requests. Without the setting, it adds its cookies only."""
    if not settings.custom_auth_request_template:
        return LoginTemplate(), []
    return validated(LoginTemplate, settings.custom_auth_request_template, "customAuthRequestTemplate")


def _is_trusted(settings: SettingFields, address: str) -> bool:
    try:
        return Origin.of(settings.under_base(address)) in settings.trusted
    except ValueError:
        return False
