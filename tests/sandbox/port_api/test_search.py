"""Port's search language, field selection and paging."""

from typing import Any

import httpx
import pytest

_PEOPLE: list[dict[str, Any]] = [
    {
        "identifier": "bob",
        "title": "Bob",
        "properties": {"age": 9, "mail": "bob@y.io", "since": "2025-05-01T02:00:00+02:00", "tags": []},
    },
    {
        "identifier": "ann",
        "title": "Ann",
        "team": ["core", "web"],
        "properties": {"age": 31, "mail": "ann@x.io", "since": "2024-05-01T00:00:00Z", "tags": ["a", "b"]},
        "relations": {"team": "red", "friends": ["bob"]},
    },
    {"identifier": "cid", "properties": {"age": None, "active": False, "extra": {"k": 1}}},
]


@pytest.fixture
async def people(catalog: httpx.AsyncClient) -> httpx.AsyncClient:
    path = "/v1/blueprints/person/entities/bulk?upsert=true&create_missing_related_entities=true"
    assert (await catalog.post(path, json={"entities": _PEOPLE})).status_code == 200
    return catalog


def _rule(name: str, operator: str, *value: object) -> dict[str, Any]:
    return {"property": name, "operator": operator, **({"value": value[0]} if value else {})}


def _all(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"combinator": "and", "rules": list(rules)}


_CASES: list[tuple[dict[str, Any], str]] = [
    (_rule("$identifier", "=", "ann"), "ann"),
    (_rule("$identifier", "!=", "ann"), "bob cid red"),
    (_rule("$identifier", "in", ["ann", "red", "none"]), "ann red"),
    (_rule("$identifier", "notIn", ["ann", "red"]), "bob cid"),
    (_rule("$identifier", "beginsWith", "a"), "ann"),
    (_rule("$identifier", "endsWith", "b"), "bob"),
    (_rule("$identifier", "doesNotBeginsWith", "a"), "bob cid red"),
    (_rule("$identifier", "doesNotEndsWith", "b"), "ann cid red"),
    (_rule("$blueprint", "=", "team"), "red"),
    (_rule("$blueprint", "in", ["person", "team"]), "ann bob cid red"),
    (_rule("$title", "contains", "nn"), "ann"),
    (_rule("$title", "isEmpty"), "cid red"),
    (_rule("$title", "isNotEmpty"), "ann bob"),
    (_rule("$team", "contains", "core"), "ann"),
    (_rule("$team", "containsAny", ["web", "x"]), "ann"),
    (_rule("$datasource", "contains", "port-ocean/custom/"), "ann bob cid red"),
    (_rule("$datasource", "contains", "/other/exporter"), ""),
    (_rule("$createdAt", ">", "2025-06-15T00:00:00Z"), "ann bob cid red"),
    (_rule("$updatedAt", "<", "2025-06-15T00:00:00Z"), ""),
    (_rule("age", "=", 9), "bob"),
    (_rule("age", "=", 9.0), "bob"),
    (_rule("age", "=", "9"), ""),
    (_rule("age", "=", None), "cid red"),
    (_rule("age", "!=", 9), "ann cid red"),
    (_rule("age", "in", [9, 31]), "ann bob"),
    (_rule("age", "in", 9), "bob"),
    (_rule("mail", "beginsWith", 9), ""),
    (_rule("mail", "containsAny", "@x"), "ann"),
    (_rule("$identifier", "matchAny", "ann"), "ann"),
    (_rule("friends", "matchAny", ["bob", "zed"]), "ann"),
    (_rule("since", "isExpired"), "ann bob"),
    (_rule("since", "isNotExpired"), "cid red"),
    (_rule("since", "=", {"from": "2025-04-30T00:00:00Z", "to": "2025-05-01T00:00:00Z"}), "bob"),
    (_rule("$createdAt", "between", {"preset": "today"}), ""),
    ({"propertySchema": {"type": "number"}, "operator": "=", "value": 9}, "bob"),
    ({"propertySchema": {"type": "number"}, "operator": "!=", "value": 9}, "ann cid red"),
    (
        {"propertySchema": {"type": "string", "format": "email"}, "operator": "contains", "value": "@"},
        "ann bob",
    ),
    (
        {
            "propertySchema": {"type": "array", "items": {"type": "string"}},
            "operator": "contains",
            "value": "a",
        },
        "ann",
    ),
    ({"propertySchema": {"type": "string", "format": "url"}, "operator": "contains", "value": "@"}, ""),
    (_rule("$identifier", "=", {"context": "user", "property": "$identifier"}), ""),
    (
        {"property": {"context": "user", "property": "role"}, "operator": "=", "value": "admin"},
        "",
    ),
    (_rule("age", ">", 9), "ann"),
    (_rule("age", ">=", 9), "ann bob"),
    (_rule("age", "<", 31), "bob"),
    (_rule("age", "<=", 31), "ann bob"),
    (_rule("active", "=", *[True]), "ann bob"),
    (_rule("active", "=", 1), ""),
    (_rule("since", ">", "2025-01-01T00:00:00Z"), "bob"),
    (_rule("since", "<=", "2024-05-01T01:00:00+01:00"), "ann"),
    (_rule("since", "between", {"from": "2025-04-30T00:00:00Z", "to": "2025-05-01T00:00:00Z"}), "bob"),
    (
        _rule("since", "notBetween", {"from": "2020-01-01T00:00:00Z", "to": "2024-12-31T00:00:00Z"}),
        "bob cid red",
    ),
    (_rule("since", "between", {"preset": "lastWeek"}), ""),
    (_rule("tags", "contains", "a"), "ann"),
    (_rule("tags", "doesNotContains", "a"), "bob cid red"),
    (_rule("tags", "containsAny", ["b", "c"]), "ann"),
    (_rule("tags", "isEmpty"), "bob cid red"),
    (_rule("mail", "containsAny", ["@x", "@z"]), "ann"),
    (_rule("extra", "isNotEmpty"), "cid"),
    (_rule("team", "=", "red"), "ann"),
    (_rule("friends", "contains", "bob"), "ann"),
    (_all(), "ann bob cid red"),
    (_all(_rule("age", ">", 1), _rule("age", "<", 20)), "bob"),
    ({"combinator": "or", "rules": [_rule("age", "=", 9), _rule("age", "=", 31)]}, "ann bob"),
    (
        {
            "combinator": "or",
            "rules": [
                _all(_rule("$blueprint", "=", "person"), _rule("age", ">", 20)),
                _rule("tags", "=", []),
            ],
        },
        "ann bob",
    ),
    (_all(_rule("$blueprint", "=", "person"), _rule("$blueprint", "=", "team")), ""),
]


