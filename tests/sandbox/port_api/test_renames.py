"""Renaming of blueprints, properties, mirrors and relations, with their references."""

from typing import Any

import httpx
import pytest

_PERSON = "/v1/blueprints/person"


@pytest.fixture
async def named(catalog: httpx.AsyncClient) -> httpx.AsyncClient:
    """A catalog with a mirror, an aggregation, two people and a team."""
    person = {
        "schema": {"properties": {}, "required": ["age"]},
        "mirrorProperties": {
            "size": {"path": "team.size"},
            "friendAges": {"path": "friends.age"},
            "teamsOfFriends": {"path": "friends.team.$title"},
        },
    }
    sum_of_ages = {"func": "sum", "calculationBy": "property", "property": "age"}
    team = {
        "aggregationProperties": {
            "ages": {"title": "Ages", "target": "person", "calculationSpec": sum_of_ages}
        }
    }
    for name, change in (("person", person), ("team", team)):
        response = await catalog.patch(f"/v1/blueprints/{name}", json=change)
        assert response.status_code == 200, response.text
    people = [
        {"identifier": "ann", "properties": {"age": 31}, "relations": {"team": "red"}},
        {"identifier": "bob", "properties": {"age": 9}, "relations": {"friends": ["ann"]}},
    ]
    red = {"identifier": "red", "title": "Red", "properties": {"size": 4}}
    await catalog.post("/v1/blueprints/team/entities", json=red)
    response = await catalog.post(f"{_PERSON}/entities/bulk", json={"entities": people})
    assert response.status_code == 200, response.text
    return catalog


async def _entity(named: httpx.AsyncClient, blueprint: str, name: str) -> dict[str, Any]:
    response = await named.get(f"/v1/blueprints/{blueprint}/entities/{name}")
    found: dict[str, Any] = response.json()["entity"]
    return found


async def test_renamed_property_keeps_its_data_and_references(named: httpx.AsyncClient) -> None:
    path = f"{_PERSON}/properties/age/rename"
    response = await named.patch(path, json={"newPropertyName": "years"})
    assert response.status_code == 200, response.text
    blueprint = response.json()["blueprint"]
    assert next(iter(blueprint["schema"]["properties"])) == "years"
    assert blueprint["schema"]["required"] == ["years"]
    bob = await _entity(named, "person", "bob")
    assert (bob["properties"]["years"], bob["properties"]["friendAges"]) == (9, [31])
    assert "age" not in bob["properties"]
    assert (await _entity(named, "team", "red"))["properties"]["ages"] == 40


async def test_renamed_relation_keeps_its_targets_and_paths(named: httpx.AsyncClient) -> None:
    path = f"{_PERSON}/relations/friends/rename"
    response = await named.patch(path, json={"newRelationIdentifier": "mates"})
    assert response.status_code == 200, response.text
    bob = await _entity(named, "person", "bob")
    assert bob["relations"]["mates"] == ["ann"]
    assert (bob["properties"]["friendAges"], bob["properties"]["teamsOfFriends"]) == ([31], ["Red"])
    refused = await named.delete(f"{_PERSON}/entities/ann")
    assert refused.status_code == 422


async def test_renamed_mirror_is_read_under_its_new_name(named: httpx.AsyncClient) -> None:
    response = await named.patch(f"{_PERSON}/mirror/size/rename", json={"newMirrorName": "teamSize"})
    assert response.status_code == 200, response.text
    ann = await _entity(named, "person", "ann")
    assert (ann["properties"]["teamSize"], ann["properties"].get("size")) == (4, None)


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
async def test_renamed_blueprint_keeps_its_entities(named: httpx.AsyncClient, method: str) -> None:
    whole = {"identifier": "squad", "title": "Squad", "schema": {"properties": {"size": {"type": "number"}}}}
    body = {"identifier": "squad"} if method == "PATCH" else whole
    response = await named.request(method, "/v1/blueprints/team", json=body)
    assert response.status_code == 200, response.text
    assert (await named.get("/v1/blueprints/team")).status_code == 404
    assert (await _entity(named, "squad", "red"))["properties"]["size"] == 4
    person = (await named.get(_PERSON)).json()["blueprint"]
    assert person["relations"]["team"]["target"] == "squad"
    assert (await _entity(named, "person", "ann"))["properties"]["size"] == 4
    assert (await named.get("/_sandbox/catalog")).json() == {"squad": 1, "person": 2}


async def test_renamed_blueprint_still_relates_to_itself(named: httpx.AsyncClient) -> None:
    assert (await named.patch(_PERSON, json={"identifier": "human"})).status_code == 200
    human = (await named.get("/v1/blueprints/human")).json()["blueprint"]
    assert human["relations"]["friends"]["target"] == "human"
    assert (await _entity(named, "human", "bob"))["properties"]["friendAges"] == [31]
    assert (await _entity(named, "team", "red"))["properties"]["ages"] == 40


async def test_required_property_stays_required_after_a_rename(catalog: httpx.AsyncClient) -> None:
    for required in ([], ["size"]):
        schema = {"properties": {"size": {"type": "number"}}, "required": required}
        await catalog.put("/v1/blueprints/team", json={"title": "Team", "schema": schema})
        body = {"newPropertyName": "members"}
        renamed = await catalog.patch("/v1/blueprints/team/properties/size/rename", json=body)
        schema = renamed.json()["blueprint"]["schema"]
        assert schema.get("required", []) == ["members" for _ in required]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        pytest.param("/person/properties/none/rename", {"newPropertyName": "x"}, 404, id="unknown property"),
        pytest.param("/none/properties/age/rename", {"newPropertyName": "x"}, 404, id="unknown blueprint"),
        pytest.param(
            "/person/properties/age/rename", {"newPropertyName": "mail"}, 409, id="existing property"
        ),
        pytest.param(
            "/person/properties/age/rename", {"newPropertyName": "a b"}, 422, id="invalid identifier"
        ),
        pytest.param("/person/properties/age/rename", {}, 422, id="no name"),
        pytest.param("/person/mirror/age/rename", {"newMirrorName": "x"}, 404, id="unknown mirror"),
        pytest.param(
            "/person/relations/age/rename", {"newRelationIdentifier": "x"}, 404, id="unknown relation"
        ),
        pytest.param(
            "/person/relations/team/rename", {"newRelationIdentifier": "user"}, 409, id="existing relation"
        ),
        pytest.param("/person", {"identifier": "team"}, 409, id="existing blueprint"),
        pytest.param("/person", {"identifier": "a=b"}, 422, id="invalid blueprint identifier"),
        pytest.param("/_team", {"identifier": "ours"}, 422, id="system blueprint"),
        pytest.param("/person", {"identifier": "human", "title": ""}, 422, id="rename with an invalid title"),
    ],
)
async def test_invalid_rename_changes_nothing(
    named: httpx.AsyncClient, path: str, body: object, status: int
) -> None:
    before = (await named.get("/v1/blueprints")).json()
    response = await named.patch(f"/v1/blueprints{path}", json=body)
    assert response.status_code == status, response.text
    assert (await named.get("/v1/blueprints")).json() == before
    assert (await _entity(named, "person", "bob"))["properties"]["age"] == 9
