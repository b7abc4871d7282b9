"""Windows of time: a listing that is read as several shorter ones, one for each span of time."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from configuration.accepted import Accepts
from configuration.durations import DURATION_WORDS, Duration
from configuration.field_types import Raw, Text
from configuration.time_formats import check_format, formatted, has_zone, precision
from rest.bodies import Json
from rest.errors import Mistake, ResourceError
from rest.request import Location, Request

# The placeholders for the bounds of a window.
START, END = "start", "end"
_WHERE = "selector.windows"
_MAX_WINDOWS = 10_000
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
# The clocks of the zone that is furthest ahead, UTC+14.
_EAST = timedelta(hours=14)


def _duration(value: Raw) -> Duration:
    return Duration.read(str(value))


def _time(value: Raw) -> Duration | datetime:
    """Accept 90d, 2024-01-31, 2024-01-31T12:00:00Z. A YAML file may have a date instead of a text."""
    text = value.isoformat() if isinstance(value, date) else str(value).strip()
    if not _DATE.match(text):
        return Duration.read(text)
    moment = datetime.fromisoformat(text)
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError as error:
        raise ValueError from error


_TEXT_SCHEMA = WithJsonSchema({"type": "string"})
_Duration = Annotated[Duration, BeforeValidator(_duration), _TEXT_SCHEMA, Accepts(DURATION_WORDS)]
_Time = Annotated[
    Duration | datetime,
    BeforeValidator(_time),
    _TEXT_SCHEMA,
    Accepts(f"{DURATION_WORDS}; or a date like 2024-01-31"),
]


class WindowsInput(BaseModel):
    """The key windows of a selector."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    start: _Time = Field(
        alias="from",
        description="The start of the first window: a date, or a duration before the start of the resync. "
        "Older items are not read, so their entities are deleted",
    )
    to: _Time | None = Field(
        default=None,
        description="The end of the last window. By default, the time at which the last window is read",
    )
    size: _Duration = Field(description="The length of each window. The last one can be shorter")
    size_min: _Duration | None = Field(
        default=None,
        description="The shortest window. A window that the API rejects with 400, 413 or 422, on any page, "
        "is divided into halves down to this length. By default, it fails",
    )
    start_param: Text | None = Field(default=None, description="The parameter for the start of a window")
    end_param: Text | None = Field(
        default=None,
        description="The parameter for the end of a window, which is the start of the next one. "
        "Instead of the two parameters, {start} and {end} can be used in the kind, query_params, headers and "
        "body",
    )
    format: Text = Field(
        default="iso8601",
        description="The format of the times: iso8601, epoch, epoch_ms or a strftime pattern",
    )
    location: Location = Field(
        default="query", description="The location of the parameters. In the body, dots separate keys"
    )