@pytest.mark.parametrize(("rule", "expected"), _CASES)
async def test_rule_matches(people: httpx.AsyncClient, rule: dict[str, Any], expected: str) -> None:
    response = await people.post("/v1/entities/search", json=_all(rule))
    assert response.status_code == 200, response.text
    assert sorted(entity["identifier"] for entity in response.json()["entities"]) == expected.split()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="nothing"),
        pytest.param([], id="array"),
        pytest.param({"combinator": "xor", "rules": []}, id="unknown combinator"),
        pytest.param({"combinator": "and", "rules": {}}, id="rules as object"),
        pytest.param({"combinator": "and", "rules": [], "more": 1}, id="unknown key"),
        pytest.param(_all(_rule("age", "~", 1)), id="unknown operator"),
        pytest.param(
            {"combinator": "and", "rules": [{"property": "age", "operator": []}]}, id="operator array"
        ),
        pytest.param(_all(_rule("age", "=")), id="no value"),
        pytest.param(_all(_rule("age", "isEmpty", 1)), id="value too many"),
        pytest.param(_all(_rule("$nothing", "=", 1)), id="unknown meta-property"),
        pytest.param({"combinator": "and", "rules": [{"operator": "=", "value": 1}]}, id="no property"),
        pytest.param(_all(_rule("age", "in", {"a": 9})), id="in an object"),
        pytest.param(_all(_rule("age", "in", [9, "x"])), id="mixed array"),
        pytest.param(_all(_rule("age", "contains", [None])), id="array with null"),
        pytest.param(_all(_rule("since", "!=", {"preset": "today"})), id="not a date range"),
        pytest.param(_all(_rule("age", ">", "x")), id="greater than text"),
        pytest.param(_all(_rule("age", ">", None)), id="greater than null"),
        pytest.param(_all({"relation": "team", "operator": "=", "value": "red"}), id="relation"),
        pytest.param(_all(_rule("age", "relatedTo", 9)), id="related to, with a property"),
        pytest.param(_all(_rule("age", "matchAny", 9)), id="match a number"),
        pytest.param(_all(_rule("age", "isExpired", 9)), id="expired with a value"),
        pytest.param(_all(_rule("since", "between", {"preset": "ever"})), id="unknown preset"),
        pytest.param(_all(_rule("since", "between", 9)), id="range that is a number"),
        pytest.param(
            _all(_rule("age", "=", {"property": 1, "context": "user"})), id="malformed user property"
        ),
        pytest.param(_all(_rule("since", "between", {"from": "x", "to": "y"})), id="range of words"),
    ],
)
async def test_invalid_query_is_rejected(people: httpx.AsyncClient, body: object) -> None:
    response = await people.post("/v1/entities/search", json=body)
    assert (response.status_code, response.json()["ok"]) == (422, False)


