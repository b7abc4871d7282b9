"""Times as APIs write them, and what they leave open: the zone, the hour, the unit."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime

from rest.bodies import Json

_START = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)
# What a time without a zone can mean: zones go from UTC-12 to UTC+14.
_WEST, _EAST = timedelta(hours=12), timedelta(hours=14)
_DAY = timedelta(days=1) - timedelta(microseconds=1)
# Between these bounds seconds, milliseconds, microseconds and nanoseconds of our times do not meet.
_UNITS = ((1e11, 1), (1e14, 10**3), (1e17, 10**6), (float("inf"), 10**9))
# What stands for "never": zero as .NET, Unix and SQL Server write it.
_NEVER = frozenset({datetime(1, 1, 1, tzinfo=UTC), _START, datetime(1900, 1, 1, tzinfo=UTC)})

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_COMPACT = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_MS_JSON = re.compile(r"/Date\((?P<ms>-?\d+)(?:[+-]\d{4})?\)/")
_ZONE_NAME = re.compile(r"\[[\w/+-]+\]$")
_UTC = re.compile(r"(?<=\d)\s*(?:UTC|GMT|z)$", re.IGNORECASE)
_BLANK_BEFORE_OFFSET = re.compile(r"\s+(?=[+-]\d\d:?\d\d$)")
_CLOCK = re.compile(r"[T ]\d\d(?P<minute>:?\d\d)?(?P<second>:?\d\d)?")
_WEEK = re.compile(r"\d{4}-?W\d\d")
_TWELVE_HOURS = re.compile(r"\b[ap]\.?m\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as far as a value tells it: some moment from start to end.

    start, end: in UTC; where the value names no zone (`has_zone`), as if it were UTC.
    """

    start: datetime
    end: datetime
    has_zone: bool = True

    @property
    def latest(self) -> datetime:
        """The last moment that it can mean, in any zone."""
        return self.end if self.has_zone else self.end + _WEST

    @property
    def earliest(self) -> datetime:
        """The first moment that it can mean, in any zone."""
        return self.start if self.has_zone else self.start - _EAST

    def is_newer_than(self, other: "Moment") -> timedelta:
        """By how much it is newer for sure; zero and less: perhaps it is not.

        Two times of a listing that name no zone are of the same one, and two dates are whole days apart.
        """
        if self.has_zone == other.has_zone:
            is_alike = self.end - self.start == other.end - other.start
            return self.start - (other.start if is_alike else other.end)
        return self.earliest - other.latest

    def is_plausible(self, now: datetime) -> bool:
        """False before 1990, and for what lies more than a day ahead."""
        west, east = (timedelta(), timedelta()) if self.has_zone else (_WEST, _EAST)
        return self.end >= _EARLIEST - west and self.start <= now + _AHEAD + east


def moment_of(value: Json) -> Moment | None:
    """What a value tells; None: it is no time, or one that stands for "never".

    ISO 8601 with and without time and zone, also without separators; seconds, milliseconds, microseconds or
    nanoseconds since 1970, by their size; the dates of RFC 5322 and RFC 9110; .NET's `/Date(1772366400000)/`.

    Raises OverflowError: a number that is out of all times.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).strip()
    if isinstance(value, float) or _NUMBER.fullmatch(text):
        found = _compact(text) or _counted(float(text))
    elif ms := _MS_JSON.fullmatch(text):
        found = _exact(_START + timedelta(milliseconds=int(ms["ms"])))
    else:
        found = _iso(text) or _by_mail(text)
    return None if found is None or found.start in _NEVER else found


def _exact(moment: datetime) -> Moment:
    return Moment(moment, moment)


def _counted(number: float) -> Moment | None:
    if not number > 0:
        return None
    unit = next(unit for bound, unit in _UNITS if number < bound or bound == float("inf"))
    return _exact(_START + timedelta(seconds=number / unit))


def _compact(text: str) -> Moment | None:
    """`20260301`, `20260301120000`: as a count of anything they would be no time of ours."""
    pattern = _COMPACT.get(len(text))
    if pattern and text.startswith(("19", "20")):
        with suppress(ValueError):
            start = datetime.strptime(text, pattern).replace(tzinfo=UTC)
            return Moment(start, start + (_DAY if pattern == "%Y%m%d" else timedelta()), has_zone=False)
    return None


def _iso(text: str) -> Moment | None:
    text = _UTC.sub("+00:00", _ZONE_NAME.sub("", text))
    text = _BLANK_BEFORE_OFFSET.sub("", text).replace("t", "T")
    if _WEEK.fullmatch(text):
        return None
    with suppress(ValueError):
        start = datetime.combine(date.fromisoformat(text), time(), UTC)
        return Moment(start, start + _DAY, has_zone=False)
    with suppress(ValueError, OverflowError):
        moment = datetime.fromisoformat(text)
        start = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        return Moment(start, start + _left_open(text), has_zone=moment.tzinfo is not None)
    return None


def _left_open(text: str) -> timedelta:
    """What a time of day without minutes or seconds leaves open."""
    clock = _CLOCK.search(text)
    if clock is None or clock["second"]:
        return timedelta()
    return timedelta(minutes=1) if clock["minute"] else timedelta(hours=1)


def _by_mail(text: str) -> Moment | None:
    """The dates of RFC 5322 and RFC 9110 §5.6.7; a time of twelve hours is none of them."""
    if _TWELVE_HOURS.search(text):
        return None
    with suppress(ValueError, OverflowError):
        moment = parsedate_to_datetime(text)
        start = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        return Moment(start, start, has_zone=moment.tzinfo is not None)
    return None