@dataclass(frozen=True, slots=True)
class Windows:
    """How a listing is divided into windows.

    start, end: a time, or how long before now. end: None means now.
    size_min: the shortest half of a window that the API refuses. None: such a window fails.
    format: as in `configuration.time_formats`. start_param, end_param: None means that placeholders are used.
    """

    start: Duration | datetime
    size: Duration
    end: Duration | datetime | None = None
    start_param: str | None = None
    end_param: str | None = None
    format: str = "iso8601"
    location: Location = "query"
    size_min: Duration | None = None

    @classmethod
    def of(cls, read: WindowsInput) -> Self:
        """Return the windows of a validated input. Raises ResourceError: its keys contradict each other."""
        check_format(read.format, f"{_WHERE}.format")
        params = read.start_param, read.end_param
        windows = cls(read.start, read.size, read.to, *params, read.format, read.location, read.size_min)
        windows.check()
        return windows

    def check(self) -> None:
        """Raise ResourceError if the windows are too short, too many or none. Dates are checked when used."""
        day = datetime(2026, 1, 1, tzinfo=UTC)
        for name, size in (("size", self.size), ("size_min", self.size_min)):
            if size and size.after(day) - day < precision(self.format):
                raise ResourceError.of(
                    Mistake(f"{_WHERE}.{name}", f"{size} is shorter than the times in format {self.format}"),
                    hint=f"Use a longer {name}, or a format with hours, minutes and seconds",
                )
        if isinstance(self.start, Duration) and not isinstance(self.end, datetime):
            self.spans(day)

    def spans(self, now: datetime) -> list["Span"]:
        """Return the windows, oldest first. now: the start of the resync.

        Raises ResourceError: there is none, or there are too many.
        """
        # Durations count from a whole second. A fraction would add a window of one second at the end.
        now = now.replace(microsecond=0)
        first, last = self._floor(_before(now, self.start)), self._last(now)
        if first >= last:
            raise ResourceError.of(
                Mistake(f"{_WHERE}.from", f"{_shown(self.start)} is not before {_WHERE}.to"),
                hint="Use an earlier from, or remove to",
            )
        spans: list[Span] = []
        for span in self._cut(first, last):
            if len(spans) == _MAX_WINDOWS:
                raise ResourceError.of(
                    Mistake(f"{_WHERE}.size", f"{self.size} makes more than {_MAX_WINDOWS} windows"),
                    hint="Use a longer size, or a later from",
                )
            spans.append(span)
        return spans

    def until_now(self, newest: "Span", now: datetime) -> list["Span"]:
        """Return the newest window, extended to a later now: more than one if it became longer than size.

        If the format has no zone, the API may read it in any zone. It then ends when it is now everywhere.
        """
        if self.end is not None:
            return [newest]
        now = now if has_zone(self.format) else now + _EAST
        return list(self._cut(newest.start, max(newest.end, self._last(now))))

    def halves(self, span: "Span") -> list["Span"]:
        """Return the halves of a window. None if they would be shorter than `size_min`."""
        middle = self._floor(span.start + (span.end - span.start) / 2)
        if self.size_min is None or self.size_min.after(span.start) > middle:
            return []
        return [Span(self, span.start, middle), Span(self, middle, span.end)]

    def applied(self, request: Request, span: "Span") -> Request:
        """Return the request for one window."""
        for name, value in ((self.start_param, span.values[START]), (self.end_param, span.values[END])):
            if name is not None:
                request = request.with_param(name, value, self.location)
        return request

    def _cut(self, first: datetime, last: datetime) -> Iterator["Span"]:
        start, number = first, 0
        while start < last:
            number += 1
            end = last
            with suppress(OverflowError):  # the end of the calendar
                # Counted from the first start, so that months do not drift from the 31st to the 28th.
                end = min(self._floor(self.size.after(first, number)), last)
            yield Span(self, start, end)
            start = end

    def _floor(self, moment: datetime) -> datetime:
        unit = precision(self.format)
        day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        return day + (moment - day) // unit * unit

    def _last(self, now: datetime) -> datetime:
        """Return the end of the last window. Without `to`, the second or day that has begun is part of it."""
        unit = precision(self.format)
        if self.end is None:
            return self._floor(now) + unit
        end = _before(now, self.end)
        return self._floor(end) if end == self._floor(end) else self._floor(end) + unit


@dataclass(frozen=True, slots=True)
class Span:
    """One window: from start, up to but without end."""

    windows: Windows
    start: datetime
    end: datetime

    @property
    def values(self) -> Mapping[str, Any]:
        """The values of the placeholders {start} and {end}."""
        pattern = self.windows.format
        return {START: formatted(self.start, pattern), END: formatted(self.end, pattern)}

    def applied(self, request: Request) -> Request:
        """Return the request for this window."""
        return self.windows.applied(request, self)

    def halves(self) -> list["Span"]:
        """Return its halves, or nothing if they would be too short."""
        return self.windows.halves(self)

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d %H:%M:%S} to {self.end:%Y-%m-%d %H:%M:%S} UTC"


def _before(now: datetime, time: Duration | datetime) -> datetime:
    if isinstance(time, datetime):
        return time
    try:
        return time.after(now, -1)
    except OverflowError as error:
        raise ResourceError.of(Mistake(f"{_WHERE}.from", f"{time} is too long")) from error


def _shown(time: Duration | datetime) -> Json:
    return str(time) if isinstance(time, Duration) else time.isoformat()
