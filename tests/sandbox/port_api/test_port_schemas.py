"""The sandbox accepts what Port's published schemas accept, and rejects what they reject.

These tests are skipped if the schemas are missing. They belong to Port and are not part of this project.
"""

import json
import os
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.port_api.app import create_app
from sandbox.port_api.body_schema import BodySchema

type Bodies = Callable[[Any], st.SearchStrategy[Any]]

_APP = create_app()
_APP.state.port.store.close()
_SHARED = Path(os.environ.get("SHARED", Path(__file__).parents[4] / "shared"))
_FOLDER = _SHARED / "port-api"
_UNDEFINED = "x-recursive"
"""Marks the recursion of a query in the schemas. The tests do not recurse."""
_OTHERS = ("ocean-internal-operations", "create-scorecard")
"""Not tested: the first is a list of operations, and the sandbox does not validate scorecard rules."""
_NAMES = sorted(file.stem for file in _FOLDER.glob("*.json") if file.stem not in _OTHERS)
_KNOWN = {
    "blueprint_identifier": "person",
    "entity_identifier": "ann",
    "migration_id": "none",
}
_STRICTER = ("create-entity", "create-entities-bulk")
"""Operations that require an entity identifier here. Port's documents do not define the case without one."""
_SETTINGS = settings(
    max_examples=settings().max_examples // 10,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
    ],
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not _NAMES, reason="Port's schemas are not available"),
]


@cache
def _operation(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_FOLDER / f"{name}.json").read_text())
    return found


def _with_body() -> list[str]:
    return [name for name in _NAMES if _operation(name).get("requestBody")]


def _body_schema(name: str) -> Any:
    return _converted(_operation(name)["requestBody"]["schema"])


def _converted(schema: Any) -> Any:
    """Convert a schema to draft 2020-12, without recursion and with patterns for Python's `re`.

    The selector of a resource becomes optional, because Port's guide omits it.
    """
    if isinstance(schema, list):
        return [
            _converted(inner) for inner in schema if not (isinstance(inner, dict) and _UNDEFINED in inner)
        ]
    if not isinstance(schema, dict):
        return schema
    read = {key: _converted(inner) for key, inner in schema.items()}
    if schema.get("nullable") is True:
        read["type"] = [schema["type"], "null"]
    if "selector" in schema.get("required", ()):
        read["required"] = [key for key in schema["required"] if key != "selector"]
    if isinstance(schema.get("pattern"), str):
        read["pattern"] = re.sub(r"\$(?=\)|$)", r"\\Z", schema["pattern"].replace(r"\p{L}", "A-Za-z"))
    return read


def _path(name: str) -> str:
    """Return the operation's path with existing identifiers."""
    path: str = _operation(name)["path"]
    identifier = "person" if path.startswith("/v1/blueprints") else "mine"
    names = {**_KNOWN, "identifier": identifier, "integrationInternalId": "none"}
    return re.sub(r"\{(\w+)\}", lambda found: names[found[1]], path)


async def _sent(populated: httpx.AsyncClient, name: str, body: Any) -> httpx.Response:
    response = await populated.request(_operation(name)["method"], _path(name), content=json.dumps(body))
    assert response.status_code < 500, response.text
    return response


async def test_every_operation_exists(populated: httpx.AsyncClient) -> None:
    for name in _NAMES:
        response = await populated.request(_operation(name)["method"], _path(name), content=b"{}")
        assert "not an endpoint of the sandbox" not in response.text, name


@pytest.mark.parametrize("name", _with_body())
@_SETTINGS
@given(data=st.data())
async def test_sandbox_schema_accepts_what_port_accepts(
    populated: httpx.AsyncClient, valid: Bodies, name: str, data: st.DataObject
) -> None:
    """The body may still violate a rule, for example by naming a blueprint that does not exist."""
    body = data.draw(valid(_body_schema(name)))
    await _sent(populated, name, body)
    violation = _sandbox_schema(name).violation(body)
    assert violation is None or name in _STRICTER, (body, violation)


@pytest.mark.parametrize("name", _with_body())
@_SETTINGS
@given(data=st.data())
async def test_sandbox_rejects_what_port_rejects(
    populated: httpx.AsyncClient, broken: Bodies, name: str, data: st.DataObject
) -> None:
    body = data.draw(broken(_body_schema(name)))
    response = await _sent(populated, name, body)
    rejected = response.status_code >= 400 or response.json().get("errors")
    assert rejected, (body, response.text)


@cache
def _sandbox_schema(name: str) -> BodySchema:
    """Return the schema of the operation's body in the sandbox's OpenAPI document."""
    operation = _operation(name)
    pattern = re.sub(r"\{\w+\}", "{}", operation["path"])
    for path, methods in _APP.openapi()["paths"].items():
        if re.sub(r"\{\w+\}", "{}", path) == pattern:
            body = methods[operation["method"].lower()]["requestBody"]
            return BodySchema(body["content"]["application/json"]["schema"])
    raise LookupError(pattern)
