"""Creating, changing and deleting blueprints."""

from typing import Any
from urllib.parse import quote

import httpx
import pytest


def _blueprint(**changes: Any) -> dict[str, Any]:
    return {"identifier": "svc", "title": "Service", "schema": {"properties": {}}, **changes}


def _properties(**definitions: object) -> dict[str, Any]:
    return _blueprint(schema={"properties": definitions})


def _relation(**changes: object) -> dict[str, Any]:
    return _blueprint(relations={"r": {"target": "svc", "many": False, "required": False, **changes}})


def _aggregation(**changes: object) -> dict[str, Any]:
    count = {"func": "count", "calculationBy": "entities"}
    return _blueprint(
        aggregationProperties={"n": {"title": "N", "target": "svc", "calculationSpec": count, **changes}}
    )


def _query(*rules: object) -> dict[str, Any]:
    return _aggregation(query={"combinator": "and", "rules": [*rules]})


_EQUAL = {"property": "a", "operator": "=", "value": 1}
_TODAY = {"preset": "today"}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(_blueprint(), id="smallest"),
        pytest.param(_blueprint(identifier="a" * 100), id="longest identifier"),
        pytest.param(_blueprint(identifier="héllo/wörld:1@x.y+z\\-_"), id="letters and signs"),
        pytest.param(_blueprint(unknown={"x": 1}), id="unknown key"),
        pytest.param(_blueprint(icon="Git", description="d" * 200), id="looks"),
        pytest.param(_properties(a={"type": "string", "format": "timer"}), id="format"),
        pytest.param(_properties(**{"a@_=\\-": {"type": "object"}}), id="signs in a property"),
        pytest.param(_properties(a={"type": "array", "items": {"type": "object"}}), id="items"),
        pytest.param(_properties(a={"type": "string", "enum": ["x"], "enumColors": {"x": "red"}}), id="enum"),
        pytest.param(_relation(), id="relation to itself"),
        pytest.param(_relation(target="_user", required=True), id="relation to a user"),
        pytest.param(_blueprint(mirrorProperties={"m": {"path": "team.$title"}}), id="mirror"),
        pytest.param(
            _blueprint(calculationProperties={"c": {"calculation": ".x", "type": "number"}}), id="calculation"
        ),
        pytest.param(_blueprint(ownership={"type": "Inherited", "path": "team"}), id="ownership"),
        pytest.param(_blueprint(changelogDestination={"type": "KAFKA"}), id="changelog"),
        pytest.param(_aggregation(), id="aggregation"),
        pytest.param(_aggregation(pathFilter=[{"path": ["r"], "fromBlueprint": "svc"}]), id="path"),
        pytest.param(_query(), id="query without rules"),
        pytest.param(_query({"combinator": "or", "rules": [_EQUAL]}, _EQUAL), id="query in a query"),
        pytest.param(
            _query(
                {"property": "a", "operator": "isEmpty"},
                {"property": "a", "operator": "between", "value": _TODAY},
                {"property": "a", "operator": ">=", "value": 5},
                {"property": "a", "operator": "in", "value": {"property": "b", "context": "user"}},
                {"operator": "relatedTo", "blueprint": "svc", "value": ["x"], "direction": "upstream"},
                {"propertySchema": {"type": "string"}, "operator": "=", "value": None},
                {"property": {"path": ["r"]}, "operator": "matchAny", "value": "x"},
            ),
            id="query of every kind of rule",
        ),
    ],
)
async def test_valid_blueprint_is_created(port: httpx.AsyncClient, body: dict[str, Any]) -> None:
    created = await port.post("/v1/blueprints", json=body)
    assert created.status_code == 201, created.text
    found = (await port.get(f"/v1/blueprints/{quote(body['identifier'], safe='')}")).json()["blueprint"]
    assert found == created.json()["blueprint"]
    assert found.items() >= body.items()
    assert {"createdAt", "createdBy", "updatedAt", "updatedBy"} <= found.keys()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param([], id="array"),
        pytest.param({}, id="nothing"),
        pytest.param(_blueprint(title=""), id="empty title"),
        pytest.param(
            _properties(a={"type": "object", "maxProperties": "x"}), id="limit that is not a number"
        ),
        pytest.param(_blueprint(title="t" * 101), id="long title"),
        pytest.param(_blueprint(description="d" * 201), id="long description"),
        pytest.param(_blueprint(identifier=""), id="empty identifier"),
        pytest.param(_blueprint(identifier="a" * 101), id="long identifier"),
        pytest.param(_blueprint(identifier="a b"), id="space"),
        pytest.param(_blueprint(identifier="a=b"), id="equals sign"),
        pytest.param(_blueprint(identifier=".."), id="dots"),
        pytest.param(_blueprint(identifier="a\n"), id="line end"),
        pytest.param(_blueprint(identifier="½"), id="number sign"),
        pytest.param(_blueprint(identifier=5), id="number"),
        pytest.param(_blueprint(schema={}), id="no properties"),
        pytest.param(_blueprint(schema={"properties": {}, "more": 1}), id="unknown key in schema"),
        pytest.param(_properties(a={}), id="no type"),
        pytest.param(_properties(a={"type": "date"}), id="unknown type"),
        pytest.param(_properties(a={"type": "string", "format": "uuid"}), id="unknown format"),
        pytest.param(_properties(a={"type": "string", "spec": "x"}), id="unknown spec"),
        pytest.param(_properties(a={"type": "string", "maxLength": "5"}), id="limit as text"),
        pytest.param(_properties(a={"type": "string", "pattern": "("}), id="broken pattern"),
        pytest.param(_properties(a={"type": "array", "items": {"type": "x"}}), id="unknown item type"),
        pytest.param(_properties(**{"a.b": {"type": "string"}}), id="dot in a property"),
        pytest.param(_blueprint(schema={"properties": {"ä": {"type": "string"}}}), id="letter beyond ASCII"),
        pytest.param(_properties(**{"a" * 101: {"type": "string"}}), id="long property"),
        pytest.param(_relation(target="none"), id="unknown target"),
        pytest.param(_relation(many=True, required=True), id="many and required"),
        pytest.param(_relation(more=1), id="unknown key in relation"),
        pytest.param(_blueprint(relations={"r": {"target": "svc"}}), id="relation without many"),
        pytest.param(_blueprint(mirrorProperties={"m": {"path": "x"}}), id="mirror without a relation"),
        pytest.param(_blueprint(calculationProperties={"c": {"type": "number"}}), id="no calculation"),
        pytest.param(
            _blueprint(
                calculationProperties={
                    "c": {"calculation": ".x", "type": "array", "items": {"format": "uuid"}}
                }
            ),
            id="unknown format of a calculation's items",
        ),
        pytest.param(_blueprint(ownership={"type": "Inherited"}), id="ownership without a path"),
        pytest.param(_aggregation(title="t" * 101), id="aggregation with a long title"),
        pytest.param(_aggregation(pathFilter=[{"path": []}]), id="path without a step"),
        pytest.param(_aggregation(query={"rules": []}), id="query without a combinator"),
        pytest.param(_query(None), id="rule that is null"),
        pytest.param(_query(_EQUAL, {}), id="empty rule"),
        pytest.param(_query({**_EQUAL, "more": 1}), id="rule with an unknown key"),
        pytest.param(_query({**_EQUAL, "operator": "like"}), id="unknown operator"),
        pytest.param(_query({**_EQUAL, "operator": "between"}), id="number instead of a range"),
        pytest.param(_query({"combinator": "or", "rules": [None]}), id="null in an inner query"),
        pytest.param(_blueprint(changelogDestination={"type": "WEBHOOK"}), id="webhook without url"),
    ],
)
async def test_invalid_blueprint_is_rejected(port: httpx.AsyncClient, body: object) -> None:
    response = await port.post("/v1/blueprints", json=body)
    assert response.status_code == 422, response.text
    assert response.json()["error"] == "invalid_request"
    assert (await port.get("/_sandbox/catalog")).json() == {}


