"""Ocean's questions about a batch, asked at once: the same answer as when they are asked in turn."""

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
from ocean_adapter.comparison import ConcurrentComparison
from ocean_adapter.selector import CustomResourceConfig

ENTITY = {"mappings": {"identifier": ".id", "blueprint": '"task"', "properties": {"state": ".state"}}}
RESOURCE = CustomResourceConfig.parse_obj(
    {"kind": "/tasks", "selector": {"query": "true"}, "port": {"entity": ENTITY}}
)


class Asked(SyncRawMixin):
    """Ocean's comparison, with a Port that has these entities."""

    def __init__(self, known: list[Entity]) -> None:
        super().__init__()
        self.known = known
        self.open = 0
        self.most_open = 0
        self.is_asked = asyncio.Event()
        self.questions: list[int] = []
        self.failing: Callable[[Entity], bool] = lambda _: False

    @override
    async def _fetch_entities_batch_from_port(
        self, entities_batch: list[Entity], resource: ResourceConfig, user_agent_type: UserAgentType
    ) -> list[Entity]:
        self.questions.append(len(entities_batch))
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        self.is_asked.set()
        try:
            if any(map(self.failing, entities_batch)):
                raise ConnectionError("Port is gone")
            await asyncio.sleep(0.001)
            wanted = {entity.identifier for entity in entities_batch}
            named = entities_batch[0].blueprint
            return [each for each in self.known if each.identifier in wanted and each.blueprint == named]
        finally:
            self.open -= 1

    async def changed(self, entities: list[Entity]) -> list[Entity]:
        return await self._map_entities_compared_with_port(entities, RESOURCE, UserAgentType.exporter)


class AskedAtOnce(ConcurrentComparison, Asked):
    pass


def task(identifier: Any, state: str = "open", blueprint: str = "task") -> Entity:
    return Entity(identifier=identifier, blueprint=blueprint, properties={"state": state})


def tasks(count: int, state: str = "open") -> list[Entity]:
    return [task(f"t{number}", state) for number in range(count)]


def test_ocean_asks_by_our_class() -> None:
    assert issubclass(CustomIntegration, ConcurrentComparison)
    overridden = {name for name in vars(ConcurrentComparison) if hasattr(SyncRawMixin, name)}
    assert "_map_entities_compared_with_port" in overridden


async def test_the_questions_of_a_batch_are_asked_at_once() -> None:
    port = AskedAtOnce(tasks(500))
    assert await port.changed(tasks(500)) == []
    assert port.questions == [50] * 10
    assert port.most_open == 10
    in_turn = Asked(tasks(500))
    assert await in_turn.changed(tasks(500)) == []
    assert (in_turn.questions, in_turn.most_open) == (port.questions, 1)


async def test_of_many_questions_some_wait() -> None:
    """Where each item has many entities, there are more than Ocean has connections."""
    port = AskedAtOnce(tasks(5000))
    assert await port.changed(tasks(5000)) == []
    assert port.questions == [50] * 100
    assert port.most_open == 20


@given(
    st.lists(st.tuples(st.integers(0, 150), st.sampled_from(["open", "closed"])), max_size=180),
    st.dictionaries(st.integers(0, 150), st.sampled_from(["open", "closed"]), max_size=150),
    st.sampled_from([0, 0, 0, 60, 120]),
)
def test_the_answer_is_oceans_own(batch: list[tuple[int, str]], known: dict[int, str], extra: int) -> None:
    """Twice the same identifier in a batch, too: the last one counts."""
    entities = [*(task(str(number), state) for number, state in batch), *tasks(extra)]
    at_port = [task(str(number), state) for number, state in known.items()]

    async def both() -> tuple[list[Entity], list[Entity]]:
        return await Asked(at_port).changed(entities), await AskedAtOnce(at_port).changed(entities)

    oceans, ours = asyncio.run(both())
    assert ours == oceans


async def test_each_blueprint_of_a_batch_is_asked_about() -> None:
    """Ocean's own way writes what is not of the first one's, changed or not."""
    mixed = [task(f"t{number}", blueprint=("task", "bug")[number % 2]) for number in range(120)]
    port = AskedAtOnce(mixed)
    assert await port.changed(mixed) == []
    assert port.questions == [50, 10, 50, 10]
    assert len(await Asked(mixed).changed(mixed)) == 60


@pytest.mark.parametrize(("count", "questions"), [(0, []), (10, []), (11, [11])])
async def test_ocean_asks_about_none_of_a_few(count: int, questions: list[int]) -> None:
    oceans, ours = Asked(tasks(count)), AskedAtOnce(tasks(count))
    assert await ours.changed(tasks(count)) == await oceans.changed(tasks(count))
    assert ours.questions == oceans.questions == questions


@pytest.mark.parametrize("place", [0, 70, 119])
async def test_what_port_has_to_look_for_is_not_asked_about(place: int) -> None:
    entities = tasks(120)
    entities[place] = task({"combinator": "and", "rules": []})
    port = AskedAtOnce(tasks(120))
    assert await port.changed(entities) == entities
    assert port.questions == []


@pytest.mark.parametrize("place", ["t0", "t499"])
async def test_a_question_that_fails_ends_the_others(place: str) -> None:
    """Ocean then writes all of the batch."""
    port = AskedAtOnce(tasks(500))
    port.failing = lambda entity: entity.identifier == place
    with pytest.raises(ConnectionError, match="Port is gone"):
        await port.changed(tasks(500))
    assert port.open == 0


async def test_a_resync_that_is_given_up_asks_no_more() -> None:
    port = AskedAtOnce(tasks(500))
    asking = asyncio.create_task(port.changed(tasks(500)))
    await port.is_asked.wait()
    asking.cancel()
    with suppress(asyncio.CancelledError):
        await asking
    assert port.open == 0
