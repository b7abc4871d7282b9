"""Each operation that takes a body, with bodies that its schema allows and with ones that it does not.

The schemas are those that the sandbox's own OpenAPI document shows; tests of Port's own are in
test_port_schemas.py.
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
_WRITES_PARTLY = ("/entities/bulk",)
"""Where the answer to an unfit part is in the answer for the whole."""
_SETTINGS = settings(
    max_examples=settings().max_examples // 8,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
    ],
)


def _filled(path: str, ingest_id: str) -> str:
    """The path with the names of what there is; `x` for all others."""
    names = {**_KNOWN, "ingest_id": ingest_id, "internal_id": ingest_id}
    return re.sub(r"\{(\w+)\}", lambda found: names.get(found[1], "x"), path)


def _check(answer: httpx.Response) -> None:
    assert answer.status_code < 500, answer.text
    body = answer.json()
    if answer.status_code >= 400:
        assert body["ok"] is False
        assert {"error", "message"} <= body.keys() <= {"ok", "error", "message", "code"}
        assert isinstance(body["error"], str)
        assert isinstance(body["message"], str)


@pytest.fixture
async def ingest_id(inhabited: httpx.AsyncClient) -> str:
    return str((await inhabited.get("/v1/integration/mine")).json()["integration"]["_id"])


_IDS = [f"{method} {path}" for method, path, _ in _WITH_BODY]


@pytest.mark.parametrize(("method", "path", "schema"), _WITH_BODY, ids=_IDS)
@_SETTINGS
@given(data=st.data())
async def test_a_valid_body_is_answered(
    inhabited: httpx.AsyncClient,
    ingest_id: str,
    valid: Bodies,
    method: str,
    path: str,
    schema: Any,
    data: st.DataObject,
) -> None:
    body = data.draw(valid(schema))
    _check(await inhabited.request(method, _filled(path, ingest_id), content=json.dumps(body)))


@pytest.mark.parametrize(("method", "path", "schema"), _WITH_BODY, ids=_IDS)
@_SETTINGS
@given(data=st.data())
async def test_an_invalid_body_is_refused_in_port_s_words(
    inhabited: httpx.AsyncClient,
    ingest_id: str,
    broken: Bodies,
    method: str,
    path: str,
    schema: Any,
    data: st.DataObject,
) -> None:
    body = data.draw(broken(schema))
    answer = await inhabited.request(method, _filled(path, ingest_id), content=json.dumps(body))
    _check(answer)
    refused = answer.status_code >= 400 or (path.endswith(_WRITES_PARTLY) and answer.json()["errors"])
    assert refused, (body, answer.text)


@pytest.mark.parametrize(("method", "path"), _WITHOUT_BODY)
async def test_what_takes_no_body_is_answered_for_what_there_is_and_what_there_is_not(
    inhabited: httpx.AsyncClient, ingest_id: str, method: str, path: str
) -> None:
    _check(await inhabited.request(method, _filled(path, ingest_id)))
    _check(await inhabited.request(method, re.sub(r"\{\w+\}", "none", path)))


def test_every_operation_that_writes_says_what_it_takes() -> None:
    silent = {
        path
        for path, methods in _PATHS.items()
        for method, operation in methods.items()
        if method in ("post", "put", "patch") and "requestBody" not in operation
    }
    assert silent == {
        "/_sandbox/reset",
        "/ingest/metrics/{ingest_id}/heartbeat",
        "/v1/actions/runs/claim-pending",
        "/v1/migrations/{identifier}/cancel",
        "/v1/workflows/runs/claim-pending",
    }
