"""The responses of the answer."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.loopback_server import NOT_FOUND, Request, Response, serving

type Post = Callable[..., Any]

pytestmark = pytest.mark.process


def _answer(request: Request) -> Response:
    match request.path:
        case "/teams":
            return Response([{"id": "a"}, {"id": "b"}, {"id": "c"}])
        case "/teams/a/users" | "/teams/b/users":
            return Response([{"id": 1, "name": f"In {request.path.split('/')[2]}"}])
        case "/teams/c/users":
            return Response([])
        case "/pages":
            number = 2 if "page=2" in request.target else 1
            body = {
                "items": [{"id": number, "name": f"Item {number}"}],
                "next_page": 2 if number == 1 else None,
            }
            return Response(body)
        case "/broken":
            return Response({"message": "You need the scope read:users"}, 403)
    return NOT_FOUND


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    with serving(_answer) as url:
        yield url


@pytest.fixture
def get(browser: httpx.AsyncClient) -> Callable[..., Any]:
    """Requests a part of the answer and returns its text with single spaces."""

    async def send(path: str, **params: str) -> str:
        response = await browser.get(path, params=params)
        return " ".join(response.raise_for_status().text.split())

    return send


@pytest.fixture
def fetched(post: Post, api: str) -> Post:
    """Connects to the API and fetches a sample."""

    async def fetch(kind: str, **inputs: str) -> str:
        await post(
            "/connection",
            baseUrl=api,
            authType="bearer_token",
            apiToken="my-secret-token",
            paginationType="auto",
        )
        await post("/endpoint", number="1", kind=kind, **inputs)
        found: str = await post("/endpoint/fetch", number="1", kind=kind, **inputs)
        return found

    return fetch


_NESTED = {
    "p-team-source": "endpoint",
    "p-team-endpoint": "/teams",
    "p-team-data_path": ".",
    "p-team-field": ".id",
}


def _version(html: str) -> str:
    found = re.search(r'data-version="([^"]+)"', html)
    assert found
    return found[1]


def _token(html: str) -> str:
    return _version(html).rpartition(" ")[2]


async def test_a_pasted_response_has_a_tree_and_no_request(sampled: Any, get: Post) -> None:
    await sampled()
    answer = await get("/answer")
    assert 'data-field=".email"' in answer
    assert "You pasted this response. No request was sent." in answer
    assert "4 items at" in await get("/answer/items")


async def test_levels_are_loaded_for_the_shown_answer_only(
    sampled: Any, get: Post, browser: httpx.AsyncClient
) -> None:
    token = _token(await sampled())
    level = await get("/answer/level", token=token, part="0", at="0.1")
    assert "user" in level.lower()
    assert "<ul>" not in await get("/answer/level", token=token, part="0", at="0", start="2")
    for wrong in ({"token": "another"}, {"token": token, "at": "9.9"}, {"token": token, "at": "x"}):
        assert (await browser.get("/answer/level", params={"part": "0", **wrong})).status_code == 409


async def test_picks_change_the_form_and_the_marks(sampled: Any, post: Post) -> None:
    await sampled()
    picked = await post("/answer/pick", number="1", part="0", at="0.0.2", role="identifier")
    assert 'value=".email" checked' in picked
    assert '<span data-field=".email" data-role="identifier">' in picked
    picked = await post("/answer/pick", number="1", part="0", at="0.0.3", role="property")
    assert picked != await post("/answer/pick", number="1", part="0", at="0.0.3", role="property")


async def test_a_picked_list_has_the_items(post: Post) -> None:
    await post("/endpoint", number="1", kind="/users")
    body = {"users": [{"id": 1}], "archive": [{"id": 2}, {"id": 3}]}
    before = _version(await post("/endpoint/paste", number="1", pasted=json.dumps(body)))
    picked = await post("/answer/pick", number="1", part="0", at="1", role="items")
    assert 'value=".archive" checked' in picked
    assert "Pasted\n  2 items" in picked
    assert _version(picked) != before


@pytest.mark.parametrize(
    "inputs",
    [
        {"at": "0", "role": "identifier"},
        {"at": "1", "role": "items"},
        {"at": "0.0.0", "role": "owner"},
        {"at": "7", "role": "title"},
    ],
    ids=["not in an item", "no list", "unknown role", "no node"],
)
async def test_an_impossible_pick_changes_nothing(
    sampled: Any, browser: httpx.AsyncClient, inputs: dict[str, str]
) -> None:
    await sampled()
    answer = await browser.post("/answer/pick", data={"number": "1", "part": "0", **inputs})
    assert (answer.status_code, answer.text) == (409, "The answer has changed. Open it again")


async def test_the_request_is_shown_without_secrets(fetched: Post, get: Post) -> None:
    await fetched("/teams")
    answer = await get("/answer")
    assert "/teams" in answer
    assert "Authorization: Bearer &lt;YOUR_API_TOKEN&gt;" in answer
    assert "<dt>authorization</dt><dd>Bearer ***</dd>" in answer
    assert "my-secret-token" not in answer


async def test_each_parent_is_a_slice(fetched: Post, get: Post) -> None:
    """An identifier that repeats over the parents is visible among the entities."""
    await fetched("/teams/{team}/users", **_NESTED)
    answer = await get("/answer", part="1")
    assert re.findall(r"team = \w \(.*?\)", answer) == [
        "team = a (1 item)",
        "team = b (1 item)",
        "team = c (0 items)",
    ]
    assert "In b" in answer
    assert "In a" in await get("/answer/items", part="0")
    assert "There are no items" in await get("/answer/items", part="2")
    assert "2 entities from 2 items" in await get("/preview")


async def test_the_next_page_is_a_slice(fetched: Post, post: Post, get: Post) -> None:
    await fetched("/pages")
    assert "Page 2 (1 item)" in await get("/answer")
    assert "the next page has 1 new item" in await post("/choice/next", number="1")
    assert "Page 2 (1 item)" in await get("/answer", part="1")
    assert "Item 2" in await get("/answer/items", part="1")
    assert "page=2" in await get("/answer", part="1")


async def test_a_failed_fetch_replaces_the_sample(fetched: Post, post: Post, get: Post) -> None:
    """What the user changed comes back with the next sample."""
    await fetched("/teams")
    await post("/choice", number="1", blueprint="squad")
    failed = await fetched("/broken")
    assert 'value="squad"' not in failed
    answer = await get("/answer")
    assert "The last fetch failed." in answer
    assert "You need the scope read:users" in answer
    assert "<dt>Status</dt><dd>403</dd>" in answer
    assert "data-field" not in answer
    assert "once there is a sample" in await get("/answer/items")
    assert "appears once step 2 is complete" in await get("/preview")
    assert 'value="squad"' in await fetched("/teams")
    assert "The last fetch failed." not in await get("/answer")


async def test_a_fetch_that_sends_nothing_has_no_request(post: Post, get: Post) -> None:
    await post("/endpoint/fetch", number="1", kind="/users")
    assert "No request was sent." in await get("/answer")


async def test_an_unreadable_pasted_response_is_named(sampled: Any, post: Post, get: Post) -> None:
    await sampled()
    await post("/endpoint/paste", number="1", pasted="<html>")
    answer = await get("/answer")
    assert "The pasted response cannot be read." in answer
    assert "The previous sample is not used any more." in answer


async def test_a_wide_table_of_items_names_what_is_left_out(post: Post, get: Post) -> None:
    await post("/endpoint", number="1", kind="/users")
    items = [{f"key {n}": n for n in range(40)}] * 60
    await post("/endpoint/paste", number="1", pasted=json.dumps(items))
    assert "The first 50 of 60 items at <code>.</code>, with 30 of 40 fields." in await get("/answer/items")


async def test_secrets_in_a_response_are_masked(post: Post, browser: httpx.AsyncClient) -> None:
    await post("/connection", authType="bearer_token", apiToken="my-secret-token")
    await post("/endpoint", number="1", kind="/users")
    body = {"users": [{"id": 1, "note": "my-secret-token", "my-secret-token": {"a": ["my-secret-token"]}}]}
    token = _token(await post("/endpoint/paste", number="1", pasted=json.dumps(body)))
    shown = [await browser.get("/answer"), await browser.get("/answer/items")]
    shown += [
        await browser.get("/answer/level", params={"token": token, "part": "0", "at": at})
        for at in ("0.0.2", "0.0.2.0")
    ]
    assert not [each.url for each in shown if "my-secret-token" in each.raise_for_status().text]
