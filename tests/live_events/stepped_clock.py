"""A clock that stands still until a test moves it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 1, tzinfo=UTC)


class SteppedClock:
    """Sleepers wake when the test has moved the time to the end of their sleep."""

    def __init__(self) -> None:
        self._elapsed_s = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """Return the time in UTC."""
        return START + timedelta(seconds=self._elapsed_s)

    def elapsed_s(self) -> float:
        """Return the seconds since the clock was made."""
        return self._elapsed_s

    async def sleep(self, seconds: float) -> None:
        """Wait until the test has moved the clock."""
        sleeper = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._elapsed_s + seconds, sleeper))
        self._wake()
        await sleeper

    def advance(self, seconds: float) -> None:
        """Move the time."""
        self._elapsed_s += seconds
        self._wake()

    def _wake(self) -> None:
        for due, sleeper in self._sleepers:
            if due <= self._elapsed_s and not sleeper.done():
                sleeper.set_result(None)
        self._sleepers = [each for each in self._sleepers if not each[1].done()]


async def turns() -> None:
    """Let all tasks run until they wait."""
    for _ in range(20):
        await asyncio.sleep(0)


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait until something is true that other tasks and threads do. It fails after a minute."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - threads and sockets set no event
            await asyncio.sleep(0.002)
