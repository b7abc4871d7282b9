"""Estimate the clocks of other machines from the Date headers of their responses (RFC 9110 §6.6.1)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# A Date has whole seconds, and servers update it once a second, or less often under load.
_MAX_DATE_AGE = timedelta(seconds=3)
_ZERO = timedelta()
# A machine that has lost its time reports 1970.
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ClockReading:
    """One reading of another machine's clock.

    date: its time, in whole seconds.
    min_offset, max_offset: bounds on how far it is ahead of our clock. Negative values mean behind.
    """

    date: datetime
    min_offset: timedelta
    max_offset: timedelta

    @property
    def ahead(self) -> timedelta:
        """The lower bound on how far it is ahead of our clock. Zero if the two clocks may agree."""
        return _ZERO if self.min_offset <= _ZERO <= self.max_offset else self.min_offset

    @property
    def uncertainty(self) -> timedelta:
        """The width of the bounds."""
        return self.max_offset - self.min_offset


def clock_reading(text: str | None, sent: datetime, received: datetime) -> ClockReading | None:
    """Return the clock reading of a Date header, or None if it is not a valid date.

    sent, received: when the request was sent and its response received, by our clock.
    """
    try:
        date = parsedate_to_datetime(text or "")
        date = date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    if date < _EARLIEST:
        return None
    return ClockReading(date, date - received, date + _MAX_DATE_AGE - sent)


@dataclass(slots=True)
class ApiClock:
    """The API's clock, as observed in the responses of one run.

    first_date, last_date: its earliest and latest Date header. None: no response had one.
    behind: the upper bound on how far it is behind our clock.
    ahead: the lower bound on how far it is ahead of our clock.
    """

    first_date: datetime | None = None
    last_date: datetime | None = None
    behind: timedelta = _ZERO
    ahead: timedelta = _ZERO

    def note(self, text: str | None, sent: datetime, received: datetime) -> None:
        """Add the Date header of one response. sent, received: by our clock."""
        reading = clock_reading(text, sent, received)
        if reading is None:
            return
        self.first_date = min(self.first_date or reading.date, reading.date)
        self.last_date = max(self.last_date or reading.date, reading.date)
        self.behind = max(self.behind, -reading.ahead)
        self.ahead = max(self.ahead, reading.ahead)
