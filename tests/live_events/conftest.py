"""A pipeline in front of an API whose state a test changes, and a catalog that its batches fill."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest
from loguru import logger

from client import RetryPolicy
from configuration.mapping_entry import read_resource
from configuration.permissions import Permissions
from configuration.settings import Settings
from extraction import Extractor, open_extractor
from live_events.batching import LiveBatch
from live_events.change import LiveKind
from live_events.event import Event
from live_events.limits import LiveLimits
from live_events.pipeline import LiveEvents
from rest.bodies import Json
from rest.errors import SyncError
from tests.live_events.stepped_clock import SteppedClock, eventually, turns

BASE = "https://api.example/v1"

TICKETS = {
    "when": '.headers["x-event"] == "ticket"',
    "items": ".body.tickets",
    "values": {"id": ".id"},
    "fetch": "/tickets/{id}",
    "delete": '.body.action == "deleted"',
}


@dataclass
class TicketApi:
    """An API of tickets.

    special: answers of single paths, once each if they are in a list.
    is_open: while it is not set, answers are held back, and become old.
    """

    tickets: dict[str, Json] = field(default_factory=dict)
    requests: list[httpx.Request] = field(default_factory=list)
    special: dict[str, Any] = field(default_factory=dict)
    delay_s: float = 0
    at_once: int = 0
    most_at_once: int = 0
    is_open: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.is_open.set()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            self.requests.append(request)
            answer = self._answer(request)
            await asyncio.sleep(self.delay_s)
            await self.is_open.wait()
            return answer
        finally:
            self.at_once -= 1

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode().removeprefix("/v1")
        special = self.special.get(path)
        if isinstance(special, list):
            special = special.pop(0) if special else None
        if special is not None:
            answer: httpx.Response = special(request) if callable(special) else special
            return answer
        if path == "/tickets":
            return httpx.Response(200, json=list(self.tickets.values()))
        ticket = self.tickets.get(path.removeprefix("/tickets/"))
        return (
            httpx.Response(404, json={"error": "not found"})
            if ticket is None
            else httpx.Response(200, json=ticket)
        )

    @property
    def targets(self) -> list[str]:
        """Return the targets of the requests."""
        return [request.url.raw_path.decode().removeprefix("/v1") for request in self.requests]


@dataclass
class LiveSystem:
    """A running pipeline. catalog: items by identifier, which is their id."""

    api: TicketApi
    clock: SteppedClock
    live: LiveEvents
    extractor: Extractor
    kinds: list[LiveKind]
    catalog: dict[str, Json] = field(default_factory=dict)
    batches: list[LiveBatch] = field(default_factory=list)
    refuses: Callable[[LiveBatch], SyncError | None] = lambda _: None
    writing: asyncio.Task[None] = field(init=False)

    def event(self, body: Json, *, is_signed: bool = True, **headers: str) -> Event:
        """Return an event that is received now."""
        named = {"x-event": "ticket", **{name.replace("_", "-"): text for name, text in headers.items()}}
        return Event(named, {}, body, is_signed, self.clock.now(), len(json.dumps(body)))

    def changed(self, *ids: str, action: str = "updated", is_signed: bool = True) -> None:
        """Send an event for tickets."""
        body: Json = {"action": action, "tickets": [{"id": each} for each in ids]}
        assert self.live.offer(self.event(body, is_signed=is_signed))

    async def matched(self) -> None:
        """Wait until all events are matched."""
        counts = self.live.counts
        await eventually(lambda: counts.received == counts.matched + counts.unmatched)

    async def requested(self, count: int = 1) -> None:
        """Let a moment pass, and wait until so many requests were answered."""
        await self.matched()
        self.clock.advance(0.3)
        await turns()
        await eventually(lambda: self.live.counts.fetched == count)

    async def settled(self, seconds: float = 0.3) -> None:
        """Wait until all events are matched, move the clock, and wait until nothing is left to do.

        The clock moves on for what is requested again because the API contradicts the event.
        """
        await self.matched()
        self.clock.advance(seconds)
        await turns()
        await eventually(self._is_settled)

    def _is_settled(self) -> bool:
        merging = self.live._dispatcher._merging
        due = merging.next_due(needs_request=True)
        if due is not None and len(merging) == len(merging._waiting):  # nothing is under way
            self.clock.advance(max(0.1, due - self.clock.elapsed_s()))
        return self.live.counts.waiting == 0

    def write(self, batch: LiveBatch) -> None:
        """Write a batch to the catalog."""
        self.batches.append(batch)
        if error := self.refuses(batch):
            self.live.failed(batch, error)
            return
        for item in batch.updated:
            self.catalog[str(item["id"])] = item
        for deletion in batch.deleted:
            identifier = str(deletion.item.get("id"))
            if deletion.allows(identifier):
                self.catalog.pop(identifier, None)
        self.live.written(batch)


@pytest.fixture
def log() -> Iterator[list[str]]:
    """Return the lines that are logged."""
    lines: list[str] = []
    sink = logger.add(lambda message: lines.append(str(message)), format="{level} {message}")
    yield lines
    logger.remove(sink)


type OpenLive = Callable[..., Any]


@pytest.fixture
def open_live() -> OpenLive:
    """Return a function that opens a running pipeline."""
    return _open_live


@asynccontextmanager
async def _open_live(
    webhook: Mapping[str, Any] | None = None,
    *,
    kind: str = "/tickets",
    selector: Mapping[str, Any] | None = None,
    limits: LiveLimits | None = None,
    is_hint: bool = False,
    writes: bool = True,
) -> AsyncIterator[LiveSystem]:
    api, clock = TicketApi(), SteppedClock()
    settings = Settings.from_config({"base_url": BASE}, {})
    resource = read_resource(
        kind,
        {"webhook": webhook or TICKETS, **(selector or {})},
        settings.pagination,
        replace(Permissions(), unsigned_events=is_hint),
    )
    kinds = [LiveKind(0, resource)]
    async with open_extractor(
        settings, transport=httpx.MockTransport(api), retry_policy=RetryPolicy(0)
    ) as extractor:
        live = LiveEvents(clock, limits or LiveLimits())
        live.use(kinds, extractor)
        system = LiveSystem(api, clock, live, extractor, kinds)
        if writes:
            system.writing = asyncio.create_task(_write_all(system))
        try:
            yield system
        finally:
            if writes:
                system.writing.cancel()
                await asyncio.gather(system.writing, return_exceptions=True)


async def _write_all(system: LiveSystem) -> None:
    async for batch in system.live.batches():
        system.write(batch)
