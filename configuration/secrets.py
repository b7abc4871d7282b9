"""The secret settings, and the texts in their values that must be masked."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator, Mapping
from typing import Any

SECRETS = frozenset(
    {
        "auth_value",
        "api_token",
        "api_key",
        "password",
        "client_secret",
        "aws_access_key_id",
        "aws_secret_access_key",
        "aws_session_token",
        "client_certificate",
        "client_key",
        "client_key_password",
        "ca_certificate",
        "refresh_token",
        "private_key",
        "private_key_password",
        "token_params",
        "webhook_secret",
        "custom_auth_request",
        "custom_auth_request_template",
        "custom_headers",
        "custom_query_params",
    }
)
# These values are not secret. Masking them would remove "application/json" and "read" from every message.
_PUBLIC = {
    "custom_headers": {"accept", "accept-encoding", "accept-language", "content-type", "user-agent"},
    "token_params": {"audience", "grant_type", "resource", "scope"},
}
# RFC 9110 §11.4: a scheme and its credentials. RFC 6265 §4.2.1: cookies. Shorter parts are ordinary words.
_CREDENTIALS = re.compile(r"([A-Za-z][A-Za-z0-9-]*) +(\S{8,})")
_COOKIES = re.compile(r"[^\s=;]+=[^;]*(?:;\s*[^\s=;]+=[^;]*)*;?")
_COOKIE = re.compile(r"=([^;]{8,})")
# The lines of a PEM key between BEGIN and END.
_SHORTEST_LINE = 16


def secret_texts(settings: Mapping[str, Any]) -> list[str]:
    """Return every secret text in these settings. The keys are names in snake case."""
    return [text for name, value in settings.items() for text in _texts(_without_public(name, value))]


def _without_public(name: str, value: Any) -> Any:  # noqa: ANN401 - any JSON
    if name not in _PUBLIC:
        return value
    return [text for key, text in value.items() if key.lower() not in _PUBLIC[name]]


def _texts(value: Any) -> list[str]:  # noqa: ANN401 - any JSON
    if isinstance(value, str):
        return [value, *value.split(":", 1)[1:], *parts_of(value)]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return [str(value)]
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in _texts(item)]
    return []


def parts_of(text: str) -> Iterator[str]:
    """Yield the parts of a secret that an API may repeat alone.

    Such parts are the lines of a key, and those of `Bearer <token>`, `Basic <user:password>`, `session=<id>`.
    """
    if len(lines := text.splitlines()) > 1:
        yield from (line for line in lines if len(line) >= _SHORTEST_LINE and not line.startswith("-----"))
    if credentials := _CREDENTIALS.fullmatch(text):
        scheme, token = credentials.groups()
        yield token
        if scheme.lower() == "basic":
            yield from _user_and_password(token)
    if _COOKIES.fullmatch(text):
        yield from (cookie.strip() for cookie in _COOKIE.findall(text))


def _user_and_password(basic: str) -> Iterator[str]:
    try:
        pair = b64decode(basic, validate=True).decode()
    except (Base64Error, UnicodeDecodeError):
        return
    yield pair
    yield from pair.split(":", 1)[1:]