async def test_existing_identifier_is_a_conflict(port: httpx.AsyncClient) -> None:
    assert (await port.post("/v1/blueprints", json=_blueprint())).status_code == 201
    again = await port.post("/v1/blueprints", json=_blueprint())
    assert (again.status_code, again.json()["error"]) == (409, "identifier_taken")


async def test_type_of_a_property_cannot_change(catalog: httpx.AsyncClient) -> None:
    for method in ("PATCH", "PUT"):
        body = {"title": "T", "schema": {"properties": {"size": {"type": "string"}}}}
        response = await catalog.request(method, "/v1/blueprints/team", json=body)
        assert response.status_code == 422
        assert "size" in response.json()["message"]


async def test_patch_merges_and_put_replaces(catalog: httpx.AsyncClient) -> None:
    body = {"schema": {"properties": {"site": {"type": "string"}, "size": {"title": "Size"}}}}
    patched = (await catalog.patch("/v1/blueprints/team", json=body)).json()["blueprint"]
    assert patched["title"] == "Team"
    assert patched["schema"]["properties"] == {
        "size": {"type": "number", "title": "Size"},
        "site": {"type": "string"},
    }
    put = (
        await catalog.put(
            "/v1/blueprints/team",
            json={"title": "New", "schema": {"properties": {"site": {"type": "string"}}}},
        )
    ).json()["blueprint"]
    assert (put["title"], list(put["schema"]["properties"])) == ("New", ["site"])


