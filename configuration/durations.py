"""Durations as users write them: 30m, 12h, 7d, 2w, 6mo, 1y."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta

DURATION_WORDS = "a duration like 90d: a number and m (minutes), h, d, w, mo (months) or y"

_TEXT = re.compile(r"(?P<count>[1-9]\d{0,6}) ?(?P<unit>m|h|d|w|mo|y)", re.ASCII)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_MONTHS = {"mo": 1, "y": 12}


@dataclass(frozen=True, slots=True)
class Duration:
    """A number of units. Months are those of the calendar: a month after January 31 is February 28."""

    count: int
    unit: str

    @classmethod
    def read(cls, text: str) -> "Duration":
        """Return a duration. Raises ValueError: the text is not one."""
        match = _TEXT.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"not {DURATION_WORDS}")
        return cls(int(match["count"]), match["unit"])

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"

    def after(self, moment: datetime, times: int = 1) -> datetime:
        """Return the time that is this duration later, or several times it. Negative times: earlier.

        Raises OverflowError: the year would be beyond 1 to 9999.
        """
        if self.unit in _UNITS:
            return moment + times * self.count * _UNITS[self.unit]
        years, month = divmod(moment.month - 1 + times * self.count * _MONTHS[self.unit], 12)
        year = moment.year + years
        if not datetime.min.year <= year <= datetime.max.year:
            raise OverflowError
        return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))
