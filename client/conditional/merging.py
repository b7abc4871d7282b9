"""The headers of a kept response, after a 304 has confirmed it."""

import re
from collections.abc import Mapping

# RFC 9110 §7.6.1, and cookies, which belong to the response that sets them.
_OF_THE_CONNECTION = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authentication-info",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "set-cookie",
    }
)
# What the API says of the moment, not of the response.
_OF_THE_MOMENT = re.compile(r"age|date|retry-after|.*rate-?limit.*")
# The validator stays as it came with the body: a 304 may name a variant of it.
_OF_THE_BODY = frozenset({"etag", "last-modified"})


def storable(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that are kept with a response (RFC 9111 §3.1)."""
    named = {name.strip().lower() for name in headers.get("connection", "").split(",")}
    return {
        name: text
        for name, text in headers.items()
        if name not in _OF_THE_CONNECTION | named and not _OF_THE_MOMENT.fullmatch(name)
    }


def merged(kept: Mapping[str, str], not_modified: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of a kept response, updated with those of a 304 (RFC 9111 §3.2).

    Headers about the body, such as Content-Length and Content-Encoding, stay those of the kept one. Headers
    that the 304 does not repeat, such as Link, stay, too. Names are in lower case.
    """
    updates = {
        name: text
        for name, text in not_modified.items()
        if name not in _OF_THE_BODY | _OF_THE_CONNECTION and not name.startswith("content-")
    }
    return {**kept, **updates}
