"""How an API writes times in parameters: iso8601, epoch, epoch_ms or a strftime pattern."""

from datetime import UTC, datetime, timedelta
from functools import cache

from rest.bodies import Json
from rest.errors import Mistake, ResourceError
from rest.moments import moment_of

_NAMED = ("iso8601", "epoch", "epoch_ms")
_DAY = datetime(2026, 1, 1, tzinfo=UTC)
# How many steps of each unit make up one of the next longer unit.
_UNITS = ((timedelta(hours=1), 24), (timedelta(minutes=1), 60), (timedelta(seconds=1), 60))


def formatted(moment: datetime, pattern: str) -> Json:
    """Return a time in UTC as the API expects it. Epochs are numbers, all others are texts."""
    moment = moment.astimezone(UTC)
    if pattern == "iso8601":
        return moment.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
    if pattern == "epoch":
        return int(moment.timestamp())
    if pattern == "epoch_ms":
        return int(moment.timestamp() * 1000)
    return moment.strftime(pattern)


def check_format(pattern: str, where: str) -> None:
    """Raise ResourceError if the format is unknown. where: its key in the mapping."""
    if pattern not in _NAMED and not _writes_full_date(pattern):
        raise ResourceError.of(
            Mistake(
                where,
                f"got {pattern!r}, accepts iso8601, epoch, epoch_ms, "
                "or a strftime pattern with year, month and day",
            ),
            hint="Use a pattern like %Y-%m-%d or %Y-%m-%dT%H:%M:%SZ",
        )


@cache
def precision(pattern: str) -> timedelta:
    """Return the shortest time that a format can express: a day, an hour, a minute or a second."""
    found = timedelta(days=1)
    for unit, count in _UNITS:
        if len({formatted(_DAY + number * unit, pattern) for number in range(count)}) < count:
            return found
        found = unit
    return found


@cache
def has_zone(pattern: str) -> bool:
    """Tell whether times in a format name their zone. False: they do not, or only the API can read them."""
    moment = moment_of(formatted(_DAY, pattern))
    return moment is not None and moment.has_zone


def _writes_full_date(pattern: str) -> bool:
    """Return True for a strftime pattern with year, month and day. Its texts differ for different days."""
    if "%s" in pattern:  # seconds since 1970, which depend on the time zone of this machine
        return False
    days = [_DAY + timedelta(days=number) for number in range(2 * 365)]
    try:
        texts = {day.strftime(pattern.replace("%%", "")) for day in days}
    except ValueError:
        return False
    return len(texts) == len(days) and not any("%" in text for text in texts)
