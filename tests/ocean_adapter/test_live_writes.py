"""A resync does not overwrite or restore what a live event has written or deleted meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import EventContext, EventType, event_context
from port_ocean.context.ocean import ocean
from port_ocean.context.resource import resource_context
from port_ocean.core.models import Entity

from ocean_adapter.applier import CustomStateApplier
from ocean_adapter.live_writes import LiveWrites
from ocean_adapter.reconciliation import delete_stale
from ocean_adapter.resources import listed_endpoints
from ocean_adapter.resync_scope import current_scope, open_scope
from ocean_adapter.selector import CustomPortAppConfig, CustomResourceConfig
from ocean_adapter.write_response import entity_key
from ocean_adapter.write_tally import write_tally
from tests.ocean_adapter.fake_port import FakePort

START = datetime(2026, 1, 1, tzinfo=UTC)
BEFORE, AFTER = START - timedelta(seconds=1), START + timedelta(seconds=1)
PORT_CONFIG = {"entity": {"mappings": {"identifier": ".id", "blueprint": '"task"'}}}
MAPPING = CustomPortAppConfig.parse_obj({"resources": [{"kind": "/tasks", "port": PORT_CONFIG}]})
T1, T2 = entity_key("task", "t1"), entity_key("task", "t2")


@pytest.fixture
def port(fake_port: FakePort) -> FakePort:
    return fake_port


@pytest.fixture
def applier(port: FakePort) -> CustomStateApplier:
    del port  # its client is the context's
    return CustomStateApplier(ocean)


@pytest.fixture
async def resync(applier: CustomStateApplier) -> AsyncIterator[EventContext]:
    """A resync that has read its only kind since START."""
    async with open_scope(), event_context(EventType.RESYNC) as event:
        with applier.live_writes.during_resync():
            event.port_app_config = MAPPING
            async with resource_context(MAPPING.resources[0], 0):
                current_scope().reading_since = START
                yield event


def tasks(title: str, *identifiers: str) -> list[Entity]:
    return [Entity(identifier=each, blueprint="task", title=title) for each in identifiers]


@pytest.mark.parametrize(
    ("fetched_at", "title"),
    [(AFTER, "live"), (START, "live"), (BEFORE, "resync"), (None, "resync")],
    ids=["fetched after the reading", "at its start", "before it", "without the record"],
)
async def test_a_resync_does_not_overwrite_a_newer_state(
    port: FakePort, applier: CustomStateApplier, resync: EventContext, fetched_at: datetime | None, title: str
) -> None:
    port.put(*tasks("live", "t1"))
    if fetched_at:
        applier.live_writes.record([T1], fetched_at)
    written = await applier.upsert(tasks("resync", "t1", "t2"), UserAgentType.exporter)
    assert port.titles == {"t1": title, "t2": "resync"}
    assert {entity.identifier for entity in written} == {"t1", "t2"}
    assert write_tally(resync.attributes, 0).written == 2


@pytest.mark.usefixtures("resync")
async def test_a_resync_does_not_restore_a_deleted_entity(
    port: FakePort, applier: CustomStateApplier
) -> None:
    applier.live_writes.record([T1], AFTER)
    await applier.upsert(tasks("resync", "t1"), UserAgentType.exporter)
    assert port.titles == {}


@pytest.mark.usefixtures("resync")
async def test_an_entity_that_a_live_event_could_not_write_is_written_by_the_resync(
    port: FakePort, applier: CustomStateApplier
) -> None:
    applier.live_writes.record([T1], AFTER)
    applier.live_writes.forget([T1, T2])
    await applier.upsert(tasks("resync", "t1"), UserAgentType.exporter)
    assert port.titles == {"t1": "resync"}


@pytest.mark.usefixtures("resync")
async def test_entities_of_live_events_are_not_deleted_as_stale(
    port: FakePort, applier: CustomStateApplier
) -> None:
    applier.live_writes.record([T1], AFTER)
    port.put(*tasks("", "t1", "t2"))
    assert await delete_stale(applier, UserAgentType.exporter, 1) == 1
    assert port.titles == {"t1": ""}


async def test_a_live_event_waits_for_a_write_of_the_resync_that_is_in_flight(
    port: FakePort, applier: CustomStateApplier, resync: EventContext
) -> None:
    """Port could otherwise process the two writes in any order."""
    port.may_write.clear()
    writing = asyncio.create_task(applier.upsert(tasks("resync", "t1"), UserAgentType.exporter))
    await port.has_request.wait()

    async def live() -> None:
        async with applier.live_writes.exclusive([T1]):
            applier.live_writes.record([T1], AFTER)
            port.put(*tasks("live", "t1"))

    event = asyncio.create_task(live())
    async with applier.live_writes.exclusive([T2]):  # another entity does not wait
        await asyncio.sleep(0)
    assert not event.done()
    port.may_write.set()
    await asyncio.gather(writing, event)
    assert port.titles == {"t1": "live"}
    assert resync.event_type == EventType.RESYNC


async def test_the_record_is_kept_until_the_last_resync_ends() -> None:
    writes = LiveWrites()
    writes.record([T1], AFTER)
    assert not writes.has(T1)
    with ExitStack() as first:
        first.enter_context(writes.during_resync())
        with writes.during_resync():
            writes.record([T1], AFTER)
        assert writes.has(T1)
    assert not writes.has(T1)


async def test_the_record_is_bounded(logged: list[str]) -> None:
    writes = LiveWrites(max_entries=1)
    with writes.during_resync():
        writes.record([T1], START)
        writes.record([T1], AFTER)
        assert writes.is_newer(T1, AFTER)
        assert logged == []
        writes.record([T2], AFTER)
        assert (writes.has(T1), writes.has(T2)) == (False, True)
    assert "more than 1 entities during this resync" in logged[0]


@pytest.mark.parametrize(
    ("path_parameters", "endpoints"),
    [
        (None, set()),
        ({"id": {"endpoint": "/teams", "field": ".id"}}, {"/teams"}),
        ({"id": [{"endpoint": "/teams"}, {"values": [1]}, 3]}, {"/teams"}),
        ({"id": {"endpoint": 1}}, set()),
        ("oops", set()),
    ],
    ids=["none", "a source", "several sources", "no path", "no object"],
)
def test_the_endpoints_of_an_entry_are_its_own_and_its_parents(path_parameters: Any, endpoints: Any) -> None:
    entry = {"kind": "/tasks", "selector": {"path_parameters": path_parameters}, "port": PORT_CONFIG}
    assert listed_endpoints(CustomResourceConfig.parse_obj(entry)) == {"/tasks", *endpoints}
