"""Checks of the settings for authType oauth2: which of them each grant needs."""

from collections.abc import Iterator

from configuration.addresses import is_http
from configuration.jwt_settings import JwtSigning
from configuration.setting_fields import Grant, SettingFields
from rest.errors import Mistake

# The settings that each grant needs, besides tokenUrl. RFC 6749 §4.3, §4.4, §6 and RFC 7523 §2.1.
_NEEDS: dict[Grant, tuple[str, ...]] = {
    "client_credentials": ("client_id", "client_secret"),
    "password": ("username", "password"),
    "refresh_token": ("refresh_token",),
    "jwt_bearer": (),
}
_NAMES = {
    "client_id": "clientId",
    "client_secret": "clientSecret",
    "username": "username",
    "password": "password",
    "refresh_token": "refreshToken",
}


def oauth_mistakes(settings: SettingFields, signing: JwtSigning | None) -> list[Mistake]:
    """Check that the settings of the grant are set, and that they fit together."""
    if settings.auth_type != "oauth2":
        return []
    mistakes = [*_missing(settings, signing), *_unused(settings)]
    token_url = settings.token_url or ""
    if "://" in token_url and not is_http(token_url):
        mistakes.append(Mistake("tokenUrl", "accepts a path under baseUrl, or a URL of http or https"))
    return mistakes


def _missing(settings: SettingFields, signing: JwtSigning | None) -> Iterator[Mistake]:
    grant = settings.grant
    # The messages for the usual grant name what people look for: the auth type.
    reason = "authType oauth2" if grant == "client_credentials" else f"grant {grant}"
    if not settings.token_url and not (signing and signing.key.token_url):
        yield Mistake("tokenUrl", "is missing (authType oauth2 needs tokenUrl)")
    by_key = settings.client_auth == "private_key_jwt"
    needed = [name for name in _NEEDS[grant] if not (by_key and name == "client_secret")]
    if by_key and "client_id" not in needed:
        needed.append("client_id")
    for field in needed:
        name = _NAMES[field]
        if not getattr(settings, field) and not (field == "client_id" and signing and signing.key.issuer):
            by = "clientAuth private_key_jwt" if by_key and field == "client_id" else reason
            yield Mistake(name, f"is missing ({by} needs {name})")


def _unused(settings: SettingFields) -> Iterator[Mistake]:
    if settings.refresh_token and settings.grant != "refresh_token":
        yield Mistake("refreshToken", f"has no effect with grant {settings.grant} (used by refresh_token)")
