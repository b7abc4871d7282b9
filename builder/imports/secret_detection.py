"""Detect secrets by name or by form."""

import re
from typing import Literal

from builder.imports.name_parts import lower_words

type SecretLocation = Literal["header", "query", "request_body", "body"]

# Last words of the names of secrets, in any location.
_SECRET_WORDS = frozenset(
    {
        "apikey",
        "authorization",
        "cookie",
        "credential",
        "credentials",
        "jwt",
        "passphrase",
        "passwd",
        "password",
        "secret",
        "token",
    }
)
# Secret in requests only. In a body, a session can be a talk, and a sid the id of an item.
_REQUEST_SECRET_WORDS = frozenset({"auth", "bearer", "pwd", "session", "sid", "sig", "signature"})
_SECRET_ENDINGS = (
    "accesskey",
    "apikey",
    "appkey",
    "authkey",
    "csrf",
    "licensekey",
    "password",
    "privatekey",
    "secretkey",
    "subscriptionkey",
    "token",
    "xsrf",
)
# A token with one of these words is a pagination cursor. The vocabulary of pagination has more such words,
# but an unmasked secret does more harm than a masked cursor.
_CURSOR_WORDS = frozenset({"continuation", "delta", "next", "page", "prev", "previous", "skip", "sync"})
_NO_LETTER_OR_DIGIT = re.compile(r"[^a-z0-9]+")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-fA-F]+")
_SIGNED_TOKEN = re.compile(r"eyJ[\w-]{6,}\.[\w-]{6,}\.[\w-]*")
_KNOWN_TOKEN = re.compile(
    r"(gh[oprsu]_|github_pat_|glpat-|xox[abeprs]-|[rs]k_(live|test)_|sk-|AKIA|AIza|ya29\.|dop_v1_|shpat_)[\w.-]{10,}"
)
_LONG_RANDOM = re.compile(
    r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9]{32,}|(?=.*[0-9])(?=.*[a-z])(?=.*[A-Z])[\w+/=.~-]{32,}"
)


def is_secret_name(name: str, location: SecretLocation) -> bool:
    """Return whether requests or responses use this name for a secret."""
    parts = lower_words(name)
    if not parts:
        return False
    letters = _NO_LETTER_OR_DIGIT.sub("", name.lower())
    if parts[-1] == "token" and _CURSOR_WORDS & set(parts[:-1]):
        return False
    if parts[-1] in _SECRET_WORDS or letters.endswith(_SECRET_ENDINGS):
        return True
    if location == "body":
        return False
    # JSESSIONID, PHPSESSID
    if parts[-1] in _REQUEST_SECRET_WORDS or parts[-1].endswith(("sessionid", "sessid")):
        return True
    if location == "header":
        return parts[-1] == "key" and "idempotency" not in parts
    # In the body of a request, a key can be that of an item.
    return location == "query" and letters in ("key", "appid")


def is_token(text: str) -> bool:
    """Return whether a text contains a signed token (RFC 7519) or a token of a known vendor."""
    return bool(_SIGNED_TOKEN.search(text) or _KNOWN_TOKEN.search(text))


def is_secret_text(text: str) -> bool:
    """Return whether a text in a request looks like a secret: a token, or long and random."""
    return is_token(text) or (not _UUID.fullmatch(text) and bool(_LONG_RANDOM.fullmatch(text)))


def is_secret_part(text: str) -> bool:
    """Return whether a text is a secret that is not hexadecimal, as ids and hashes are."""
    return is_secret_text(text) and not _HEX.fullmatch(text)