async def test_include_returns_only_these_fields_with_null_for_missing_ones(
    people: httpx.AsyncClient,
) -> None:
    include = ["blueprint", "identifier", "properties.age", "properties.mail", "relations.team"]
    response = await people.post(
        "/v1/entities/search",
        params={"exclude_calculated_properties": "true", "include": include},
        json=_all(_rule("$blueprint", "=", "person")),
    )
    assert response.json()["entities"] == [
        {
            "blueprint": "person",
            "identifier": name,
            "properties": {"age": age, "mail": mail},
            "relations": {"team": team},
        }
        for name, age, mail, team in (
            ("bob", 9, "bob@y.io", None),
            ("ann", 31, "ann@x.io", "red"),
            ("cid", None, None, None),
        )
    ]


async def test_excluded_fields_are_omitted(people: httpx.AsyncClient) -> None:
    params = {"exclude": ["properties.age", "relations", "title"]}
    found = (await people.get("/v1/blueprints/person/entities/ann", params=params)).json()["entity"]
    assert set(found["properties"]) == {"mail", "since", "tags", "active"}
    assert not {"relations", "title"} & found.keys()


async def test_search_of_a_blueprint_is_paged(people: httpx.AsyncClient) -> None:
    path = "/v1/blueprints/person/entities/search"
    body: dict[str, Any] = {"limit": 2, "include": ["identifier"], "query": _all(_rule("$title", "!=", "x"))}
    first = (await people.post(path, json=body)).json()
    second = (await people.post(path, json={**body, "from": first["next"]})).json()
    assert [entity["identifier"] for entity in first["entities"]] == ["bob", "ann"]
    assert [entity["identifier"] for entity in second["entities"]] == ["cid"]
    assert "next" not in second
    invalid: list[dict[str, Any]] = [{"limit": 0}, {"limit": 1001}, {"from": "x"}, {"more": 1}, {"query": {}}]
    for body in invalid:
        assert (await people.post(path, json=body)).status_code == 422, body


async def test_entities_of_a_datasource_are_listed_in_pages(
    people: httpx.AsyncClient, clock: list[float]
) -> None:
    body: dict[str, Any] = {"datasource_prefix": "port-ocean/custom/", "datasource_suffix": "/mine/exporter"}
    path = "/v1/blueprints/entities/datasource-entities"
    seen: list[tuple[str, str]] = []
    position: dict[str, str] = {}
    while True:
        page = (await people.post(path, json={**body, **position, "limit": 2})).json()
        seen += [(entity["blueprint"], entity["identifier"]) for entity in page["entities"]]
        if not page["next"]:
            break
        position = {"from": page["next"]}
    assert sorted(seen) == [("person", "ann"), ("person", "bob"), ("person", "cid"), ("team", "red")]

    async def count(**changes: object) -> int:
        response = await people.post(path, json={**body, "limit": 5000, **changes})
        assert response.status_code == 200, response.text
        return len(response.json()["entities"])

    assert await count(datasource_suffix="/other/exporter") == 0
    assert await count(datasource_prefix="", datasource_suffix="") == 4
    moment = "2025-06-15T15:06:40.000000+00:00"
    assert await count(before=moment) == 0
    clock[0] += 1
    bob = {"entities": [{"identifier": "bob", "properties": {"age": 10}}]}
    await people.post("/v1/blueprints/person/entities/bulk?upsert=true&merge=true", json=bob)
    assert await count(before="2025-06-15T15:06:40.000001+00:00") == 3
    for body in ({"limit": 0}, {"limit": 5001}, {"before": "x"}, {"from": "-1"}, {"from": "9" * 30}):
        assert (await people.post(path, json={**body, "limit": 1, **body})).status_code == 422, body
