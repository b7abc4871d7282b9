"""When a request may start: concurrency, rate, and pauses that the API asks for."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

# Responses that arrive together report the same pause.
_SAME_PAUSE_S = 1.0


class RateGate:
    """The gate that every request passes.

    concurrency: the most requests in flight at once.
    per_second: the most requests that start in a second; None: no limit.
    """

    def __init__(self, concurrency: int, per_second: float | None = None) -> None:
        self._slots = asyncio.Semaphore(concurrency)
        self._interval_s = 1 / per_second if per_second else 0.0
        self._next_start = 0.0
        self._closed_until = 0.0

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Hold a slot for one request, from its start to its last byte."""
        async with self._slots:
            await self._wait_for_turn()
            yield

    def close_for(self, seconds: float) -> bool:
        """Let no request start for so many seconds. Return True where this adds more than a second."""
        now = time.monotonic()
        until = now + seconds
        is_news = until > max(self._closed_until + _SAME_PAUSE_S, now)
        self._closed_until = max(self._closed_until, until)
        return is_news

    async def _wait_for_turn(self) -> None:
        while True:
            await self._wait_until_open()
            now = time.monotonic()
            start = max(now, self._next_start)
            if self._interval_s:
                self._next_start = start + self._interval_s
                await asyncio.sleep(start - now)
            if self._closed_until <= time.monotonic():
                return

    async def _wait_until_open(self) -> None:
        # In a loop: another request may have closed the gate for longer in the meantime.
        while (wait := self._closed_until - time.monotonic()) > 0:  # noqa: ASYNC110 - a time, no event
            await asyncio.sleep(wait)
