"""Creation of blueprints and mapping in a sandbox of Port."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from builder.creation import create, differences
from builder.install import Creation
from builder.port_account import Credentials, PortAccount, open_account

_REQUEST: dict[str, Any] = {
    "installationId": "mine",
    "installationAppType": "custom",
    "version": "0.1.0",
    "changelogDestination": {},
    "config": {"resources": []},
}


def _blueprint(identifier: str, **properties: str) -> dict[str, Any]:
    types = {name: {"type": type_} for name, type_ in properties.items()}
    return {"identifier": identifier, "title": identifier, "schema": {"properties": types}, "relations": {}}


@pytest.fixture
async def account(port: httpx.ASGITransport) -> AsyncIterator[PortAccount]:
    async with open_account(Credentials("sandbox", "sandbox", "http://localhost:3010"), port) as account:
        yield account


async def _outcomes(
    account: PortAccount,
    *blueprints: dict[str, Any],
    relate: dict[str, Any] | None = None,
    merge: bool = False,
) -> list[tuple[str, str]]:
    results = create(account, Creation(blueprints, relate or {}), _REQUEST, merge=merge)
    return [(result.name, result.outcome) async for result in results]


async def test_circular_relations_are_added_to_the_created_blueprints(account: PortAccount) -> None:
    relation = {"target": "b", "many": False, "required": False}
    relate = {"a": {"relations": {"to_b": relation}}}
    outcomes = await _outcomes(account, _blueprint("a"), _blueprint("b"), relate=relate)
    assert outcomes[2:] == [("blueprint a", "merged"), ("integration mine", "stored")]
    found = await account.blueprint("a")
    assert found
    assert list(found["relations"]) == ["to_b"]


async def test_a_different_property_is_never_changed(account: PortAccount) -> None:
    await account.create_blueprint(_blueprint("a", size="number"))
    outcomes = await _outcomes(account, _blueprint("a", size="string"), merge=True)
    assert outcomes == [("blueprint a", "differs"), ("integration mine", "failed")]
    found = await account.blueprint("a")
    assert found
    assert found["schema"]["properties"]["size"]["type"] == "number"


async def test_an_error_of_port_is_a_failed_result(account: PortAccount) -> None:
    outcomes = await _outcomes(account, _blueprint("not valid"))
    assert outcomes == [("blueprint not valid", "failed"), ("integration mine", "failed")]


def test_missing_and_different_properties_are_told_apart() -> None:
    wanted, existing = _blueprint("a", one="string", two="string"), _blueprint("a", two="number")
    assert differences(wanted, existing) == (["one"], ["two"])
