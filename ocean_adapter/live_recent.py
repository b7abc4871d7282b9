"""The entities that live events wrote in the last minute, to keep them if another item is gone.

An item that moves to another parent is gone at its old path and found at its new one. Both are the same
entity if its identifier does not contain the parent.
"""

from collections.abc import Hashable, Iterable
from datetime import datetime, timedelta
from itertools import islice, takewhile

from ocean_adapter.write_response import EntityKey

_KEPT_FOR = timedelta(seconds=60)
_MAX_ENTRIES = 10_000


class RecentUpserts:
    """What was written in the last minute. max_entries: if there are more, the oldest are forgotten."""

    def __init__(self, max_entries: int = _MAX_ENTRIES) -> None:
        self._max_entries = max_entries
        self._entities: dict[EntityKey, datetime] = {}
        self._changes: dict[Hashable, datetime] = {}

    def note(self, changes: Iterable[Hashable], entities: Iterable[EntityKey], now: datetime) -> None:
        """Note which entities were written, and the keys of the changes that they were written for."""
        _add(self._entities, entities, now, self._max_entries)
        _add(self._changes, changes, now, self._max_entries)

    def is_of_another_change(self, change: Hashable, entity: EntityKey, now: datetime) -> bool:
        """Return whether an entity was written, but not for this change: for another path of its item."""
        since = now - _KEPT_FOR
        written, own = self._entities.get(entity), self._changes.get(change)
        return written is not None and written >= since and (own is None or own < since)


def _add[Key: Hashable](times: dict[Key, datetime], keys: Iterable[Key], now: datetime, limit: int) -> None:
    for key in keys:
        times.pop(key, None)
        times[key] = now
    # The oldest come first.
    excess = max(0, len(times) - limit)
    old = list(takewhile(lambda key: times[key] < now - _KEPT_FOR, times))
    for key in [*old, *islice(times, excess)]:
        times.pop(key, None)
