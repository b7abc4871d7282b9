"""Deletion of entities with and without their dependents."""

from typing import Any

import httpx
import pytest


@pytest.fixture
async def people(catalog: httpx.AsyncClient) -> httpx.AsyncClient:
    """red <- ann (team), ann <- bob <- cid (friends), dan without relations."""
    entities: list[dict[str, Any]] = [
        {"identifier": "ann", "relations": {"team": "red"}},
        {"identifier": "bob", "relations": {"friends": ["ann"]}},
        {"identifier": "cid", "relations": {"friends": ["bob", "ann"]}},
        {"identifier": "dan"},
    ]
    path = "/v1/blueprints/person/entities/bulk?upsert=true&create_missing_related_entities=true"
    assert (await catalog.post(path, json={"entities": entities})).status_code == 200
    return catalog


async def _left(port: httpx.AsyncClient) -> str:
    found = (await port.get("/_sandbox/entities")).json()
    return " ".join(sorted(entity["identifier"] for entity in found))


async def test_dependents_are_deleted_on_request(people: httpx.AsyncClient) -> None:
    path = "/v1/blueprints/team/bulk/entities/delete?delete_dependents=true&ocean_info_event_type=resync"
    response = await people.post(path, json={"entities": ["red", "none"]})
    assert response.json() == {"ok": True, "deletedEntities": ["red"]}
    assert await _left(people) == "dan"


async def test_response_lists_deleted_dependents_of_the_same_blueprint(people: httpx.AsyncClient) -> None:
    path = "/v1/blueprints/person/bulk/entities/delete?delete_dependents=true"
    response = await people.post(path, json={"entities": ["bob"]})
    assert response.json()["deletedEntities"] == ["bob", "cid"]
    assert await _left(people) == "ann dan red"


async def test_entity_with_dependents_is_not_deleted_by_default(people: httpx.AsyncClient) -> None:
    path = "/v1/blueprints/person/bulk/entities/delete?delete_dependents=false"
    response = await people.post(path, json={"entities": ["dan", "bob"]})
    assert (response.status_code, response.json()["error"]) == (422, "has_dependents")
    single = await people.delete("/v1/blueprints/person/entities/bob")
    assert (single.status_code, single.json()["error"]) == (422, "has_dependents")
    assert await _left(people) == "ann bob cid dan red"


async def test_entities_that_relate_only_to_each_other_can_be_deleted_together(
    people: httpx.AsyncClient,
) -> None:
    path = "/v1/blueprints/person/bulk/entities/delete"
    response = await people.post(path, json={"entities": ["cid", "bob", "ann"]})
    assert response.json()["deletedEntities"] == ["cid", "bob", "ann"]
    assert await _left(people) == "dan red"


async def test_changed_relation_no_longer_prevents_deletion(people: httpx.AsyncClient) -> None:
    await people.patch("/v1/blueprints/person/entities/ann", json={"relations": {"team": None}})
    assert (await people.delete("/v1/blueprints/team/entities/red")).status_code == 200


@pytest.mark.parametrize(
    "body",
    [{"entities": []}, {"entities": [str(i) for i in range(101)]}, {"entities": [1]}, {}, {"entities": "a"}],
    ids=["none", "101", "number", "nothing", "text"],
)
async def test_invalid_bulk_delete_is_rejected(people: httpx.AsyncClient, body: object) -> None:
    response = await people.post("/v1/blueprints/person/bulk/entities/delete", json=body)
    assert response.status_code == 422


async def test_unknown_blueprint_gets_404(people: httpx.AsyncClient) -> None:
    response = await people.post("/v1/blueprints/none/bulk/entities/delete", json={"entities": ["a"]})
    assert response.status_code == 404
    assert (await people.delete("/v1/blueprints/none/all-entities")).status_code == 404
