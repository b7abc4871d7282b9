"""The clock of this machine, passed in so that tests need not wait."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits."""

    def now(self) -> datetime:
        """Return the time in UTC."""
        ...

    def elapsed_s(self) -> float:
        """Return seconds since any fixed point. They never go back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait. Cancelling the task ends the wait."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Return the time in UTC."""
        return datetime.now(UTC)

    def elapsed_s(self) -> float:
        """Return the seconds since this machine was started, or another fixed point."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


SYSTEM_CLOCK = SystemClock()
