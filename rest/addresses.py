"""What the settings may name as an address: the base URL, and origins to trust."""

from collections.abc import Sequence

from rest.origin import Origin

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
    return [
        "trustedOrigins: accepts origins like https://files.example.com, without user names"
        for text in origins
        if not is_http(text) or "@" in text
    ]


def is_http(url: str) -> bool:
    """An absolute URL of http or https."""
    try:
        origin = Origin.of(url)
    except ValueError:
        return False
    return origin.scheme in ("http", "https") and bool(origin.host) and not set(url) & set(" \\\t\r\n")