async def test_removed_property_and_relation_are_removed_from_entities(catalog: httpx.AsyncClient) -> None:
    await catalog.post("/v1/blueprints/team/entities", json={"identifier": "red"})
    entity = {"identifier": "ann", "properties": {"age": 3, "tags": ["a"]}, "relations": {"team": "red"}}
    await catalog.post("/v1/blueprints/person/entities", json=entity)
    body = {"title": "P", "schema": {"properties": {"age": {"type": "number"}}}}
    assert (await catalog.put("/v1/blueprints/person", json=body)).status_code == 200
    (left,) = (await catalog.get("/v1/blueprints/person/entities")).json()["entities"]
    assert (left["properties"], left["relations"]) == ({"age": 3}, {})
    assert (await catalog.delete("/v1/blueprints/team/entities/red")).status_code == 200


async def test_blueprint_in_use_cannot_be_deleted(catalog: httpx.AsyncClient) -> None:
    await catalog.post("/v1/blueprints/person/entities", json={"identifier": "ann"})
    for path in ("/v1/blueprints/person", "/v1/blueprints/team", "/v1/blueprints/_user"):
        assert (await catalog.delete(path)).status_code == 422, path
    removed = await catalog.delete("/v1/blueprints/person/all-entities?delete_blueprint=true")
    migration = (await catalog.get(f"/v1/migrations/{removed.json()['migrationId']}")).json()["migration"]
    assert (migration["status"], migration["sourceBlueprint"]) == ("COMPLETED", "person")
    assert (await catalog.delete("/v1/blueprints/team")).status_code == 200
    assert (await catalog.get("/_sandbox/catalog")).json() == {}


async def test_identifier_with_slashes_works_raw_and_encoded(port: httpx.AsyncClient) -> None:
    await port.post("/v1/blueprints", json=_blueprint(identifier="acme/svc:a"))
    for name in ("acme/svc:a", "acme%2Fsvc%3Aa"):
        body = {"entities": [{"identifier": "x/y"}]}
        bulk = await port.post(f"/v1/blueprints/{name}/entities/bulk?upsert=true", json=body)
        assert bulk.status_code == 200
        assert (await port.get(f"/v1/blueprints/{name}")).json()["blueprint"]["identifier"] == "acme/svc:a"
        assert (await port.get(f"/v1/blueprints/{name}/entities-count")).json()["count"] == 1
        found = await port.get(f"/v1/blueprints/{name}/entities/x%2Fy")
        assert found.json()["entity"]["identifier"] == "x/y"
