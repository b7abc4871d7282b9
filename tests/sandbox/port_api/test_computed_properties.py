"""Mirror, calculation and aggregation properties, and titles of related entities."""

from typing import Any

import httpx
import pytest

_NUMBER = {"type": "number"}
_TEXT = {"type": "string"}


def _one(target: str) -> dict[str, Any]:
    return {"target": target, "many": False, "required": False}


def _count(target: str, **more: object) -> dict[str, Any]:
    spec = {"func": "count", "calculationBy": "entities"}
    return {"title": "Count", "target": target, "calculationSpec": spec, **more}


def _measure(func: str, **more: str) -> dict[str, Any]:
    spec = {"func": func, "calculationBy": "property", "property": "points", **more}
    return {"title": func, "target": "issue", "calculationSpec": spec}


_OPEN = {"combinator": "and", "rules": [{"property": "state", "operator": "=", "value": "open"}]}
_UNANSWERABLE = {"combinator": "and", "rules": [{"property": "$none", "operator": "=", "value": 1}]}
_BLUEPRINTS: list[dict[str, Any]] = [
    {"identifier": "area", "schema": {"properties": {"lead": _TEXT}}},
    {
        "identifier": "team",
        "schema": {"properties": {"size": _NUMBER}},
        "relations": {"area": _one("area")},
    },
    {
        "identifier": "issue",
        "schema": {"properties": {"points": _NUMBER, "state": _TEXT}},
        "relations": {"project": _one("project"), "next": _one("issue")},
    },
    {
        "identifier": "project",
        "schema": {"properties": {"budget": _NUMBER, "web-site": _TEXT}},
        "relations": {"team": _one("team"), "fans": {"target": "team", "many": True, "required": False}},
        "mirrorProperties": {
            "teamSize": {"path": "team.size"},
            "teamName": {"path": "team.$title"},
            "lead": {"path": "team.area.lead"},
            "fanSizes": {"path": "fans.size"},
            "unknown": {"path": "nothing.size"},
        },
        "calculationProperties": {
            "doubled": {"type": "number", "calculation": ".properties.budget * 2"},
            "site": {
                "type": "string",
                "calculation": "'https://' + .properties.'web-site' + '/' + .identifier",
            },
            "byTeam": {
                "type": "string",
                "calculation": '.properties.teamName + " (\\(.properties.doubled))"',
            },
            "quoted": {"type": "string", "calculation": "'say \"hi\"'"},
            "broken": {"type": "string", "calculation": ".properties.budget | ltrimstr"},
            "none": {"type": "string", "calculation": "empty"},
            "failing": {"type": "string", "calculation": ".title.x"},
        },
        "aggregationProperties": {
            "issues": _count("issue"),
            "open": _count("issue", query=_OPEN),
            "areas": _count("area"),
            "direct": _count("issue", pathFilter=[{"path": ["project"], "fromBlueprint": "issue"}]),
            "ownTeams": _count("team", pathFilter=[{"path": ["team"]}]),
            "invalid_query": _count("issue", query=_UNANSWERABLE),
            **{func: _measure(func) for func in ("sum", "min", "max", "median")},
            "mean": _measure("average", averageOf="total"),
            "weekly": _measure("average", averageOf="week"),
        },
    },
]
_ENTITIES: list[tuple[str, dict[str, Any]]] = [
    ("area", {"identifier": "web", "properties": {"lead": "ann"}}),
    ("team", {"identifier": "red", "title": "Red", "properties": {"size": 7}, "relations": {"area": "web"}}),
    ("team", {"identifier": "blue", "title": "Blue", "properties": {"size": 3}}),
    (
        "project",
        {
            "identifier": "shop",
            "title": "Shop",
            "properties": {"budget": 5, "web-site": "a.example"},
            "relations": {"team": "red", "fans": ["blue", "red"]},
        },
    ),
    ("project", {"identifier": "idle"}),
    (
        "issue",
        {"identifier": "i1", "properties": {"points": 1, "state": "open"}, "relations": {"project": "shop"}},
    ),
    (
        "issue",
        {"identifier": "i2", "properties": {"points": 4, "state": "done"}, "relations": {"project": "shop"}},
    ),
    ("issue", {"identifier": "i3", "properties": {"points": 10}, "relations": {"next": "i1"}}),
]


