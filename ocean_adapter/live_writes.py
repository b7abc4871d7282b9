"""The order of writes to an entity that a live event and a resync write at the same time.

A resync writes an item some time after it has read it. By then a live event may have fetched a newer state
of the item, or have deleted the entity. The resync must not overwrite that.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from itertools import islice

from loguru import logger

from ocean_adapter.write_response import EntityKey

_MAX_ENTRIES = 100_000


class LiveWrites:
    """The entities that live events wrote or deleted while a resync runs.

    max_entries: how many are remembered. If there are more, the resync may overwrite the oldest.
    """

    def __init__(self, max_entries: int = _MAX_ENTRIES) -> None:
        self._max_entries = max_entries
        self._fetched_at: dict[EntityKey, datetime] = {}
        self._forgotten = 0
        self._running_resyncs = 0
        self._in_flight: set[EntityKey] = set()
        self._released = asyncio.Condition()

    @contextmanager
    def during_resync(self) -> Iterator[None]:
        """Remember the writes of live events until the end of the resync."""
        self._running_resyncs += 1
        try:
            yield
        finally:
            self._running_resyncs -= 1
            if not self._running_resyncs:
                self._fetched_at.clear()
                self._forgotten = 0

    @asynccontextmanager
    async def exclusive(self, keys: Collection[EntityKey]) -> AsyncIterator[None]:
        """Wait until no other write of these entities is in flight, and let none start meanwhile."""
        taken = frozenset(keys)
        async with self._released:
            await self._released.wait_for(lambda: self._in_flight.isdisjoint(taken))
            self._in_flight |= taken
        try:
            yield
        finally:
            self._in_flight -= taken
            async with self._released:
                self._released.notify_all()

    def record(self, keys: Collection[EntityKey], fetched_at: datetime) -> None:
        """Remember that a live event writes or deletes entities. fetched_at: when it began to fetch them."""
        if not self._running_resyncs:
            return
        for key in keys:
            self._fetched_at.pop(key, None)
            self._fetched_at[key] = fetched_at
        excess = list(islice(self._fetched_at, max(0, len(self._fetched_at) - self._max_entries)))
        self.forget(excess)
        if excess and not self._forgotten:
            logger.warning(
                "Live events changed more than {} entities during this resync. It may overwrite the first of "
                "them with an earlier state, until the next event or resync",
                self._max_entries,
            )
        self._forgotten += len(excess)

    def forget(self, keys: Collection[EntityKey]) -> None:
        """Remove entities, such as those that a live event could not write."""
        for key in keys:
            self._fetched_at.pop(key, None)

    def has(self, key: EntityKey) -> bool:
        """Return whether a live event changed the entity while a resync runs."""
        return key in self._fetched_at

    def changed(self) -> list[EntityKey]:
        """Return the entities that live events changed while a resync runs."""
        return list(self._fetched_at)

    def is_newer(self, key: EntityKey, read_since: datetime) -> bool:
        """Return whether a live event fetched an entity after this time. Its state is then newer."""
        fetched_at = self._fetched_at.get(key)
        return fetched_at is not None and fetched_at >= read_since
