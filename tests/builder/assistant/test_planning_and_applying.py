"""The tools that need Port, in this process, against the sandbox of Port."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.servers import client_of

pytestmark = pytest.mark.process

USERS = [{"id": f"u{number}", "name": f"User {number}", "team": "a", "token": "t"} for number in range(3)]
BLUEPRINT = {
    "identifier": "user",
    "title": "User",
    "schema": {"properties": {"team": {"type": "string"}, "token": {"type": "string"}}, "required": []},
    "relations": {},
}


def mapping_of(data_path: str = ".users", **mappings: Any) -> dict[str, Any]:
    fields = {"identifier": ".id", "title": ".name", "blueprint": '"user"', "properties": {"team": ".team"}}
    entity = {"entity": {"mappings": {**fields, **mappings}}}
    return {"resources": [{"kind": "/users", "selector": {"data_path": data_path}, "port": entity}]}


@pytest.fixture
def port(port_server: str) -> Iterator[httpx.Client]:
    """Return a client for an empty sandbox."""
    with client_of(port_server) as http:
        http.post("/_sandbox/reset").raise_for_status()
        yield http


@pytest.fixture
def settings(api: Any, reply: Any) -> dict[str, str]:
    api.answers["/users"] = reply({"users": USERS})
    return {"BASE_URL": api.url}


@pytest.fixture
def credentials(port: httpx.Client) -> dict[str, str]:
    return {
        "OCEAN__PORT__BASE_URL": str(port.base_url).rstrip("/"),
        "OCEAN__PORT__CLIENT_ID": "sandbox",
        "OCEAN__PORT__CLIENT_SECRET": "sandbox",
        "OCEAN__INTEGRATION__IDENTIFIER": "mine",
    }


def blueprints_in(port: httpx.Client) -> dict[str, int]:
    counts: dict[str, int] = port.get("/_sandbox/catalog").raise_for_status().json()
    return counts


async def test_a_plan_says_that_a_blueprint_is_missing(
    opened: Any, settings: dict[str, str], credentials: dict[str, str]
) -> None:
    async with opened(settings, credentials) as assistant:
        answer = await assistant.call("plan", mapping=mapping_of())
    [kind] = answer["kinds"]
    assert answer["fails"]
    assert kind["refused"] == 3
    assert "the blueprint user does not exist" in kind["error"]


async def test_a_plan_with_blueprints_is_for_port_with_these_added(
    opened: Any, settings: dict[str, str], credentials: dict[str, str], port: httpx.Client
) -> None:
    async with opened(settings, credentials) as assistant:
        answer = await assistant.call("plan", mapping=mapping_of(), blueprints=[BLUEPRINT])
    assert not answer["fails"]
    assert answer["create"]["by_blueprint"] == {"user": 3}
    assert answer["create"]["examples"] == ["user u0", "user u1", "user u2"]
    assert answer["kinds"][0]["verdict"].startswith("complete")
    assert blueprints_in(port) == {}


async def test_a_plan_adds_to_blueprints_that_exist(
    opened: Any, settings: dict[str, str], credentials: dict[str, str]
) -> None:
    """Including relations to entities that are in Port already, and to a blueprint that is new, too."""
    known = {**BLUEPRINT, "schema": {"properties": {"city": {"type": "string"}}}}
    team = {"identifier": "team", "title": "Team", "schema": {"properties": {}}}
    relation = {"team": {"target": "team", "many": False, "required": False}}
    mapping = mapping_of(relations={"team": ".team"})
    async with opened(settings, credentials, allow_apply=True) as assistant:
        dry = await assistant.call("apply", mapping=mapping_of(properties={}), blueprints=[known])
        agreed = {"dry_run": False, "fingerprint": dry["fingerprint"]}
        await assistant.call("apply", mapping=mapping_of(properties={}), blueprints=[known], **agreed)
        without = await assistant.call("plan", mapping=mapping)
        both = [team, {**BLUEPRINT, "relations": relation}]
        answer = await assistant.call("plan", mapping=mapping, blueprints=both)
    assert without["fails"]
    assert not answer["fails"], answer
    assert answer["create"]["by_blueprint"] == {"team": 1, "user": 3}


@pytest.fixture
def user_in_port(port: httpx.Client) -> None:
    """Create a user with a token and another team in Port."""
    access = {"clientId": "sandbox", "clientSecret": "sandbox"}
    token = port.post("/v1/auth/access_token", json=access).json()["accessToken"]
    headers = {"Authorization": f"Bearer {token}"}
    port.post("/v1/blueprints", json=BLUEPRINT, headers=headers).raise_for_status()
    entity = {"identifier": "u1", "title": "User 1", "properties": {"token": "made-up-Heron", "team": "b"}}
    port.post("/v1/blueprints/user/entities", json=entity, headers=headers).raise_for_status()


@pytest.mark.usefixtures("user_in_port")
async def test_changes_of_secret_fields_are_masked_in_a_plan(
    opened: Any, api: Any, reply: Any, settings: dict[str, str], credentials: dict[str, str]
) -> None:
    api.answers["/users"] = reply({"users": [{**USERS[1], "token": "made-up-Walrus"}]})
    mapping = mapping_of(properties={"token": ".token", "team": ".team"})
    async with opened(settings, credentials) as assistant:
        answer = await assistant.call("plan", mapping=mapping)
    [update] = answer["update"]["examples"]
    assert update["new"] == {"properties.token": "***", "properties.team": "a"}
    assert "Heron" not in str(answer)
    assert "Walrus" not in str(answer)


async def test_apply_shows_the_difference_and_writes_it_once_agreed(
    opened: Any, settings: dict[str, str], credentials: dict[str, str], port: httpx.Client
) -> None:
    given: dict[str, Any] = {"mapping": mapping_of(), "blueprints": [BLUEPRINT]}
    async with opened(settings, credentials, allow_apply=True) as assistant:
        dry = await assistant.call("apply", **given)
        assert blueprints_in(port) == {}
        written = await assistant.call("apply", **given, dry_run=False, fingerprint=dry["fingerprint"])
        checked = await assistant.call("check")
        again = await assistant.call("apply", **given)
    assert "blueprint user: new" in dry["difference"]
    assert (dry["written"], dry["is_empty"]) == (False, False)
    assert written["written"]
    assert [each["outcome"] for each in written["results"]] == ["created", "stored"]
    assert blueprints_in(port) == {"user": 0}
    assert checked["port"] == "connected, has this integration"
    assert again["is_empty"]


async def test_apply_keeps_what_exists_unless_it_is_told(
    opened: Any, settings: dict[str, str], credentials: dict[str, str]
) -> None:
    async with opened(settings, credentials, allow_apply=True) as assistant:

        async def apply(**given: Any) -> dict[str, Any]:
            dry = await assistant.call("apply", **given)
            answer: dict[str, Any] = await assistant.call(
                "apply", **given, dry_run=False, fingerprint=dry["fingerprint"]
            )
            return answer

        await apply(mapping=mapping_of(), blueprints=[BLUEPRINT])
        other = {"mapping": mapping_of(title=".id"), "blueprints": [BLUEPRINT]}
        kept = await apply(**other)
        changed = await apply(**other, mode="overwrite")
    assert (kept["written"], kept["needs_overwrite"]) == (False, True)
    assert "Port has a different mapping" in kept["results"][0]["message"]
    assert changed["written"]


async def test_a_mapping_with_mistakes_is_not_applied(
    opened: Any, settings: dict[str, str], credentials: dict[str, str], port: httpx.Client
) -> None:
    blueprint = {**BLUEPRINT, "identifier": "a user"}
    async with opened(settings, credentials, allow_apply=True) as assistant:
        error = await assistant.error("apply", mapping=mapping_of(title=".id |"), blueprints=[blueprint])
    assert "is not a valid jq expression" in error
    assert "blueprint 1" in error
    assert blueprints_in(port) == {}


async def test_missing_credentials_for_port_are_named(opened: Any, settings: dict[str, str]) -> None:
    async with opened(settings, allow_apply=True) as assistant:
        plan = await assistant.error("plan", mapping=mapping_of())
        apply = await assistant.error("apply", mapping=mapping_of(), blueprints=[])
    for error in (plan, apply):
        assert "OCEAN__PORT__CLIENT_SECRET" in error
