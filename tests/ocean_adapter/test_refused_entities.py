"""Refused entities are counted for each kind, without those that Port accepted later."""

from typing import Any

import pytest
from port_ocean.context.event import EventType, event_context
from port_ocean.core.models import Entity

from ocean_adapter.mapping_check import entity_tally
from ocean_adapter.refused_entities import KindRefusals, refusals_by_kind
from ocean_adapter.selector import CustomPortAppConfig
from ocean_adapter.write_response import WriteResult, entity_key
from ocean_adapter.write_tally import write_tally

PORT = {"entity": {"mappings": {"identifier": ".id", "blueprint": '"task"'}}}
CONFIGS = CustomPortAppConfig.parse_obj(
    {"resources": [{"kind": "/tasks", "port": PORT}, {"kind": "/users", "port": PORT}]}
).resources


async def refusals(refused: int, *, accepted_later: tuple[str, ...] = ()) -> list[KindRefusals]:
    """Return the refusals of a resync in which Port refuses some of 4 tasks."""
    tasks = [Entity(identifier=f"t{number}", blueprint="task") for number in range(refused)]
    attributes: dict[str, Any] = {}
    tally = write_tally(attributes, 0)
    tally.count(tasks, WriteResult(), keep_refused=False)
    tally.note_accepted(entity_key("task", name) for name in accepted_later)
    entity_tally(attributes, 0).entities = 4
    async with event_context(EventType.RESYNC, attributes=attributes):
        return list(refusals_by_kind(CONFIGS))


async def test_the_error_names_the_kind_the_reason_and_the_entities() -> None:
    [kind] = await refusals(3)
    assert str(kind.error).startswith(
        "/tasks: Port refused 3 of 4 entities: Port's response does not mention it "
        "(task t0, task t1, task t2)"
    )


async def test_entities_that_port_accepted_later_do_not_count() -> None:
    [kind] = await refusals(2, accepted_later=("t0",))
    assert list(kind.reasons) == ["task t1"]
    assert await refusals(1, accepted_later=("t0",)) == []


@pytest.mark.parametrize(("refused", "fails"), [(2, False), (3, True)])
async def test_the_resync_fails_if_port_refused_more_than_half(refused: int, *, fails: bool) -> None:
    [kind] = await refusals(refused)
    assert kind.fails_resync is fails


def test_the_error_names_at_most_five_entities() -> None:
    kind = KindRefusals("/tasks", 9, {f"task t{number}": "oops" for number in range(7)})
    assert "task t4 and 2 more)" in str(kind.error)
