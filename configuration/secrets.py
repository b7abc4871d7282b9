"""Which settings are secret, and what of their values may not be shown."""

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
        "token_params",
        "custom_auth_request",
        "custom_auth_request_template",
        "custom_headers",
        "custom_query_params",
    }
)
# What these say is no secret, and to mask it would take "application/json" and "read" out of every message.
_OPEN = {
    "custom_headers": {"accept", "accept-encoding", "accept-language", "content-type", "user-agent"},
    "token_params": {"audience", "grant_type", "resource", "scope"},
}
# RFC 9110 §11.4: a scheme and what it takes. RFC 6265 §4.2.1: cookies. Shorter parts are words.
_CREDENTIALS = re.compile(r"([A-Za-z][A-Za-z0-9-]*) +(\S{8,})")
_COOKIES = re.compile(r"[^\s=;]+=[^;]*(?:;\s*[^\s=;]+=[^;]*)*;?")
_COOKIE = re.compile(r"=([^;]{8,})")
# Of a key: what stands between BEGIN and END.
_SHORTEST_LINE = 16


def secret_texts(settings: Mapping[str, Any]) -> list[str]:
    """Every text in the values of these settings, by their names in snake case."""
    return [text for name, value in settings.items() for text in _texts(_closed(name, value))]


def _closed(name: str, value: Any) -> Any:  # noqa: ANN401 - any JSON
    if name not in _OPEN:
        return value
    return [text for key, text in value.items() if key.lower() not in _OPEN[name]]


def _texts(value: Any) -> list[str]:  # noqa: ANN401 - secrets are texts, and objects of any depth
    if isinstance(value, str):
        return [value, *value.split(":", 1)[1:], *parts_of(value)]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return [str(value)]
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return []


def parts_of(text: str) -> Iterator[str]:
    """What an API may repeat alone of a key, `Bearer <token>`, `Basic <user:password>`, `session=<id>`."""
    if len(lines := text.splitlines()) > 1:
        yield from (line for line in lines if len(line) >= _SHORTEST_LINE and not line.startswith("-----"))
    if credentials := _CREDENTIALS.fullmatch(text):
        scheme, given = credentials.groups()
        yield given
        if scheme.lower() == "basic":
            yield from _user_and_password(given)
    if _COOKIES.fullmatch(text):
        yield from (cookie.strip() for cookie in _COOKIE.findall(text))


def _user_and_password(basic: str) -> Iterator[str]:
    try:
        pair = b64decode(basic, validate=True).decode()
    except (Base64Error, UnicodeDecodeError):
        return
    yield pair
    yield from pair.split(":", 1)[1:]
