"""Where requests may go, with credentials, and what every one of them carries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

import httpx

from rest.errors import RefusedError
from rest.origin import Origin, Redactor, upgraded
from rest.request import url_query


@dataclass(frozen=True, slots=True)
class UrlPolicy:
    """Which URLs may be asked, with credentials, and what every one of them carries.

    trusted: the base URL's origin and those that the user named.
    params: added to every URL that lacks them; they may be secret.
    """

    base: Origin
    trusted: frozenset[Origin]
    params: Mapping[str, str] = field(default_factory=dict)
    redact: Redactor = field(default_factory=Redactor)

    def address(self, url: str) -> httpx.URL:
        """The URL to send to. Raises RefusedError: it leads to somewhere that may not see the credentials."""
        try:
            address = httpx.URL(upgraded(url, self.base))
            # As httpx sends it, whatever else a URL may be read as.
            origin = Origin.at(address.scheme, address.raw_host.decode(), address.port)
        except (httpx.InvalidURL, ValueError) as error:
            raise RefusedError("leads to what is no URL") from error
        if address.userinfo:
            raise RefusedError("leads to a URL with a user name in it, which is not followed")
        if origin not in self.trusted:
            raise RefusedError(
                f"leads to {self.redact(str(origin))}, which may not see the credentials",
                hint="If it is yours to trust, add it to trustedOrigins",
            )
        return self._with_params(address)

    def _with_params(self, address: httpx.URL) -> httpx.URL:
        there = {name for name, _ in url_query(str(address))}
        missing = [(name, value) for name, value in self.params.items() if name not in there]
        if not missing:
            return address
        added = "&".join(f"{quote(name)}={quote(value, safe='')}" for name, value in missing)
        query = address.query.decode()
        return address.copy_with(query=(f"{query}&{added}" if query else added).encode())
