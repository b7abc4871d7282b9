"""The lane of live events: its share, its priority, and what it leaves to the resync."""

import asyncio
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client import Gate, RateGate
from tests.client.gate_clock import SteppedGateClock


@dataclass
class Traffic:
    """Requests through a gate, each of which lasts until it is ended. starts: who started when."""

    clock: SteppedGateClock
    starts: list[tuple[str, float]] = field(default_factory=list)
    in_flight: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)
    ends: dict[str, asyncio.Event] = field(default_factory=dict)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def send(self, gate: Gate, line: str, name: str = "") -> asyncio.Task[None]:
        """Send a request. It ends at once, unless it has a name."""
        task = asyncio.create_task(self._pass(gate, line, name))
        self.tasks.append(task)
        return task

    async def _pass(self, gate: Gate, line: str, name: str) -> None:
        async with gate.slot():
            self.starts.append((name or line, self.clock.seconds))
            self.in_flight[line] += 1
            self.most[line] = max(self.most[line], self.in_flight[line])
            self.most["all"] = max(self.most["all"], self.in_flight.total())
            try:
                if name:
                    await self.ends.setdefault(name, asyncio.Event()).wait()
                else:
                    await asyncio.sleep(0)
            finally:
                self.in_flight[line] -= 1

    async def settle(self) -> None:
        """Let all tasks run until they wait."""
        for _ in range(50):
            await asyncio.sleep(0)

    async def finish(self) -> None:
        """Move the clock until all requests are done."""
        await self.settle()
        while not all(task.done() for task in self.tasks):
            started = len(self.starts)
            if self.clock.next_due() is not None:
                self.clock.step()
            await self.settle()
            is_over = all(task.done() for task in self.tasks) or self.clock.next_due() is not None
            assert is_over or len(self.starts) > started, "the gate stays closed for ever"

    @property
    def names(self) -> list[str]:
        """Return who started, in order."""
        return [name for name, _ in self.starts]


@pytest.fixture
def traffic() -> Traffic:
    """Return traffic with a clock that stands still."""
    return Traffic(SteppedGateClock())


async def test_at_most_two_live_requests_are_in_flight(traffic: Traffic) -> None:
    gate = RateGate(10)
    for number in range(4):
        traffic.send(gate.lane(), "live", f"live {number}")
    await traffic.settle()
    assert traffic.names == ["live 0", "live 1"]
    traffic.ends["live 0"].set()
    await traffic.settle()
    assert traffic.names == ["live 0", "live 1", "live 2"]
    for number in range(4):
        traffic.ends.setdefault(f"live {number}", asyncio.Event()).set()
    await traffic.settle()
    assert traffic.most["live"] == 2


async def test_lane_goes_before_requests_that_wait(traffic: Traffic) -> None:
    gate = RateGate(2)
    for number in range(4):
        traffic.send(gate, "main", f"main {number}")
    traffic.send(gate.lane(), "live")
    await traffic.settle()
    assert traffic.names == ["main 0", "main 1"]
    traffic.ends["main 0"].set()
    await traffic.settle()
    assert traffic.names[:4] == ["main 0", "main 1", "live", "main 2"]
    for number in range(4):
        traffic.ends.setdefault(f"main {number}", asyncio.Event()).set()
    await asyncio.gather(*traffic.tasks)


@pytest.mark.parametrize("concurrency", [1, 2, 3, 10])
async def test_storm_of_live_requests_does_not_starve_the_others(traffic: Traffic, concurrency: int) -> None:
    """Between two requests of a full lane, one of the others starts."""
    gate = RateGate(concurrency)
    for _ in range(40):
        traffic.send(gate.lane(), "live")
    for _ in range(10):
        traffic.send(gate, "main")
    await traffic.finish()
    assert traffic.names[:25].count("main") == 10
    assert traffic.most["all"] <= concurrency
    assert traffic.most["live"] <= max(1, min(2, concurrency - 1))


@pytest.mark.parametrize("concurrency", [1, 10])
async def test_lane_has_a_tenth_of_the_rate(traffic: Traffic, concurrency: int) -> None:
    gate = RateGate(concurrency, per_second=10, clock=traffic.clock)
    for _ in range(4):
        traffic.send(gate.lane(), "live")
    for _ in range(40):
        traffic.send(gate, "main")
    await traffic.finish()
    live = [moment for name, moment in traffic.starts if name == "live"]
    assert live == pytest.approx([0, 1, 2, 3], abs=0.11)
    moments = [moment for _, moment in traffic.starts]
    assert moments == pytest.approx([number / 10 for number in range(44)])


