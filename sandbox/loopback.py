"""Recognizes loopback hosts, and requests that pages of other sites send to this machine."""

import ipaddress
from collections.abc import Mapping

_SAFE_METHODS = frozenset(("GET", "HEAD"))
_SAME_SITE = frozenset((b"same-origin", b"none"))
"""Fetch Metadata values for a page of this server and for a URL that the user typed."""


class ForeignRequestError(Exception):
    """A request that another site may have caused. code: forbidden_host or forbidden_origin."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def is_loopback(host: str) -> bool:
    """Return whether a host name or IP address is loopback. `*.localhost` is (RFC 6761 §6.3)."""
    name = host.lower().removeprefix("[").removesuffix("]").removesuffix(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def check_own_request(method: str, headers: Mapping[bytes, bytes]) -> None:
    """Raise ForeignRequestError unless a user of this machine or one of its own pages sent the request.

    headers: in lower case. The Host header must be loopback, which prevents DNS rebinding. A form on any page
    can post here, so the response is not the only thing to protect. Links from other pages are allowed.
    Clients that are not browsers do not send the other headers.
    """
    host = headers.get(b"host", b"").decode("latin-1")
    if not is_loopback(_without_port(host)):
        raise ForeignRequestError(
            "forbidden_host", f"the sandbox accepts loopback hosts only, not {host!r:.120}"
        )
    origin = headers.get(b"origin")
    if origin is not None and origin.lower() != b"http://" + headers[b"host"].lower():
        raise ForeignRequestError(
            "forbidden_origin", "the sandbox rejects requests from pages of other origins"
        )
    is_link = method in _SAFE_METHODS and headers.get(b"sec-fetch-mode") == b"navigate"
    if headers.get(b"sec-fetch-site", b"none") not in _SAME_SITE and not is_link:
        raise ForeignRequestError(
            "forbidden_origin", "the sandbox rejects requests from pages of other sites"
        )


def _without_port(host: str) -> str:
    return host.rpartition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
