"""What is secret, by its name or by its looks."""

import re
from typing import Literal

from builder.imports.names import lower_words

type Place = Literal["header", "query", "body"]

# How the last word of a name gives a secret away, wherever it stands.
_WORDS = frozenset(
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
# In a body these are rather a talk, a person's or a ticket's.
_WORDS_OF_REQUESTS = frozenset({"auth", "bearer", "pwd", "session", "sessionid", "sid", "sig", "signature"})
_ENDINGS = (
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
# A token of these is a place in a listing.
_OF_LISTINGS = frozenset({"continuation", "delta", "next", "page", "prev", "previous", "skip", "sync"})
_NO_LETTER_OR_DIGIT = re.compile(r"[^a-z0-9]+")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SIGNED = re.compile(r"eyJ[\w-]{6,}\.[\w-]{6,}\.[\w-]*")
_KNOWN = re.compile(
    r"(gh[oprsu]_|github_pat_|glpat-|xox[abeprs]-|[rs]k_(live|test)_|sk-|AKIA|AIza|ya29\.|dop_v1_|shpat_)[\w.-]{10,}"
)
_LONG = re.compile(
    r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9]{32,}|(?=.*[0-9])(?=.*[a-z])(?=.*[A-Z])[\w+/=.~-]{32,}"
)


def is_secret_name(name: str, place: Place) -> bool:
    """True for a name under which APIs are sent, or give, secrets."""
    parts = lower_words(name)
    if not parts:
        return False
    letters = _NO_LETTER_OR_DIGIT.sub("", name.lower())
    if parts[-1] == "token" and _OF_LISTINGS & set(parts[:-1]):
        return False
    if parts[-1] in _WORDS or letters.endswith(_ENDINGS):
        return True
    if place == "body":
        return False
    is_key = parts[-1] == "key" if place == "header" else letters in ("key", "appid")
    return parts[-1] in _WORDS_OF_REQUESTS or (is_key and "idempotency" not in parts)


def is_token(text: str) -> bool:
    """True for what can be nothing but a token: of a known make, or signed (RFC 7519)."""
    return bool(_SIGNED.search(text) or _KNOWN.search(text))


def is_secret_text(text: str) -> bool:
    """True for what looks like a secret in a request: a token, or long and of letters and digits."""
    return is_token(text) or (not _UUID.fullmatch(text) and bool(_LONG.fullmatch(text)))
