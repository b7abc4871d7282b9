"""Stale entities are deleted, except those of withheld blueprints."""

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import EventContext, EventType, event_context
from port_ocean.core.models import Entity

from mapping import Withheld
from ocean_adapter.deletion import CautiousDeletion, withhold_from_deletion
from ocean_adapter.selector import CustomPortAppConfig

MAPPING = {
    "resources": [
        {"kind": f"/{name}s", "port": {"entity": {"mappings": {"identifier": ".id", "blueprint": blueprint}}}}
        for name, blueprint in (("task", '"task"'), ("user", '"user"'))
    ]
}


class Port:
    """A fake Port client that refuses to delete an entity while others relate to it."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, list[str], bool]] = []
        self.entities: set[str] = set()
        self.dependents: dict[str, str] = {}

    async def bulk_delete_entities(
        self, blueprint: str, identifiers: list[str], options: dict[str, Any], *_: Any, **__: Any
    ) -> list[str]:
        self.requests.append((blueprint, identifiers, options["delete_dependent_entities"]))
        if any(self.dependents.get(each) in self.entities for each in identifiers):
            return []
        self.entities.difference_update(identifiers)
        return identifiers

    async def search_entities(self, *_: Any, **__: Any) -> list[Entity]:
        return []


@pytest.fixture
def port() -> Port:
    return Port()


@pytest.fixture
async def resync(app: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[EventContext]:
    """A full resync with the mapping above."""
    metrics = SimpleNamespace(inc_metric=lambda **_: None, current_resource_kind=lambda: "")
    monkeypatch.setattr(app, "metrics", metrics, raising=False)
    async with event_context(EventType.RESYNC) as event:
        event.port_app_config = CustomPortAppConfig.parse_obj(MAPPING)
        yield event


def applier(port: Port) -> CautiousDeletion:
    return CautiousDeletion(SimpleNamespace(port_client=port))  # type: ignore[arg-type] # only this part


def entities(blueprint: str, *identifiers: str) -> list[Entity]:
    return [Entity(identifier=each, blueprint=blueprint) for each in identifiers]


async def delete(port: Port, *stale: Entity) -> None:
    port.entities |= {entity.identifier for entity in stale}
    await applier(port).delete_diff({"before": list(stale), "after": []}, UserAgentType.exporter, 1)


@pytest.mark.usefixtures("resync")
async def test_stale_entities_are_deleted_as_ocean_does(port: Port) -> None:
    await delete(port, *entities("task", "t1", "t2"))
    assert port.requests == [("task", ["t1", "t2"], True)]


async def test_entities_of_withheld_blueprints_are_kept(port: Port, resync: EventContext) -> None:
    withhold_from_deletion(resync.attributes, Withheld(frozenset({"task"})))
    await delete(port, *entities("task", "t1"), *entities("user", "u1", "u2"))
    assert port.requests == [("user", ["u1"], False), ("user", ["u2"], False)]
    assert port.entities == {"t1"}


async def test_an_entity_is_deleted_after_its_dependents(port: Port, resync: EventContext) -> None:
    withhold_from_deletion(resync.attributes, Withheld(frozenset({"team"})))
    port.dependents = {"t1": "u1"}
    await delete(port, *entities("task", "t1"), *entities("user", "u1"))
    assert port.entities == set()


async def test_an_entity_with_kept_dependents_is_kept(
    port: Port, resync: EventContext, logged: list[str]
) -> None:
    withhold_from_deletion(resync.attributes, Withheld(frozenset({"team"})))
    port.entities = {"x"}
    port.dependents = {"t1": "x"}
    await delete(port, *entities("task", "t1"))
    assert port.entities == {"x", "t1"}
    assert "Kept 1 entity of blueprint task (from /tasks): t1: other entities relate to them" in logged[-1]


@pytest.mark.usefixtures("resync")
async def test_the_log_names_the_first_ten_deleted_entities(port: Port, logged: list[str]) -> None:
    await delete(port, *entities("bug", *(f"b{number:02}" for number in range(12))))
    [line] = [line for line in logged if "Deleting 12 entities of" in line]
    assert "Deleting 12 entities of blueprint bug: b00, b01," in line
    assert "b09 and 2 more" in line
