"""What the page answers to what is done on it."""

import asyncio
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import pytest

type Post = Callable[..., Any]

_BASE = "https://api.example.com"


@pytest.fixture
def sampled(post: Post, users: str) -> Callable[[], Any]:
    """Connects, and pastes a sample of users."""

    async def prepare() -> str:
        await post("/connection", baseUrl=_BASE, authType="none", paginationType="auto", verifySsl="true")
        await post("/endpoint", number="1", kind="/users")
        found: str = await post("/endpoint/paste", number="1", pasted=users)
        return found

    return prepare


async def test_a_reload_loses_nothing(sampled: Any, post: Post, browser: httpx.AsyncClient) -> None:
    await sampled()
    await post("/choice", number="1", blueprint="person", **{"identifier-choice": ".email"})
    await post("/installation", installation="mine", region="us", resync_minutes="15")
    page = (await browser.get("/")).text
    for shown in (f'value="{_BASE}"', 'value="/users"', 'value="person"', 'value="mine"', 'value="15"'):
        assert shown in page
    assert '<option value="us" selected>' in page
    assert 'value=".email" checked' in page


@pytest.mark.parametrize(
    ("path", "inputs"),
    [
        ("/connection", {"baseUrl": "https://b.example"}),
        ("/endpoint", {"number": "1", "kind": "/people"}),
        ("/choice", {"number": "1", "icon": "Team"}),
        ("/installation", {"installation": "mine"}),
    ],
    ids=["step 1", "an endpoint", "its items", "step 3"],
)
async def test_typing_changes_no_input(sampled: Any, post: Post, path: str, inputs: dict[str, str]) -> None:
    """An input that came back would overwrite what is typed meanwhile."""
    await sampled()
    answer = await post(path, **inputs)
    assert 'hx-swap-oob="innerHTML"' in answer
    assert not [tag for tag in ("<input", "<select", "<textarea", "<button") if tag in answer]


@pytest.mark.parametrize(
    ("inputs", "field", "words"),
    [
        ({"blueprint": "my user"}, "blueprint", "Port takes letters"),
        ({"identifier-choice": "own", "identifier": ".id |"}, "identifier", "is no jq"),
        ({"query": "and"}, "query", "is no jq"),
        ({"row-2-name": "e mail", "row-2-selected": "true"}, "row-2-name", "Port takes letters"),
    ],
    ids=["blueprint", "identifier", "query", "property"],
)
async def test_a_mistake_comes_back_with_its_input(
    sampled: Any, post: Post, inputs: dict[str, str], field: str, words: str
) -> None:
    await sampled()
    answer = await post("/choice", number="1", **inputs)
    assert f'data-mistake="{field}"' in answer
    assert words in answer


async def test_what_is_missing_is_said_when_it_is_needed(post: Post) -> None:
    assert "data-mistake" not in await post("/connection", authType="bearer_token")
    answer = await post("/connection/test", authType="bearer_token")
    assert 'data-mistake="baseUrl"' in answer
    assert 'data-mistake="apiToken"' in answer
    answer = await post("/endpoint/fetch", number="1", kind="")
    assert 'data-mistake="baseUrl"' in answer


async def test_a_placeholder_brings_its_inputs(post: Post) -> None:
    answer = await post("/endpoint", number="1", kind="/teams/{team}/users")
    assert 'id="p-team-endpoint"' in answer
    assert 'id="p-team-endpoint"' not in await post(
        "/endpoint", number="1", kind="/teams/{team}/users", **{"p-team-source": "endpoint"}
    )


async def test_another_type_brings_its_jq(post: Post) -> None:
    await post("/endpoint", number="1", kind="/events")
    await post(
        "/endpoint/paste", number="1", pasted='[{"id": 1, "at": 1700000000}, {"id": 2, "at": 1700000001}]'
    )
    rows = {"row-1-name": "at", "row-1-reading": "number", "row-1-selected": "true"}
    answer = await post("/choice", number="1", **rows)
    assert 'id="row-1-expression"' in answer
    assert 'value=".at"' in answer
    assert 'id="row-0-expression"' not in answer


