"""Every operation with valid and invalid bodies.

The schemas come from the sandbox's OpenAPI document. test_port_schemas.py tests Port's schemas.
"""

import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.port_api.app import create_app

pytestmark = pytest.mark.slow

type Bodies = Callable[[Any], st.SearchStrategy[Any]]

_APP = create_app()
_APP.state.port.store.close()
_PATHS: dict[str, Any] = _APP.openapi()["paths"]
_WITH_BODY = [
    (method.upper(), path, operation["requestBody"]["content"]["application/json"]["schema"])
    for path, methods in _PATHS.items()
    for method, operation in methods.items()
    if "requestBody" in operation
]
_WITHOUT_BODY = [
    (method.upper(), path)
    for path, methods in _PATHS.items()
    for method, operation in methods.items()
    if "requestBody" not in operation and path != "/_sandbox/reset"
]
_KNOWN = {
    "blueprint": "person",
    "entity": "ann",
    "identifier": "mine",
    "name": "age",
    "organization": "sandbox",
    "event": "e1",
}
_PARTIAL_SUCCESS = ("/entities/bulk",)
"""Operations whose response reports errors per item with a status below 400."""
_SETTINGS = settings(
    max_examples=settings().max_examples // 8,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
    ],
)


def _expand(path: str, ingest_id: str) -> str:
    """Return the path with existing identifiers, or `x` for unknown parameters."""
    names = {**_KNOWN, "ingest_id": ingest_id, "internal_id": ingest_id}
    return re.sub(r"\{(\w+)\}", lambda found: names.get(found[1], "x"), path)


def _check(response: httpx.Response) -> None:
    assert response.status_code < 500, response.text
    body = response.json()
    if response.status_code >= 400:
        assert body["ok"] is False
        assert {"error", "message"} <= body.keys() <= {"ok", "error", "message", "code"}
        assert isinstance(body["error"], str)
        assert isinstance(body["message"], str)


@pytest.fixture
async def ingest_id(populated: httpx.AsyncClient) -> str:
    return str((await populated.get("/v1/integration/mine")).json()["integration"]["_id"])


_IDS = [f"{method} {path}" for method, path, _ in _WITH_BODY]


@pytest.mark.parametrize(("method", "path", "schema"), _WITH_BODY, ids=_IDS)
@_SETTINGS
@given(data=st.data())
async def test_valid_body_gets_no_500(
    populated: httpx.AsyncClient,
    ingest_id: str,
    valid: Bodies,
    method: str,
    path: str,
    schema: Any,
    data: st.DataObject,
) -> None:
    body = data.draw(valid(schema))
    _check(await populated.request(method, _expand(path, ingest_id), content=json.dumps(body)))


@pytest.mark.parametrize(("method", "path", "schema"), _WITH_BODY, ids=_IDS)
@_SETTINGS
@given(data=st.data())
async def test_invalid_body_gets_an_error_in_the_format_of_port(
    populated: httpx.AsyncClient,
    ingest_id: str,
    broken: Bodies,
    method: str,
    path: str,
    schema: Any,
    data: st.DataObject,
) -> None:
    body = data.draw(broken(schema))
    response = await populated.request(method, _expand(path, ingest_id), content=json.dumps(body))
    _check(response)
    rejected = response.status_code >= 400 or (path.endswith(_PARTIAL_SUCCESS) and response.json()["errors"])
    assert rejected, (body, response.text)


@pytest.mark.parametrize(("method", "path"), _WITHOUT_BODY)
async def test_operation_without_body_works_for_known_and_unknown_identifiers(
    populated: httpx.AsyncClient, ingest_id: str, method: str, path: str
) -> None:
    _check(await populated.request(method, _expand(path, ingest_id)))
    _check(await populated.request(method, re.sub(r"\{\w+\}", "none", path)))


def test_every_write_operation_documents_its_body() -> None:
    undocumented = {
        path
        for path, methods in _PATHS.items()
        for method, operation in methods.items()
        if method in ("post", "put", "patch") and "requestBody" not in operation
    }
    assert undocumented == {
        "/_sandbox/reset",
        "/ingest/metrics/{ingest_id}/heartbeat",
        "/v1/actions/runs/claim-pending",
        "/v1/migrations/{identifier}/cancel",
        "/v1/workflows/runs/claim-pending",
    }