async def test_idle_lane_costs_nothing(traffic: Traffic) -> None:
    gate = RateGate(3, per_second=10, clock=traffic.clock)
    gate.lane()
    for _ in range(20):
        traffic.send(gate, "main")
    await traffic.finish()
    assert [moment for _, moment in traffic.starts] == pytest.approx([number / 10 for number in range(20)])
    assert gate.lane().close_for(0) is False


async def test_pause_that_one_line_is_asked_for_holds_for_both(traffic: Traffic) -> None:
    gate = RateGate(10, clock=traffic.clock)
    assert gate.lane().close_for(30)
    assert not gate.close_for(30.5)
    traffic.send(gate, "main")
    traffic.send(gate.lane(), "live")
    await traffic.settle()
    assert traffic.starts == []
    await traffic.finish()
    assert traffic.starts == [("live", 30.5), ("main", 30.5)]


async def test_timer_that_is_late_does_not_lower_the_rate() -> None:
    clock = SteppedGateClock(late_s=0.03)
    traffic = Traffic(clock)
    gate = RateGate(10, per_second=10, clock=clock)
    for _ in range(20):
        traffic.send(gate, "main")
    await traffic.finish()
    assert traffic.starts[-1][1] == pytest.approx(1.93, abs=0.01)


async def test_cancelled_requests_leave_their_places(traffic: Traffic) -> None:
    gate = RateGate(1)
    first = traffic.send(gate, "main", "first")
    waiting = traffic.send(gate, "main")
    let_in = traffic.send(gate.lane(), "live")
    last = traffic.send(gate, "main", "last")
    await traffic.settle()
    waiting.cancel()
    await asyncio.sleep(0)
    traffic.ends["first"].set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    let_in.cancel()  # at any moment of its turn
    await traffic.settle()
    assert first.done()
    assert traffic.names[-1] == "last"
    traffic.ends["last"].set()
    await last


@pytest.mark.parametrize("turns", range(6))
async def test_request_that_is_cancelled_in_its_turn_frees_its_slot(turns: int) -> None:
    gate = RateGate(1)
    traffic = Traffic(SteppedGateClock())
    traffic.send(gate, "main", "first")
    await traffic.settle()
    second = traffic.send(gate, "main")
    await traffic.settle()
    traffic.ends["first"].set()
    for _ in range(turns):
        await asyncio.sleep(0)
    second.cancel()
    await traffic.settle()
    await asyncio.wait_for(traffic.send(gate, "main"), 5)


async def test_fork_does_not_wait_for_the_requests_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = RateGate(1)
    async with gate.slot():
        monkeypatch.setattr(os, "getpid", lambda: -1)
        async with asyncio.timeout(5), gate.slot():
            pass


@given(
    concurrency=st.integers(1, 5),
    rate=st.sampled_from([None, 2.0, 50.0]),
    lines=st.lists(st.sampled_from(["main", "live", "pause", "cancel"]), max_size=30),
)
def test_limits_always_hold(concurrency: int, rate: float | None, lines: list[str]) -> None:
    """Whatever comes in which order, all requests start, and never too many."""
    asyncio.run(_check_limits(concurrency, rate, lines))


async def _check_limits(concurrency: int, rate: float | None, lines: list[str]) -> None:
    clock = SteppedGateClock()
    traffic = Traffic(clock)
    gate = RateGate(concurrency, rate, clock)
    actions: dict[str, Callable[[], object]] = {
        "main": lambda: traffic.send(gate, "main"),
        "live": lambda: traffic.send(gate.lane(), "live"),
        "pause": lambda: gate.close_for(0.7),
        "cancel": lambda: traffic.tasks[len(traffic.tasks) // 2].cancel() if traffic.tasks else None,
    }
    for line in lines:
        actions[line]()
        await asyncio.sleep(0)
    await traffic.finish()
    sent = lines.count("main") + lines.count("live")
    assert sent - lines.count("cancel") <= len(traffic.starts) <= sent
    assert traffic.most["all"] <= concurrency
    if rate:
        for line, share in (("", 1.0), ("live", 0.1)):
            moments = [moment for name, moment in traffic.starts if line in ("", name)]
            gaps = [after - before for before, after in pairwise(moments)]
            assert all(gap >= 1 / (rate * share) - 1e-9 for gap in gaps)