@pytest.fixture
async def projects(port: httpx.AsyncClient) -> httpx.AsyncClient:
    bodies = [{**blueprint, "title": blueprint["identifier"]} for blueprint in _BLUEPRINTS]
    response = await port.post("/_sandbox/import", json={"blueprints": bodies})
    assert response.status_code == 201, response.text
    for blueprint, entity in _ENTITIES:
        response = await port.post(f"/v1/blueprints/{blueprint}/entities", json=entity)
        assert response.status_code == 201, response.text
    return port


async def _properties(projects: httpx.AsyncClient, name: str, **params: str) -> dict[str, Any]:
    response = await projects.get(f"/v1/blueprints/project/entities/{name}", params=params)
    found: dict[str, Any] = response.json()["entity"]["properties"]
    return found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("teamSize", 7),
        ("teamName", "Red"),
        ("lead", "ann"),
        ("fanSizes", [3, 7]),
        ("unknown", None),
        ("doubled", 10),
        ("site", "https://a.example/shop"),
        ("byTeam", "Red (10)"),
        ("quoted", 'say "hi"'),
        ("broken", None),
        ("none", None),
        ("failing", None),
        ("issues", 3),
        ("open", 1),
        ("areas", 1),
        ("direct", 2),
        ("ownTeams", 1),
        ("invalid_query", None),
        ("sum", 15),
        ("min", 1),
        ("max", 10),
        ("median", 4),
        ("mean", 5),
        ("weekly", None),
    ],
)
async def test_property_is_computed(projects: httpx.AsyncClient, name: str, value: object) -> None:
    assert (await _properties(projects, "shop"))[name] == value


async def test_entity_without_relations_has_null_mirrors_and_aggregations(
    projects: httpx.AsyncClient,
) -> None:
    found = await _properties(projects, "idle")
    assert (found["teamSize"], found["fanSizes"], found["issues"], found["sum"]) == (None, [], 0, None)


async def test_computed_properties_can_be_excluded_or_included(projects: httpx.AsyncClient) -> None:
    stored = await _properties(projects, "shop", exclude_calculated_properties="true")
    assert stored == {"budget": 5, "web-site": "a.example"}
    assert await _properties(projects, "shop", include="properties.lead") == {"lead": "ann"}
    assert "lead" not in await _properties(projects, "shop", exclude="properties.lead")


async def test_computed_properties_are_in_every_listing_but_not_stored(
    projects: httpx.AsyncClient,
) -> None:
    query = {"combinator": "and", "rules": [{"property": "$blueprint", "operator": "=", "value": "project"}]}
    responses = [
        await projects.get("/v1/blueprints/project/entities"),
        await projects.post("/v1/entities/search", json=query),
        await projects.post("/v1/blueprints/project/entities/search", json={}),
    ]
    for response in responses:
        sizes = {e["identifier"]: e["properties"]["teamSize"] for e in response.json()["entities"]}
        assert sizes == {"shop": 7, "idle": None}
    stored = (await projects.get("/_sandbox/entities", params={"blueprint": "project"})).json()
    assert stored[0]["properties"] == {"budget": 5, "web-site": "a.example"}


async def test_computed_properties_cannot_be_written(projects: httpx.AsyncClient) -> None:
    body = {"identifier": "shop", "properties": {"teamSize": 1}}
    response = await projects.post("/v1/blueprints/project/entities?upsert=true", json=body)
    assert response.status_code == 422


async def test_relations_include_titles_on_request(projects: httpx.AsyncClient) -> None:
    params = {"attach_title_to_relation": "true"}
    response = await projects.get("/v1/blueprints/project/entities/shop", params=params)
    assert response.json()["entity"]["relations"] == {
        "team": {"identifier": "red", "title": "Red"},
        "fans": [{"identifier": "blue", "title": "Blue"}, {"identifier": "red", "title": "Red"}],
    }
    listed = (await projects.get("/v1/blueprints/issue/entities", params=params)).json()["entities"]
    assert [entity["relations"] for entity in listed] == [
        {"project": {"identifier": "shop", "title": "Shop"}},
        {"project": {"identifier": "shop", "title": "Shop"}},
        {"next": {"identifier": "i1", "title": None}},
    ]
