"""The output of the commands."""

import io
import json

from rich.console import Console, RenderableType

from builder.cli.apply import result_line
from builder.cli.output import entities_table
from builder.cli.plan_output import plan_json, plan_tables
from builder.creation import Result
from builder.field_changes import FieldChange
from builder.planning import KindPlan, Plan, Update
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
    kinds = (KindPlan("/tasks", items=2, warnings=("2 entities overwrite others",)),)
    delete = tuple(("task", f"t{number}") for number in range(25))
    text = _printed(*plan_tables(Plan(kinds, create=(("task", "new"),), delete=delete)))
    assert "/tasks: 2 entities overwrite others" in text
    assert "Entities to delete (the first 20 of 25)" in " ".join(text.split())
    assert "t19" in text
    assert "t20" not in text


def test_a_plan_shows_the_first_fields_that_change() -> None:
    changes = tuple(FieldChange(("properties", f"p{number}"), "added", new="x" * 99) for number in range(7))
    plan = Plan((KindPlan("/tasks"),), update=(Update("task", "a", changes),), kept=(("task", "old"),))
    text = " ".join(_printed(*plan_tables(plan)).split())
    assert "properties.p4 │ (none) │" in text
    assert "properties.p5" not in text
    assert "2 more fields change. --json shows all of them" in text
    assert "x" * 60 + "…" in text
    assert "Entities to keep, although no kind has them" in text


def test_a_plan_as_json_names_all_entities() -> None:
    update = Update("task", "a", (FieldChange(("title",), "removed", "old"),))
    document = json.loads(plan_json(Plan((KindPlan("/tasks"),), update=(update,), unchanged=3)))
    changes = [{"field": "title", "old": "old", "new": None}]
    assert document["update"] == [{"blueprint": "task", "identifier": "a", "changes": changes}]
    assert document["kinds"][0]["kind"] == "/tasks"
    assert document["unchanged"] == 3


def test_a_result_is_one_line() -> None:
    assert result_line(Result("blueprint user", "created")).plain == "created   blueprint user"
    failed = Result("blueprint user", "failed", "Port returned 409: exists")
    assert result_line(failed).plain == "failed    blueprint user. Port returned 409: exists"
