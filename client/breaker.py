"""What an API that is down costs: not every request of a resync its retries."""

import time
from dataclasses import dataclass, field
from http import HTTPStatus

from rest.errors import TransientError
from rest.origin import Origin

# An API that is there but fails on what it was asked answers otherwise, and other requests may go well.
_DOWN = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})
_MOST = 5
_PAUSE_S = 60.0


@dataclass(slots=True)
class _Failures:
    first: TransientError
    count: int = 0
    open_until: float = 0.0


@dataclass(slots=True)
class Breaker:
    """Requests that an origin let fail, one after another, with all their attempts.

    After so many, further ones fail at once; one each minute is tried, and what it gets opens or
    closes the way again.
    """

    _failures: dict[str, _Failures] = field(default_factory=dict)

    def check(self, url: str) -> None:
        """Raises TransientError: the origin of this URL is down."""
        origin = _origin_of(url)
        found = self._failures.get(origin)
        if found is None or found.count < _MOST:
            return
        now = time.monotonic()
        if now >= found.open_until:
            found.open_until = now + _PAUSE_S
            return
        raise TransientError(
            f"not asked, since {found.count} requests in a row to {origin} failed with all their attempts, "
            "the first of them",
            because=found.first,
            status=found.first.status,
            hint=found.first.hint,
        )

    def note_answer(self, url: str) -> None:
        """The origin has answered in a way that says that it is there."""
        self._failures.pop(_origin_of(url), None)

    def note_failure(self, url: str, error: TransientError) -> None:
        """A request has failed with all its attempts."""
        if error.status is not None and error.status not in _DOWN:
            self.note_answer(url)
            return
        found = self._failures.setdefault(_origin_of(url), _Failures(error))
        found.count += 1
        if found.count == _MOST:
            found.open_until = time.monotonic() + _PAUSE_S


def _origin_of(url: str) -> str:
    """Empty for what is no URL: it fails by itself."""
    try:
        return str(Origin.of(url))
    except ValueError:
        return ""
