"""Samples generated from schemas."""

import ipaddress
import json
import uuid
from collections.abc import Callable
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from builder.imports.openapi.document import DocumentNode
from builder.imports.openapi.schema_samples import SchemaSamples, with_two_items
from expressions.paths import ABSENT, Absent
from rest.bodies import Json


def sample(schema: Json, schemas: dict[str, Json] | None = None, path: str = "/users") -> Json | Absent:
    document: dict[str, Json] = {"schema": schema, "components": {"schemas": schemas or {}}}
    return SchemaSamples().of(child(document, "schema"), path)


def child(document: dict[str, Json], key: str) -> DocumentNode:
    node = DocumentNode.of(document).child(key)
    assert node
    return node


def items(properties: Json) -> list[Json]:
    found = sample({"type": "array", "items": {"type": "object", "properties": properties}})
    assert isinstance(found, list)
    assert len(found) == 2
    return found


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize(
    ("form", "reads"),
    [
        ("date-time", lambda text: datetime.fromisoformat(text).tzinfo),
        ("date", date.fromisoformat),
        ("time", time.fromisoformat),
        ("uuid", uuid.UUID),
        ("ipv4", ipaddress.IPv4Address),
        ("ipv6", ipaddress.IPv6Address),
        ("email", lambda text: text.endswith("@example.com")),
        ("uri", lambda text: text.startswith("https://")),
        ("hostname", lambda text: text.endswith(".example.com")),
        ("byte", lambda text: text.isascii()),
        ("unheard-of", lambda text: text == "Field 1"),
    ],
)
def test_value_has_the_format_and_differs_between_items(form: str, reads: Callable[[str], object]) -> None:
    first, second = items({"field": {"type": "string", "format": form}})
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert isinstance(first["field"], str)
    assert reads(first["field"])
    assert first != second


@pytest.mark.parametrize(
    ("schema", "values"),
    [
        ({"const": "x"}, ["x", "x"]),
        ({"enum": ["a", "b", "c"]}, ["a", "b"]),
        ({"enum": [None, "a"]}, ["a", "a"]),
        ({"type": "string", "example": "x"}, ["x", "x"]),
        ({"type": "string", "example": "b", "enum": ["a", "b"]}, ["b", "a"]),
        ({"type": ["null", "integer"], "examples": [4, 5, 6]}, [4, 5]),
        ({"type": "integer", "default": 3}, [3, 3]),
        ({"type": "string", "default": ""}, ["Field 1", "Field 2"]),
        ({"type": "integer", "example": "no number"}, [1, 2]),
        ({"type": "boolean"}, [True, False]),
        ({"type": "number"}, [1.5, 2.5]),
        ({"type": "integer", "minimum": 10}, [11, 12]),
        ({"type": "integer", "maximum": 1}, [1, 1]),
        ({"type": "integer", "exclusiveMinimum": 0}, [1, 2]),
        ({"type": "integer", "minimum": 5, "exclusiveMinimum": True}, [7, 8]),
        ({"type": "integer", "multipleOf": 10}, [10, 20]),
        ({"type": "integer", "multipleOf": 10, "maximum": 15}, [10, 10]),
        ({"type": "boolean", "example": 1}, [True, False]),
        ({"type": "integer", "example": True}, [1, 2]),
        ({"type": "string", "maxLength": 3}, ["d 1", "d 2"]),
        ({"type": "string", "minLength": 9}, ["Field 1xx", "Field 2xx"]),
        ({"type": "object", "additionalProperties": {"type": "string"}}, [{}, {}]),
        ({"type": "array", "items": {"type": "string"}}, [["Field 1"], ["Field 2"]]),
        ({"oneOf": [{"const": "a"}, {"const": "b"}]}, ["a", "b"]),
        ({"anyOf": [{"type": "null"}, {"type": "integer"}]}, [1, 2]),
        (
            {"allOf": [{"properties": {"a": {"const": 1}}}, {"properties": {"b": {"const": 2}}}]},
            [{"a": 1, "b": 2}] * 2,
        ),
        (
            {"properties": {"a": {"const": 1}}, "oneOf": [{"properties": {"b": {"const": 2}}}]},
            [{"a": 1, "b": 2}] * 2,
        ),
        ({"type": "file"}, [None, None]),
    ],
    ids=lambda value: json.dumps(value)[:60],
)
def test_value_is_allowed_by_the_schema(schema: Json, values: list[Json]) -> None:
    assert items({"field": schema}) == [{"field": value} for value in values]


@pytest.mark.parametrize("schema", [True, {}, {"type": "null"}], ids=["true", "empty", "null"])
def test_property_without_a_type_is_left_out(schema: Json) -> None:
    assert items({"id": {"type": "string"}, "field": schema}) == [{"id": "user-1"}, {"id": "user-2"}]


def test_write_only_property_is_left_out() -> None:
    assert items({"a": {"type": "integer"}, "b": {"type": "string", "writeOnly": True}}) == [
        {"a": 1},
        {"a": 2},
    ]


def test_references_to_an_entity_match_its_id() -> None:
    """Relations between endpoints are proposed by matching values."""
    project: Json = {"type": "object", "properties": {"id": {"type": "integer"}}}
    task: Json = {
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "project_id": {"type": "integer"},
            "parent": ref("Project"),
            "owner_id": {"type": "integer"},
        },
    }
    projects = sample({"type": "array", "items": ref("Project")}, {"Project": project}, "/projects")
    tasks = sample({"type": "array", "items": ref("Task")}, {"Project": project, "Task": task}, "/tasks")
    assert isinstance(projects, list)
    assert isinstance(tasks, list)
    for owner, each in zip(projects, tasks, strict=True):
        assert isinstance(owner, dict)
        assert isinstance(each, dict)
        assert each["project_id"] == owner["id"]
        assert each["parent"] == owner
        assert len({each["id"], each["project_id"], each["owner_id"]}) == 3


