"""Reading ahead of the consumer, so that batches are ready while it writes earlier ones."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing

from extraction.batches import WeighedItems
from rest.weight import MOST_WEIGHT

# Light batches wait until Port's list is read, so that the API is read meanwhile.
_MOST_BATCHES = 16


async def read_ahead(
    batches: AsyncGenerator[WeighedItems], most: int = _MOST_BATCHES, max_weight: int = MOST_WEIGHT
) -> AsyncGenerator[WeighedItems]:
    """Yield the same batches. While the consumer handles one, the next ones are read.

    most: how many wait for the consumer. max_weight: no further one is read while they take this much memory,
    in bytes.
    An exception is raised after the batches that were read before it.
    """
    shelf = _Shelf(most, max_weight)
    reader = asyncio.create_task(shelf.fill(batches))
    try:
        while (batch := await shelf.take()) is not None:
            yield batch
        await reader
    finally:
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)


class _Shelf:
    """The batches that wait for the consumer."""

    def __init__(self, most: int, max_weight: int) -> None:
        self._most = most
        self._max_weight = max_weight
        self._waiting: deque[WeighedItems] = deque()
        self._weight = 0
        self._is_complete = False
        self._changed = asyncio.Condition()

    async def fill(self, batches: AsyncGenerator[WeighedItems]) -> None:
        """Read batches as long as there is room."""
        try:
            async with aclosing(batches):
                async for batch in batches:
                    await self._put(batch)
        finally:
            self._is_complete = True
            async with self._changed:
                self._changed.notify_all()

    async def take(self) -> WeighedItems | None:
        """Return the next batch; None after the last one."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._waiting or self._is_complete)
            if not self._waiting:
                return None
            batch = self._waiting.popleft()
            self._weight -= batch.weight
            self._changed.notify_all()
            return batch

    async def _put(self, batch: WeighedItems) -> None:
        """Add a batch, and wait until there is room for another one."""
        async with self._changed:
            self._waiting.append(batch)
            self._weight += batch.weight
            self._changed.notify_all()
            await self._changed.wait_for(self._has_room)

    def _has_room(self) -> bool:
        return len(self._waiting) < self._most and self._weight < self._max_weight
