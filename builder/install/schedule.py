"""Intervals as cron expressions."""

_MIN_MINUTES = 5
_HOUR, _DAY = 60, 24 * 60


def cron(minutes: int) -> str:
    """Return a schedule with an interval of at most this many minutes, but at least five.

    The interval must divide an hour or a day: 50 minutes become 30, and 5 hours become 4.
    """
    interval = max(minutes, _MIN_MINUTES)
    if interval >= _DAY:
        return "0 0 * * *"
    if interval >= _HOUR:
        hours = _divisor(24, interval // _HOUR)
        return "0 * * * *" if hours == 1 else f"0 */{hours} * * *"
    return f"*/{_divisor(_HOUR, interval)} * * * *"


def _divisor(total: int, maximum: int) -> int:
    """Return the largest divisor of a number up to a maximum."""
    return next(number for number in range(maximum, 0, -1) if total % number == 0)
