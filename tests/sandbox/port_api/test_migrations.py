"""Migrations of entities to the same or another blueprint."""

from typing import Any

import httpx
import pytest

_PEOPLE: list[dict[str, Any]] = [
    {"identifier": "ann", "title": "Ann", "properties": {"age": 31, "tags": ["a", "b"]}},
    {"identifier": "bob", "title": "Bob", "properties": {"age": 9, "tags": []}},
]


@pytest.fixture
async def people(catalog: httpx.AsyncClient) -> httpx.AsyncClient:
    """The people ann and bob, and the blueprint badge."""
    badge = {
        "identifier": "badge",
        "title": "Badge",
        "schema": {"properties": {"text": {"type": "string"}, "years": {"type": "string"}}},
        "relations": {"owner": {"target": "person", "many": False, "required": False}},
    }
    assert (await catalog.post("/v1/blueprints", json=badge)).status_code == 201
    response = await catalog.post("/v1/blueprints/person/entities/bulk", json={"entities": _PEOPLE})
    assert response.status_code == 200
    return catalog


async def _migrated(people: httpx.AsyncClient, mapping: dict[str, Any]) -> dict[str, Any]:
    response = await people.post("/v1/migrations", json={"sourceBlueprint": "person", "mapping": mapping})
    assert response.status_code == 201, response.text
    migration: dict[str, Any] = response.json()["migration"]
    assert (await people.get(f"/v1/migrations/{migration['id']}")).json()["migration"] == migration
    return migration


async def _badges(people: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    found = (await people.get("/v1/blueprints/badge/entities")).json()["entities"]
    return {entity["identifier"]: entity for entity in found}


async def test_entities_are_migrated_to_another_blueprint(people: httpx.AsyncClient) -> None:
    mapping = {
        "blueprint": "badge",
        "filter": ".properties.age > 18",
        "entity": {
            "identifier": '.identifier + "-badge"',
            "title": ".title",
            "properties": {"years": ".properties.age | tostring"},
            "relations": {"owner": ".identifier"},
        },
    }
    assert (await _migrated(people, mapping))["status"] == "COMPLETED"
    badges = await _badges(people)
    assert list(badges) == ["ann-badge"]
    made = badges["ann-badge"]
    assert (made["title"], made["properties"], made["relations"]) == (
        "Ann",
        {"years": "31"},
        {"owner": "ann"},
    )


async def test_items_to_parse_creates_several_entities_from_one(people: httpx.AsyncClient) -> None:
    mapping = {
        "blueprint": "badge",
        "itemsToParse": ".properties.tags",
        "entity": {"identifier": '.identifier + "-" + .item', "properties": {"text": ".item"}},
    }
    await _migrated(people, mapping)
    assert {name: badge["properties"]["text"] for name, badge in (await _badges(people)).items()} == {
        "ann-a": "a",
        "ann-b": "b",
    }


async def test_property_of_another_type_is_filled_from_the_old_one(people: httpx.AsyncClient) -> None:
    """The type of a property cannot change. Port recommends a migration instead."""
    years = {"schema": {"properties": {"years": {"type": "string"}}}}
    await people.patch("/v1/blueprints/person", json=years)
    mapping = {"blueprint": "person", "entity": {"properties": {"years": ".properties.age | tostring"}}}
    await _migrated(people, mapping)
    found = (await people.get("/v1/blueprints/person/entities/bob")).json()["entity"]["properties"]
    assert (found["age"], found["years"]) == (9, "9")


async def test_invalid_entities_are_skipped_and_listed(people: httpx.AsyncClient) -> None:
    mapping = {
        "blueprint": "badge",
        "entity": {"properties": {"text": 'if .identifier == "bob" then 1 else "x" end'}},
    }
    migration = await _migrated(people, mapping)
    assert migration["status"] == "FAILURE"
    assert migration["failures"] == ["bob: properties/text must be string"]
    assert list(await _badges(people)) == ["ann"]


async def test_migrations_are_listed_and_cannot_be_cancelled(people: httpx.AsyncClient) -> None:
    first = await _migrated(people, {"blueprint": "badge", "entity": {}})
    deleted = (await people.delete("/v1/blueprints/badge/all-entities")).json()["migrationId"]
    listed = (await people.get("/v1/migrations")).json()["migrations"]
    assert [migration["id"] for migration in listed] == [first["id"], deleted]
    assert (await people.post(f"/v1/migrations/{deleted}/cancel")).status_code == 422
    assert (await people.post("/v1/migrations/none/cancel")).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param({"sourceBlueprint": "none", "mapping": {"entity": {}}}, 404, id="unknown source"),
        pytest.param(
            {"sourceBlueprint": "person", "mapping": {"blueprint": "none", "entity": {}}},
            404,
            id="unknown target",
        ),
        pytest.param({"sourceBlueprint": "person", "mapping": {}}, 422, id="no entity"),
        pytest.param({"sourceBlueprint": "person"}, 422, id="no mapping"),
        pytest.param(
            {"sourceBlueprint": "person", "mapping": {"entity": {"title": 1}}}, 422, id="invalid jq"
        ),
    ],
)
async def test_invalid_migration_is_rejected(people: httpx.AsyncClient, body: object, status: int) -> None:
    response = await people.post("/v1/migrations", json=body)
    assert (response.status_code, response.json()["ok"]) == (status, False)
