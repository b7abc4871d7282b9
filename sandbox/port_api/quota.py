"""Port's rate limit: so many requests in a window, announced with every answer."""

import math

from sandbox.port_api.errors import PortError
from sandbox.port_api.times import Clock

_ANNOUNCED = 35_000
"""The limit in the headers while none is switched on: Port's own for bulk upserts."""


class Quota:
    """limit: requests per window, None switches it off; period_s: the window's length in seconds."""

    def __init__(self, limit: int | None, period_s: int, clock: Clock) -> None:
        self._limit = limit
        self._period_s = period_s
        self._clock = clock
        self._ends_at = 0.0
        self._used = 0

    def spend(self) -> None:
        """Counts a request. Raises PortError (429): the window's quota is used up."""
        self._turn()
        if self._limit is None:
            return
        if self._used >= self._limit:
            raise PortError(
                429,
                "rate_limit_exceeded",
                f"more than {self._limit} requests in {self._period_s} seconds; "
                f"try again in {self.wait_s()} seconds",
            )
        self._used += 1

    def wait_s(self) -> int:
        """Whole seconds until the next window, at least one."""
        return max(1, math.ceil(self._ends_at - self._clock()))

    def headers(self) -> list[tuple[bytes, bytes]]:
        """The four `x-ratelimit-*` headers; reset is in seconds since 1970."""
        self._turn()
        limit = self._limit if self._limit is not None else _ANNOUNCED
        values = {
            "limit": limit,
            "period": self._period_s,
            "remaining": max(0, limit - self._used),
            "reset": math.ceil(self._ends_at),
        }
        return [(b"x-ratelimit-" + name.encode(), str(value).encode()) for name, value in values.items()]

    def _turn(self) -> None:
        now = self._clock()
        if now >= self._ends_at:
            self._ends_at, self._used = now + self._period_s, 0
