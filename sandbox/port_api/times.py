"""Moments are whole microseconds since 1970 inside, and ISO 8601 with Z outside."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

type Clock = Callable[[], float]
"""Seconds since 1970; time.time but in tests of lifetimes."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(clock: Clock) -> int:
    """Now, by this clock."""
    return int(clock() * 1_000_000)


def iso(moment: int) -> str:
    """`2026-01-31T12:00:00.000Z`; milliseconds as Port shows them."""
    text = (_EPOCH + timedelta(microseconds=moment)).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"


def from_iso(text: str) -> int:
    """The moment an ISO 8601 text means; without an offset it is UTC. Raises ValueError."""
    try:
        parsed = datetime.fromisoformat(text)
        aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
        return (aware - _EPOCH) // timedelta(microseconds=1)
    except OverflowError as error:
        raise ValueError(f"{text!r:.60} is out of range") from error