async def test_a_few_values_can_be_the_only_ones(post: Post, browser: httpx.AsyncClient) -> None:
    await post("/connection", baseUrl=_BASE)
    await post("/endpoint", number="1", kind="/tasks")
    tasks = [{"id": number, "status": "open" if number % 2 else "done"} for number in range(12)]
    found = await post("/endpoint/paste", number="1", pasted=json.dumps(tasks))
    assert '<option value="string:enum">one of 2</option>' in found
    rows = {"row-1-name": "status", "row-1-reading": "string:enum", "row-1-selected": "true"}
    await post("/choice", number="1", **rows)
    blueprint = (await browser.get("/files/resources/blueprints.json")).json()[0]
    assert blueprint["schema"]["properties"]["status"]["enum"] == ["done", "open"]


async def test_the_items_can_be_elsewhere(sampled: Any, post: Post) -> None:
    assert "4 items" in await sampled()
    answer = await post("/choice/items", number="1", **{"data_path-choice": "own", "data_path": ".users[:1]"})
    assert "1 item." in answer
    answer = await post("/choice/items", number="1", **{"data_path-choice": "own", "data_path": ".nobody"})
    assert 'data-mistake="data_path"' in answer


@pytest.mark.process
async def test_a_property_of_one_s_own_is_in_the_preview(
    sampled: Any, post: Post, browser: httpx.AsyncClient
) -> None:
    added = await sampled() and await post("/choice/field", number="1")
    assert 'value="property_5"' in added
    rows = {"row-4-name": "domain", "row-4-expression": '.email | split("@")[1]', "row-4-selected": "true"}
    await post("/choice", number="1", **rows)
    assert "example.com</td>" in (await browser.get("/preview")).text


async def test_endpoints_are_added_shown_and_removed(sampled: Any, post: Post) -> None:
    await sampled()
    added = await post("/endpoints/add")
    assert '<input type="hidden" name="number" value="2">' in added
    assert "→ user" in added
    shown = await post("/endpoints/1/show")
    assert 'value="/users"' in shown
    removed = await post("/endpoints/1/remove")
    assert '<input type="hidden" name="number" value="2">' in removed
    assert "/users</span>" not in removed


async def test_recognised_pages_can_be_fixed_for_all_and_for_one(post: Post) -> None:
    await post("/connection", baseUrl=_BASE, paginationType="auto")
    await post("/endpoint", number="1", kind="/users")
    body = json.dumps({"users": [{"id": 1}], "meta": {"next_cursor": "abc"}})
    found = await post("/endpoint/paste", number="1", pasted=body)
    assert "meta.next_cursor" in found
    assert f"GET {_BASE}/users?cursor=abc" in found
    for_all = await post("/choice/pages/all", number="1")
    assert '<option value="cursor" selected>' in for_all
    assert 'meta.next_cursor"' in for_all
    for_one = await post("/choice/pages/one", number="1")
    assert "meta.next_cursor&#34;" in for_one


async def test_a_curl_command_fills_in_the_page_but_for_its_secret(post: Post) -> None:
    command = (
        "curl 'https://api.example.com/v1/users?active=true' -H 'Authorization: Bearer Walrus-Umbrella-1'"
    )
    page = await post("/import", import_text=command)
    assert 'value="https://api.example.com"' in page
    assert '<option value="bearer_token" selected>' in page
    assert 'value="/v1/users"' in page
    assert "active=true</textarea>" in page
    assert "Kept in memory only." in page
    assert "Walrus-Umbrella-1" not in page


async def test_endpoints_of_a_document_are_chosen_one_by_one(post: Post) -> None:
    schema = {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "integer"}}}}
    answer = {"200": {"description": "ok", "content": {"application/json": {"schema": schema}}}}
    document = {
        "openapi": "3.0.0",
        "info": {"title": "Shop", "version": "1"},
        "servers": [{"url": _BASE}],
        "paths": {path: {"get": {"responses": answer}} for path in ("/orders", "/users")},
    }
    page = await post("/import", import_text=json.dumps(document))
    assert "Read: Shop." in page
    assert "2 that list something" in page
    added = await post("/endpoints/imported/1")
    assert 'value="/users"' in added
    assert "made up from a schema" in added
    assert 'value=".id" checked' in added


