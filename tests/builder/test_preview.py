"""The entities of a sample, made by the integration's own mapping."""

import pytest

from builder.draft import Blueprint, Draft, Property, Source
from builder.existing import with_original
from builder.install import describe_entry
from builder.json_values import as_object
from builder.preview import preview_entities
from rest.bodies import Json
from rest.errors import ResourceError
from rest.page import Item

ITEMS: list[Item] = [{"id": 1, "name": "one"}, {"id": 2, "name": 2}, {"name": "three"}]
BLUEPRINT = Blueprint("task", "Task", properties=(Property("name", ".name"),))


def source(identifier: str = ".id", query: str = "true", **properties: str) -> Source:
    blueprint = Blueprint("task", "Task", properties=tuple(Property(*pair) for pair in properties.items()))
    return Source("/tasks", blueprint, identifier, selector={"query": query})


async def test_entities_are_those_that_port_would_receive() -> None:
    task = source(name=".name | tostring")
    preview = await preview_entities(Draft(sources=(task,)), task, ITEMS)
    assert [entity["identifier"] for entity in preview.entities] == ["1", "2", None]
    assert [entity["properties"] for entity in preview.entities] == [
        {"name": "one"},
        {"name": "2"},
        {"name": "three"},
    ]
    assert preview.left_out == 0


async def test_each_problem_names_its_entity() -> None:
    task = source(name=".name")
    preview = await preview_entities(Draft(sources=(task,)), task, ITEMS)
    found = [(problem.number, problem.field) for problem in preview.problems]
    assert found == [(1, "name"), (2, "identifier")]


async def test_items_that_the_query_excludes_are_counted() -> None:
    task = source(query=".id != null")
    preview = await preview_entities(Draft(sources=(task,)), task, ITEMS)
    assert (len(preview.entities), preview.left_out) == (2, 1)


@pytest.mark.process
async def test_a_field_with_failing_jq_is_noted() -> None:
    task = source(name=".name | ascii_downcase")
    preview = await preview_entities(Draft(sources=(task,)), task, ITEMS)
    assert preview.notes[0].startswith("properties.name: jq fails for 1 items")
    assert "became no entity, because they have no identifier" in preview.notes[1]


@pytest.mark.process
async def test_items_in_which_items_to_parse_is_no_list_are_noted() -> None:
    orders: list[Item] = [{"lines": [{"id": 1}, {"id": 2}]}, {"lines": None}]
    task = source(".item.id")
    port: dict[str, Json] = {"itemsToParse": ".lines", **as_object(describe_entry(task)["port"])}
    opened = with_original(task, {**describe_entry(task), "port": port}, None)
    preview = await preview_entities(Draft(sources=(opened,)), opened, orders)
    assert [entity["identifier"] for entity in preview.entities] == ["1", "2"]
    assert "itemsToParse is not a list in 1 items" in preview.notes[0]


async def test_a_query_that_is_not_a_condition_is_an_error() -> None:
    task = source(query=".id")
    with pytest.raises(ResourceError, match="returns neither true nor false"):
        await preview_entities(Draft(sources=(task,)), task, ITEMS)
