"""Timestamps: integer microseconds since 1970 internally, ISO 8601 with Z in the API."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

type Clock = Callable[[], float]
"""Returns seconds since 1970. Tests of lifetimes pass their own."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(clock: Clock) -> int:
    """Return the clock's current time in microseconds."""
    return int(clock() * 1_000_000)


def iso(moment: int) -> str:
    """Return `2026-01-31T12:00:00.000Z`, with milliseconds as Port shows them."""
    text = (_EPOCH + timedelta(microseconds=moment)).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"


def from_iso(text: str) -> int:
    """Parse ISO 8601. Without an offset it is UTC. Raises ValueError: it is malformed."""
    parsed = datetime.fromisoformat(text)
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(microseconds=1)
