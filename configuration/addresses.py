"""Check the addresses in the settings: the base URL and other origins."""

import re
from collections.abc import Sequence
from unicodedata import is_normalized
from urllib.parse import urlsplit

from rest.errors import Mistake
from rest.origin import Origin

_SCHEMES = ("http", "https")
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
BASE_URL_MISSING = Mistake(
    "baseUrl", "is missing (accepts the root URL of the API, like https://api.example.com)"
)


def base_url_mistakes(url: str) -> list[Mistake]:
    """Return the mistakes in the base URL."""
    if not url:
        return [BASE_URL_MISSING]
    if "@" in url.partition("://")[2].partition("/")[0]:
        return [
            Mistake(
                "baseUrl",
                "contains a user name or password. Use the settings username and password instead",
            )
        ]
    if not is_http(url):
        return [
            Mistake("baseUrl", f"got {url!r}, accepts the root URL of the API, like https://api.example.com")
        ]
    if "?" in url or "#" in url:
        return [
            Mistake("baseUrl", "has a query string. Use customQueryParams for parameters of every request")
        ]
    return []


def origin_mistakes(setting: str, origins: Sequence[str]) -> list[Mistake]:
    """Return one mistake for each wrong origin of a setting, without its text, which may have a password."""
    wildcards = [number for number, text in enumerate(origins, 1) if _is_wildcard(text)]
    others = [text for text in origins if not _is_wildcard(text) and ("@" in text or not is_http(text))]
    return [
        *[
            Mistake(setting, f"entry {number} has an unsupported wildcard. Add an entry for each host")
            for number in wildcards
        ],
        *[
            Mistake(setting, "accepts origins like https://files.example.com, without user names")
            for _ in others
        ],
    ]


def _is_wildcard(text: str) -> bool:
    return "*" in text and "@" not in text


def is_http(url: str) -> bool:
    """Return True for an absolute http or https URL with a valid host."""
    try:
        origin = Origin.of(url)
    except ValueError:
        return False
    if origin.scheme not in _SCHEMES or set(url) & set(" \\\t\r\n"):
        return False
    if ":" in origin.host:
        return True
    # RFC 5891 §4.1: characters such as full-width letters are not allowed in a host name.
    return is_normalized("NFKC", urlsplit(url).netloc) and _is_host_name(origin.host)


def _is_host_name(host: str) -> bool:
    """Return True for a name by RFC 1035 §2.3.1 and §2.3.4. Underscores and a final dot are allowed."""
    labels = host.removesuffix(".").split(".")
    return all(_LABEL.fullmatch(each) for each in labels)
