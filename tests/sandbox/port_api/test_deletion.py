"""Deleting entities, with and without those that relate to them."""

from typing import Any

import httpx
import pytest


@pytest.fixture
async def people(catalog: httpx.AsyncClient) -> httpx.AsyncClient:
    """red <- ann (team), ann <- bob <- cid (friends), dan alone."""
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


async def test_dependents_go_with_the_deleted(people: httpx.AsyncClient) -> None:
    path = "/v1/blueprints/team/bulk/entities/delete?delete_dependents=true&ocean_info_event_type=resync"
    answer = await people.post(path, json={"entities": ["red", "none"]})
    assert answer.json() == {"ok": True, "deletedEntities": ["red"]}
    assert await _left(people) == "dan"


async def test_deleted_dependents_of_the_same_blueprint_are_named(people: httpx.AsyncClient) -> None:
    path = "/v1/blueprints/person/bulk/entities/delete?delete_dependents=true"
    answer = await people.post(path, json={"entities": ["bob"]})
    assert answer.json()["deletedEntities"] == ["bob", "cid"]
    assert await _left(people) == "ann dan red"


async def test_with_dependents_nothing_is_deleted_unless_told_to(people: httpx.AsyncClient) -> None:
    path = "/v1/blueprints/person/bulk/entities/delete?delete_dependents=false"
    answer = await people.post(path, json={"entities": ["dan", "bob"]})
    assert (answer.status_code, answer.json()["error"]) == (422, "has_dependents")
    single = await people.delete("/v1/blueprints/person/entities/bob")
    assert (single.status_code, single.json()["error"]) == (422, "has_dependents")
    assert await _left(people) == "ann bob cid dan red"


async def test_entities_that_only_relate_to_each_other_go_together(people: httpx.AsyncClient) -> None:
    path = "/v1/blueprints/person/bulk/entities/delete"
    answer = await people.post(path, json={"entities": ["cid", "bob", "ann"]})
    assert answer.json()["deletedEntities"] == ["cid", "bob", "ann"]
    assert await _left(people) == "dan red"


async def test_changed_relation_is_no_dependency_any_more(people: httpx.AsyncClient) -> None:
    await people.patch("/v1/blueprints/person/entities/ann", json={"relations": {"team": None}})
    assert (await people.delete("/v1/blueprints/team/entities/red")).status_code == 200


@pytest.mark.parametrize(
    "body",
    [{"entities": []}, {"entities": [str(i) for i in range(101)]}, {"entities": [1]}, {}, {"entities": "a"}],
    ids=["none", "101", "number", "nothing", "text"],
)
async def test_unfit_bulk_delete_is_refused(people: httpx.AsyncClient, body: object) -> None:
    answer = await people.post("/v1/blueprints/person/bulk/entities/delete", json=body)
    assert answer.status_code == 422


async def test_unknown_blueprint_is_404(people: httpx.AsyncClient) -> None:
    answer = await people.post("/v1/blueprints/none/bulk/entities/delete", json={"entities": ["a"]})
    assert answer.status_code == 404
    assert (await people.delete("/v1/blueprints/none/all-entities")).status_code == 404
