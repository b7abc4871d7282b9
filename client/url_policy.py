"""Which URLs requests may go to, since each request carries credentials."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

import httpx

from rest.errors import RefusedError
from rest.origin import Origin, Redactor, upgraded
from rest.request import url_query


@dataclass(frozen=True, slots=True)
class UrlPolicy:
    """Which URLs requests may go to, and the parameters that are added to each.

    base: the base URL's origin.
    trusted: that origin, and those in trustedOrigins.
    params: added to every URL that lacks them. They may be secret.
    """

    base: Origin
    trusted: frozenset[Origin]
    params: Mapping[str, str] = field(default_factory=dict)
    redact: Redactor = field(default_factory=Redactor)

    def address(self, url: str) -> httpx.URL:
        """Return the URL to send to. Raises RefusedError: it is invalid, or its origin is not trusted."""
        try:
            address = httpx.URL(upgraded(url, self.base))
            # The origin as httpx connects to it: other parsers may read the same URL in another way.
            origin = Origin.at(address.scheme, address.raw_host.decode(), address.port)
        except (httpx.InvalidURL, ValueError) as error:
            raise RefusedError("leads to an invalid URL") from error
        if address.userinfo:
            raise RefusedError("leads to a URL with a user name; such URLs are not followed")
        if origin not in self.trusted:
            raise RefusedError(
                f"leads to {self.redact(str(origin))}, which is not a trusted origin",
                hint="If credentials may be sent there, add it to trustedOrigins",
            )
        return self._with_params(address)

    def _with_params(self, address: httpx.URL) -> httpx.URL:
        present = {name for name, _ in url_query(str(address))}
        missing = [(name, value) for name, value in self.params.items() if name not in present]
        if not missing:
            return address
        added = "&".join(f"{quote(name)}={quote(value, safe='')}" for name, value in missing)
        query = address.query.decode()
        return address.copy_with(query=(f"{query}&{added}" if query else added).encode())
