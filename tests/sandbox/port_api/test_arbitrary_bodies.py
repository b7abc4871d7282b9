"""No request gets a 500. Every error has Port's format."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

_WORDS = st.sampled_from(
    [
        *(
            "identifier",
            "title",
            "schema",
            "properties",
            "relations",
            "entities",
            "rules",
            "combinator",
            "and",
        ),
        *(
            "property",
            "operator",
            "value",
            "=",
            "in",
            "contains",
            "type",
            "string",
            "array",
            "items",
            "format",
        ),
        *(
            "$identifier",
            "$blueprint",
            "person",
            "team",
            "age",
            "tags",
            "friends",
            "config",
            "resources",
            "kind",
        ),
        *(
            "selector",
            "port",
            "entity",
            "mappings",
            "blueprint",
            '"person"',
            "query",
            "logs",
            "examples",
            "limit",
        ),
        *("syncKindMetrics", "syncKindsMetrics", "kindIdentifier", "datasource_prefix", "datasource_suffix"),
        *("before", "from", "required", "target", "many", "enum", "pattern", "isEmpty", "between", "primary"),
        *("installationId", "installationAppType", "version", "changelogDestination", "status", "default"),
    ]
)
_TEXTS = _WORDS | st.text(max_size=8)
_LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXTS
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=5),
    max_leaves=25,
)
_FIELDS = {
    "entities": st.lists(_VALUES, max_size=3),
    "rules": st.lists(
        st.fixed_dictionaries(
            {"property": _TEXTS, "operator": st.sampled_from(["=", "in", ">", "between", "containsAny"])},
            optional={"value": _VALUES},
        ),
        max_size=3,
    ),
    "combinator": st.sampled_from(["and", "or"]),
    "identifier": st.sampled_from(["a", "person", "b c", 5]) | _VALUES,
    "title": _TEXTS,
    "properties": st.dictionaries(st.sampled_from(["age", "tags", "extra", "since"]), _VALUES),
    "relations": st.dictionaries(st.sampled_from(["team", "friends", "user"]), _VALUES),
    "schema": st.fixed_dictionaries({"properties": st.dictionaries(_TEXTS, _VALUES, max_size=3)}),
}
_BODIES = (
    _VALUES
    | st.fixed_dictionaries({}, optional=_FIELDS)
    | st.fixed_dictionaries(
        {"entities": st.lists(st.fixed_dictionaries({}, optional=_FIELDS), min_size=1, max_size=3)}
    )
)
_ROUTES = [
    ("POST", "/v1/auth/access_token"),
    ("POST", "/v1/integration"),
    ("PATCH", "/v1/integration/mine"),
    ("PATCH", "/v1/integration/mine/config"),
    ("PATCH", "/v1/integration/mine/resync-state"),
    ("PUT", "/v1/integration/mine/cursor?kind=a&index=0"),
    ("POST", "/v1/integration/mine/kinds/a/examples"),
    ("POST", "/v1/blueprints"),
    ("PATCH", "/v1/blueprints/person"),
    ("PUT", "/v1/blueprints/person"),
    ("POST", "/v1/blueprints/person/entities?upsert=true&create_missing_related_entities=true"),
    (
        "POST",
        "/v1/blueprints/person/entities/bulk?upsert=true&merge=true&create_missing_related_entities=true",
    ),
    ("PATCH", "/v1/blueprints/person/entities/ann"),
    ("PUT", "/v1/blueprints/person/entities/ann"),
    ("POST", "/v1/blueprints/person/entities/search"),
    ("POST", "/v1/blueprints/person/bulk/entities/delete?delete_dependents=true"),
    ("POST", "/v1/blueprints/person/scorecards"),
    ("POST", "/v1/blueprints/entities/datasource-entities"),
    ("POST", "/v1/entities/search"),
    ("POST", "/v1/actions"),
    ("PATCH", "/v1/org/sandbox/integration/probe/p"),
    ("POST", "/ingest/logs/x"),
    ("POST", "/_sandbox/blueprints-for-mapping"),
]


async def _check(response: httpx.Response) -> None:
    assert response.status_code < 500
    body: dict[str, Any] = response.json()
    assert body["ok"] is (response.status_code < 400)
    if response.status_code >= 400:
        assert set(body) == {"ok", "error", "message"}
        assert isinstance(body["error"], str)
        assert isinstance(body["message"], str)


@pytest.mark.unmeasured  # it covers nothing that other tests do not, and takes long with coverage
@settings(
    max_examples=settings().max_examples * 2,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
async def test_no_json_body_gives_a_500(catalog: httpx.AsyncClient, data: st.DataObject) -> None:
    method, path = data.draw(st.sampled_from(_ROUTES))
    content = json.dumps(data.draw(_BODIES), ensure_ascii=True)
    await _check(await catalog.request(method, path, content=content))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="truncated"),
        pytest.param(b'{"title": NaN}', id="NaN"),
        pytest.param(b'{"title": Infinity}', id="Infinity"),
        pytest.param(b'{"title": 1e999}', id="number out of range"),
        pytest.param(b'{"title": ' + b"9" * 5000 + b"}", id="number with too many digits"),
        pytest.param(b'{"title": "\\ud800"}', id="lone surrogate"),
        pytest.param(b'{"title": "\xff"}', id="not UTF-8"),
        pytest.param(b'{"title": "\xed\xa0\x80"}', id="surrogate in UTF-8"),
        pytest.param(b"[" * 100_000, id="deep and open"),
        pytest.param(b"[" * 5000 + b"]" * 5000, id="deep"),
        pytest.param(b'{"rules":[' * 150 + b"]}" * 150, id="deep query"),
    ],
)
async def test_every_route_rejects_invalid_json(catalog: httpx.AsyncClient, content: bytes) -> None:
    for method, path in _ROUTES:
        response = await catalog.request(method, path, content=content)
        await _check(response)
        if content:
            assert response.status_code == 422, path


@pytest.mark.parametrize("depth", [15, 30, 90])
async def test_query_may_be_nested_twenty_levels_deep(catalog: httpx.AsyncClient, depth: int) -> None:
    query: dict[str, Any] = {"combinator": "and", "rules": []}
    for _ in range(depth // 2):
        query = {"combinator": "or", "rules": [query]}
    response = await catalog.post("/v1/entities/search", json=query)
    await _check(response)
    assert response.status_code == (200 if depth // 2 <= 20 else 422)


_NUL: Callable[[str], str] = "a\x00{}".format


@pytest.mark.parametrize(
    "path",
    [
        "/v1/blueprints/%00",
        "/v1/blueprints/%FF%FE",
        "/v1/blueprints/person/entities/%ED%A0%80",
        "/v1/blueprints//entities//",
        "/v1/integration/%2e%2e/cursor?kind=%FF&index=%00",
        "/v1/entities/search?include=%FF",
        "/_sandbox/entities?blueprint=%FF",
        "/_sandbox/logs?level=%00",
        "/%",
        "//",
    ],
)
async def test_no_path_gives_a_500(catalog: httpx.AsyncClient, path: str) -> None:
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"):
        response = await catalog.request(method, f"http://localhost:3010{path}", json={})
        assert response.status_code < 500, method


async def test_nul_character_in_an_identifier_matches_nothing(catalog: httpx.AsyncClient) -> None:
    rules = [{"property": "$identifier", "operator": "in", "value": [_NUL("b"), "\x00"]}]
    response = await catalog.post("/v1/entities/search", json={"combinator": "and", "rules": rules})
    assert response.json()["entities"] == []
