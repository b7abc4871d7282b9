"""Events and a resync at once, against a real API: one gate, real sockets."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import pytest

from client import RetryPolicy
from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from extraction import gate_for, open_extractor
from live_events.change import LiveKind
from live_events.event import Event
from live_events.limits import LiveLimits
from live_events.pipeline import LiveEvents
from rest.page import Item
from tests.live_events.changes import NOW
from tests.loopback_server import NOT_FOUND, Ending, Request, Response, serving

pytestmark = pytest.mark.process

_PAGES = 15
_WEBHOOK = {
    "items": ".body",
    "values": {"id": ".id"},
    "fetch": "/tickets/{id}",
    "delete": '.body.id == "gone"',
}


@dataclass
class SlowApi:
    """Each answer takes a moment. most: the most requests at once, by what they are for."""

    now: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)
    count: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def __call__(self, request: Request) -> Response | Ending:
        what = "live" if request.path.startswith("/tickets/") else "resync"
        with self.lock:
            self.now[what] += 1
            self.count[what] += 1
            self.most[what] = max(self.most[what], self.now[what])
            self.most["all"] = max(self.most["all"], self.now.total())
        time.sleep(0.03)
        with self.lock:
            self.now[what] -= 1
        return self._answer(request)

    def _answer(self, request: Request) -> Response | Ending:
        if request.path == "/tickets/broken" and self.count["live"] % 2:
            return Ending.RESET
        if request.path == "/tickets/gone":
            return NOT_FOUND
        if request.path.startswith("/tickets/"):
            return Response({"id": request.path.removeprefix("/tickets/")})
        page = int(request.target.rpartition("page=")[2].partition("&")[0])
        return Response({"items": [{"id": page}] if page <= _PAGES else [], "pages": _PAGES})


@pytest.fixture
def api() -> Iterator[tuple[SlowApi, str]]:
    """Serve the API. Return it with its URL."""
    slow = SlowApi()
    with serving(slow) as url:
        yield slow, url


async def test_events_and_a_resync_share_one_gate(api: tuple[SlowApi, str]) -> None:
    """Together they send no more at once than the settings allow, and both are complete."""
    slow, url = api
    settings = Settings.from_config({"base_url": url, "max_concurrent_requests": 4}, {})
    selector: dict[str, Any] = {
        "data_path": ".items",
        "pagination": {"type": "page", "total_pages_path": "pages"},
    }
    listing = read_resource("/tickets", selector, settings.pagination)
    kinds = [LiveKind(0, read_resource("/tickets", {"webhook": _WEBHOOK}, settings.pagination))]
    gate = gate_for(settings)
    live = LiveEvents(limits=LiveLimits(settle_s=0, requests=5))
    names = [*map(str, range(20)), "gone", "broken"]
    async with (
        open_extractor(settings, gate=gate) as resync,
        open_extractor(settings, gate=gate.lane(), retry_policy=RetryPolicy(3, base_s=0.01)) as extractor,
    ):
        live.use(kinds, extractor)
        for name in names:
            live.offer(Event({}, {}, {"id": name}, is_signed=True, received_at=NOW))
        live.stop()
        updated, deleted = Counter[str](), Counter[str]()

        async def write() -> None:
            async for batch in live.batches():
                updated.update(str(item["id"]) for item in batch.updated)
                deleted.update(str(each.item["id"]) for each in batch.deleted)
                live.written(batch)

        async def read() -> list[Item]:
            return [item async for batch in resync.batches(listing) for item in batch]

        _, items = await asyncio.gather(write(), read())
    assert [item["id"] for item in items] == list(range(1, _PAGES + 1))
    assert set(updated) == {*names} - {"gone"}
    assert set(deleted) == {"gone"}
    assert live.counts.failed == live.counts.pending == live.counts.waiting == 0
    assert slow.most["live"] == 2
    assert slow.most["all"] <= 4
