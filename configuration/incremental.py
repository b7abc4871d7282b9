"""Asking an API only for what has changed since a moment."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from expressions.paths import ABSENT, Path
from rest.bodies import Json
from rest.errors import ItemsError
from rest.moments import Moment, moment_of
from rest.request import Request, text_of

# For what an API commits after it has answered, and for clocks that differ a little. What is asked for twice
# is only written twice.
OVERLAP = timedelta(seconds=60)
_NAMES = ("id", "key", "name", "title")
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Incremental:
    """How an endpoint is asked for changes: by a parameter, or by stopping at older items.

    format: iso8601, epoch (seconds), epoch_ms, or a strftime pattern. param: dots reach into a body.
    field: where an item says when it changed; the API gives the newest first.
    """

    param: str | None = None
    format: str = "iso8601"
    location: Literal["query", "body"] = "query"
    field: Path | None = None

    def asked(self, request: Request, since: datetime) -> Request:
        """The request for what has changed since then."""
        if self.param is None:
            return request
        return request.with_param(self.param, _written(since, self.format), self.location)


@dataclass(frozen=True, slots=True)
class Changes:
    """What an incremental run asks of an endpoint.

    since: the mark. behind: how far the API's clock is known to be behind the one that set it.
    """

    incremental: Incremental
    since: datetime
    behind: timedelta = timedelta()

    @property
    def cut(self) -> datetime:
        """What changed before this moment, an earlier run has read."""
        return self.since - self.behind - OVERLAP

    def asked(self, request: Request) -> Request:
        """The request, for changes only."""
        return self.incremental.asked(request, self.cut)

    def for_clock(self, behind: timedelta) -> "Changes":
        """The same, for an API whose clock is so far behind."""
        return replace(self, behind=behind)

    def covers(self, behind: timedelta) -> bool:
        """True where what was asked for reaches back far enough for a clock so far behind."""
        return behind - self.behind <= OVERLAP / 2


class Descent:
    """Takes the changed items of one listing, page by page, and says when the rest is older.

    The rest is older where the newest come first. Where they do not, no item ends the listing.

    now: when the reading began, by the API's clock.
    """

    def __init__(self, changes: Changes, field: Path, now: datetime) -> None:
        self._cut = changes.cut
        self._field = field
        self._now = now
        # What changed while the listing was read may stand anywhere in it.
        self._settled = now - OVERLAP
        self._oldest: Moment | None = None
        self._descends = False
        self.times = 0
        self.disorder = ""
        self.no_time = ""

    def changed(self, items: Sequence[Json]) -> Sequence[Json]:
        """The items of the next page that are not older; one without a time is not.

        Raises ItemsError: the time of one is so far off that it is none.
        """
        older = {place for place, item in enumerate(items) if self._is_older(item)}
        newer = len(items) - len(older)
        if all(place >= newer for place in older):
            return items[:newer]  # a huge page stays on disk
        return [item for place, item in enumerate(items) if place not in older]

    @property
    def is_over(self) -> bool:
        """True where what follows is older. One item alone shows no order."""
        is_old = self._oldest is not None and self._oldest.latest < self._cut
        return is_old and not self.disorder and self.times > 1

    @property
    def is_proven(self) -> bool:
        """True where an item was older than one before it, and none newer."""
        return self._descends and not self.disorder

    def _is_older(self, item: Json) -> bool:
        found = self._field.find(item)
        value = None if found is ABSENT else found
        moment = self._moment(value, item)
        if moment is None:
            if value not in (None, "", 0):
                self.no_time = self.no_time or f"{text_of(value)[:_SHOWN]} for {_named(item)}"
            return False
        self.times += 1
        self._note_order(moment, item)
        return moment.latest < self._cut

    def _moment(self, value: Json, item: Json) -> Moment | None:
        try:
            moment = moment_of(value)
            if moment is None or moment.is_plausible(self._now):
                return moment
        except OverflowError:
            pass
        raise ItemsError(
            f"selector.incremental.field gives {text_of(value)[:_SHOWN]} for {_named(item)}, "
            "which is no plausible time of a change",
            hint="Name the field that says when an item last changed",
        )

    def _note_order(self, moment: Moment, item: Json) -> None:
        oldest = self._oldest or moment
        if moment.is_newer_than(oldest) > OVERLAP and moment.latest < self._settled:
            self.disorder = self.disorder or _named(item)
        elif oldest.is_newer_than(moment) > timedelta():
            self._descends = True
        self._oldest = moment if moment.latest < oldest.latest else oldest


def says_the_day(pattern: str) -> bool:
    """True for a strftime pattern that gives each day of a year, and of others, a text of its own."""
    if "%s" in pattern:  # seconds since 1970, by the zone of this machine
        return False
    days = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number) for number in range(2 * 365)]
    try:
        texts = {day.strftime(pattern.replace("%%", "")) for day in days}
    except ValueError:
        return False
    return len(texts) == len(days) and not any("%" in text for text in texts)


def _written(moment: datetime, pattern: str) -> Json:
    moment = moment.astimezone(UTC)
    if pattern == "iso8601":
        return moment.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
    if pattern == "epoch":
        return int(moment.timestamp())
    if pattern == "epoch_ms":
        return int(moment.timestamp() * 1000)
    return moment.strftime(pattern)


def _named(item: Json) -> str:
    """What a person finds an item by."""
    named = item if isinstance(item, dict) else {}
    name = next((name for name in _NAMES if named.get(name) not in (None, "")), None)
    return f"the item with {name} {text_of(named[name])[:_SHOWN]}" if name else "an item"
