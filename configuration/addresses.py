"""What the settings may name as an address: the base URL, and origins to trust."""

import re
from collections.abc import Sequence
from unicodedata import is_normalized
from urllib.parse import urlsplit

from rest.origin import Origin

_SCHEMES = ("http", "https")
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
BASE_URL_MISSING = "baseUrl: is missing; it accepts the root of the API, like https://api.example.com"


def base_url_mistakes(url: str) -> list[str]:
    """What is wrong with it, one line each."""
    if not url:
        return [BASE_URL_MISSING]
    if "@" in url.partition("://")[2].partition("/")[0]:
        return ["baseUrl: holds a user name or password; put them into username and password"]
    if not is_http(url):
        return [f"baseUrl: got {url!r}, accepts the root of the API, like https://api.example.com"]
    if "?" in url or "#" in url:
        return ["baseUrl: has a query string; put parameters for every request into customQueryParams"]
    return []


def origin_mistakes(origins: Sequence[str]) -> list[str]:
    """What is wrong with them, one line each; not the text itself, which may hold a password."""
    wildcards = [number for number, text in enumerate(origins, 1) if _is_wildcard(text)]
    others = [text for text in origins if not _is_wildcard(text) and ("@" in text or not is_http(text))]
    return [
        *[
            f"trustedOrigins: entry {number} has a wildcard, and would match nothing; name each host"
            for number in wildcards
        ],
        *[
            "trustedOrigins: accepts origins like https://files.example.com, without user names"
            for _ in others
        ],
    ]


def _is_wildcard(text: str) -> bool:
    return "*" in text and "@" not in text


def is_http(url: str) -> bool:
    """An absolute URL of http or https, whose host can be the name of one."""
    try:
        origin = Origin.of(url)
    except ValueError:
        return False
    if origin.scheme not in _SCHEMES or set(url) & set(" \\\t\r\n"):
        return False
    if ":" in origin.host:
        return True
    # RFC 5891 §4.1: what is no letter of its own, like a wide one, is no part of a name.
    return is_normalized("NFKC", urlsplit(url).netloc) and _can_be_a_name(origin.host)


def _can_be_a_name(host: str) -> bool:
    """RFC 1035 §2.3.1 and §2.3.4, with the underscores that many have; a dot may end it."""
    labels = host.removesuffix(".").split(".")
    return all(_LABEL.fullmatch(each) for each in labels)
