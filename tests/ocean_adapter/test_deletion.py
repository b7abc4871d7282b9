"""Stale entities are deleted, except those of withheld blueprints."""

from collections.abc import AsyncIterator

import httpx
import pytest
from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import EventContext, EventType, event_context
from port_ocean.context.ocean import ocean
from port_ocean.core.models import Entity

from mapping import Withheld
from ocean_adapter.deletion import CautiousDeletion, current_withheld, withhold_from_deletion
from ocean_adapter.resync_scope import open_scope
from ocean_adapter.selector import CustomPortAppConfig
from tests.ocean_adapter.fake_port import FakePort, entities, many, status

MAPPING = {
    "resources": [
        {"kind": f"/{name}s", "port": {"entity": {"mappings": {"identifier": ".id", "blueprint": blueprint}}}}
        for name, blueprint in (("task", '"task"'), ("user", '"user"'))
    ]
}


@pytest.fixture
def port(fake_port: FakePort) -> FakePort:
    return fake_port


@pytest.fixture
async def resync(port: FakePort) -> AsyncIterator[EventContext]:
    """A full resync with the mapping above."""
    del port  # its client is the context's
    async with event_context(EventType.RESYNC) as event, open_scope():
        event.port_app_config = CustomPortAppConfig.parse_obj(MAPPING)
        yield event


async def delete(port: FakePort, *stale: Entity, keeps_dependents: bool = False) -> None:
    """Delete entities as the end of a resync does: those of withheld blueprints are not stale."""
    port.put(*stale)
    withheld = current_withheld()
    groups: dict[str, list[str]] = {}
    for entity in stale:
        if not withheld.holds(entity.blueprint):
            groups.setdefault(entity.blueprint, []).append(entity.identifier)
    applier = CautiousDeletion(ocean)
    await applier.delete_stale(groups, UserAgentType.exporter, keeps_dependents=keeps_dependents)


@pytest.mark.usefixtures("resync")
async def test_stale_entities_are_deleted_as_ocean_does(port: FakePort) -> None:
    await delete(port, *entities("task", "t1", "t2"))
    assert port.deletions == [("task", ["t1", "t2"], True)]


async def test_entities_of_withheld_blueprints_are_kept(port: FakePort, resync: EventContext) -> None:
    withhold_from_deletion(resync.attributes, Withheld(frozenset({"task"})))
    await delete(port, *entities("task", "t1"), *entities("user", "u1", "u2"))
    assert port.deletions == [("user", ["u1", "u2"], False)]
    assert port.identifiers == {"t1"}


async def test_an_entity_is_deleted_after_its_dependents(port: FakePort, resync: EventContext) -> None:
    withhold_from_deletion(resync.attributes, Withheld(frozenset({"team"})))
    port.dependents = {"t1": "u1"}
    await delete(port, *entities("task", "t1"), *entities("user", "u1"))
    assert port.identifiers == set()


async def test_an_entity_with_kept_dependents_is_kept(
    port: FakePort, resync: EventContext, logged: list[str]
) -> None:
    withhold_from_deletion(resync.attributes, Withheld(frozenset({"team"})))
    port.put(*entities("team", "x"))
    port.dependents = {"t1": "x"}
    await delete(port, *entities("task", "t1"))
    assert port.identifiers == {"x", "t1"}
    assert "Kept 1 entity of blueprint task (from /tasks): t1: other entities relate to them" in logged[-1]


async def test_a_bulk_that_port_refuses_is_sent_in_halves(port: FakePort, resync: EventContext) -> None:
    """Of 250 entities, three cannot be deleted. Port refuses the whole bulk of each."""
    withhold_from_deletion(resync.attributes, Withheld(frozenset({"team"})))
    port.put(*entities("team", "x"))
    kept = {"t00000", "t00123", "t00249"}
    port.dependents = dict.fromkeys(kept, "x")
    await delete(port, *entities("task", *many(250)))
    assert port.identifiers == {"x", *kept}
    assert max(len(identifiers) for _, identifiers, _ in port.deletions) == 100
    # Per kept entity, seven halvings of a bulk are 14 requests. The second round asks three times.
    assert len(port.deletions) <= 3 * 15 + 3


