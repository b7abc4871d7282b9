"""Whatever happens to events and to the API on the way, the catalog ends with the API's state."""

import asyncio
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from live_events.event import Event
from rest.errors import WriteError
from tests.live_events.conftest import LiveSystem, OpenLive
from tests.live_events.stepped_clock import turns

_NAMES = st.sampled_from("ab")
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("change"), _NAMES),
        st.tuples(st.just("delete"), _NAMES),
        st.tuples(st.just("duplicate"), st.integers(0, 20)),
        st.tuples(st.just("late"), st.integers(0, 20)),
        st.tuples(st.just("race"), _NAMES),
        st.tuples(st.just("wait"), st.sampled_from([0.0, 0.5, 2.5])),
        st.tuples(st.just("api"), st.sampled_from(["up", "down", "proxy"])),
        st.tuples(st.just("port"), st.sampled_from(["up", "down"])),
        st.tuples(st.just("answers"), st.sampled_from(["held", "sent"])),
    ),
    max_size=25,
)
_ANSWERS: dict[str, Any] = {
    "up": None,
    "down": httpx.Response(503),
    "proxy": httpx.Response(502, html="<h1>Bad gateway</h1>"),
}


class Sender:
    """Changes the API and sends events, some of them late or twice. In a hint, the flag `deleted` lies."""

    def __init__(self, system: LiveSystem, *, is_signed: bool) -> None:
        self._system = system
        self._is_signed = is_signed
        self._sent: list[Event] = []
        self._late: list[Event] = []
        self._version = 0

    async def step(self, action: str, value: Any) -> None:
        """Take one step."""
        system = self._system
        match action:
            case "change":
                self._version += 1
                system.api.tickets[value] = {"id": value, "version": self._version}
                self._send(value, "updated")
            case "delete" if value in system.api.tickets:
                del system.api.tickets[value]
                self._send(value, "deleted" if self._version % 3 else "updated")
            case "race":  # a change while the answer about an earlier one is on its way
                for each in (("answers", "held"), ("change", value), ("wait", 2.5), ("change", value)):
                    await self.step(*each)
            case "duplicate" if self._sent:
                self._offer(self._sent[value % len(self._sent)])
            case "late" if self._sent:
                self._late.append(self._sent.pop(value % len(self._sent)))
            case "wait":
                await self._wait(value)
            case _:
                self._set(action, value)

    def _set(self, action: str, value: str) -> None:
        """Change how the API and Port answer."""
        system = self._system
        match action:
            case "api":
                answer = _ANSWERS[value]
                system.api.special = {} if answer is None else {f"/tickets/{name}": answer for name in "ab"}
            case "port":
                system.refuses = lambda _: WriteError("Port is down") if value == "down" else None
            case "answers" if value == "held":
                system.api.is_open.clear()
            case "answers":
                system.api.is_open.set()
            case _:
                """There is nothing to delete or to repeat."""

    async def end(self) -> None:
        """Deliver what is late, repair everything, and wait until nothing is left."""
        system = self._system
        await self.step("api", "up")
        await self.step("port", "up")
        await self.step("answers", "sent")
        for event in self._late:
            self._offer(event)
        counts = system.live.counts
        for _ in range(30):  # what the API contradicts, and what failed, is requested again
            await self._wait(61)
            if not (system.live.counts.waiting or counts.pending):
                return

    async def _wait(self, seconds: float) -> None:
        await self._system.matched()
        self._system.clock.advance(seconds)
        # For the tasks that the clock has woken, and for their requests.
        for _ in range(5):
            await turns()
            await asyncio.sleep(0.001)

    def _send(self, name: str, action: str) -> None:
        body: Any = {"action": action, "tickets": [{"id": name}]}
        event = self._system.event(body, is_signed=self._is_signed)
        self._sent.append(event)
        self._offer(event)
        if not self._is_signed:  # what anyone can send
            forged: Any = {"action": "deleted", "tickets": [{"id": name, "version": 666}, {"id": "x"}]}
            self._offer(self._system.event(forged, is_signed=False))

    def _offer(self, event: Event) -> None:
        assert self._system.live.offer(event)


@pytest.mark.parametrize("is_signed", [True, False], ids=["signed", "hint"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(steps=_STEPS)
def test_catalog_ends_with_the_state_of_the_api(
    open_live: OpenLive, steps: list[tuple[str, Any]], *, is_signed: bool
) -> None:
    """Events come twice, late and in another order. Answers are old. The API and Port fail and recover."""
    asyncio.run(_converge(open_live, steps, is_signed=is_signed))


async def _converge(open_live: OpenLive, steps: list[tuple[str, Any]], *, is_signed: bool) -> None:
    async with open_live(is_hint=not is_signed) as system:
        sender = Sender(system, is_signed=is_signed)
        for action, value in steps:
            await sender.step(action, value)
        await sender.end()
        counts = system.live.counts
        assert counts.waiting == counts.pending == counts.failed == counts.dropped == 0
        assert system.catalog == system.api.tickets
        assert "version': 666" not in str(system.batches)
