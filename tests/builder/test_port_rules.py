"""Port's rules for entities: each broken one is found and named."""

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


def words(**properties: Json) -> list[str]:
    entity: dict[str, Json] = {"identifier": "a", "title": None, "properties": properties, "relations": {}}
    return [f"{each.field} {each.words}" for each in problems([entity], BLUEPRINT)]


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
def test_values_that_port_takes_are_no_problem(name: str, value: Json) -> None:
    assert words(**{name: value}) == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("name", 3, "name is a number, and the property is a string"),
        ("state", "gone", "state 'gone' is none of the values that the property allows"),
        ("mail", "nobody", "mail 'nobody' is no email"),
        ("site", "a.example", "site 'a.example' is no url"),
        ("at", "2026-01-02", "at '2026-01-02' is no date-time"),
        ("at", "2026-13-02T03:04:05Z", "at '2026-13-02T03:04:05Z' is no date-time"),
        ("v4", "1.2.3", "v4 '1.2.3' is no ipv4"),
        ("v6", "1.2.3.4", "v6 '1.2.3.4' is no ipv6"),
        ("size", "3", "size is a string, and the property is a number"),
        ("size", True, "size is a boolean, and the property is a number"),
        ("done", 1, "done is a number, and the property is a boolean"),
        ("more", [1], "more is a list, and the property is an object"),
        ("tags", "a", "tags is a string, and the property is an array"),
        ("mails", ["a@b.example", "x"], "mails an element 'x' is no email"),
    ],
)
def test_values_that_port_refuses_are_named(name: str, value: Json, expected: str) -> None:
    assert words(**{name: value}) == [expected]


@pytest.mark.parametrize("value", ["a", "A-1_b.c:d/e\\f@g=h+i", "é", "日本", "x" * 1000])
def test_identifiers_that_port_takes(value: str) -> None:
    assert identifier_problem(value) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "is missing"),
        ("", "is missing"),
        (3, "is a number, and has to be a text"),
        ("a b", "has ' ', which Port refuses"),
        ("a#b|c", "has '#' '|', which Port refuses"),
        ("..", "has only dots, which Port refuses"),
        ("x" * 1001, "has 1001 characters, and Port takes 1000"),
    ],
)
def test_identifiers_that_port_refuses(value: Json, expected: str) -> None:
    assert (identifier_problem(value) or "").startswith(expected)


def test_two_entities_of_one_identifier_are_named_at_the_second() -> None:
    entities: list[dict[str, Json]] = [{"identifier": "a"}, {"identifier": "b"}, {"identifier": "a"}]
    expected = "'a' is the one of entity 1 too: one would overwrite the other"
    assert problems(entities, BLUEPRINT) == [Problem(2, "identifier", expected)]


def test_what_the_blueprint_does_not_have_is_named() -> None:
    entity: dict[str, Json] = {"identifier": "a", "properties": {"other": None}, "relations": {"boss": "b"}}
    found = [f"{each.field} {each.words}" for each in problems([entity], BLUEPRINT)]
    assert found == ["other is no property of the blueprint", "boss is no relation of the blueprint"]


def test_without_a_blueprint_only_identifier_and_title_are_judged() -> None:
    entities: list[dict[str, Json]] = [{"identifier": "a b", "properties": {"other": 1}}]
    assert [each.field for each in problems(entities)] == ["identifier"]


def test_a_title_is_a_text() -> None:
    assert problems([{"identifier": "a", "title": 3}], BLUEPRINT) == [
        Problem(0, "title", "is a number, and has to be a text")
    ]


@pytest.mark.parametrize(
    ("relations", "expected"),
    [
        ({"project": "p", "people": ["u", "v"]}, []),
        ({"project": None, "people": None}, []),
        ({"people": "u"}, ["people the relation is to many, and its value is no list"]),
        ({"people": ["u", "v w"]}, ["people has ' ', which Port refuses; replace it, with gsub for example"]),
        ({"project": ["p"]}, ["project is a list, and has to be a text"]),
    ],
)
def test_relations_hold_identifiers(relations: dict[str, Json], expected: list[str]) -> None:
    found = problems([{"identifier": "a", "relations": relations}], BLUEPRINT)
    assert [f"{each.field} {each.words}" for each in found] == expected
