"""The responses of step 2."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from builder.pasted_response import parse_response
from builder.web.choose.autofill import fill_in
from builder.web.choose.form import read_endpoint
from builder.web.choose.routes import save_endpoint
from builder.web.page.safety import Access
from builder.web.page.session import Session
from builder.web.page.views import Views

type Post = Callable[..., Any]

_BASE = "https://api.example.com"


@pytest.mark.parametrize(
    ("inputs", "field", "message"),
    [
        ({"blueprint": "my user"}, "blueprint", "Port allows"),
        ({"identifier-choice": "own", "identifier": ".id |"}, "identifier", "Invalid jq"),
        ({"query": "and"}, "query", "Invalid jq"),
        ({"row-2-name": "e mail", "row-2-selected": "true"}, "row-2-name", "Port allows"),
    ],
    ids=["blueprint", "identifier", "query", "property"],
)
async def test_an_issue_names_its_input(
    sampled: Any, post: Post, inputs: dict[str, str], field: str, message: str
) -> None:
    await sampled()
    answer = await post("/choice", number="1", **inputs)
    assert f'data-mistake="{field}"' in answer
    assert message in answer


async def test_a_placeholder_adds_its_inputs(post: Post) -> None:
    answer = await post("/endpoint", number="1", kind="/teams/{team}/users")
    assert 'id="p-team-endpoint"' in answer
    assert 'id="p-team-endpoint"' not in await post(
        "/endpoint", number="1", kind="/teams/{team}/users", **{"p-team-source": "endpoint"}
    )


async def test_another_type_changes_the_proposed_expression(post: Post) -> None:
    await post("/endpoint", number="1", kind="/events")
    await post(
        "/endpoint/paste", number="1", pasted='[{"id": 1, "at": 1700000000}, {"id": 2, "at": 1700000001}]'
    )
    rows = {"row-1-name": "at", "row-1-reading": "number", "row-1-selected": "true"}
    answer = await post("/choice", number="1", **rows)
    assert 'id="row-1-expression"' in answer
    assert ">\n.at</textarea>" in answer
    assert 'id="row-0-expression"' not in answer


async def test_a_property_with_few_values_can_be_an_enum(post: Post, browser: httpx.AsyncClient) -> None:
    await post("/connection", baseUrl=_BASE)
    await post("/endpoint", number="1", kind="/tasks")
    tasks = [{"id": number, "status": "open" if number % 2 else "done"} for number in range(12)]
    found = await post("/endpoint/paste", number="1", pasted=json.dumps(tasks))
    assert '<option value="string:enum">enum (2 values)</option>' in found
    rows = {"row-1-name": "status", "row-1-reading": "string:enum", "row-1-selected": "true"}
    await post("/choice", number="1", **rows)
    blueprint = (await browser.get("/files/resources/blueprints.json")).json()[0]
    assert blueprint["schema"]["properties"]["status"]["enum"] == ["done", "open"]


async def test_items_can_be_read_from_a_custom_path(sampled: Any, post: Post) -> None:
    assert "4 items" in await sampled()
    answer = await post("/choice/items", number="1", **{"data_path-choice": "own", "data_path": ".users[:1]"})
    assert "1 item." in answer
    answer = await post("/choice/items", number="1", **{"data_path-choice": "own", "data_path": ".nobody"})
    assert 'data-mistake="data_path"' in answer


@pytest.mark.process
async def test_an_added_property_is_in_the_preview(
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
    assert 'id="show-1"' not in removed


async def test_detected_pagination_is_used_for_all_endpoints_or_for_one(post: Post) -> None:
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


async def test_an_uploaded_file_is_the_sample(browser: httpx.AsyncClient, sampled: Any) -> None:
    await sampled()
    body = b'\xef\xbb\xbf[{"id": 7, "name": "Seven"}]'
    answer = await browser.post(
        "/endpoint/paste", data={"number": "1", "pasted": ""}, files={"pasted_file": ("a.json", body)}
    )
    assert "1 item." in answer.text


async def test_an_invalid_response_is_an_issue_of_its_input(sampled: Any, post: Post) -> None:
    await sampled()
    answer = await post("/endpoint/paste", number="1", pasted="<html>")
    assert 'data-mistake="pasted"' in answer
    assert "No sample. See" in answer
    assert 'value="user"' not in answer, "the old sample is not shown any more"


async def test_the_preview_shows_each_problem_in_its_cell(
    sampled: Any, post: Post, browser: httpx.AsyncClient
) -> None:
    await sampled()
    assert "4 entities from 4 items. No problems found." in " ".join(
        (await browser.get("/preview")).text.split()
    )
    await post("/choice", number="1", **{"identifier-choice": "own", "identifier": ".team_id"})
    preview = (await browser.get("/preview")).text
    assert "2 problems found." in " ".join(preview.split())
    assert preview.count('class="broken"') == 2
    assert "Entity 3, identifier: Duplicate identifier &#39;1&#39; (also used by entity 1)" in preview


async def test_the_preview_says_why_it_is_empty(sampled: Any, post: Post, browser: httpx.AsyncClient) -> None:
    assert "appears once step 2 is complete" in (await browser.get("/preview")).text
    await sampled()
    await post("/choice", number="1", query=".id")
    assert "neither true nor false" in (await browser.get("/preview")).text


@pytest.mark.slow
async def test_the_server_responds_while_it_reads_a_large_sample(
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


async def test_selected_properties_come_first_and_others_on_demand(
    post: Post, browser: httpx.AsyncClient
) -> None:
    item = {"id": 1, **{f"field_{number}": {"inner": number} for number in range(20)}}
    await post("/endpoint", number="1", kind="/users")
    found = await post("/endpoint/paste", number="1", pasted=json.dumps([item, {**item, "id": 2}]))
    count = found.count('class="property"')
    ticked = found.count(" checked>\n  <input id=")
    assert f"Show {count - max(ticked, 12)} more" in found
    last = count - 1
    rows = {f"row-{number}-name": f"field_{number}" for number in range(count)}
    await post("/choice", number="1", **rows, **{f"row-{last}-selected": "true"})
    page = (await browser.get("/")).text
    assert page.index(f'id="row-{last}-name"') < page.index('id="row-0-name"')


async def test_jq_keeps_its_lines(sampled: Callable[[], Any], post: Post, browser: httpx.AsyncClient) -> None:
    """In an input of one line, `then 1` and `else` would become one word."""
    await sampled()
    await post("/choice", number="1", query="if .id\nthen true\nelse false end")
    assert ">\nif .id\nthen true\nelse false end</textarea>" in (await browser.get("/")).text


async def test_a_sample_that_arrives_while_inputs_are_saved_stays(access: Access) -> None:
    session = Session(Views(access))
    posted = read_endpoint(session.workspace.endpoint, {"kind": "/users", "min_items": "2"})
    saving = asyncio.create_task(save_endpoint(session, posted))
    await asyncio.sleep(0)  # the inputs are read, and the search for parents runs in its thread
    sampled = fill_in(session.workspace.endpoint, parse_response('[{"id": 1}]', kind="/users"), "fetched", "")
    await session.save_endpoint(sampled)
    await saving
    saved = session.workspace.endpoint
    assert saved.sample is sampled.sample
    assert (saved.kind, saved.min_items, saved.identifier) == ("/users", "2", sampled.identifier)
