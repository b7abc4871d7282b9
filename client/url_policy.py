"""Which URLs requests may go to, since each request carries credentials."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

import httpx

from client.link_rewriting import rewritten
from rest.errors import RefusedError
from rest.origin import Origin, Redactor, upgraded
from rest.request import Request, url_query

_SCHEMES = ("http", "https")
_TRUST = "If credentials may be sent there, add it to trustedOrigins"
_REWRITE = "If it is this API behind a gateway, set rewriteLinks"
_FOLLOW = "If it only serves the file, add it to followOrigins, and it gets no credentials"
# Of the headers of a request, those that a server without credentials may see.
_NEGOTIATION = frozenset({"accept", "accept-language", "content-type"})


@dataclass(frozen=True, slots=True)
class UrlPolicy:
    """Which URLs requests may go to, and the parameters that are added to each.

    base: the base URL's origin.
    trusted: that origin, and those in trustedOrigins.
    params: added to every URL that lacks them. They may be secret.
    followed: where redirects may lead without credentials.
    rewrite_to: the base URL that links to other origins are rewritten to. "": they are not.
    """

    base: Origin
    trusted: frozenset[Origin]
    params: Mapping[str, str] = field(default_factory=dict)
    redact: Redactor = field(default_factory=Redactor)
    followed: frozenset[Origin] = frozenset()
    rewrite_to: str = ""

    def address(self, request: Request) -> httpx.URL:
        """Return the URL to send to. Raises RefusedError: it is invalid, or its origin is not trusted."""
        address, origin = self._parsed(request.full_url)
        if origin in self.trusted:
            return address if request.is_anonymous else self._with_params(address)
        if request.is_anonymous and origin in self.followed:
            return address
        raise self._untrusted(origin, _TRUST, _REWRITE)

    def redirection(self, request: Request) -> Request:
        """Return the request that follows a redirect, without credentials if it leads to followOrigins.

        A request that has lost its credentials does not get them back.
        Raises RefusedError: it is invalid, or redirects may not lead to its origin.
        """
        _, origin = self._parsed(request.full_url)
        if origin in self.trusted:
            return request
        if origin not in self.followed:
            raise self._untrusted(origin, _TRUST, _FOLLOW, _REWRITE)
        headers = tuple(pair for pair in request.headers if pair[0].lower() in _NEGOTIATION)
        return replace(request, headers=headers, is_anonymous=True)

    def _parsed(self, url: str) -> tuple[httpx.URL, Origin]:
        try:
            address, origin = _read(upgraded(url, self.base))
            if self._is_rewritten(origin):
                address, origin = _read(rewritten(str(address), self.rewrite_to))
        except (httpx.InvalidURL, ValueError) as error:
            raise RefusedError("leads to an invalid URL") from error
        if address.userinfo:
            raise RefusedError("leads to a URL with a user name; such URLs are not followed")
        return address, origin

    def _is_rewritten(self, origin: Origin) -> bool:
        """Return whether links to an origin become links of the base URL."""
        if not self.rewrite_to or origin.scheme not in _SCHEMES:
            return False
        return origin == self.base or origin not in self.trusted | self.followed

    def _untrusted(self, origin: Origin, *hints: str) -> RefusedError:
        return RefusedError(
            f"leads to {self.redact(str(origin))}, which is not a trusted origin", hint=". ".join(hints)
        )

    def _with_params(self, address: httpx.URL) -> httpx.URL:
        if not self.params:
            return address
        present = {name for name, _ in url_query(str(address))}
        missing = [(name, value) for name, value in self.params.items() if name not in present]
        if not missing:
            return address
        added = "&".join(f"{quote(name)}={quote(value, safe='')}" for name, value in missing)
        query = address.query.decode()
        return address.copy_with(query=(f"{query}&{added}" if query else added).encode())


def _read(url: str) -> tuple[httpx.URL, Origin]:
    """Return a URL and its origin. Raises httpx.InvalidURL or ValueError: it is invalid."""
    address = httpx.URL(url)
    # The origin as httpx connects to it: other parsers may read the same URL in another way.
    return address, Origin.at(address.scheme, address.raw_host.decode(), address.port)
