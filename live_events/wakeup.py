"""Waiting for news or for a time, whichever comes first."""

import asyncio

from extraction.system_clock import Clock


class Wakeup:
    """Wakes one task. News that come while it does not wait are kept."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._news = asyncio.Event()

    def set(self) -> None:
        """Wake the task."""
        self._news.set()

    async def wait(self, until: float | None = None) -> None:
        """Wait until there is news, but not longer than until a time of the clock. None: no limit."""
        if until is None:
            await self._news.wait()
        else:
            await self._first_of(until)
        self._news.clear()

    async def _first_of(self, until: float) -> None:
        tasks = {
            asyncio.create_task(self._news.wait()),
            asyncio.create_task(self._sleep(until)),
        }
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()

    async def _sleep(self, until: float) -> None:
        await self._clock.sleep(max(0.0, until - self._clock.elapsed_s()))
