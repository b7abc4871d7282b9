"""Port's rate limits: a number of requests per operation family and time window."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from sandbox.port_api.errors import PortError
from sandbox.port_api.timestamps import Clock


class Family(Enum):
    """Operations that share a limit."""

    UNAUTHENTICATED = "unauthenticated"
    ENTITIES = "entities"
    SEARCH = "search"
    BULK_UPSERT = "bulk-upsert"
    SINGLE_UPSERT = "single-upsert"
    BLUEPRINTS = "blueprints"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Limit:
    """requests: per window; burst: additional requests before 429."""

    requests: int
    burst: int = 0


type Limits = Mapping[Family, Limit]

PORT_LIMITS: Limits = MappingProxyType(
    {
        Family.UNAUTHENTICATED: Limit(100, 10),
        Family.ENTITIES: Limit(35_000, 3_500),
        Family.SEARCH: Limit(35_000, 3_500),
        Family.BULK_UPSERT: Limit(35_000, 3_500),
        Family.SINGLE_UPSERT: Limit(10_000, 200),
        Family.BLUEPRINTS: Limit(15_000, 1_500),
        Family.OTHER: Limit(15_000, 1_500),
    }
)
"""Port's published limits for windows of 5 minutes."""


def uniform_limits(requests: int) -> Limits:
    """Return the same limit for every family."""
    return dict.fromkeys(Family, Limit(requests))


def family_of(method: str, path: str) -> Family:
    """Return the family of an API request."""
    if path == "/v1/auth/access_token":
        return Family.UNAUTHENTICATED
    if path.startswith(("/v1/blueprints", "/v1/entities")):
        if path.endswith("/entities/search"):
            return Family.SEARCH
        if path.endswith("/entities/bulk"):
            return Family.BULK_UPSERT
        if path.endswith("/entities") and method == "POST":
            return Family.SINGLE_UPSERT
        return Family.ENTITIES if "entities" in path else Family.BLUEPRINTS
    return Family.OTHER


@dataclass(slots=True)
class _Window:
    """ends_at: seconds since 1970."""

    ends_at: float = 0.0
    used: int = 0


class RateLimiter:
    """Counts requests per family and window.

    limits: None disables them. Headers then announce Port's limits as unused. period_s: window length.
    """

    def __init__(self, limits: Limits | None, period_s: int, clock: Clock) -> None:
        self.limits = limits
        self.period_s = period_s
        self._clock = clock
        self._windows: dict[Family, _Window] = {}

    def consume(self, family: Family) -> None:
        """Count a request. Raises PortError (429): the limit and the burst of this window are used up."""
        window = self._window(family)
        if self.limits is None:
            return
        limit = self.limits[family]
        if window.used >= limit.requests + limit.burst:
            raise PortError(
                429,
                "rate_limit_exceeded",
                f"more than {limit.requests} requests ({family.value}) in {self.period_s} seconds; "
                f"try again in {self.wait_s(family)} seconds",
            )
        window.used += 1

    def change(self, limits: Limits | None, period_s: int) -> None:
        """Change the limits and start new windows."""
        self.limits, self.period_s = limits, period_s
        self._windows.clear()

    def wait_s(self, family: Family) -> int:
        """Return the seconds until the family's next window, rounded up, at least 1."""
        return max(1, math.ceil(self._window(family).ends_at - self._clock()))

    def headers(self, family: Family) -> list[tuple[bytes, bytes]]:
        """Return the four `x-ratelimit-*` headers. The reset is in seconds since 1970."""
        window = self._window(family)
        limit = (self.limits or PORT_LIMITS)[family].requests
        return [
            (b"x-ratelimit-limit", b"%d" % limit),
            (b"x-ratelimit-period", b"%d" % self.period_s),
            (b"x-ratelimit-remaining", b"%d" % max(0, limit - window.used)),
            (b"x-ratelimit-reset", b"%d" % math.ceil(window.ends_at)),
        ]

    def _window(self, family: Family) -> _Window:
        now = self._clock()
        window = self._windows.setdefault(family, _Window())
        if now >= window.ends_at:
            window.ends_at, window.used = now + self.period_s, 0
        return window
