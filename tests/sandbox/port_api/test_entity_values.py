"""Valid and invalid values of properties, relations and identifiers."""

from typing import Any

import httpx
import pytest

_STRING = {"type": "string"}
_VALUES: list[tuple[dict[str, Any], list[object], list[object]]] = [
    (_STRING, ["", "x", "\u00e4\U0001f600"], [1, True, [], {}]),
    ({"type": "number"}, [0, -1.5, 2**80, 1e300], ["1", True, [], {}]),
    ({"type": "boolean"}, [True, False], [0, 1, "true", []]),
    ({"type": "object"}, [{}, {"a": {"b": [1]}}], ["{}", [], 1]),
    ({"type": "array"}, [[], [1, "x", None, [2]]], ["[]", {}, 1]),
    ({"type": "array", "items": _STRING}, [[], ["x"]], [[1], ["x", None]]),
    (
        {"type": "array", "items": {"type": "string", "format": "email"}, "minItems": 1, "maxItems": 2},
        [["a@b.io"]],
        [[], ["x"], ["a@b.io"] * 3],
    ),
    ({"type": "array", "uniqueItems": True}, [[1, "1", {"a": 1}]], [[1, 1], [{"a": 1}, {"a": 1}]]),
    ({"type": "string", "enum": ["a", "b"]}, ["a"], ["c", "", 1]),
    ({"type": "number", "enum": [1, 2.5]}, [1, 1.0, 2.5], [2, True, "1"]),
    ({"type": "string", "minLength": 2, "maxLength": 3}, ["ab", "abc"], ["a", "abcd"]),
    ({"type": "string", "pattern": "^a+$"}, ["aa"], ["ab"]),
    ({"type": "object", "maxProperties": 1}, [{}, {"a": 1}], [{"a": 1, "b": 2}]),
    ({"type": "number", "minimum": 1, "maximum": 3}, [1, 3, 2.5], [0.9, 4]),
    ({"type": "number", "exclusiveMinimum": 1, "exclusiveMaximum": 3}, [2], [1, 3]),
    (
        {"type": "string", "format": "date-time"},
        ["2025-01-31T12:00:00Z", "2025-01-31t12:00:00.123456789+05:30", "2024-02-29T23:59:60Z"],
        ["2025-01-31", "2025-02-30T00:00:00Z", "2025-01-31T12:00:00", "2025-01-31T25:00:00Z", "now", "", 5],
    ),
    ({"type": "string", "format": "timer"}, ["2025-01-31T12:00:00Z"], ["2025-01-31"]),
    (
        {"type": "string", "format": "email"},
        ["a@b.io", "a.b+c@d-e.example"],
        ["a", "a@b", "@b.io", "a b@c.io", "a@b..io", "\u00e4@b.io"],
    ),
    ({"type": "string", "format": "idn-email"}, ["\u00e4@b\u00fccher.example"], ["a", "a@"]),
    (
        {"type": "string", "format": "url"},
        ["https://x.example/a?b#c", "http://localhost:1/", "ftp://x"],
        ["x.example", "/path", "https://", "https://a b", ""],
    ),
    ({"type": "string", "format": "ipv4"}, ["10.0.0.1"], ["10.0.0", "10.0.0.256", "::1", "010.0.0.1"]),
    ({"type": "string", "format": "ipv6"}, ["::1", "2001:db8::8"], ["10.0.0.1", ":::1", "g::1"]),
    ({"type": "string", "format": "markdown"}, ["# x"], [1]),
    ({"type": "string", "format": "user"}, ["a@b.io"], [1]),
    (
        {"type": "object", "format": "labeled-url"},
        [{"url": "https://x.example"}, {"url": "https://x.example", "displayText": "X"}],
        [{}, {"url": "x"}, {"url": "https://x.example", "displayText": 1}],
    ),
]


def _cases(*, are_valid: bool) -> list[Any]:
    return [
        pytest.param(definition, value, id=f"{'-'.join(map(str, definition.values()))[:40]} {value!r:.30}")
        for definition, valid, invalid in _VALUES
        for value in (valid if are_valid else invalid)
    ]


async def _write(port: httpx.AsyncClient, definition: dict[str, Any], value: object) -> httpx.Response:
    blueprint = {"identifier": "b", "title": "B", "schema": {"properties": {"p": definition}}}
    assert (await port.post("/v1/blueprints", json=blueprint)).status_code == 201
    body = {"entities": [{"identifier": "e", "properties": {"p": value}}]}
    return await port.post("/v1/blueprints/b/entities/bulk?upsert=true", json=body)


