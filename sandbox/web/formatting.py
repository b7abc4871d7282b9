"""Formatting of numbers and durations."""

from datetime import UTC, datetime

_MINUTE = 60
_HOUR = 60 * _MINUTE
_EXACT_BELOW_S = 10


def number(value: float) -> str:
    """Return a number like `12,345`."""
    return f"{value:,.0f}"


def plural(count: int, one: str, many: str) -> str:
    """Return a count with its noun: `1 entity`, `12,345 entities`."""
    return f"{number(count)} {one if count == 1 else many}"


def duration(seconds: float) -> str:
    """Return a duration like `0.3 s`, `42 s`, `3 min 05 s` or `1 h 02 min`."""
    if seconds < _EXACT_BELOW_S:
        return f"{max(seconds, 0):.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE:02} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02} min"


def seconds_of(text: object) -> float | None:
    """Return seconds since 1970 for an ISO 8601 text, or None for any other value."""
    if not isinstance(text, str):
        return None
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
