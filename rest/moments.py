"""Parse times as APIs write them, including times without a zone, an hour or a unit."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime

from rest.bodies import Json

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_MAX_AHEAD = timedelta(days=1)
# Time zones range from UTC-12 to UTC+14.
_WEST, _EAST = timedelta(hours=12), timedelta(hours=14)
_DAY = timedelta(days=1) - timedelta(microseconds=1)
# Numbers below each bound are seconds, milliseconds, microseconds and nanoseconds. For times after 1990
# the ranges do not overlap.
_UNITS = ((1e11, 1), (1e14, 10**3), (1e17, 10**6), (float("inf"), 10**9))
# The zero of .NET, Unix and SQL Server, which means "never".
_NEVER = frozenset({datetime(1, 1, 1, tzinfo=UTC), _EPOCH, datetime(1900, 1, 1, tzinfo=UTC)})

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
    """A time with the precision of its notation: any moment from start to end.

    start, end: in UTC. If has_zone is False, the value names no zone and is read as UTC.
    """

    start: datetime
    end: datetime
    has_zone: bool = True

    @property
    def latest(self) -> datetime:
        """The latest possible moment, in any zone."""
        return self.end if self.has_zone else self.end + _WEST

    @property
    def earliest(self) -> datetime:
        """The earliest possible moment, in any zone."""
        return self.start if self.has_zone else self.start - _EAST

    def is_newer_than(self, other: "Moment") -> timedelta:
        """Return by how much it is certainly newer. Zero or less: it may not be newer.

        Two times of a listing without a zone are taken to be in the same zone.
        """
        if self.has_zone == other.has_zone:
            same_precision = self.end - self.start == other.end - other.start
            return self.start - (other.start if same_precision else other.end)
        return self.earliest - other.latest

    def is_plausible(self, now: datetime) -> bool:
        """Return False for times before 1990 and more than a day in the future."""
        west, east = (timedelta(), timedelta()) if self.has_zone else (_WEST, _EAST)
        return self.end >= _EARLIEST - west and self.start <= now + _MAX_AHEAD + east


def moment_of(value: Json) -> Moment | None:
    """Return the moment of a value, or None if it is not a time or means "never".

    Accepts ISO 8601 with and without time, zone and separators; seconds, milliseconds, microseconds or
    nanoseconds since 1970, told apart by their size; the dates of RFC 5322 and RFC 9110; and .NET's
    `/Date(1772366400000)/`.

    Raises OverflowError: the number is beyond the range of datetime.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).strip()
    if isinstance(value, float) or _NUMBER.fullmatch(text):
        found = _compact(text) or _since_epoch(float(text))
    elif ms := _MS_JSON.fullmatch(text):
        found = _exact(_EPOCH + timedelta(milliseconds=int(ms["ms"])))
    else:
        found = _iso(text) or _rfc_5322(text)
    return None if found is None or found.start in _NEVER else found


def _exact(moment: datetime) -> Moment:
    return Moment(moment, moment)


def _since_epoch(number: float) -> Moment | None:
    if not number > 0:
        return None
    unit = next(unit for bound, unit in _UNITS if number < bound or bound == float("inf"))
    return _exact(_EPOCH + timedelta(seconds=number / unit))


def _compact(text: str) -> Moment | None:
    """Parse `20260301` and `20260301120000`. As numbers since 1970 they would be implausible times."""
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
        return Moment(start, start + _precision(text), has_zone=moment.tzinfo is not None)
    return None


def _precision(text: str) -> timedelta:
    """Return the precision of a time of day: zero with seconds, else a minute or an hour."""
    clock = _CLOCK.search(text)
    if clock is None or clock["second"]:
        return timedelta()
    return timedelta(minutes=1) if clock["minute"] else timedelta(hours=1)


def _rfc_5322(text: str) -> Moment | None:
    """Parse the dates of RFC 5322 and RFC 9110 §5.6.7. They have no 12-hour times."""
    if _TWELVE_HOURS.search(text):
        return None
    with suppress(ValueError, OverflowError):
        moment = parsedate_to_datetime(text)
        start = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        return Moment(start, start, has_zone=moment.tzinfo is not None)
    return None
