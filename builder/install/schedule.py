"""How often, as cron says it."""

_SHORTEST_MINUTES = 5
_HOUR, _DAY = 60, 24 * 60


def cron(minutes: int) -> str:
    """A schedule that comes round at least every so many minutes, but for those under five.

    Cron starts anew each hour and each day: of 50 minutes it makes 30, of 5 hours 4.
    """
    wanted = max(minutes, _SHORTEST_MINUTES)
    if wanted >= _DAY:
        return "0 0 * * *"
    if wanted >= _HOUR:
        hours = _divisor(24, wanted // _HOUR)
        return "0 * * * *" if hours == 1 else f"0 */{hours} * * *"
    return f"*/{_divisor(_HOUR, wanted)} * * * *"


def _divisor(whole: int, largest: int) -> int:
    return next(number for number in range(largest, 0, -1) if whole % number == 0)
