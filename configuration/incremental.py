"""Incremental runs: request only the items that have changed since a time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from configuration.time_formats import formatted
from expressions.paths import ABSENT, Path
from rest.bodies import Json
from rest.errors import ItemsError
from rest.moments import Moment, moment_of
from rest.request import Request, text_of

# For changes that the API commits after its response, and for small clock differences. Items that are read
# twice are only written twice.
OVERLAP = timedelta(seconds=60)
_NAME_KEYS = ("id", "key", "name", "title")
_MAX_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Incremental:
    """How to read only the changed items: with a parameter, or by stopping at older items.

    param: the parameter for the time. In the body, dots separate keys.
    format: iso8601, epoch (seconds), epoch_ms, or a strftime pattern.
    field: the path to the time of an item's last change. The API must send the newest items first.
    """

    param: str | None = None
    format: str = "iso8601"
    location: Literal["query", "body"] = "query"
    field: Path | None = None

    def applied(self, request: Request, since: datetime) -> Request:
        """Return the request for the items that have changed since a time."""
        if self.param is None:
            return request
        return request.with_param(self.param, formatted(since, self.format), self.location)


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes that an incremental run requests.

    since: the start of the last successful run. behind: how far the API's clock is behind ours.
    """

    incremental: Incremental
    since: datetime
    behind: timedelta = timedelta()

    @property
    def cut(self) -> datetime:
        """The time to read from. Earlier changes were read by an earlier run."""
        return self.since - self.behind - OVERLAP

    def applied(self, request: Request) -> Request:
        """Return the request for the changes only."""
        return self.incremental.applied(request, self.cut)

    def for_clock(self, behind: timedelta) -> "Changes":
        """Return the changes for an API whose clock is behind ours by this much."""
        return replace(self, behind=behind)

    def covers(self, behind: timedelta) -> bool:
        """Return True if the requested time is early enough for a clock that is behind by this much."""
        return behind - self.behind <= OVERLAP / 2


class Descent:
    """Selects the changed items of one listing, page by page, and detects when all others are older.

    The others are older if the newest items come first. If the order is different, the listing is read to
    its end.

    now: when the listing was started, by the API's clock.
    times: the number of items with a time. disorder: the first item that is newer than one before it.
    no_time: the first value that is not a time, and its item.
    """

    def __init__(self, changes: Changes, field: Path, now: datetime) -> None:
        self._cut = changes.cut
        self._field = field
        self._now = now
        # Items that changed while the listing was read may be anywhere in it.
        self._order_matters_until = now - OVERLAP
        self._oldest: Moment | None = None
        self._descends = False
        self.times = 0
        self.disorder = ""
        self.no_time = ""

    def changed(self, items: Sequence[Json]) -> Sequence[Json]:
        """Return the items of the next page that have changed. Items without a time count as changed.

        Raises ItemsError: the time of an item is not plausible.
        """
        older = {index for index, item in enumerate(items) if self._is_older(item)}
        newer = len(items) - len(older)
        if all(index >= newer for index in older):
            return items[:newer]  # a slice keeps a large page on disk
        return [item for index, item in enumerate(items) if index not in older]

    @property
    def is_over(self) -> bool:
        """True if all following items are older. A single item does not show the order."""
        is_old = self._oldest is not None and self._oldest.latest < self._cut
        return is_old and not self.disorder and self.times > 1

    @property
    def is_proven(self) -> bool:
        """True if an item was older than one before it, and none was newer."""
        return self._descends and not self.disorder

    def _is_older(self, item: Json) -> bool:
        found = self._field.find(item)
        value = None if found is ABSENT else found
        moment = self._moment(value, item)
        if moment is None:
            if value not in (None, "", 0):
                self.no_time = self.no_time or f"{text_of(value)[:_MAX_SHOWN]} for {_name_of(item)}"
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
            f"selector.incremental.field gives {text_of(value)[:_MAX_SHOWN]} for {_name_of(item)}, "
            "which is not a plausible time of a change",
            hint="Set it to the field with the time of an item's last change",
        )

    def _note_order(self, moment: Moment, item: Json) -> None:
        oldest = self._oldest or moment
        if moment.is_newer_than(oldest) > OVERLAP and moment.latest < self._order_matters_until:
            self.disorder = self.disorder or _name_of(item)
        elif oldest.is_newer_than(moment) > timedelta():
            self._descends = True
        self._oldest = moment if moment.latest < oldest.latest else oldest


def _name_of(item: Json) -> str:
    """Return a description of an item by which a person can find it."""
    fields = item if isinstance(item, dict) else {}
    key = next((key for key in _NAME_KEYS if fields.get(key) not in (None, "")), None)
    return f"the item with {key} {text_of(fields[key])[:_MAX_SHOWN]}" if key else "an item"
