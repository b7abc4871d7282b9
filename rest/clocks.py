"""Other machines' clocks, as the Date header of their answers tells them (RFC 9110 §6.6.1)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# A Date has whole seconds, and servers write it once a second, under load still later.
_LATE = timedelta(seconds=3)
_NONE = timedelta()
# A machine without a clock says 1970.
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ClockReading:
    """What one answer tells of the clock of the machine that gave it.

    date: its time, in whole seconds. least, most: how far it is ahead of ours, negative: behind. Between
    them lies what the seconds and the way of the answer leave open.
    """

    date: datetime
    least: timedelta
    most: timedelta

    @property
    def ahead(self) -> timedelta:
        """How far it is ahead of ours, rather too little than too much; zero where the two may agree."""
        return _NONE if self.least <= _NONE <= self.most else self.least

    @property
    def uncertainty(self) -> timedelta:
        """How much the answer leaves open."""
        return self.most - self.least


def clock_reading(text: str | None, asked: datetime, answered: datetime) -> ClockReading | None:
    """What a Date header tells of an answer to a request sent and answered at these times by our clock.

    None: there is no date that can be read.
    """
    try:
        date = parsedate_to_datetime(text or "")
        date = date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    if date < _EARLIEST:
        return None
    return ClockReading(date, date - answered, date + _LATE - asked)


@dataclass(slots=True)
class ApiClock:
    """What the answers of one run tell of the API's clock.

    first_date, last_date: the earliest and the latest moment, by its own clock, at which it answered; None:
    it does not say. behind: how far it is behind ours, rather too much than too little.
    """

    first_date: datetime | None = None
    last_date: datetime | None = None
    behind: timedelta = _NONE

    def note(self, text: str | None, asked: datetime, answered: datetime) -> None:
        """Adds the Date header of one answer; times by our clock."""
        reading = clock_reading(text, asked, answered)
        if reading is None:
            return
        self.first_date = min(self.first_date or reading.date, reading.date)
        self.last_date = max(self.last_date or reading.date, reading.date)
        self.behind = max(self.behind, -reading.ahead)