async def test_what_is_no_document_says_so(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/import", data={"import_text": "{}"})
    assert answer.headers["hx-retarget"] == "#import-result"
    assert "OpenAPI document" in answer.text


async def test_a_file_is_read_in_memory(browser: httpx.AsyncClient, sampled: Any) -> None:
    await sampled()
    body = b'\xef\xbb\xbf[{"id": 7, "name": "Seven"}]'
    answer = await browser.post(
        "/endpoint/paste", data={"number": "1", "pasted": ""}, files={"pasted_file": ("a.json", body)}
    )
    assert "1 item." in answer.text


async def test_what_cannot_be_read_is_named_at_the_response(sampled: Any, post: Post) -> None:
    await sampled()
    answer = await post("/endpoint/paste", number="1", pasted="<html>")
    assert 'data-mistake="pasted"' in answer
    assert "No sample: see" in answer
    assert 'value="user"' in answer


async def test_the_preview_names_every_rule_at_its_cell(
    sampled: Any, post: Post, browser: httpx.AsyncClient
) -> None:
    await sampled()
    assert "4 entities of 4 items. Port takes all of them." in " ".join(
        (await browser.get("/preview")).text.split()
    )
    await post("/choice", number="1", **{"identifier-choice": "own", "identifier": ".team_id"})
    preview = (await browser.get("/preview")).text
    assert "2 rules of Port&#39;s are broken" in " ".join(preview.split())
    assert preview.count('class="broken"') == 2
    assert "Entity 3, identifier: &#39;1&#39; is the one of entity 1 too" in preview


async def test_the_preview_says_why_there_is_none(
    sampled: Any, post: Post, browser: httpx.AsyncClient
) -> None:
    assert "appears when step 2 is complete" in (await browser.get("/preview")).text
    await sampled()
    await post("/choice", number="1", query=".id")
    assert "neither true nor false" in (await browser.get("/preview")).text


async def test_files_are_there_when_the_page_is_complete(sampled: Any, browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/archive")).status_code == 409
    await sampled()
    archive = await browser.get("/archive")
    assert archive.headers["content-disposition"] == 'attachment; filename="ocean-custom.zip"'
    workflow = await browser.get(f"/files/{quote('.github/workflows/resync.yml')}")
    assert workflow.text.startswith("# Resyncs on a schedule")
    assert (await browser.get("/files/../../pyproject.toml")).status_code == 404


async def test_creating_in_port_asks_for_credentials(sampled: Any, post: Post) -> None:
    await sampled()
    answer = await post("/port", client_id="", client_secret="")
    assert 'data-mistake="client_id"' in answer
    assert 'data-mistake="client_secret"' in answer


async def test_creating_before_all_is_there_says_so(sampled: Any, post: Post) -> None:
    await sampled()
    await post("/installation", region="other", port_base_url="")
    answer = await post("/port", client_id="me", client_secret="Walrus-Umbrella-1")
    assert "Nothing is created yet" in answer


async def test_a_wrong_port_address_is_never_sent_a_secret(sampled: Any, post: Post) -> None:
    await sampled()
    await post("/installation", region="other", port_base_url="http://port.example")
    answer = await post("/port", client_id="me", client_secret="Walrus-Umbrella-1")
    assert "is no address of Port&#39;s API" in answer


@pytest.mark.slow
async def test_the_page_stays_quick_while_a_large_answer_is_read(
    sampled: Any, post: Post, browser: httpx.AsyncClient
) -> None:
    await sampled()
    items = [{"id": number, "name": f"User {number}", "about": "x" * 500} for number in range(8000)]
    paste = asyncio.create_task(post("/endpoint/paste", number="1", pasted=json.dumps({"users": items})))
    answered = 0
    while not paste.done():
        await asyncio.wait_for(browser.get("/static/builder.css"), timeout=30)
        answered += 1
    assert "8000 items" in await paste
    assert answered > 2
