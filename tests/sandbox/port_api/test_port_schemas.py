"""The sandbox beside Port's published schemas: it takes what they allow, and refuses what they do not.

Skipped where the schemas are not at hand: they are Port's, and no part of this project.
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
"""Marks where a query nests into itself; here it does not."""
_OTHERS = ("ocean-internal-operations", "create-scorecard")
"""The first is a list of operations; scorecards are stored without looking into their rules."""
_NAMES = sorted(file.stem for file in _FOLDER.glob("*.json") if file.stem not in _OTHERS)
_KNOWN = {
    "blueprint_identifier": "person",
    "entity_identifier": "ann",
    "migration_id": "none",
}
_STRICTER = ("create-entity", "create-entities-bulk")
"""Port's documents leave open what an entity without an identifier becomes; the sandbox refuses it."""
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
    pytest.mark.skipif(not _NAMES, reason="Port's schemas are not beside the project"),
]


@cache
def _operation(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_FOLDER / f"{name}.json").read_text())
    return found


def _with_body() -> list[str]:
    return [name for name in _NAMES if _operation(name).get("requestBody")]


def _body_schema(name: str) -> Any:
    return _readable(_operation(name)["requestBody"]["schema"])


def _readable(schema: Any) -> Any:
    """In today's JSON schema, without recursion, with patterns that Python's `re` reads.

    A resource may lack its selector: the reference requires one, and Port's own guide prints none.
    """
    if isinstance(schema, list):
        return [_readable(inner) for inner in schema if not (isinstance(inner, dict) and _UNDEFINED in inner)]
    if not isinstance(schema, dict):
        return schema
    read = {key: _readable(inner) for key, inner in schema.items()}
    if schema.get("nullable") is True:
        read["type"] = [schema["type"], "null"]
    if "selector" in schema.get("required", ()):
        read["required"] = [key for key in schema["required"] if key != "selector"]
    if isinstance(schema.get("pattern"), str):
        read["pattern"] = re.sub(r"\$(?=\)|$)", r"\\Z", schema["pattern"].replace(r"\p{L}", "A-Za-z"))
    return read


def _path(name: str) -> str:
    """With the names of what there is; `identifier` is that of a blueprint or of an integration."""
    path: str = _operation(name)["path"]
    identifier = "person" if path.startswith("/v1/blueprints") else "mine"
    names = {**_KNOWN, "identifier": identifier, "integrationInternalId": "none"}
    return re.sub(r"\{(\w+)\}", lambda found: names[found[1]], path)


async def _sent(inhabited: httpx.AsyncClient, name: str, body: Any) -> httpx.Response:
    answer = await inhabited.request(_operation(name)["method"], _path(name), content=json.dumps(body))
    assert answer.status_code < 500, answer.text
    return answer


async def test_every_operation_is_there(inhabited: httpx.AsyncClient) -> None:
    for name in _NAMES:
        answer = await inhabited.request(_operation(name)["method"], _path(name), content=b"{}")
        assert "not something the sandbox answers" not in answer.text, name


@pytest.mark.parametrize("name", _with_body())
@_SETTINGS
@given(data=st.data())
async def test_what_port_allows_is_no_unfit_shape(
    inhabited: httpx.AsyncClient, valid: Bodies, name: str, data: st.DataObject
) -> None:
    """It may still break a rule: name a blueprint that does not exist, or lack an identifier."""
    body = data.draw(valid(_body_schema(name)))
    await _sent(inhabited, name, body)
    complaint = _our_shape(name).violation(body)
    assert complaint is None or name in _STRICTER, (body, complaint)


@pytest.mark.parametrize("name", _with_body())
@_SETTINGS
@given(data=st.data())
async def test_what_port_does_not_allow_is_refused(
    inhabited: httpx.AsyncClient, broken: Bodies, name: str, data: st.DataObject
) -> None:
    body = data.draw(broken(_body_schema(name)))
    answer = await _sent(inhabited, name, body)
    refused = answer.status_code >= 400 or answer.json().get("errors")
    assert refused, (body, answer.text)


@cache
def _our_shape(name: str) -> BodySchema:
    """What the sandbox's own document says of the operation's body."""
    operation = _operation(name)
    wanted = re.sub(r"\{\w+\}", "{}", operation["path"])
    for path, methods in _APP.openapi()["paths"].items():
        if re.sub(r"\{\w+\}", "{}", path) == wanted:
            body = methods[operation["method"].lower()]["requestBody"]
            return BodySchema(body["content"]["application/json"]["schema"])
    raise LookupError(wanted)
