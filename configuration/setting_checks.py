"""Checks that involve several settings. Each returns the mistakes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from configuration.addresses import is_http
from configuration.headers import invalid_headers, is_header_text
from configuration.login import LoginRequest, LoginTemplate, validated
from configuration.pagination import PaginationSettings, types_using
from configuration.setting_fields import AuthType, SettingFields
from configuration.setting_names import pagination_setting_name
from rest.errors import Mistake
from rest.origin import Origin


@dataclass(frozen=True, slots=True)
class _Credential:
    """A setting that an auth type requires. alternatives: the settings that can provide it, in words."""

    setting: str
    alternatives: str
    is_set: Callable[[SettingFields], bool]


# The settings that each auth type requires. The login of `custom` is checked by validated_login.
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
    "oauth2": (
        _Credential("tokenUrl", "tokenUrl", lambda it: bool(it.token_url)),
        _Credential("clientId", "clientId", lambda it: bool(it.client_id)),
        _Credential("clientSecret", "clientSecret", lambda it: bool(it.client_secret)),
    ),
    "custom": (),
}


def missing_credentials(settings: SettingFields) -> list[Mistake]:
    """Check that the credentials for the auth type are set and complete."""
    auth_type = settings.auth_type
    pair = settings.auth_value or ""
    if auth_type == "basic" and pair and ":" not in pair and not settings.password:
        return [Mistake("authValue", "accepts user:password for authType basic")]
    missing = [
        Mistake(credential.setting, f"is missing (authType {auth_type} needs {credential.alternatives})")
        for credential in _REQUIRED[auth_type]
        if not credential.is_set(settings)
    ]
    token_url = settings.token_url or ""
    if auth_type == "oauth2" and not missing and "://" in token_url and not is_http(token_url):
        return [Mistake("tokenUrl", "accepts a path under baseUrl, or a URL of http or https")]
    return missing


def credential_mistakes(settings: SettingFields) -> list[Mistake]:
    """Check that the credentials can be sent. Otherwise each request would fail, and its error show them."""
    in_header = {
        "bearer_token": {"authValue": settings.auth_value, "apiToken": settings.api_token},
        "api_key": {"authValue": settings.auth_value, "apiKey": settings.api_key},
    }.get(settings.auth_type, {})
    texts = {**in_header, "bearerPrefix": settings.bearer_prefix}
    mistakes = [
        Mistake(name, "has line breaks or characters outside ASCII")
        for name, text in texts.items()
        if text and not is_header_text(text)
    ]
    if settings.auth_type == "basic" and ":" in (settings.username or ""):
        mistakes.append(Mistake("username", "cannot contain a colon with authType basic"))
    return mistakes


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
    template, more = validated(
        LoginTemplate, settings.custom_auth_request_template, "customAuthRequestTemplate"
    )
    if login and template:
        more += header_mistakes("customAuthRequest.headers", login.headers)
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


def _is_trusted(settings: SettingFields, address: str) -> bool:
    try:
        return Origin.of(settings.under_base(address)) in settings.trusted
    except ValueError:
        return False