def test_sample_of_a_schema_is_generated_once_per_document() -> None:
    schemas: Json = {"User": {"type": "object", "properties": {"id": {"type": "integer"}}}}
    users: Json = {"type": "array", "items": ref("User")}
    document: dict[str, Json] = {"a": users, "b": users, "components": {"schemas": schemas}}
    samples = SchemaSamples()
    first, second = (samples.of(node, "/users") for node in (child(document, "a"), child(document, "b")))
    assert isinstance(first, list)
    assert isinstance(second, list)
    assert first[0] is second[0]


def test_link_beside_the_items_is_a_url() -> None:
    assert sample({"properties": {"data": {"type": "array"}, "next_url": {"type": "string"}}}) == {
        "data": [],
        "next_url": "https://api.example.com/next_url/1",
    }


def test_schema_that_contains_itself_is_cut_off() -> None:
    node: Json = {
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "parent": ref("DocumentNode"),
            "children": {"type": "array", "items": ref("DocumentNode")},
            "other": ref("Other"),
        },
    }
    other: Json = {"type": "object", "properties": {"name": {"type": "string"}, "node": ref("DocumentNode")}}
    found = sample(
        {"type": "array", "items": ref("DocumentNode")}, {"DocumentNode": node, "Other": other}, "/nodes"
    )
    assert isinstance(found, list)
    assert [each | {"id": 0} for each in found if isinstance(each, dict)] == [
        {"id": 0, "children": [], "other": {"name": f"Name {number}"}} for number in (1, 2)
    ]


def test_schema_that_refers_only_to_itself_has_no_sample() -> None:
    assert sample(ref("A"), {"A": {"allOf": [ref("A")]}}) is ABSENT


def test_sample_of_a_huge_schema_is_small_and_keeps_scalar_fields() -> None:
    schemas: dict[str, Json] = {
        f"S{number}": {
            "type": "object",
            "properties": {
                **{f"ref_{step}": ref(f"S{(number * 3 + step) % 50}") for step in range(10)},
                **{f"field_{step}": {"type": "string"} for step in range(20)},
            },
        }
        for number in range(50)
    }
    found = sample({"type": "array", "items": ref("S0")}, schemas)
    assert isinstance(found, list)
    assert len(json.dumps(found)) < 40_000
    for item in found:
        assert isinstance(item, dict)
        assert {f"field_{step}" for step in range(20)} <= item.keys()


def test_example_with_one_item_gets_a_second_with_another_id_and_name() -> None:
    item: Json = {
        "id": 7,
        "uuid": "6f330886-3a9b-5fec-9616-5cdc141deeda",
        "slug": "one",
        "email": "jo@example.com",
        "is_active": True,
        "name": "One",
        "parts": [1],
    }
    other: Json = {
        "id": 8,
        "uuid": "6f330886-3a9b-5fec-9616-5cdc141deedc",
        "slug": "one-2",
        "email": "2.jo@example.com",
        "is_active": True,
        "name": "One-2",
        "parts": [1],
    }
    assert with_two_items([item]) == [item, other]
    assert with_two_items({"data": {"users": [item]}, "total": 1}) == {
        "data": {"users": [item, other]},
        "total": 1,
    }
    assert sample({"type": "array", "items": {"example": item}}) == [item, other]
    assert sample({"type": "array", "example": [item]}) == [item, other]


@pytest.mark.parametrize("body", [[], [1], ["a"], {"a": []}, 5, None, [{"a": 1}, {"a": 2}]])
def test_other_examples_are_unchanged(body: Json) -> None:
    assert with_two_items(body) == body


scalars: st.SearchStrategy[Json] = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("integer")}, optional={"minimum": st.integers(-9, 9), "maximum": st.integers(10, 99)}
    ),
    st.fixed_dictionaries(
        {"type": st.just("number")}, optional={"minimum": st.integers(-9, 9), "maximum": st.integers(10, 99)}
    ),
    st.fixed_dictionaries(
        {"type": st.just("string")},
        optional={"minLength": st.integers(0, 9), "maxLength": st.integers(10, 30)},
    ),
    st.fixed_dictionaries({"enum": st.lists(st.integers() | st.text(), min_size=1)}),
    st.fixed_dictionaries({"type": st.just("boolean")}),
)


def _around(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    named = st.dictionaries(st.sampled_from(["id", "a", "b c"]), inner)
    return st.one_of(
        inner.map(lambda each: {"type": "array", "items": each}),
        named.map(lambda each: {"type": "object", "properties": each}),
        st.lists(inner, min_size=1, max_size=2).map(lambda each: {"oneOf": each}),
    )


@given(st.recursive(scalars, _around, max_leaves=8))
def test_sample_is_valid_against_its_schema(schema: Json) -> None:
    found = sample(schema)
    assert isinstance(schema, dict)
    # oneOf rejects values that match several alternatives. A sample can match several overlapping ones.
    wanted = json.loads(json.dumps(schema).replace('"oneOf":', '"anyOf":'))
    assert Draft202012Validator(wanted).is_valid(found), found
