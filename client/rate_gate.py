"""When a request may start: concurrency, rate, and pauses that the API asks for."""

import asyncio
import os
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from typing import Protocol

from client.traffic import Traffic

# Responses that arrive together report the same pause.
_SAME_PAUSE_S = 1.0
# The part of the gate that the lane for live events has: requests in flight, and its share of the rate.
_LANE_SLOTS = 2
_LANE_SHARE = 0.1


class Timer(Protocol):
    """A call that is due later."""

    def cancel(self) -> None:
        """Do not make the call."""
        ...


class GateClock(Protocol):
    """The time of a gate, passed in so that tests need not wait."""

    def elapsed_s(self) -> float:
        """Return seconds since any fixed point. They never go back."""
        ...

    def call_later(self, seconds: float, call: Callable[[], None]) -> Timer:
        """Make a call after a time."""
        ...


class LoopClock:
    """The clock of the running event loop."""

    def elapsed_s(self) -> float:
        """Return the seconds of the monotonic clock."""
        return time.monotonic()

    def call_later(self, seconds: float, call: Callable[[], None]) -> Timer:
        """Make a call after a time."""
        return asyncio.get_running_loop().call_later(seconds, call)


class Gate(Protocol):
    """What a client needs of a gate: all of it, or its lane for live events.

    traffic: the counts of all requests that pass the gate.
    """

    @property
    def traffic(self) -> Traffic: ...

    def slot(self) -> AbstractAsyncContextManager[None]:
        """Hold a slot for one request, from its start to its last byte."""
        ...

    def close_for(self, seconds: float) -> bool:
        """Let no request start for so many seconds. Return True where this adds more than a second."""
        ...


@dataclass(slots=True, eq=False)
class _Line:
    """The requests that wait for their start, in order.

    limit: the most requests in flight. interval_s: between two starts.
    """

    limit: int
    interval_s: float
    in_flight: int = 0
    next_start: float = 0.0
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)


class RateGate:
    """The gate that every request passes. Live events have a lane of their own in it.

    concurrency: the most requests in flight at once.
    per_second: the most requests that start in a second; None: no limit.
    traffic: the counts of all requests that pass the gate.
    """

    def __init__(
        self, concurrency: int, per_second: float | None = None, clock: GateClock | None = None
    ) -> None:
        self._clock = clock or LoopClock()
        self._concurrency = concurrency
        self._interval_s = 1 / per_second if per_second else 0.0
        self._next_start = 0.0
        self._closed_until = 0.0
        self.traffic = Traffic()
        self._open_lines()

    def _open_lines(self) -> None:
        self._process = os.getpid()
        self._main = _Line(self._concurrency, 0.0)
        lane_slots = max(1, min(_LANE_SLOTS, self._concurrency - 1))
        self._live = _Line(lane_slots, self._interval_s / _LANE_SHARE)
        self._is_due = False  # the next request waits for its turn
        self._last: _Line | None = None
        self._timer: Timer | None = None

    def slot(self) -> AbstractAsyncContextManager[None]:
        """Hold a slot for one request, from its start to its last byte."""
        return _Slot(self, is_live=False)

    def lane(self) -> "GateLane":
        """Return the lane for live events.

        Its requests start before the others that wait, but at most two of them are in flight, and they have a
        tenth of the rate. While the lane is idle, the others have all of the gate.
        """
        return GateLane(self)

    def live_slot(self) -> AbstractAsyncContextManager[None]:
        """Hold a slot of the lane for one request."""
        return _Slot(self, is_live=True)

    def close_for(self, seconds: float) -> bool:
        """Let no request start for so many seconds. Return True where this adds more than a second."""
        now = self._clock.elapsed_s()
        until = now + seconds
        is_news = until > max(self._closed_until + _SAME_PAUSE_S, now)
        self.traffic.paused_s += max(0.0, until - max(self._closed_until, now))
        self._closed_until = max(self._closed_until, until)
        return is_news

    async def enter(self, *, is_live: bool) -> _Line:
        """Wait for a slot, and return its line."""
        if self._process != os.getpid():  # a fork, whose requests in flight are those of its parent
            self._open_lines()
        line = self._live if is_live else self._main
        turn = asyncio.get_running_loop().create_future()
        line.waiting.append(turn)
        self._start_waiting()
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # it was let in, but never starts
                self.leave(line)
            with suppress(ValueError):
                line.waiting.remove(turn)
            raise
        return line

    def leave(self, line: _Line) -> None:
        """Give a slot back."""
        line.in_flight -= 1
        self._start_waiting()

    def _start_waiting(self) -> None:
        """Let in all requests that may start now. Come back when the next one may start."""
        while line := self._next_line():
            if (wait_s := self._wait_s(line)) > 0:
                self._come_back_in(wait_s)
                return
            self._let_in(line)

    def _next_line(self) -> _Line | None:
        """Return the line whose first request starts next. None: nobody waits, or no slot is free."""
        if self._main.in_flight + self._live.in_flight >= self._concurrency:
            return None
        lines = [line for line in (self._live, self._main) if _has_candidate(line)]
        # The lane has priority, but the others are never kept out: they follow each request of the lane.
        if self._last is self._live:
            lines.reverse()
        return min(lines, key=self._wait_s, default=None)

    def _wait_s(self, line: _Line) -> float:
        """Return the seconds until a line may start a request, 0 if it may now."""
        start = max(self._next_start, self._closed_until, line.next_start)
        return max(0.0, start - self._clock.elapsed_s())

    def _let_in(self, line: _Line) -> None:
        now = self._clock.elapsed_s()
        turn = line.waiting.popleft()
        if turn.done():  # cancelled
            return
        # A timer that is late must not lower the rate: the next turn counts from the time that was due.
        due = max(self._next_start, self._closed_until, now - self._interval_s) if self._is_due else now
        self._is_due = False
        self._next_start = due + self._interval_s
        line.next_start = now + line.interval_s
        line.in_flight += 1
        self._last = line
        turn.set_result(None)

    def _come_back_in(self, seconds: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._is_due = True
        self._timer = self._clock.call_later(seconds, self._start_waiting)


@dataclass(slots=True, eq=False)
class _Slot(AbstractAsyncContextManager[None]):
    """A slot that is held. A class, because a generator costs more for each request."""

    gate: RateGate
    is_live: bool
    line: _Line = field(init=False)

    async def __aenter__(self) -> None:
        self.line = await self.gate.enter(is_live=self.is_live)

    async def __aexit__(self, *_: object) -> None:
        self.gate.leave(self.line)


@dataclass(frozen=True, slots=True)
class GateLane:
    """The part of a gate for live events, which a client uses like a gate."""

    gate: RateGate

    @property
    def traffic(self) -> Traffic:
        """The counts of the whole gate."""
        return self.gate.traffic

    def slot(self) -> AbstractAsyncContextManager[None]:
        """Hold a slot of the lane for one request, from its start to its last byte."""
        return self.gate.live_slot()

    def close_for(self, seconds: float) -> bool:
        """Let no request of the whole gate start for so many seconds."""
        return self.gate.close_for(seconds)


def _has_candidate(line: _Line) -> bool:
    return bool(line.waiting) and line.in_flight < line.limit
