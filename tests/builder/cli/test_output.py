"""The output of the commands."""

import io
import json

from rich.console import Console, RenderableType

from builder.cli.output import entities_table, plan_json, plan_tables, result_line
from builder.creation import Result
from builder.planning import KindPlan, Plan
from builder.port_rules import Problem
from rest.bodies import Json


def _printed(*parts: RenderableType) -> str:
    console = Console(file=io.StringIO(), width=140)
    for part in parts:
        console.print(part)
    text: str = console.file.getvalue()  # type: ignore[attr-defined]  # the buffer from above
    return text


def test_an_entity_shows_its_problems() -> None:
    entities: list[dict[str, Json]] = [
        {"identifier": "a", "properties": {"size": 1}, "relations": {"team": ["x"]}},
        {},
    ]
    text = _printed(entities_table("/tasks", entities, [Problem(1, "identifier", "Missing")]))
    assert "identifier: Missing" in text
    assert '["x"]' in text


def test_a_value_is_not_interpreted_as_markup() -> None:
    assert "[bold]x[/bold]" in _printed(entities_table("/tasks", [{"identifier": "[bold]x[/bold]"}], []))


def test_a_plan_shows_its_changes_and_the_first_entities_to_delete() -> None:
    kinds = (KindPlan("/tasks", items=2, warning="2 entities overwrite others"),)
    delete = tuple(("task", f"t{number}") for number in range(25))
    text = _printed(*plan_tables(Plan(kinds, create=(("task", "new"),), delete=delete)))
    assert "/tasks: 2 entities overwrite others" in text
    assert "Entities to delete (the first 20 of 25)" in " ".join(text.split())
    assert "t19" in text
    assert "t20" not in text


def test_a_plan_as_json_names_all_entities() -> None:
    document = json.loads(plan_json(Plan((KindPlan("/tasks"),), update=(("task", "a"),), unchanged=3)))
    assert document["update"] == [{"blueprint": "task", "identifier": "a"}]
    assert document["kinds"][0]["kind"] == "/tasks"
    assert document["unchanged"] == 3


def test_a_result_is_one_line() -> None:
    assert result_line(Result("blueprint user", "created")).plain == "created   blueprint user"
    failed = Result("blueprint user", "failed", "Port returned 409: exists")
    assert result_line(failed).plain == "failed    blueprint user. Port returned 409: exists"
