"""The content of the pages, without a browser."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sandbox.port_api.port import Port

_BODY = {"installationAppType": "custom", "version": "0.1.0", "changelogDestination": {}}
_CONFIG = {
    "resources": [
        {"kind": "/a", "port": {"entity": {"mappings": {"identifier": ".id", "blueprint": '"service"'}}}}
    ]
}


@pytest.fixture
def mine(port: Port) -> str:
    """An integration whose identifier needs encoding."""
    port.integrations.create({"installationId": "my/own", "config": _CONFIG, **_BODY}, upsert=False)
    return "/catalog/integrations/my%2Fown"


async def _form(client: httpx.AsyncClient, path: str) -> dict[str, str]:
    """Return the hidden fields of a page's form."""
    page = (await client.get(path)).text
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


async def test_root_redirects_browsers_and_returns_json_to_others(client: httpx.AsyncClient) -> None:
    browser = await client.get("/", headers={"Accept": "text/html,*/*"})
    assert (browser.status_code, browser.headers["location"]) == (307, "/catalog/")
    assert (await client.get("/")).json()["name"] == "Port sandbox"


async def test_empty_sandbox_explains_how_to_connect(client: httpx.AsyncClient, port: Port) -> None:
    port.reset()
    assert "OCEAN__PORT__BASE_URL=http://localhost:3010" in (await client.get("/catalog/")).text
    assert "OCEAN__PORT__BASE_URL=http://localhost:3010" in (await client.get("/catalog/syncs")).text


async def test_catalog_lists_each_blueprint_with_its_count_and_relations(
    client: httpx.AsyncClient, port: Port, make: Callable[..., Any], fill: Callable[..., None]
) -> None:
    fill(port, *(make(port, "event", f"e{number}") for number in range(1234)))
    page = (await client.get("/catalog/")).text
    assert page.count("1,234 entities") == 2  # drawn, and in sum
    assert page.count('href="/catalog/blueprints/event"') == 2
    assert page.count('class="arrow"') == 2
    assert "_user" not in page


async def test_changed_counts_are_sent_and_a_new_blueprint_reloads_the_page(
    client: httpx.AsyncClient, port: Port, make: Callable[..., Any], fill: Callable[..., None]
) -> None:
    seen = re.findall(r"seen=([\w.]+)", (await client.get("/catalog/")).text)[0]
    assert (await client.get("/catalog/live", params={"seen": seen})).status_code == 204
    fill(port, make(port, "event", "e"))
    changed = await client.get("/catalog/live", params={"seen": seen})
    assert "1 entity" in changed.text
    assert "announcement" not in changed.text
    port.integrations.create({"installationId": "new", "config": {}, **_BODY}, upsert=False)
    assert "new: no resync yet" in (await client.get("/catalog/live", params={"seen": seen})).text
    port.blueprints.create({"identifier": "more", "title": "More", "schema": {"properties": {}}})
    assert (await client.get("/catalog/live", params={"seen": seen})).headers["HX-Refresh"] == "true"


async def test_entity_shows_both_directions_of_its_relations(
    client: httpx.AsyncClient, port: Port, make: Callable[..., Any], fill: Callable[..., None]
) -> None:
    fill(
        port,
        make(port, "service", "a/1", title="Alpha", relations={"needs": ["b", "gone"]}),
        make(port, "service", "b", title="Beta"),
        *(make(port, "event", f"e{number:02}", relations={"about": "a/1"}) for number in range(12)),
    )
    page = (await client.get("/catalog/blueprints/service/entities/a%2F1")).text
    assert '<a href="/catalog/blueprints/service/entities/b">Beta</a>' in page
    assert 'gone <span class="quiet">(not in the catalog)</span>' in page
    assert page.count('href="/catalog/blueprints/event/entities/e') == 10
    every = re.findall(r'href="([^"]+)">Show all 12 of Event<', page)
    assert "1 to 12 of 12 entities" in (await client.get(every[0])).text
    other = (await client.get("/catalog/blueprints/service/entities/b")).text
    assert '<a href="/catalog/blueprints/service/entities/a%2F1">Alpha</a>' in other


