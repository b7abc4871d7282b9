"""The end of a resync deletes what Port lists and no item has become."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import EventType, event, event_context
from port_ocean.context.ocean import ocean

from mapping import Withheld, key_of
from ocean_adapter.applier import CustomStateApplier
from ocean_adapter.deletion import withhold_from_deletion
from ocean_adapter.port_list import listed_entities
from ocean_adapter.port_state import PortState
from ocean_adapter.reconciliation import delete_stale
from ocean_adapter.resync_scope import ResyncScope, current_scope, open_scope
from ocean_adapter.selector import CustomPortAppConfig
from ocean_adapter.write_response import entity_key
from tests.ocean_adapter.fake_port import FakePort, entities, many, status

AGENT = UserAgentType.exporter
START = datetime(2026, 1, 1, tzinfo=UTC)
BEFORE = START - timedelta(hours=1)
NAMES = list(many(10))


@pytest.fixture
def port(fake_port: FakePort) -> FakePort:
    """A Port with ten tasks of this installation, and one of another."""
    fake_port.put(*entities("task", *NAMES, "foreign"), at=BEFORE)
    fake_port.foreign = {"foreign"}
    return fake_port


@pytest.fixture
async def scope(port: FakePort) -> AsyncIterator[ResyncScope]:
    """A full resync that has read Port's list."""
    del port  # its client is the context's
    entry = {"kind": "/tasks", "port": {"entity": {"mappings": {"identifier": ".id", "blueprint": '"task"'}}}}
    async with (
        open_scope() as scope,
        event_context(EventType.RESYNC, attributes={"resync_start_time": START}) as context,
    ):
        context.port_app_config = CustomPortAppConfig.parse_obj({"resources": [entry]})
        scope.port_state = PortState(ocean.port_client, AGENT, scope.ledger)
        await scope.port_state.ready()
        yield scope
        await scope.port_state.close()


def see(*names: str) -> None:
    for name in names:
        current_scope().ledger.note_seen(key_of("task", name), bytes(16), 0)


async def delete(threshold: float | None = 0.9) -> int:
    return await delete_stale(CustomStateApplier(ocean), AGENT, threshold)


def lists(port: FakePort) -> int:
    return len(port.bodies("/datasource-entities"))


@pytest.mark.usefixtures("scope")
async def test_if_all_was_seen_ports_list_is_not_read_again(port: FakePort) -> None:
    see(*NAMES, "new")
    assert await delete() == 0
    assert (lists(port), port.deletions) == (1, [])


@pytest.mark.usefixtures("scope")
async def test_what_was_not_seen_is_deleted(port: FakePort) -> None:
    see(*NAMES[2:])
    assert await delete() == 2
    assert port.identifiers == {*NAMES[2:], "foreign"}
    assert lists(port) == 2


@pytest.mark.usefixtures("scope")
async def test_what_others_updated_since_the_start_is_not_stale(port: FakePort) -> None:
    see(*NAMES[2:])
    port.put(*entities("task", NAMES[0]), at=START + timedelta(seconds=1))
    assert await delete() == 1
    assert NAMES[0] in port.identifiers


@pytest.mark.parametrize(
    ("seen", "threshold", "deleted"),
    [(1, 0.9, 9), (0, 0.9, 0), (0, 1, 10), (5, 0.4, 0), (9, 0, 0), (9, None, 0), (10, 0, 0)],
)
@pytest.mark.usefixtures("scope")
async def test_a_larger_share_than_the_threshold_is_not_deleted(
    port: FakePort, logged: list[str], seen: int, threshold: float | None, deleted: int
) -> None:
    see(*NAMES[:seen])
    assert await delete(threshold) == deleted
    assert len(port.identifiers) == 11 - deleted
    is_withheld = any("Nothing is deleted:" in line for line in logged)
    assert is_withheld is (deleted == 0 and seen < 10)


async def test_withheld_blueprints_live_entities_and_targets_are_kept(
    port: FakePort, scope: ResyncScope
) -> None:
    port.put(*entities("user", "u1"), at=BEFORE)
    withhold_from_deletion(event.attributes, Withheld(frozenset({"user"})))
    applier = CustomStateApplier(ocean)
    scope.ledger.note_targets([key_of("task", NAMES[1])])
    with applier.live_writes.during_resync():
        applier.live_writes.record([entity_key("task", NAMES[0])], START)
        assert await delete_stale(applier, AGENT, 1) == 8
    assert port.identifiers == {"foreign", "u1", *NAMES[:2]}


@pytest.mark.parametrize("is_unknown", [False, True])
async def test_if_targets_are_unknown_nothing_that_others_relate_to_is_deleted(
    port: FakePort, scope: ResyncScope, *, is_unknown: bool
) -> None:
    scope.has_unknown_targets = is_unknown
    await delete(1)
    assert {dependents for _, _, dependents in port.deletions} == {not is_unknown}


@pytest.mark.usefixtures("scope")
async def test_nothing_is_deleted_if_ports_list_cannot_be_read_again(port: FakePort) -> None:
    port.failures["/datasource-entities"] = status(500)
    with pytest.raises(httpx.HTTPError):
        await delete(1)
    assert port.deletions == []


async def test_ports_list_has_pages(fake_port: FakePort) -> None:
    fake_port.page_size = 4
    fake_port.put(*entities("task", *NAMES), at=BEFORE)
    pages = [page async for page in listed_entities(ocean.port_client, AGENT)]
    assert [len(page) for page in pages] == [4, 4, 2]
    assert [each.identifier for page in pages for each in page] == NAMES
    first = fake_port.bodies("/datasource-entities")[0]
    assert (first["datasource_prefix"], first["datasource_suffix"]) == (
        "port-ocean/custom/",
        "/mine/exporter",
    )


def _no_json(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, text="<h1>Port</h1>")


def _no_answer(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("too late", request=request)


@pytest.mark.parametrize("answer", [status(500), _no_json, _no_answer])
async def test_a_list_that_ends_early_says_nothing_about_what_is_new(
    fake_port: FakePort, logged: list[str], answer: object
) -> None:
    """Neither that an entity is new, nor that it is there, nor that nothing is stale."""
    fake_port.page_size = 4
    fake_port.put(*entities("task", *NAMES), at=BEFORE)

    def second(request: httpx.Request) -> httpx.Response:
        fake_port.failures["/datasource-entities"] = answer  # type: ignore[assignment] # one of the above
        return fake_port.listed(json.loads(request.content))

    fake_port.failures["/datasource-entities"] = second
    async with open_scope() as scope:
        state = PortState(ocean.port_client, AGENT, scope.ledger)
        await state.ready()
        assert scope.ledger.listed == 4
        assert not state.is_complete
        for name in (NAMES[0], NAMES[9], "other"):
            assert not state.is_new(key_of("task", name))
            assert not state.is_listed(key_of("task", name))
        await state.close()
    assert any("Port did not list the entities of this integration" in line for line in logged)


async def test_a_cancelled_resync_stops_the_reading(fake_port: FakePort) -> None:
    fake_port.put(*entities("task", *NAMES), at=BEFORE)
    async with open_scope() as scope:
        state = PortState(ocean.port_client, AGENT, scope.ledger)
        await state.close()
        assert not state.is_complete
