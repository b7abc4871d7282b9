"""Loads batches of entities into Port. Several batches are on their way at once."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

_MAX_BATCHES = 4


class Loading:
    """The batches of one mapping entry that are on their way to Port.

    max_batches: how many at once. With 1, a batch is written before the next one begins.
    """

    def __init__(self, max_batches: int = _MAX_BATCHES) -> None:
        self._max_batches = max_batches
        self._tasks: dict[asyncio.Task[None], frozenset[bytes]] = {}
        self._failures: list[BaseException] = []

    async def start(self, load: Coroutine[Any, Any, None], keys: Iterable[bytes]) -> None:
        """Start to load a batch as soon as there is room. keys: its entities.

        Batches that have an entity in common are loaded one after another: the last item wins.
        """
        held = frozenset(keys)
        try:
            await self._until(lambda: len(self._tasks) < self._max_batches and not self._holds(held))
        except asyncio.CancelledError:
            load.close()
            raise
        self._tasks[asyncio.create_task(load)] = held

    async def finish(self) -> None:
        """Wait until all batches are loaded. Raises the first error of a batch that could not be."""
        await self._until(lambda: not self._tasks)
        if self._failures:
            raise self._failures[0]

    async def cancel(self) -> None:
        """Stop what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    def _holds(self, keys: frozenset[bytes]) -> bool:
        return any(not held.isdisjoint(keys) for held in self._tasks.values())

    async def _until(self, is_met: Callable[[], bool]) -> None:
        while not is_met():
            done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in [each for each in self._tasks if each in done]:
                del self._tasks[task]
                if not task.cancelled() and (error := task.exception()):
                    self._failures.append(error)
