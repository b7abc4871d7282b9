"""The concurrent entity diff has the same result as Ocean's own."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, override

import pytest
from hypothesis import given
from hypothesis import strategies as st
from port_ocean.clients.port.types import UserAgentType
from port_ocean.core.handlers.port_app_config.models import ResourceConfig
from port_ocean.core.integrations.mixins import SyncRawMixin
from port_ocean.core.models import Entity

from integration import CustomIntegration
from ocean_adapter.entity_diff import ConcurrentEntityDiff
from ocean_adapter.selector import CustomResourceConfig

ENTITY = {"mappings": {"identifier": ".id", "blueprint": '"task"', "properties": {"state": ".state"}}}
RESOURCE = CustomResourceConfig.parse_obj(
    {"kind": "/tasks", "selector": {"query": "true"}, "port": {"entity": ENTITY}}
)


class OceanDiff(SyncRawMixin):
    """Ocean's entity diff, with a fake Port that has these entities."""

    def __init__(self, existing: list[Entity]) -> None:
        super().__init__()
        self.existing = existing
        self.running = 0
        self.most_running = 0
        self.has_query = asyncio.Event()
        self.query_sizes: list[int] = []
        self.failing: Callable[[Entity], bool] = lambda _: False

    @override
    async def _fetch_entities_batch_from_port(
        self, entities_batch: list[Entity], resource: ResourceConfig, user_agent_type: UserAgentType
    ) -> list[Entity]:
        self.query_sizes.append(len(entities_batch))
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        self.has_query.set()
        try:
            if any(map(self.failing, entities_batch)):
                raise ConnectionError("Port is gone")
            await asyncio.sleep(0.001)
            wanted = {entity.identifier for entity in entities_batch}
            blueprint = entities_batch[0].blueprint
            return [
                each for each in self.existing if each.identifier in wanted and each.blueprint == blueprint
            ]
        finally:
            self.running -= 1

    async def changed(self, entities: list[Entity]) -> list[Entity]:
        return await self._map_entities_compared_with_port(entities, RESOURCE, UserAgentType.exporter)


class ConcurrentDiff(ConcurrentEntityDiff, OceanDiff):
    @override
    async def changed(self, entities: list[Entity]) -> list[Entity]:
        return await self.changed_in_port(entities, RESOURCE, UserAgentType.exporter)


def task(identifier: Any, state: str = "open", blueprint: str = "task") -> Entity:
    return Entity(identifier=identifier, blueprint=blueprint, properties={"state": state})


def tasks(count: int, state: str = "open") -> list[Entity]:
    return [task(f"t{number}", state) for number in range(count)]


def test_the_integration_uses_the_concurrent_diff() -> None:
    assert issubclass(CustomIntegration, ConcurrentEntityDiff)


async def test_queries_of_a_batch_run_concurrently() -> None:
    port = ConcurrentDiff(tasks(500))
    assert await port.changed(tasks(500)) == []
    assert port.query_sizes == [50] * 10
    assert port.most_running == 10
    sequential = OceanDiff(tasks(500))
    assert await sequential.changed(tasks(500)) == []
    assert (sequential.query_sizes, sequential.most_running) == (port.query_sizes, 1)


async def test_at_most_20_queries_run_at_a_time() -> None:
    """If each item becomes many entities, there are more queries than Ocean has connections."""
    port = ConcurrentDiff(tasks(5000))
    assert await port.changed(tasks(5000)) == []
    assert port.query_sizes == [50] * 100
    assert port.most_running == 20


@given(
    st.dictionaries(st.integers(0, 150), st.sampled_from(["open", "closed"]), min_size=11, max_size=180),
    st.dictionaries(st.integers(0, 150), st.sampled_from(["open", "closed"]), max_size=150),
)
def test_the_result_is_the_same_as_oceans(batch: dict[int, str], existing: dict[int, str]) -> None:
    entities = [task(str(number), state) for number, state in batch.items()]
    in_port = [task(str(number), state) for number, state in existing.items()]

    async def both() -> tuple[list[Entity], list[Entity]]:
        return await OceanDiff(in_port).changed(entities), await ConcurrentDiff(in_port).changed(entities)

    oceans, ours = asyncio.run(both())
    assert ours == oceans


async def test_each_blueprint_of_a_batch_has_a_query() -> None:
    """Ocean itself writes all entities of blueprints other than the first entity's."""
    mixed = [task(f"t{number}", blueprint=("task", "bug")[number % 2]) for number in range(120)]
    port = ConcurrentDiff(mixed)
    assert await port.changed(mixed) == []
    assert port.query_sizes == [50, 10, 50, 10]
    assert len(await OceanDiff(mixed).changed(mixed)) == 60


@pytest.mark.parametrize(("count", "query_sizes"), [(0, []), (10, [10]), (11, [11])])
async def test_small_batches_are_compared_too(count: int, query_sizes: list[int]) -> None:
    """Ocean writes up to ten entities without a comparison."""
    port = ConcurrentDiff(tasks(count))
    assert await port.changed(tasks(count)) == []
    assert port.query_sizes == query_sizes


@pytest.mark.parametrize("place", [0, 70, 119])
async def test_an_entity_that_a_search_finds_is_written_without_a_comparison(place: int) -> None:
    """Ocean then writes the whole batch."""
    entities = tasks(120)
    entities[place] = task({"combinator": "and", "rules": []})
    port = ConcurrentDiff(tasks(120))
    assert await port.changed(entities) == [entities[place]]
    assert port.query_sizes == [50, 50, 19]


@pytest.mark.parametrize("place", ["t0", "t499"])
async def test_a_failed_query_cancels_the_others(place: str) -> None:
    """Ocean then writes the whole batch."""
    port = ConcurrentDiff(tasks(500))
    port.failing = lambda entity: entity.identifier == place
    with pytest.raises(ConnectionError, match="Port is gone"):
        await port.changed(tasks(500))
    assert port.running == 0


async def test_a_cancelled_resync_cancels_its_queries() -> None:
    port = ConcurrentDiff(tasks(500))
    diff = asyncio.create_task(port.changed(tasks(500)))
    await port.has_query.wait()
    diff.cancel()
    with suppress(asyncio.CancelledError):
        await diff
    assert port.running == 0
