"""Port's rules for entities."""

from typing import Any

import pytest

from builder.port_rules import Problem, identifier_problem, problems
from rest.bodies import Json

BLUEPRINT: dict[str, Any] = {
    "identifier": "task",
    "schema": {
        "properties": {
            "name": {"type": "string"},
            "state": {"type": "string", "enum": ["open", "closed"]},
            "mail": {"type": "string", "format": "email"},
            "site": {"type": "string", "format": "url"},
            "at": {"type": "string", "format": "date-time"},
            "v4": {"type": "string", "format": "ipv4"},
            "v6": {"type": "string", "format": "ipv6"},
            "text": {"type": "string", "format": "markdown"},
            "size": {"type": "number"},
            "done": {"type": "boolean"},
            "more": {"type": "object"},
            "tags": {"type": "array"},
            "mails": {"type": "array", "items": {"type": "string", "format": "email"}},
        }
    },
    "relations": {
        "project": {"target": "project", "many": False},
        "people": {"target": "user", "many": True},
    },
}


def messages(**properties: Json) -> list[str]:
    entity: dict[str, Json] = {"identifier": "a", "title": None, "properties": properties, "relations": {}}
    return [f"{each.field}: {each.message}" for each in problems([entity], BLUEPRINT)]


GOOD: dict[str, list[Json]] = {
    "name": ["x", "", None],
    "state": ["open", None],
    "mail": ["a@b.example"],
    "site": ["https://a.example/x?y#z", "ssh://git@a.example/x"],
    "at": ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.123+02:00", "2026-01-02t03:04:05z"],
    "v4": ["127.0.0.1"],
    "v6": ["::1"],
    "text": ["# anything"],
    "size": [1, 1.5, -2],
    "done": [True, False],
    "more": [{}],
    "tags": [[], ["a", 1, None]],
    "mails": [["a@b.example", None]],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in GOOD.items() for value in values]
)
def test_valid_values_are_not_a_problem(name: str, value: Json) -> None:
    assert messages(**{name: value}) == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("name", 3, "name: Expected a string, got a number"),
        ("state", "gone", "state: 'gone' is not an allowed value"),
        ("mail", "nobody", "mail: 'nobody' is not a valid email"),
        ("site", "a.example", "site: 'a.example' is not a valid url"),
        ("at", "2026-01-02", "at: '2026-01-02' is not a valid date-time"),
        ("at", "2026-13-02T03:04:05Z", "at: '2026-13-02T03:04:05Z' is not a valid date-time"),
        ("v4", "1.2.3", "v4: '1.2.3' is not a valid ipv4"),
        ("v6", "1.2.3.4", "v6: '1.2.3.4' is not a valid ipv6"),
        ("size", "3", "size: Expected a number, got a string"),
        ("size", True, "size: Expected a number, got a boolean"),
        ("done", 1, "done: Expected a boolean, got a number"),
        ("more", [1], "more: Expected an object, got a list"),
        ("tags", "a", "tags: Expected an array, got a string"),
        ("mails", ["a@b.example", "x"], "mails: In an element: 'x' is not a valid email"),
    ],
)
def test_invalid_values_are_named(name: str, value: Json, expected: str) -> None:
    assert messages(**{name: value}) == [expected]


@pytest.mark.parametrize("value", ["a", "A-1_b.c:d/e\\f@g=h+i", "é", "日本", "x" * 1000])
def test_valid_identifiers_are_not_a_problem(value: str) -> None:
    assert identifier_problem(value) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "Missing"),
        ("", "Missing"),
        (3, "Expected a string, got a number"),
        ("a b", "Invalid characters: ' '"),
        ("a#b|c", "Invalid characters: '#' '|'"),
        ("..", "Port does not allow . and .. as identifiers"),
        ("x" * 1001, "1001 characters are too many. Port allows up to 1000"),
    ],
)
def test_invalid_identifiers_are_named(value: Json, expected: str) -> None:
    assert (identifier_problem(value) or "").startswith(expected)


def test_a_duplicate_identifier_is_reported_at_the_second_entity() -> None:
    entities: list[dict[str, Json]] = [{"identifier": "a"}, {"identifier": "b"}, {"identifier": "a"}]
    expected = "Duplicate identifier 'a' (also used by entity 1)"
    assert problems(entities, BLUEPRINT) == [Problem(2, "identifier", expected, is_duplicate=True)]


def test_unknown_properties_and_relations_are_named() -> None:
    entity: dict[str, Json] = {"identifier": "a", "properties": {"other": None}, "relations": {"boss": "b"}}
    found = [f"{each.field}: {each.message}" for each in problems([entity], BLUEPRINT)]
    assert found == [
        "other: The blueprint has no such property",
        "boss: The blueprint has no such relation",
    ]


def test_without_a_blueprint_only_identifier_and_title_are_checked() -> None:
    entities: list[dict[str, Json]] = [{"identifier": "a b", "properties": {"other": 1}}]
    assert [each.field for each in problems(entities)] == ["identifier"]


def test_a_title_is_a_string() -> None:
    assert problems([{"identifier": "a", "title": 3}], BLUEPRINT) == [
        Problem(0, "title", "Expected a string, got a number")
    ]


@pytest.mark.parametrize(
    ("relations", "expected"),
    [
        ({"project": "p", "people": ["u", "v"]}, []),
        ({"project": None, "people": None}, []),
        ({"people": "u"}, ["people: Expected an array, because this is a relation to many entities"]),
        ({"people": ["u", "v w"]}, ["people: Invalid characters: ' '. Replace them, for example with gsub"]),
        ({"project": ["p"]}, ["project: Expected a string, got a list"]),
    ],
)
def test_relations_contain_identifiers(relations: dict[str, Json], expected: list[str]) -> None:
    found = problems([{"identifier": "a", "relations": relations}], BLUEPRINT)
    assert [f"{each.field}: {each.message}" for each in found] == expected
