"""Writing of blueprints and mapping to a sandbox of Port, in each mode."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from builder.creation import Mode, Result, write
from builder.existing import Wanted, consequences, read_difference
from builder.port_account import Credentials, PortAccount, open_account

_REQUEST: dict[str, Any] = {
    "installationId": "mine",
    "installationAppType": "custom",
    "version": "0.1.0",
    "changelogDestination": {},
    "config": {"resources": []},
}


def _blueprint(identifier: str, **properties: Any) -> dict[str, Any]:
    definitions = {
        name: {"type": each} if isinstance(each, str) else each for name, each in properties.items()
    }
    schema = {"properties": definitions, "required": []}
    return {"identifier": identifier, "title": identifier, "schema": schema, "relations": {}}


def _entry(kind: str, blueprint: str = "a", **properties: str) -> dict[str, Any]:
    mappings = {"identifier": ".id", "blueprint": f'"{blueprint}"', "properties": properties}
    return {"kind": kind, "selector": {"query": "true"}, "port": {"entity": {"mappings": mappings}}}


def _request(*entries: dict[str, Any]) -> dict[str, Any]:
    return {**_REQUEST, "config": {"resources": list(entries)}}


@pytest.fixture
async def account(port: httpx.ASGITransport) -> AsyncIterator[PortAccount]:
    async with open_account(Credentials("sandbox", "sandbox", "http://localhost:3010"), port) as account:
        yield account


async def _write(
    account: PortAccount, *blueprints: dict[str, Any], mode: Mode = "create", request: Any = _REQUEST
) -> list[Result]:
    difference = await read_difference(account, Wanted(blueprints, request))
    return [result async for result in write(account, difference, request, mode)]


async def _outcomes(account: PortAccount, *blueprints: dict[str, Any], **more: Any) -> list[tuple[str, str]]:
    return [(result.name, result.outcome) for result in await _write(account, *blueprints, **more)]


async def _found(account: PortAccount, identifier: str) -> dict[str, Any]:
    found = await account.blueprint(identifier)
    assert found
    return found


async def test_circular_relations_are_added_to_the_created_blueprints(account: PortAccount) -> None:
    one, other = _blueprint("a"), _blueprint("b")
    one["relations"] = {"to_b": {"target": "b", "many": False, "required": False}}
    other["relations"] = {"to_a": {"target": "a", "many": False, "required": False}}
    outcomes = await _outcomes(account, one, other)
    assert outcomes[2:] == [("blueprint a", "merged"), ("integration mine", "stored")]
    assert list((await _found(account, "a"))["relations"]) == ["to_b"]


async def test_an_existing_blueprint_is_related_to_a_new_one(account: PortAccount) -> None:
    await account.create_blueprint(_blueprint("a"))
    one = {**_blueprint("a"), "relations": {"to_b": {"target": "b", "many": False, "required": False}}}
    outcomes = await _outcomes(account, one, _blueprint("b"), mode="merge")
    assert outcomes == [("blueprint b", "created"), ("blueprint a", "merged"), ("integration mine", "stored")]


@pytest.mark.parametrize("mode", ["create", "merge"])
async def test_a_different_property_is_not_changed_unless_asked_for(account: PortAccount, mode: Mode) -> None:
    await account.create_blueprint(_blueprint("a", size="number"))
    outcomes = await _outcomes(account, _blueprint("a", size="string"), mode=mode)
    assert outcomes == [("blueprint a", "differs"), ("integration mine", "failed")]
    assert (await _found(account, "a"))["schema"]["properties"]["size"]["type"] == "number"


async def test_properties_are_added_to_a_blueprint_only_with_merge(account: PortAccount) -> None:
    await account.create_blueprint(_blueprint("a", size="number"))
    [differs, _] = await _write(account, _blueprint("a", age="number"))
    assert (differs.outcome, differs.message) == ("differs", "Not in Port: age. Merging adds them")
    assert (await _outcomes(account, _blueprint("a", age="number"), mode="merge"))[0][1] == "merged"
    assert list((await _found(account, "a"))["schema"]["properties"]) == ["size", "age"]


async def test_overwriting_changes_type_format_title_and_enum_and_keeps_everything_else(
    account: PortAccount,
) -> None:
    before = _blueprint(
        "a",
        size={"type": "number", "description": "In bytes", "title": "Size"},
        state={
            "type": "string",
            "enum": ["on", "x"],
            "enumColors": {"on": "green", "x": "red"},
            "icon": "Star",
        },
        owner={"type": "string", "format": "email"},
        theirs={"type": "string", "format": "url"},
    )
    before |= {
        "description": "Theirs",
        "calculationProperties": {"twice": {"type": "number", "calculation": ".properties.theirs"}},
    }
    await account.create_blueprint(before)
    wanted = _blueprint(
        "a",
        size={"type": "string", "title": "Bytes"},
        state={"type": "string", "enum": ["on", "off"]},
        owner="string",
    )
    outcomes = await _outcomes(account, wanted, mode="overwrite")
    assert outcomes[0] == ("blueprint a", "overwritten")
    found = await _found(account, "a")
    assert found["schema"]["properties"] == {
        "size": {"type": "string", "description": "In bytes", "title": "Bytes"},
        "state": {"type": "string", "enum": ["on", "off"], "enumColors": {"on": "green"}, "icon": "Star"},
        "owner": {"type": "string"},
        "theirs": {"type": "string", "format": "url"},
    }
    assert found["description"] == "Theirs"
    assert list(found["calculationProperties"]) == ["twice"]


async def test_a_title_is_kept_without_overwriting(account: PortAccount) -> None:
    await account.create_blueprint({**_blueprint("a", size="number"), "title": "Theirs"})
    [result, _] = await _write(account, _blueprint("a", size="number", age="number"), mode="merge")
    assert result.message == "Added age. Kept as it is in Port: title"
    [result, _] = await _write(account, _blueprint("a", size="number"))
    assert (result.outcome, result.message) == ("unchanged", "Kept as it is in Port: title")
    assert (await _found(account, "a"))["title"] == "Theirs"


async def test_overwriting_keeps_that_a_relation_is_required(account: PortAccount) -> None:
    relation = {"target": "a", "many": False, "required": True, "title": "Old"}
    await account.create_blueprint(_blueprint("a"))
    await account.create_blueprint({**_blueprint("b"), "relations": {"a": relation}})
    wanted = {**_blueprint("b"), "relations": {"a": {**relation, "title": "New", "required": False}}}
    await _outcomes(account, wanted, mode="overwrite")
    assert (await _found(account, "b"))["relations"]["a"] == {**relation, "title": "New"}


async def test_only_what_changed_since_opening_is_written(account: PortAccount) -> None:
    """Another user changed a title in the meantime. It stays."""
    opened = _blueprint("a", size={"type": "number", "title": "Size"}, age="number")
    await account.create_blueprint({**opened, "title": "Changed by others"})
    wanted = _blueprint("a", size={"type": "number", "title": "Bytes"}, age="number")
    difference = await read_difference(
        account, Wanted([wanted], _REQUEST, opened_blueprints={"a": opened}, seen_blueprints={"a": opened})
    )
    assert difference.changed_since == ("blueprint a",)
    [change] = difference.blueprints[0].changes
    assert (change.field, change.old, change.new) == ("properties.size.title", "Size", "Bytes")
    assert [each async for each in write(account, difference, _REQUEST, "overwrite")]
    found = await _found(account, "a")
    assert (found["title"], found["schema"]["properties"]["size"]["title"]) == ("Changed by others", "Bytes")


async def test_an_error_of_port_is_a_failed_result(account: PortAccount) -> None:
    outcomes = await _outcomes(account, _blueprint("not valid"))
    assert outcomes == [("blueprint not valid", "failed"), ("integration mine", "failed")]


async def test_a_mapping_is_extended_with_merge_and_replaced_with_overwrite(account: PortAccount) -> None:
    first, second = _entry("/a", x=".x"), _entry("/b")
    assert await _outcomes(account, request=_request(first)) == [("integration mine", "stored")]
    extended = _request(first, second)
    assert await _outcomes(account, request=extended) == [("integration mine", "differs")]
    assert await _outcomes(account, request=extended, mode="merge") == [("integration mine", "stored")]
    for changed in (_request(_entry("/a", x=".y"), second), _request(second), _request(second, first)):
        [differs] = await _write(account, request=changed, mode="merge")
        assert differs.outcome == "differs"
        assert differs.message == (
            "Port has a different mapping, with the kinds /a, /b. Nothing was changed"
            if changed["config"]["resources"][0]["kind"] == "/a"
            else "Port has a different mapping, with the kinds /b, /a. Nothing was changed"
        )
    assert await _outcomes(account, request=_request(second), mode="overwrite") == [
        ("integration mine", "stored")
    ]


async def test_entities_that_a_removed_entry_leaves_behind_are_counted(
    account: PortAccount, port: httpx.ASGITransport
) -> None:
    await _outcomes(account, _blueprint("a"), request=_request(_entry("/a"), _entry("/b", "b")))
    async with httpx.AsyncClient(transport=port, base_url="http://localhost") as http:
        body = {"clientId": "sandbox", "clientSecret": "sandbox"}
        token = (await http.post("/v1/auth/access_token", json=body)).json()["accessToken"]
        for number, app_type in enumerate(["custom", "custom", "custom", "github"]):
            agent = f"port-ocean/{app_type}/0.1.0/mine/exporter"
            headers = {"Authorization": f"Bearer {token}", "User-Agent": agent}
            entity = {"identifier": str(number), "blueprint": "a", "properties": {}, "relations": {}}
            made = await http.post("/v1/blueprints/a/entities?upsert=true", json=entity, headers=headers)
            made.raise_for_status()
    difference = await read_difference(account, Wanted([_blueprint("a")], _request(_entry("/b", "b"))))
    assert [(each.kind, each.state) for each in difference.mapping.entries] == [
        ("/b", "unchanged"),
        ("/a", "removed"),
    ]
    assert list(consequences(difference)) == ["The next resync may delete up to 3 entities of a"]