@pytest.mark.parametrize("failure", [500, None], ids=["an error of Port", "no response"])
async def test_a_bulk_that_fails_is_not_split(
    port: FakePort, resync: EventContext, failure: int | None
) -> None:
    """There is nothing wrong with the entities, and each half would fail as well."""

    def unreachable(request: httpx.Request) -> httpx.Response:
        raise httpx.WriteError("reset", request=request)

    withhold_from_deletion(resync.attributes, Withheld(frozenset({"team"})))
    port.answers["/bulk/entities/delete"] = status(failure) if failure else unreachable
    await delete(port, *entities("task", *many(100)))
    assert len(port.deletions) == 2  # one in each round
    assert len(port.identifiers) == 100


async def test_a_bulk_that_port_deletes_in_part_is_not_split(port: FakePort, resync: EventContext) -> None:
    withhold_from_deletion(resync.attributes, Withheld(frozenset({"team"})))
    port.undeletable = "2"
    await delete(port, *entities("task", "t1", "t2", "t3"))
    assert port.identifiers == {"t2"}
    assert [identifiers for _, identifiers, _ in port.deletions] == [["t1", "t2", "t3"], ["t2"]]


@pytest.mark.parametrize("keeps_dependents", [False, True])
async def test_dependents_are_deleted_too_if_the_mapping_says_so(
    port: FakePort, resync: EventContext, *, keeps_dependents: bool
) -> None:
    await delete(port, *entities("task", "t1"), keeps_dependents=keeps_dependents)
    resync.port_app_config.delete_dependent_entities = False
    await delete(port, *entities("task", "t2"), keeps_dependents=keeps_dependents)
    assert [dependents for _, _, dependents in port.deletions] == [not keeps_dependents, False]


@pytest.mark.usefixtures("resync")
async def test_a_bulk_that_fails_does_not_stop_the_others(port: FakePort) -> None:
    port.failures["/bulk/entities/delete"] = status(500)
    await delete(port, *entities("task", *many(150)))
    assert len(port.identifiers) == 100


@pytest.mark.usefixtures("resync")
async def test_the_log_names_the_first_ten_deleted_entities(port: FakePort, logged: list[str]) -> None:
    await delete(port, *entities("bug", *(f"b{number:02}" for number in range(12))))
    [line] = [line for line in logged if "Deleting 12 entities of" in line]
    assert "Deleting 12 entities of blueprint bug: b00, b01," in line
    assert "b09 and 2 more" in line


@pytest.mark.parametrize(
    ("creates_missing", "kept", "dependents_too"),
    [(True, ["t1"], False), (False, [], True)],
    ids=["kept as in a resync", "deleted with its dependents"],
)
async def test_a_live_event_deletes_an_entity_that_others_relate_to_as_a_resync_does(
    port: FakePort, resync: EventContext, *, creates_missing: bool, kept: list[str], dependents_too: bool
) -> None:
    resync.port_app_config.create_missing_related_entities = creates_missing
    port.put(*entities("task", "t1", "t2"), *entities("user", "u1"))
    port.dependents = {"t1": "u1"} if creates_missing else {}
    remaining = await CautiousDeletion(ocean).delete_changed(
        entities("task", "t1", "t2"), UserAgentType.exporter
    )
    assert [entity.identifier for entity in remaining] == kept
    assert {each for _, _, each in port.deletions} == {dependents_too}


async def test_a_live_event_deletes_dependents_first(port: FakePort, resync: EventContext) -> None:
    resync.port_app_config.create_missing_related_entities = True
    port.put(*entities("task", "t1", "t2"))
    port.dependents = {"t1": "t2"}
    assert (
        await CautiousDeletion(ocean).delete_changed(entities("task", "t1", "t2"), UserAgentType.exporter)
        == []
    )
    assert port.identifiers == set()