async def test_computed_properties_are_shown_after_stored_ones(
    client: httpx.AsyncClient, port: Port, make: Callable[..., Any], fill: Callable[..., None]
) -> None:
    port.blueprints.change(
        "event", {"mirrorProperties": {"whose": {"path": "about.$title", "title": "Whose"}}}
    )
    fill(port, make(port, "service", "a", title="Alpha"), make(port, "event", "e", relations={"about": "a"}))
    page = (await client.get("/catalog/blueprints/event/entities/e")).text
    assert re.search(r'Whose <span class="quiet">computed</span></dt><dd>Alpha', page)


@pytest.mark.parametrize(
    "path",
    [
        "blueprints/nowhere",
        "blueprints/event/entities/nowhere",
        "blueprints/nowhere/entities/e",
        "integrations/nowhere/mapping",
        "integrations/nowhere/raw",
        "nowhere",
        "static/nowhere",
    ],
)
async def test_unknown_path_shows_an_error_page(path: str, client: httpx.AsyncClient) -> None:
    response = await client.get(f"/catalog/{path}")
    assert response.status_code == 404
    assert "Back to the catalog" in response.text


async def test_saved_mapping_requests_a_resync_unless_disabled(
    client: httpx.AsyncClient, port: Port, mine: str
) -> None:
    form = await _form(client, f"{mine}/mapping")
    same = (
        "resources:\n- {kind: /a, port: {entity: {mappings: {identifier: .id, blueprint: '\"service\"'}}}}\n"
    )
    kept = await client.post(f"{mine}/mapping", data={**form, "text": same, "resync": "on"})
    assert kept.headers["location"] == f"{mine}/mapping?saved=only"
    other = same.replace(".id", ".key")
    await client.post(f"{mine}/mapping", data={**form, "text": other})
    stored = port.integrations.get("my/own")
    assert stored.resync_requested_at is None
    assert stored.document["config"]["resources"][0]["port"]["entity"]["mappings"]["identifier"] == ".key"
    form = await _form(client, f"{mine}/mapping")
    response = await client.post(f"{mine}/mapping", data={**form, "text": same, "resync": "on"})
    assert response.headers["location"] == f"{mine}/mapping?saved=resync"
    assert port.integrations.get("my/own").resync_requested_at is not None


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        pytest.param("resources: []\na: [", 2, "while parsing", id="invalid YAML"),
        pytest.param("resources:\n- {kind: /a}\n", 2, "the key &#34;port&#34; is missing", id="missing key"),
        pytest.param("resources: []\nentityDeletionThreshold: x", 2, "must be number", id="invalid setting"),
    ],
)
async def test_invalid_mapping_is_shown_with_its_line(
    client: httpx.AsyncClient, port: Port, mine: str, text: str, line: int, message: str
) -> None:
    before = port.integrations.get("my/own")
    form = await _form(client, f"{mine}/mapping")
    rejected = await client.post(f"{mine}/mapping", data={**form, "text": text})
    assert rejected.status_code == 422
    assert f'data-line="{line}"' in rejected.text
    assert message in rejected.text
    assert port.integrations.get("my/own") == before


async def test_concurrent_change_of_a_mapping_is_detected(
    client: httpx.AsyncClient, port: Port, mine: str
) -> None:
    form = await _form(client, f"{mine}/mapping")
    port.integrations.change(port.integrations.get("my/own"), {"config": {"resources": []}})
    refused = await client.post(
        f"{mine}/mapping", data={**form, "text": "resources: []\nenableMergeEntity: true"}
    )
    assert refused.status_code == 422
    assert "changed by someone else" in refused.text
    assert "enableMergeEntity: true" in refused.text
    form = await _form_of(refused)
    saved = await client.post(
        f"{mine}/mapping", data={**form, "text": "resources: []\nenableMergeEntity: true"}
    )
    assert saved.status_code == 303


async def _form_of(response: httpx.Response) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', response.text))


async def test_resync_button_only_requests_a_resync(client: httpx.AsyncClient, port: Port, mine: str) -> None:
    before = port.integrations.get("my/own")
    form = await _form(client, "/catalog/syncs")
    response = await client.post(f"{mine}/resync", data=form)
    assert (response.status_code, response.headers["location"]) == (303, "/catalog/syncs")
    after = port.integrations.get("my/own")
    assert after.resync_requested_at is not None
    assert after.document["config"] == before.document["config"]
    assert [(seen.method, seen.path) for seen in port.requests] == [("PATCH", "/v1/integration/my/own")]
