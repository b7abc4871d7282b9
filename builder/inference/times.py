"""Points in time as APIs write them, and the jq that makes RFC 3339 of them, which Port's date-time is."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from builder.inference.words import words_of

_DATE = r"\d{4}-\d\d-\d\d"
_SECONDS = r"[0-2]\d:[0-5]\d:[0-5]\d"
_CLOCK = rf"{_SECONDS}(?:\.\d+)?"
_COLON = r"""sub("(?<h>[+-][0-9]{2})(?<m>[0-9]{2})$"; "\(.h):\(.m)")"""
_SPACE = 'sub(" "; "T")'
_MAIL = 'strptime("%a, %d %b %Y %H:%M:%S {zone}") | mktime | todate'


@dataclass(frozen=True, slots=True)
class Writing:
    """One way of writing a time. filter: jq that makes RFC 3339 of it, empty where it is that."""

    pattern: re.Pattern[str]
    filter: str = ""
    note: str = ""
    read: Callable[[str], datetime] = datetime.fromisoformat

    def fits(self, texts: Collection[str]) -> bool:
        """True when all texts are written so, and each is a time that exists."""
        return all(self.pattern.fullmatch(text) and self._exists(text) for text in texts)

    def _exists(self, text: str) -> bool:
        try:
            self.read(text)
        except ValueError:
            return False
        return True


def _writing(pattern: str, *filters: str, note: str = "") -> Writing:
    return Writing(re.compile(pattern, re.ASCII), " | ".join(filters), note)


def _mail(zone: str) -> Writing:
    """RFC 5322 §3.3, which HTTP writes too."""
    day = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4}"
    pattern = re.compile(f"{day} {_SECONDS} {re.escape(zone)}", re.ASCII)
    return Writing(pattern, _MAIL.format(zone=zone), "Made a date of RFC 3339", parsedate_to_datetime)


_OFFSET, _ZONE = r"[+-][0-2]\d[0-5]\d", r"(?:[Zz]|[+-][0-2]\d:[0-5]\d)"
_AS_UTC = "Has no time zone: taken as UTC"
_WRITINGS = (
    _writing(f"{_DATE}[Tt]{_CLOCK}{_ZONE}"),
    _writing(f"{_DATE} {_CLOCK}{_ZONE}", _SPACE),
    _writing(f"{_DATE}T{_CLOCK}{_OFFSET}", _COLON, note="The time zone gets its colon"),
    _writing(f"{_DATE} {_CLOCK}{_OFFSET}", _SPACE, _COLON, note="The time zone gets its colon"),
    _writing(f"{_DATE}T{_CLOCK}", '. + "Z"', note=_AS_UTC),
    _writing(f"{_DATE} {_CLOCK}", _SPACE + ' + "Z"', note=_AS_UTC),
    _writing(_DATE, '. + "T00:00:00Z"', note="A day: becomes its midnight, UTC"),
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


def writing_of(texts: Collection[str]) -> Writing | None:
    """The one way in which all texts write a time."""
    return next((writing for writing in _WRITINGS if writing.fits(texts)), None) if texts else None


@dataclass(frozen=True, slots=True)
class Epoch:
    """Numbers that count from 1970. divisor: how many of them are a second; has_zeros: for never."""

    divisor: int
    has_zeros: bool

    @property
    def filter(self) -> str:
        """jq from the number to RFC 3339."""
        seconds = "" if self.divisor == 1 else f". / {self.divisor} | "
        return f"{seconds}floor | todate"

    @property
    def note(self) -> str:
        """What is done to it, in words."""
        never = "; 0 becomes null" if self.has_zeros else ""
        return f"A time in {_UNITS[self.divisor]} since 1970, made a date{never}"


def epoch_of(key: str, numbers: Collection[float]) -> Epoch | None:
    """The unit of numbers that are times, by the field's name and their size."""
    moments = {number for number in numbers if number}
    if not moments or not is_named_like_a_time(key):
        return None
    low, high = min(moments), max(moments)
    for divisor in _UNITS:
        if _EARLIEST * divisor <= low and high <= _LATEST * divisor:
            return Epoch(divisor, has_zeros=len(moments) < len(set(numbers)))
    return None


def is_named_like_a_time(key: str) -> bool:
    """True for created_at, lastLogin, date_create."""
    words = [word.lower() for word in words_of(key)]
    return bool(words) and (words[-1] in _LAST_WORDS or not _ANY_WORDS.isdisjoint(words))
