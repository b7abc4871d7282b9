"""When a request may start: how many at once, how many a second, and not while the API wants a pause."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

# Answers that come together tell of the same pause.
_NEWS_S = 1.0


class RateGate:
    """What every request passes, over the whole integration.

    concurrency: requests in flight at once. per_second: how many start in a second, None for no rate.
    """

    def __init__(self, concurrency: int, per_second: float | None = None) -> None:
        self._places = asyncio.Semaphore(concurrency)
        self._interval_s = 1 / per_second if per_second else 0.0
        self._next_start = 0.0
        self._closed_until = 0.0

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place for one request, from its start to its last byte."""
        async with self._places:
            await self._turn()
            yield

    def close_for(self, seconds: float) -> bool:
        """No request starts before so many seconds have passed. True where that is news, by a second."""
        until = time.monotonic() + seconds
        is_news = until > max(self._closed_until + _NEWS_S, time.monotonic())
        self._closed_until = max(self._closed_until, until)
        return is_news

    async def _turn(self) -> None:
        while True:
            await self._open()
            now = time.monotonic()
            start = max(now, self._next_start)
            if self._interval_s:
                self._next_start = start + self._interval_s
                await asyncio.sleep(start - now)
            if self._closed_until <= time.monotonic():
                return

    async def _open(self) -> None:
        # Again and again, as others may have closed the gate for longer meanwhile.
        while (wait := self._closed_until - time.monotonic()) > 0:  # noqa: ASYNC110 - a time, no event
            await asyncio.sleep(wait)
