"""A login that requests share until it has to be renewed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import httpx

from auth.login import Login
from auth.request_parts import RequestParts

# Renewed this long before it expires, so that it does not expire during a request.
_MARGIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Session:
    """A login that requests share.

    cookies: those that the response to the login set.
    renew_at: on a monotonic clock; None: never.
    """

    parts: RequestParts
    cookies: Mapping[str, str] = field(default_factory=dict, repr=False)
    renew_at: float | None = None

    @classmethod
    def of(cls, login: Login, cookies: Mapping[str, str], now: float) -> Self:
        """Return a session that is renewed a minute before it expires, or halfway if it is short."""
        seconds = login.lifetime_s
        renew_at = None if seconds is None else now + max(seconds - _MARGIN_S, seconds / 2)
        return cls(login.parts, cookies, renew_at)

    def is_due(self, now: float) -> bool:
        """Return True when the session has to be renewed."""
        return self.renew_at is not None and now >= self.renew_at

    def authenticated(self, request: httpx.Request) -> httpx.Request:
        """Return a copy of a request with the credentials, and with the cookies added to its own."""
        authenticated = self.parts.merged(request)
        own = authenticated.headers.get("Cookie", "")
        cookies = [own, *(f"{name}={value}" for name, value in self.cookies.items())]
        if header := "; ".join(filter(None, cookies)):
            authenticated.headers["Cookie"] = header
        return authenticated
