"""Notations of points in time, and the jq that converts them to RFC 3339, the format of Port's date-time."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from builder.inference.words import split_words

_DATE = r"\d{4}-\d\d-\d\d"
_SECONDS = r"[0-2]\d:[0-5]\d:[0-5]\d"
_CLOCK = rf"{_SECONDS}(?:\.\d+)?"
_COLON = r"""sub("(?<h>[+-][0-9]{2})(?<m>[0-9]{2})$"; "\(.h):\(.m)")"""
_SPACE = 'sub(" "; "T")'
_MAIL = 'strptime("%a, %d %b %Y %H:%M:%S {zone}") | mktime | todate'


@dataclass(frozen=True, slots=True)
class TimeNotation:
    """A notation for times. filter: jq that converts it to RFC 3339, empty if not needed."""

    pattern: re.Pattern[str]
    filter: str = ""
    note: str = ""
    read: Callable[[str], datetime] = datetime.fromisoformat

    def fits(self, texts: Collection[str]) -> bool:
        """Return whether all texts have this notation and are valid times."""
        return all(self.pattern.fullmatch(text) and self._exists(text) for text in texts)

    def _exists(self, text: str) -> bool:
        try:
            self.read(text)
        except ValueError:
            return False
        return True


def _notation(pattern: str, *filters: str, note: str = "") -> TimeNotation:
    return TimeNotation(re.compile(pattern, re.ASCII), " | ".join(filters), note)


def _mail(zone: str) -> TimeNotation:
    """Return the notation of RFC 5322 §3.3, which HTTP uses too."""
    day = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4}"
    pattern = re.compile(f"{day} {_SECONDS} {re.escape(zone)}", re.ASCII)
    return TimeNotation(pattern, _MAIL.format(zone=zone), "Converted to RFC 3339", parsedate_to_datetime)


_OFFSET, _ZONE = r"[+-][0-2]\d[0-5]\d", r"(?:[Zz]|[+-][0-2]\d:[0-5]\d)"
_AS_UTC = "No time zone: interpreted as UTC"
_NOTATIONS = (
    _notation(f"{_DATE}[Tt]{_CLOCK}{_ZONE}"),
    _notation(f"{_DATE} {_CLOCK}{_ZONE}", _SPACE),
    _notation(f"{_DATE}T{_CLOCK}{_OFFSET}", _COLON, note="Adds the colon to the time zone"),
    _notation(f"{_DATE} {_CLOCK}{_OFFSET}", _SPACE, _COLON, note="Adds the colon to the time zone"),
    _notation(f"{_DATE}T{_CLOCK}", '. + "Z"', note=_AS_UTC),
    _notation(f"{_DATE} {_CLOCK}", _SPACE + ' + "Z"', note=_AS_UTC),
    _notation(_DATE, '. + "T00:00:00Z"', note="A date becomes midnight UTC"),
    _mail("+0000"),
    _mail("GMT"),
)
# From 1990 to 2100, in seconds.
_EARLIEST, _LATEST = 631_152_000, 4_102_444_800
_UNITS = {1: "seconds", 10**3: "milliseconds", 10**6: "microseconds", 10**9: "nanoseconds"}
_LAST_WORDS = frozenset(
    {
        *(
            "at",
            "on",
            "time",
            "date",
            "timestamp",
            "ts",
            "datetime",
            "epoch",
            "millis",
            "ms",
            "since",
            "until",
        ),
        *("created", "updated", "modified", "changed", "started", "ended", "finished", "completed", "closed"),
        *("expires", "expiry", "expiration", "due", "start", "end", "seen", "login", "activity", "last"),
    }
)
_ANY_WORDS = frozenset({"date", "timestamp", "datetime"})


def detect_notation(texts: Collection[str]) -> TimeNotation | None:
    """Return the time notation of all texts, None if they have none in common."""
    return next((notation for notation in _NOTATIONS if notation.fits(texts)), None) if texts else None


@dataclass(frozen=True, slots=True)
class Epoch:
    """Numbers that count from 1970. divisor: units per second. has_zeros: some values are 0 for never."""

    divisor: int
    has_zeros: bool

    @property
    def filter(self) -> str:
        """jq that converts the number to RFC 3339."""
        seconds = "" if self.divisor == 1 else f". / {self.divisor} | "
        return f"{seconds}floor | todate"

    @property
    def note(self) -> str:
        """The conversion in words."""
        zeros = ". 0 becomes null" if self.has_zeros else ""
        return f"Converted from {_UNITS[self.divisor]} since 1970{zeros}"


def detect_epoch(key: str, numbers: Collection[float]) -> Epoch | None:
    """Return the unit of numbers that are times by the field's name and their size, None if they are not."""
    moments = {number for number in numbers if number}
    if not moments or not is_time_name(key):
        return None
    low, high = min(moments), max(moments)
    for divisor in _UNITS:
        if _EARLIEST * divisor <= low and high <= _LATEST * divisor:
            return Epoch(divisor, has_zeros=len(moments) < len(set(numbers)))
    return None


def is_time_name(key: str) -> bool:
    """True for created_at, lastLogin, date_create."""
    words = [word.lower() for word in split_words(key)]
    return bool(words) and (words[-1] in _LAST_WORDS or not _ANY_WORDS.isdisjoint(words))
