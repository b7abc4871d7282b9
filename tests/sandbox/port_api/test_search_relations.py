"""Rules about relations: who depends on whom, over how many steps, by which path.

service -> system -> domain, a deployment runs a service in an environment, a group has a parent.
"""

from typing import Any

import httpx
import pytest

_BLUEPRINTS: dict[str, dict[str, tuple[str, bool, bool]]] = {
    "domain": {},
    "environment": {},
    "system": {"domain": ("domain", False, False)},
    "service": {"system": ("system", False, True)},
    "deployment": {"runs": ("service", True, False), "in": ("environment", False, False)},
    "group": {"parent": ("group", False, False)},
}
_ENTITIES: list[tuple[str, str, dict[str, Any]]] = [
    ("domain", "trade", {}),
    ("environment", "live", {}),
    ("system", "shop", {"domain": "trade"}),
    ("system", "bank", {"domain": "trade"}),
    ("service", "cart", {"system": "shop"}),
    ("service", "till", {"system": "bank"}),
    ("deployment", "cart-live", {"runs": ["cart"], "in": "live"}),
    ("deployment", "both-live", {"runs": ["cart", "till"], "in": "live"}),
    ("group", "squad", {"parent": "tribe"}),
    ("group", "tribe", {"parent": "alliance"}),
    ("group", "alliance", {"parent": "company"}),
    ("group", "company", {}),
]
_LATER = {"tribe", "alliance", "company"}


@pytest.fixture
async def graph(port: httpx.AsyncClient) -> httpx.AsyncClient:
    for name, relations in _BLUEPRINTS.items():
        blueprint = {
            "identifier": name,
            "title": name,
            "schema": {"properties": {}},
            "relations": {
                relation: {"target": target, "many": many, "required": required}
                for relation, (target, many, required) in relations.items()
            },
        }
        assert (await port.post("/v1/blueprints", json=blueprint)).status_code == 201
    for blueprint_name, identifier, related in _ENTITIES:
        path = f"/v1/blueprints/{blueprint_name}/entities?upsert=true&create_missing_related_entities=true"
        body = {"identifier": identifier, "title": f"The {identifier}", "relations": related}
        assert (await port.post(path, json=body)).status_code == 201
    return port


def _related(blueprint: str, *names: str, **more: object) -> dict[str, Any]:
    value: object = names[0] if len(names) == 1 else list(names)
    return {"operator": "relatedTo", "blueprint": blueprint, "value": value, **more}


def _path(value: object, *steps: object, **more: str) -> dict[str, Any]:
    return {"property": {"path": list(steps), **more}, "operator": "matchAny", "value": value}


_HOPS: dict[str, Any] = {"relation": "parent", "maxHops": 3}
_CASES: list[tuple[str, dict[str, Any], str]] = [
    ("upstream, all the way", _related("service", "cart", direction="upstream"), "shop trade"),
    (
        "downstream, all the way",
        _related("system", "shop", direction="downstream"),
        "both-live cart cart-live",
    ),
    ("both ways", _related("service", "till"), "bank both-live trade"),
    ("of several", _related("system", "shop", "bank", direction="upstream"), "trade"),
    (
        "by required relations",
        _related("system", "shop", required=True, direction="downstream"),
        "cart",
    ),
    ("by others", _related("service", "cart", required=False, direction="downstream"), "both-live cart-live"),
    ("of nothing", _related("service", "none"), ""),
    ("of an unknown blueprint", _related("none", "none"), ""),
    ("one step up", _path("shop", "system"), "cart"),
    ("two steps up", _path("trade", "system", "domain"), "cart till"),
    ("to one of several", _path(["shop", "bank"], "system"), "cart till"),
    ("a relation to many", _path("till", "runs"), "both-live"),
    ("steps that do not join", _path("trade", "domain", "system"), ""),
    ("no step", _path("trade"), ""),
    ("from a blueprint", _path("both-live", "runs", "system", fromBlueprint="deployment"), "bank shop"),
    ("exactly two hops", _path("squad", "parent", "parent", fromBlueprint="group"), "alliance"),
    ("up to three hops", _path("squad", _HOPS, fromBlueprint="group"), " ".join(sorted(_LATER))),
    (
        "two hops and up to three more",
        _path("squad", "parent", "parent", _HOPS, fromBlueprint="group"),
        "alliance company",
    ),
    ("hops towards a value", _path("company", _HOPS), "alliance squad tribe"),
    ("nobody asks", _path({"context": "user", "property": "$identifier"}, "system"), ""),
]


@pytest.mark.parametrize(
    ("rule", "expected"), [case[1:] for case in _CASES], ids=[case[0] for case in _CASES]
)
async def test_rule_follows_relations(graph: httpx.AsyncClient, rule: dict[str, Any], expected: str) -> None:
    response = await graph.post("/v1/entities/search", json={"combinator": "and", "rules": [rule]})
    assert response.status_code == 200, response.text
    assert sorted(entity["identifier"] for entity in response.json()["entities"]) == expected.split()


async def test_cycle_of_relations_terminates(graph: httpx.AsyncClient) -> None:
    await graph.patch("/v1/blueprints/group/entities/company", json={"relations": {"parent": "squad"}})
    rules = [_related("group", "squad", direction="upstream")]
    response = await graph.post("/v1/entities/search", json={"combinator": "and", "rules": rules})
    found = {entity["identifier"] for entity in response.json()["entities"]}
    assert found == {"squad", *_LATER}


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(_related("service", "cart", direction="sideways"), id="unknown direction"),
        pytest.param({"operator": "relatedTo", "value": "cart"}, id="no blueprint"),
        pytest.param(_path("squad", {"relation": "parent", "maxHops": 16}), id="too many hops"),
        pytest.param(_path("squad", _HOPS, _HOPS), id="maxHops twice"),
        pytest.param(_path(7, "system"), id="number"),
    ],
)
async def test_invalid_rule_about_relations_is_rejected(
    graph: httpx.AsyncClient, rule: dict[str, Any]
) -> None:
    response = await graph.post("/v1/entities/search", json={"combinator": "and", "rules": [rule]})
    assert response.status_code == 422, response.text


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"relation": "runs", "operator": "contains", "value": "till"}, "both-live"),
        ({"relation": "in", "operator": "=", "value": "live"}, "both-live cart-live"),
        (
            {"relation": "runs", "targetProperty": "$title", "operator": "contains", "value": "The till"},
            "both-live",
        ),
        (
            {"relation": "in", "targetProperty": "$title", "operator": "endsWith", "value": "live"},
            "both-live cart-live",
        ),
        ({"relation": "in", "operator": "isEmpty"}, ""),
        ({"scorecard": "readiness", "operator": "=", "value": "Gold"}, ""),
        ({"scorecard": "readiness", "operator": "isEmpty"}, "both-live cart-live"),
    ],
)
async def test_search_of_a_blueprint_has_additional_rules(
    graph: httpx.AsyncClient, rule: dict[str, Any], expected: str
) -> None:
    body = {"query": {"combinator": "and", "rules": [rule]}}
    response = await graph.post("/v1/blueprints/deployment/entities/search", json=body)
    assert response.status_code == 200, response.text
    assert sorted(entity["identifier"] for entity in response.json()["entities"]) == expected.split()
