"""Live events of an endpoint on the page: a proposal from a payload, the block, and its preview."""

import json
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest

from tests.loopback_server import NOT_FOUND, Request, Response, serving

type Post = Callable[..., Any]

_ITEMS = [{"id": 70_000 + n, "title": f"T{n}", "state": "open", "points": n} for n in range(3)]
_EVENT: dict[str, Any] = {"event": "task.updated", "task": {**_ITEMS[1], "points": 9}}
_PAYLOAD = f"X-Hub-Signature-256: sha256=ab\n\n{json.dumps(_EVENT)}"


def _answer(request: Request) -> Response:
    if request.path == "/tasks":
        return Response({"tasks": _ITEMS})
    found = [each for each in _ITEMS if request.path == f"/tasks/{each['id']}"]
    return Response({"task": {**found[0], "title": "Changed since"}}) if found else NOT_FOUND


@pytest.fixture
def url() -> Iterator[str]:
    with serving(_answer) as url:
        yield url


@pytest.fixture
def prepared(post: Post) -> Callable[..., Any]:
    """Connects, and pastes a sample of tasks."""

    async def prepare(base_url: str = "https://api.example.com", **settings: str) -> None:
        await post("/connection", baseUrl=base_url, authType="none", paginationType="none", **settings)
        await post("/endpoint", number="1", kind="/tasks")
        await post("/endpoint/paste", number="1", pasted=json.dumps({"tasks": _ITEMS}))

    return prepare


def _block_in(html: str) -> dict[str, Any]:
    """Return the block in the textarea."""
    text = html.partition('<textarea id="webhook"')[2].partition(">")[2].partition("</textarea>")[0]
    block: dict[str, Any] = json.loads(unescape(text))
    return block


async def test_proposal_fills_in_the_block_and_says_why(prepared: Post, post: Post) -> None:
    """The block is in its input and in the printed mapping. The reasons and the preset are beside it."""
    await prepared()
    html = await post("/webhook/propose", number="1", webhook="", payload=_PAYLOAD)
    block = _block_in(html)
    assert block["fetch"] == "/tasks/{id}"
    assert block["values"] == {"id": ".id"}
    assert "as of a sampled item" in html
    assert "<code>github</code>" in html
    assert _block_in(await post("/endpoints/1/show")) == block


async def test_edited_block_is_in_the_printed_mapping(prepared: Post, post: Post, browser: Any) -> None:
    """The block is part of the selector, unchanged, also with keys in another order."""
    await prepared()
    block = {"fetch": "/tasks/{id}", "values": {"id": ".id"}, "when": ".body.x == 1"}
    await post("/webhook", number="1", webhook=json.dumps(block))
    page = (await browser.get("/")).text
    assert "webhook:" in page
    assert "fetch: /tasks/{id}" in page
    draft = json.loads((await browser.get("/draft")).text)
    assert json.loads(draft["endpoints"][0]["webhook"]) == block


async def test_wrong_block_is_an_error_of_its_input(prepared: Post, post: Post) -> None:
    """The engine's own check says what is wrong, beside the input."""
    await prepared()
    html = await post("/webhook", number="1", webhook='{"fetch": "/tasks/{id}"}')
    assert 'data-mistake="webhook"' in html
    assert "{id} has no value" in html
    html = await post("/webhook", number="1", webhook="{")
    assert "Invalid JSON" in html


async def test_payload_without_evidence_has_a_reason_and_no_block(prepared: Post, post: Post) -> None:
    """A refusal leaves the block as it is."""
    await prepared()
    html = await post(
        "/webhook/propose", number="1", webhook='{"fetch": "/x"}', payload='{"invoice": {"id": 1}}'
    )
    assert "No proposal: No object in the payload" in html
    assert _block_in(html) == {"fetch": "/x"}
    empty = await post("/webhook/propose", number="1", webhook="", payload=" ")
    assert "the payload is empty" in empty


async def test_payload_about_another_endpoint_leads_to_it(prepared: Post, post: Post) -> None:
    """The endpoint that the payload is about is named."""
    await prepared()
    await post("/endpoints/add")
    await post("/endpoint", number="2", kind="/users")
    await post("/endpoint/paste", number="2", pasted=json.dumps([{"id": 1, "email": "a@example.com"}]))
    html = await post("/webhook/propose", number="2", webhook="", payload=_PAYLOAD)
    assert "The payload is about <code>/tasks</code>" in html
    assert 'hx-post="/endpoints/1/show"' in html


@pytest.mark.process
async def test_preview_reads_the_item_again(prepared: Post, post: Post, url: str) -> None:
    """The entity is made of the API's response, not of the payload."""
    await prepared(url)
    block = _block_in(await post("/webhook/propose", number="1", webhook="", payload=_PAYLOAD))
    html = await post("/webhook/preview", number="1", webhook=json.dumps(block), payload=_PAYLOAD)
    assert "no signature is checked until step 1" in html
    assert f"GET {url}/tasks/70001" in html
    assert "status 200" in html
    assert "Changed since" in html
    other = await post("/webhook/preview", number="1", webhook=json.dumps(block), payload='{"event": "ping"}')
    assert "The event is not for this endpoint: when" in other


async def test_sample_is_fetched_without_the_secret_of_webhooks(prepared: Post, post: Post) -> None:
    """webhookVerify without its secret leaves a placeholder in what is printed, and no error."""
    await prepared(webhookVerify="github")
    html = await post("/webhook", number="1", webhook="")
    assert 'data-mistake="webhookSecret"' not in html
    assert "WEBHOOK_VERIFY=github" in html


@pytest.mark.process
async def test_preview_finds_the_item_where_data_path_does_not(prepared: Post, post: Post, url: str) -> None:
    """A response in an envelope has no identifier at its top, so its place is named."""
    await prepared(url)
    block = {"items": ".body.task", "values": {"id": ".id"}, "fetch": "/tasks/{id}"}
    html = await post("/webhook/preview", number="1", webhook=json.dumps(block), payload=_PAYLOAD)
    assert "The response has the item at .task. Set data_path to .task" in html
    html = await post(
        "/webhook/preview", number="1", webhook=json.dumps({**block, "data_path": ".task"}), payload=_PAYLOAD
    )
    assert "Set data_path" not in html
