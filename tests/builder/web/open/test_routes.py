"""Opening from Port, duplicating and own relations, as the page requests them."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.servers import client_of, server

type Post = Callable[..., Any]

pytestmark = pytest.mark.process

_MAPPING = {
    "resources": [
        {
            "kind": "/users",
            "selector": {"query": "true"},
            "port": {"entity": {"mappings": {"identifier": ".id", "blueprint": '"user"'}}},
        },
        {"kind": "/several", "port": {"entity": {"mappings": []}}},
    ]
}


@pytest.fixture(scope="module")
def port_server() -> Iterator[httpx.Client]:
    """A client of the sandbox of Port, with a token."""
    with server("sandbox.port_api") as url, client_of(url) as http:
        credentials = {"clientId": "sandbox", "clientSecret": "sandbox"}
        token = http.post("/v1/auth/access_token", json=credentials).raise_for_status().json()["accessToken"]
        http.headers["Authorization"] = f"Bearer {token}"
        yield http


@pytest.fixture
def port(port_server: httpx.Client) -> httpx.Client:
    """A sandbox with one integration."""
    port_server.post("/_sandbox/reset").raise_for_status()
    blueprint = {"identifier": "user", "title": "Person", "schema": {"properties": {}}}
    port_server.post("/v1/blueprints", json=blueprint).raise_for_status()
    integration = {
        "installationId": "team a/mine",
        "installationAppType": "generic-http",
        "version": "0.1.0",
        "changelogDestination": {},
        "config": _MAPPING,
    }
    port_server.post("/v1/integration?upsert=true", json=integration).raise_for_status()
    return port_server


def _access(port: httpx.Client) -> dict[str, str]:
    return {
        "open_region": "other",
        "open_port_url": str(port.base_url).rstrip("/"),
        "open_client_id": "sandbox",
        "open_client_secret": "sandbox",
    }


def _in_port(port: httpx.Client) -> tuple[Any, Any]:
    """Return the first mapping entry and the blueprint."""
    integration = port.get("/v1/integration/team%20a%2Fmine").json()["integration"]
    return integration["config"]["resources"][0], port.get("/v1/blueprints/user").json()["blueprint"]


def _change_title(port: httpx.Client) -> None:
    port.patch("/v1/blueprints/user", json={"title": "Changed by others"}).raise_for_status()


async def test_an_integration_of_port_is_listed_and_opened(post: Post, port: httpx.Client) -> None:
    listed = await post("/open/port", **_access(port))
    assert "team a/mine" in listed
    assert "generic-http, 2 entries" in listed
    assert ">change installation</span>" not in listed
    assert 'hx-post="/open/port/team%20a/mine"' in listed
    opened = await post("/open/port/team%20a/mine", **_access(port))
    assert 'value="/users"' in opened
    assert 'value="Person"' in opened
    assert "It maps each item to 0 entities" in opened
    assert 'name="installation" class="code" value="team a/mine"' in opened
    assert '<option value="generic-http" selected>' in opened


async def test_opening_without_access_says_what_is_missing(post: Post, port: httpx.Client) -> None:
    assert "Client ID: Required; Client secret: Required" in await post("/open/port")
    wrong = await post("/open/port", **{**_access(port), "open_client_secret": "wrong"})
    assert "Check the client ID and client secret" in wrong or "entry" in wrong
    assert "This is not a URL" in await post("/open/port", **{**_access(port), "open_port_url": "x"})
    missing = await post("/open/port/none", **_access(port))
    assert "Port has no integration none" in missing


async def test_a_review_and_an_overwrite_change_what_was_opened(post: Post, port: httpx.Client) -> None:
    opened = await post("/open/port/team%20a/mine", **_access(port))
    assert "Nothing would change" in await post("/port/review")
    number = opened.partition('name="number" value="')[2].partition('"')[0]
    assert 'id="own-relation-0-name"' in await post("/choice/relation", number=number)
    relation = {"name": "boss", "target": "user", "expression": ".boss", "title": "Boss"}
    await post(
        "/choice", number=number, **{f"own-relation-0-{name}": text for name, text in relation.items()}
    )
    reviewed = await post("/port/review")
    assert "relations.boss" in reviewed
    fingerprint = reviewed.partition('"fingerprint": "')[2].partition('"')[0]
    kept = await post("/port", fingerprint=fingerprint)
    assert "Port has a different mapping" in kept
    outdated = await post("/port", fingerprint="other", overwrite="true")
    assert "Port has changed since you reviewed the changes" in outdated
    written = await post("/port", fingerprint=fingerprint, overwrite="true")
    assert "Everything is in Port" in written
    entry, blueprint = _in_port(port)
    assert entry["port"]["entity"]["mappings"]["relations"] == {"boss": ".boss"}
    assert blueprint["relations"]["boss"]["target"] == "user"
    again = await post("/port/review")
    assert "Nothing would change" in again
    assert "Changed in Port" not in again
    _change_title(port)
    assert "Changed in Port since you opened it: blueprint user" in await post("/port/review")


async def test_a_file_is_opened_or_refused(post: Post) -> None:
    opened = await post("/open/file", open_text=json.dumps(_MAPPING))
    assert 'value="/users"' in opened
    assert "The file is empty" in await post("/open/file", open_text="")


async def test_a_draft_is_downloaded_and_opened(sampled: Any, post: Post, browser: httpx.AsyncClient) -> None:
    await sampled()
    await post("/connection", authType="bearer_token", apiToken="Walrus-Umbrella-1")
    response = await browser.get("/draft")
    assert response.headers["content-disposition"] == 'attachment; filename="ocean-custom-draft.json"'
    assert "Walrus" not in response.text
    await post("/connection/forget/apiToken")
    await post("/anew")
    opened = await post("/open/file", open_text=response.text)
    assert 'value="/users"' in opened
    assert "Enter again: API token." in opened
    assert "u1@example.com" not in (await browser.get("/draft?samples=no")).text


async def test_an_endpoint_is_duplicated(sampled: Any, post: Post) -> None:
    await sampled()
    duplicated = await post("/endpoints/1/duplicate")
    assert duplicated.count("→ user") >= 2
    assert '<input type="hidden" name="number" value="2">' in duplicated
    assert await post("/endpoints/77/duplicate")


async def test_an_own_relation_is_added_checked_and_removed(sampled: Any, post: Post) -> None:
    await sampled()
    added = await post("/choice/relation", number="1")
    assert 'id="own-relation-0-name"' in added
    inputs = {"own-relation-0-name": "my team", "own-relation-0-target": "team"}
    checked = await post("/choice", number="1", **inputs)
    assert 'data-mistake="own-relation-0-name"' in checked
    assert "The relation has no jq expression" in checked
    removed = await post("/choice/relation/0/remove", number="1", **inputs)
    assert 'id="own-relation-0-name"' not in removed
    assert ">remove relation my team</span>" in removed


async def test_the_blueprints_of_port_are_targets(sampled: Any, post: Post, port: httpx.Client) -> None:
    await sampled()
    assert "Client ID: Required" in await post("/choice/targets", number="1")
    await post("/installation", region="other", port_base_url=str(port.base_url).rstrip("/"))
    await post("/port/review", client_id="sandbox", client_secret="sandbox")
    listed = await post("/choice/targets", number="1")
    assert '<option value="_team">' in listed


async def test_a_kept_entry_is_removed(post: Post) -> None:
    await post("/open/file", open_text=json.dumps(_MAPPING))
    removed = await post("/kept/1/remove")
    assert "/several" not in removed
    assert ">remove a kept entry</span>" in removed
