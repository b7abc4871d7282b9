"""Upserts and their flags."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sandbox.port_api.port import PortSettings

_BULK = "/v1/blueprints/person/entities/bulk"
_OCEAN = f"{_BULK}?upsert=true&merge=true&create_missing_related_entities=true&validation_only=false"


async def _entities(port: httpx.AsyncClient, blueprint: str) -> dict[str, Any]:
    found = (await port.get("/_sandbox/entities", params={"blueprint": blueprint})).json()
    return {entity["identifier"]: entity for entity in found}


async def _bulk(port: httpx.AsyncClient, path: str, *entities: dict[str, Any]) -> Any:
    response = await port.post(path, json={"entities": list(entities)})
    assert response.status_code == (207 if response.json()["errors"] else 200), response.text
    return response.json()


@pytest.mark.parametrize(
    "body",
    [
        {"entities": []},
        {"entities": [{"identifier": f"e{i}"} for i in range(21)]},
        {"entities": {}},
        {},
        [],
        {"entities": [{"identifier": "a"}], "more": 1},
    ],
    ids=["none", "21", "object", "nothing", "array", "unknown key"],
)
async def test_bulk_accepts_one_to_twenty_entities(catalog: httpx.AsyncClient, body: object) -> None:
    response = await catalog.post(_OCEAN, json=body)
    assert (response.status_code, response.json()["ok"]) == (422, False)


async def test_unknown_blueprint_gets_404(catalog: httpx.AsyncClient) -> None:
    for path in ("/v1/blueprints/none/entities/bulk?upsert=true", "/v1/blueprints/none/entities"):
        response = await catalog.post(path, json={"entities": [{"identifier": "a"}]})
        assert (response.status_code, response.json()["error"]) == (404, "not_found")


async def test_flag_must_be_boolean(catalog: httpx.AsyncClient) -> None:
    response = await catalog.post(f"{_BULK}?upsert=yes", json={"entities": [{"identifier": "a"}]})
    assert response.status_code == 422


async def test_unknown_query_keys_are_ignored(catalog: httpx.AsyncClient) -> None:
    path = f"{_OCEAN}&ocean_info_event_type=resync&ocean_info_resync_id=1&run_id=2"
    assert (await _bulk(catalog, path, {"identifier": "a"}))["entities"][0]["created"] is True


async def test_existing_entity_without_upsert_is_a_conflict(catalog: httpx.AsyncClient) -> None:
    response = await _bulk(catalog, f"{_BULK}?upsert=false", {"identifier": "a"}, {"identifier": "a"})
    assert response["entities"] == [{"identifier": "a", "index": 0, "created": True}]
    assert [(e["index"], e["statusCode"], e["error"]) for e in response["errors"]] == [
        (1, 409, "identifier_taken")
    ]
    single = await catalog.post("/v1/blueprints/person/entities", json={"identifier": "a"})
    assert single.status_code == 409


async def test_upsert_replaces_and_merge_keeps_missing_fields(catalog: httpx.AsyncClient) -> None:
    first = {"identifier": "a", "title": "A", "team": ["x"], "properties": {"age": 1, "tags": ["t"]}}
    await _bulk(catalog, _OCEAN, first)
    await _bulk(catalog, _OCEAN, {"identifier": "a", "properties": {"age": 2}})
    merged = (await _entities(catalog, "person"))["a"]
    assert (merged["title"], merged["team"]) == ("A", ["x"])
    assert merged["properties"] == {"active": True, "age": 2, "tags": ["t"]}
    await _bulk(catalog, f"{_BULK}?upsert=true", {"identifier": "a", "properties": {"age": 3}})
    replaced = (await _entities(catalog, "person"))["a"]
    assert (replaced["title"], replaced["team"], replaced["properties"]) == (None, None, {"age": 3})


async def test_missing_targets_are_created_if_allowed(catalog: httpx.AsyncClient) -> None:
    relations = {"team": "red", "friends": ["bob", "ann"]}
    response = await _bulk(
        catalog, _OCEAN, {"identifier": "ann", "relations": relations}, {"identifier": "bob"}
    )
    assert [entity["created"] for entity in response["entities"]] == [True, False]
    (red,) = (await _entities(catalog, "team")).values()
    assert (red["identifier"], red["title"], red["properties"]) == ("red", None, {})
    assert red["datasource"] == "port-ocean/custom/0.1.0/mine/exporter"
    assert set(await _entities(catalog, "person")) == {"ann", "bob"}


async def test_missing_target_fails_its_entity_if_not_allowed(catalog: httpx.AsyncClient) -> None:
    path = f"{_BULK}?upsert=true&merge=true&create_missing_related_entities=false"
    ann = {"identifier": "ann", "relations": {"team": "red"}}
    response = await _bulk(catalog, path, {"identifier": "bob"}, ann)
    assert [(e["index"], e["statusCode"], e["error"]) for e in response["errors"]] == [(1, 404, "not_found")]
    single = await catalog.post("/v1/blueprints/person/entities?upsert=true", json=ann)
    assert (single.status_code, single.json()["error"]) == (404, "not_found")
    assert set(await _entities(catalog, "person")) == {"bob"}
    later = {"identifier": "cid", "relations": {"friends": ["bob", "cid"]}}
    assert (await _bulk(catalog, path, later))["errors"] == []


async def test_users_are_never_created_by_a_relation(catalog: httpx.AsyncClient) -> None:
    ann = {"identifier": "ann", "relations": {"user": "a@b.io", "team": "red"}}
    response = await _bulk(catalog, _OCEAN, ann)
    assert response["errors"][0]["statusCode"] == 404
    assert (await catalog.get("/_sandbox/catalog")).json() == {"team": 0, "person": 0}


async def test_validation_only_stores_nothing(catalog: httpx.AsyncClient) -> None:
    path = _OCEAN.replace("validation_only=false", "validation_only=true")
    good = {"identifier": "a", "relations": {"team": "red"}}
    response = await _bulk(catalog, path, good, {"identifier": "b", "properties": {"age": "x"}})
    assert [entity["index"] for entity in response["entities"]] == [0]
    assert [error["index"] for error in response["errors"]] == [1]
    assert (await catalog.get("/_sandbox/catalog")).json() == {"team": 0, "person": 0}


async def test_numbers_are_returned_as_sent(catalog: httpx.AsyncClient) -> None:
    text = (
        '{"entities":[{"identifier":"a","properties":{"age":%s,'
        '"extra":{"whole":1,"real":1.0,"id":9007199254740993,"small":1e-7}}}]}'
    )
    for age in ("1", "1.0", "123456789012345678901234567890", "-0.5"):
        assert (await catalog.post(_OCEAN, content=text % age)).status_code == 200
        found = (await catalog.get("/v1/blueprints/person/entities/a")).text
        assert f'"age":{age}' in found
        assert '"extra":{"whole":1,"real":1.0,"id":9007199254740993,"small":1e-07}' in found


@pytest.mark.parametrize("touch", [False, True])
async def test_updated_at_changes_with_content_or_touch_unchanged(
    connect: Callable[[PortSettings], httpx.AsyncClient], clock: list[float], *, touch: bool
) -> None:
    client = connect(PortSettings(touch_unchanged=touch, clock=lambda: clock[0]))
    credentials = {"clientId": "sandbox", "clientSecret": "sandbox"}
    token = (await client.post("/v1/auth/access_token", json=credentials)).json()["accessToken"]
    client.headers["Authorization"] = f"Bearer {token}"
    properties = {"a": {"type": "number"}, "b": {"type": "number"}}
    blueprint = {"identifier": "b", "title": "B", "schema": {"properties": properties}}
    await client.post("/v1/blueprints", json=blueprint)
    moments = []
    for content in ({"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 1.0, "b": 2}):
        body = {"entities": [{"identifier": "e", "properties": content}]}
        await client.post("/v1/blueprints/b/entities/bulk?upsert=true", json=body)
        moments.append((await _entities(client, "b"))["e"]["updatedAt"])
        clock[0] += 1
    assert (moments[0] == moments[1]) is not touch
    assert moments[1] < moments[2]


async def test_last_writer_is_the_datasource(catalog: httpx.AsyncClient) -> None:
    body = {"entities": [{"identifier": "a"}]}
    await catalog.post(_OCEAN, json=body)
    await catalog.post(_OCEAN, json=body, headers={"User-Agent": "someone"})
    assert (await _entities(catalog, "person"))["a"]["datasource"] == "someone"


async def test_queries_resolve_identifier_relations_and_team(catalog: httpx.AsyncClient) -> None:
    people = [{"identifier": f"p{i}", "properties": {"age": i, "mail": f"p{i}@x.io"}} for i in range(3)]
    await _bulk(catalog, _OCEAN, *people)

    def query(*rules: tuple[str, str, object]) -> dict[str, Any]:
        keys = ("property", "operator", "value")
        return {"combinator": "and", "rules": [dict(zip(keys, rule, strict=True)) for rule in rules]}

    one = query(("mail", "=", "p1@x.io"))
    several = query(("$identifier", "in", ["p0", "p2"]))
    none = query(("mail", "contains", "nobody"))
    relations = {"friends": several}
    assert (await _bulk(catalog, _OCEAN, {"identifier": one, "relations": relations}))["entities"] == [
        {"identifier": "p1", "index": 0, "created": False}
    ]
    assert (await _entities(catalog, "person"))["p1"]["relations"] == {"friends": ["p0", "p2"]}
    failed = await _bulk(catalog, _OCEAN, {"identifier": none}, {"identifier": several})
    assert [(e["identifier"], e["statusCode"]) for e in failed["errors"]] == [
        ("unknown", 404),
        ("unknown", 422),
    ]
    related = {"identifier": "x", "relations": {"friends": none, "team": none}, "team": none}
    await _bulk(catalog, _OCEAN, related)
    stored = (await _entities(catalog, "person"))["x"]
    assert (stored["relations"], stored["team"]) == ({"friends": [], "team": None}, [])
    forbidden = query(("$identifier", "beginsWith", "p"))
    assert (await _bulk(catalog, _OCEAN, {"identifier": forbidden}))["errors"][0]["statusCode"] == 422


async def test_single_entity_is_created_changed_and_replaced(catalog: httpx.AsyncClient) -> None:
    path = "/v1/blueprints/person/entities"
    created = await catalog.post(f"{path}?upsert=true", json={"identifier": "a/b", "properties": {"age": 1}})
    assert created.status_code == 201
    assert created.json()["entity"]["properties"] == {"active": True, "age": 1}
    patched = await catalog.patch(f"{path}/a%2Fb", json={"properties": {"age": 2}, "title": None})
    assert (patched.status_code, patched.json()["entity"]["properties"]) == (200, {"active": True, "age": 2})
    put = await catalog.put(f"{path}/a%2Fb", json={"properties": {"age": 3}})
    assert (put.status_code, put.json()["entity"]["properties"]) == (200, {"age": 3})
    for method in ("PATCH", "PUT", "GET", "DELETE"):
        assert (await catalog.request(method, f"{path}/none")).status_code == 404
    assert (await catalog.patch(f"{path}/a%2Fb", json={"more": 1})).status_code == 422
    assert (await catalog.patch(f"{path}/a%2Fb", json={"identifier": "c"})).status_code == 422


@pytest.mark.parametrize(("body", "status"), [({"identifier": "a"}, 201), ({"identifier": "a b"}, 422)])
async def test_validation_only_applies_to_a_single_entity(
    catalog: httpx.AsyncClient, body: dict[str, Any], status: int
) -> None:
    path = "/v1/blueprints/person/entities?validation_only=true"
    assert (await catalog.post(path, json=body)).status_code == status
    assert (await catalog.get("/_sandbox/catalog")).json() == {"team": 0, "person": 0}
