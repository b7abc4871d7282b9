"""Read times to wait, in the ways that headers write them: numbers, durations and dates."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# A number from the first bound on is a Unix time in seconds, from the second bound on in milliseconds.
_EPOCH_S = 1_000_000_000
_EPOCH_MS = 1_000_000_000_000
_LONGEST_TEXT = 100

_UNITS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_PART = r"\d+(?:\.\d+)?\s*(?:ms|us|µs|ns|[wdhms])"
_DURATION = re.compile(rf"(?:{_PART}\s*)+")
_DURATION_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|us|µs|ns|[wdhms])")
_ISO_DURATION = re.compile(r"p(?:\d+d)?(?:t(?:\d+h)?(?:\d+m)?(?:\d+(?:\.\d+)?s)?)?")
# 30 seconds, 2 min
_WORDS = re.compile(
    r"(?<=\d)\s*(?:(milliseconds?|millis|msecs?)|(seconds?|secs?)|(minutes?|mins?)|(hours?|hrs?)|(days?))\b"
)
_ABBREVIATIONS = ("ms", "s", "m", "h", "d")


def wait_s(text: str, now: float, unit_s: float = 1) -> float | None:
    """Return the seconds that a text asks to wait, negative for a time in the past. None: it is no time.

    Accepts a number, also of a Unix time in seconds or milliseconds; a duration like 6m0s, 20ms, 30 seconds
    or PT30S; and an HTTP or ISO 8601 date, which is in UTC if it has no zone.
    now: Unix time in seconds. unit_s: the unit of a small number in seconds.
    """
    text = text.strip()
    if len(text) > _LONGEST_TEXT:
        return None
    number = _number(text)
    if number is None:
        duration = _duration_s(text.lower())
        return _date_s(text, now) if duration is None else duration
    if number >= _EPOCH_S:
        return (number / 1000 if number >= _EPOCH_MS else number) - now
    return number * unit_s


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None


def _duration_s(text: str) -> float | None:
    if len(text) > 2 and _ISO_DURATION.fullmatch(text):
        text = text.replace("p", "").replace("t", "")
    elif text[:1].isdigit():
        text = _WORDS.sub(lambda found: _ABBREVIATIONS[(found.lastindex or 1) - 1], text)
    if not _DURATION.fullmatch(text):
        return None
    return sum(float(number) * _UNITS[unit] for number, unit in _DURATION_PART.findall(text))


def _date_s(text: str, now: float) -> float | None:
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        with suppress(ValueError, OverflowError):
            moment = read(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now
    return None