@pytest.mark.parametrize(("definition", "value"), _cases(are_valid=True))
async def test_valid_value_is_stored_unchanged(
    port: httpx.AsyncClient, definition: dict[str, Any], value: object
) -> None:
    assert (await _write(port, definition, value)).status_code == 200
    found = (await port.get("/v1/blueprints/b/entities/e")).json()["entity"]["properties"]["p"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(("definition", "value"), _cases(are_valid=False))
async def test_invalid_value_is_rejected_with_its_path(
    port: httpx.AsyncClient, definition: dict[str, Any], value: object
) -> None:
    response = await _write(port, definition, value)
    assert response.status_code == 207
    (error,) = response.json()["errors"]
    assert (error["index"], error["statusCode"], error["identifier"]) == (0, 422, "e")
    assert "properties/p" in error["message"]


@pytest.mark.parametrize(
    "identifier",
    ["a", "a" * 1000, "a/b\\c:d=e+f@g.h_i-j", "...", "\u00e9\u4f60\u0431", "-", "9007199254740993"],
)
async def test_valid_identifier_is_stored(catalog: httpx.AsyncClient, identifier: str) -> None:
    body = {"entities": [{"identifier": identifier}]}
    response = await catalog.post("/v1/blueprints/team/entities/bulk?upsert=true", json=body)
    assert response.json()["entities"] == [{"identifier": identifier, "index": 0, "created": True}]


@pytest.mark.parametrize(
    ("identifier", "reported_identifier"),
    [
        *((text, text) for text in ("", ".", "..", "a b", "a#b", "a%20", "a?b", "a,b", "a'b", "a(b)", "a|b")),
        *((text, text) for text in ("a\n", "\u00bd", "\u0301", "\U0001f600")),
        ("a" * 1001, "a" * 1000),
        (5, "5"),
        (1.5, "1.5"),
        (None, "unknown"),
        (True, "unknown"),
        ([], "unknown"),
        ({}, "unknown"),
    ],
)
async def test_invalid_identifier_fails_only_its_entity(
    catalog: httpx.AsyncClient, identifier: object, reported_identifier: str
) -> None:
    body = {"entities": [{"identifier": "ok"}, {"identifier": identifier}]}
    response = await catalog.post("/v1/blueprints/team/entities/bulk?upsert=true", json=body)
    assert response.status_code == 207
    assert [entity["index"] for entity in response.json()["entities"]] == [0]
    (error,) = response.json()["errors"]
    assert (error["index"], error["statusCode"], error["identifier"]) == (1, 422, reported_identifier)


@pytest.mark.parametrize(
    "entity",
    [
        pytest.param({"properties": {"none": 1}}, id="unknown property"),
        pytest.param({"properties": {"none": None}}, id="unknown property with null"),
        pytest.param({"properties": []}, id="properties as array"),
        pytest.param({"relations": {"none": "x"}}, id="unknown relation"),
        pytest.param({"relations": "x"}, id="relations as text"),
        pytest.param({"relations": {"team": ["red"]}}, id="many for one"),
        pytest.param({"relations": {"team": 5}}, id="number for one"),
        pytest.param({"relations": {"team": "a b"}}, id="invalid target"),
        pytest.param({"relations": {"friends": "ann"}}, id="one for many"),
        pytest.param({"relations": {"friends": ["ann", None]}}, id="null among many"),
        pytest.param({"relations": {"friends": ["a b"]}}, id="invalid target among many"),
        pytest.param({"title": 5}, id="title as number"),
        pytest.param({"icon": []}, id="icon as array"),
        pytest.param({"team": [1]}, id="team of numbers"),
        pytest.param({"team": 1}, id="team as number"),
    ],
)
async def test_invalid_entity_is_rejected_even_with_create_missing(
    catalog: httpx.AsyncClient, entity: dict[str, Any]
) -> None:
    query = "?upsert=true&create_missing_related_entities=true"
    response = await catalog.post(
        f"/v1/blueprints/person/entities{query}", json={"identifier": "ann", **entity}
    )
    assert response.status_code == 422, response.text
    assert (await catalog.get("/_sandbox/catalog")).json() == {"team": 0, "person": 0}


async def test_required_fields_are_checked_after_merging(port: httpx.AsyncClient) -> None:
    properties = {"name": {"type": "string"}, "rank": {"type": "number", "default": 1}}
    blueprint = {
        "identifier": "b",
        "title": "B",
        "schema": {"properties": properties, "required": ["name", "rank"]},
        "relations": {"up": {"target": "b", "many": False, "required": True}},
    }
    assert (await port.post("/v1/blueprints", json=blueprint)).status_code == 201

    async def status(query: str, **entity: object) -> int:
        body = {"identifier": "e", **entity}
        return (await port.post(f"/v1/blueprints/b/entities?{query}", json=body)).status_code

    whole = {"properties": {"name": "n"}, "relations": {"up": "e"}}
    assert await status("upsert=true", **{**whole, "properties": {}}) == 422
    assert await status("upsert=true", **{**whole, "properties": {"name": None}}) == 422
    assert await status("upsert=true", **{**whole, "relations": {}}) == 422
    assert await status("upsert=true", **{**whole, "relations": {"up": None}}) == 422
    assert await status("upsert=true", **whole) == 201
    assert await status("upsert=true&merge=true", properties={"rank": 2}) == 201
    assert await status("upsert=true&merge=true", properties={"name": None}) == 422
    assert await status("upsert=true", properties={"name": "n"}) == 422
