"""A circuit breaker for an API that is down, so that not every request of a resync uses up its retries."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from rest.errors import TransientError
from rest.origin import Origin

# Other error statuses show that the API is up. Requests for other resources may still succeed.
_DOWN = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})
_MAX_FAILURES = 5
_PAUSE_S = 60.0


@dataclass(slots=True)
class _Streak:
    """Consecutive failures of one origin."""

    first: TransientError
    count: int = 0
    open_until: float = 0.0


@dataclass(slots=True)
class Breaker:
    """Counts the requests to each origin that failed in a row, retries included.

    After five, further requests fail at once. One request a minute is let through, and its result closes
    the breaker or keeps it open.

    clock: monotonic seconds.
    """

    clock: Callable[[], float] = time.monotonic
    _streaks: dict[str, _Streak] = field(default_factory=dict)

    def admit(self, url: str) -> None:
        """Admit a request. Raises TransientError: the origin of this URL is down."""
        if not self._streaks:
            return
        origin = _origin_of(url)
        streak = self._streaks.get(origin)
        if streak is None or streak.count < _MAX_FAILURES:
            return
        now = self.clock()
        if now >= streak.open_until:
            streak.open_until = now + _PAUSE_S
            return
        raise TransientError(
            f"not sent, because the last {streak.count} requests to {origin} failed after all retries. "
            "First failure",
            because=streak.first,
            status=streak.first.status,
            next_resync=streak.first.next_resync,
            hint=streak.first.hint,
        )

    def record_answer(self, url: str) -> None:
        """Record an answer that shows that the origin is up."""
        if self._streaks:
            self._streaks.pop(_origin_of(url), None)

    def record_failure(self, url: str, error: TransientError) -> None:
        """Record a request that failed after all retries."""
        if error.status is not None and error.status not in _DOWN:
            self.record_answer(url)
            return
        streak = self._streaks.setdefault(_origin_of(url), _Streak(error))
        streak.count += 1
        if streak.count == _MAX_FAILURES:
            streak.open_until = self.clock() + _PAUSE_S


def _origin_of(url: str) -> str:
    """Return the origin, or "" for a malformed URL, which is rejected later."""
    try:
        return str(Origin.of(url))
    except ValueError:
        return ""
