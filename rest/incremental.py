"""Asking an API only for what has changed since a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from rest.bodies import Json
from rest.paths import ABSENT, Path
from rest.request import Request

# The clocks of an API and of this machine differ; what is asked for twice is only written twice.
OVERLAP = timedelta(seconds=60)
_EPOCH_MS = 100_000_000_000


@dataclass(frozen=True, slots=True)
class Incremental:
    """How an endpoint is asked for changes: by a parameter, or by stopping at the first older item.

    format: iso8601, epoch (seconds), epoch_ms, or a strftime pattern. param: dots reach into a body.
    field: where an item says when it changed; the API gives the newest first.
    """

    param: str | None = None
    format: str = "iso8601"
    location: Literal["query", "body"] = "query"
    field: Path | None = None

    def asked(self, request: Request, since: datetime) -> Request:
        """The request for what has changed since then, a little more."""
        if self.param is None:
            return request
        return request.having(self.param, _written(since - OVERLAP, self.format), self.location)

    def is_older(self, item: Json, since: datetime) -> bool:
        """True for an item that had changed before, and so ends the listing; one without a time does not."""
        if self.field is None:
            return False
        changed = self.field.find(item)
        moment = None if changed is ABSENT else _moment(changed)
        return moment is not None and moment < since - OVERLAP


@dataclass(frozen=True, slots=True)
class Changes:
    """What an incremental run asks of an endpoint."""

    incremental: Incremental
    since: datetime

    def asked(self, request: Request) -> Request:
        """The request, for changes only."""
        return self.incremental.asked(request, self.since)

    def newer(self, items: Sequence[Json]) -> Sequence[Json]:
        """The items before the first older one."""
        for number, item in enumerate(items):
            if self.incremental.is_older(item, self.since):
                return items[:number]
        return items


def _written(moment: datetime, pattern: str) -> Json:
    moment = moment.astimezone(UTC)
    if pattern == "iso8601":
        return moment.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
    if pattern == "epoch":
        return int(moment.timestamp())
    if pattern == "epoch_ms":
        return int(moment.timestamp() * 1000)
    return moment.strftime(pattern)


def _moment(value: Json) -> datetime | None:
    """A time as APIs write it: ISO 8601, or seconds or milliseconds since 1970. None: it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        seconds = float(value)
    except ValueError:
        return _iso_moment(str(value))
    try:
        return datetime.fromtimestamp(seconds / 1000 if seconds >= _EPOCH_MS else seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _iso_moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
