"""The states and the overview, as the page asks for them after each action."""

import asyncio
import html
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from tests.loopback_server import Request, Response, serving

type Post = Callable[..., Any]
type Api = Callable[[Callable[[Request], Response]], str]


@pytest.fixture
def api() -> Iterator[Api]:
    """Starts an API that answers with a function, and returns its address."""
    with ExitStack() as servers:
        yield lambda answer: servers.enter_context(serving(answer))


@pytest.fixture
def states(browser: httpx.AsyncClient) -> Callable[[], Any]:
    """Returns the state of each step and endpoint in words, and the field that it leads to."""

    async def read() -> dict[str, tuple[str, str]]:
        answer = (await browser.get("/overview")).raise_for_status().text
        found = {}
        for name, content in re.findall(
            r'<span id="(?:label-)?state-(\w+)"[^>]*>(.*?)</span></span>', answer, re.DOTALL
        ):
            words = html.unescape(re.sub(r"<[^>]*>|\s+", " ", content.split('<span class="unseen">')[0]))
            link = re.search(r'href="#([^"]*)"', content)
            found[name] = (" ".join(words.split()[1:]), link[1] if link else "")
        return found

    return read


async def test_nothing_is_done_before_it_is_proven(states: Any) -> None:
    assert await states() == {
        "connect": ("1 to do", "baseUrl"),
        "choose": ("1 to do", "kind"),
        "install": ("1 to do", "baseUrl"),
        "1": ("1 to do", "kind"),
    }


async def test_a_pasted_sample_proves_the_endpoint_but_not_the_connection(
    sampled: Callable[[], Any], states: Any, browser: httpx.AsyncClient
) -> None:
    await sampled()
    found = await states()
    assert found["connect"] == ("1 to do", "test")
    assert (found["1"], found["choose"]) == (("done", ""), ("1 done", ""))
    assert found["install"] == ("1 to do", "create")
    await browser.get("/files/ocean-custom.env")
    assert (await states())["install"] == ("done", "")


async def test_copied_text_counts_as_taken_until_the_integration_changes(
    sampled: Callable[[], Any], states: Any, post: Post
) -> None:
    await sampled()
    await post("/files/taken")
    assert (await states())["install"] == ("done", "")
    await post("/choice", number="1", blueprint="person")
    assert (await states())["install"] == ("1 to do", "create")


async def test_identifiers_that_collide_are_wrong(
    sampled: Callable[[], Any], states: Any, post: Post, browser: httpx.AsyncClient
) -> None:
    await sampled()
    choice = {"identifier-choice": "own", "identifier": ".team_id"}
    await post("/choice", number="1", **choice)
    found = await states()
    assert found["1"] == found["choose"] == ("1 wrong", "identifier")
    answer = html.unescape((await browser.get("/overview")).text)
    assert "<title>1 wrong · Build your integration" in answer
    assert "2 of 4 entities. Entity 3: Duplicate identifier '1'" in answer


async def test_a_problem_of_a_property_leads_to_its_jq(
    sampled: Callable[[], Any], states: Any, post: Post
) -> None:
    await sampled()
    row = {
        "row-0-name": "id",
        "row-0-selected": "true",
        "row-0-expression": ".name",
        "row-0-reading": "number",
    }
    await post("/choice", number="1", **row)
    assert (await states())["1"] == ("1 wrong", "row-0-expression")


async def test_wrong_jq_is_wrong_and_has_a_position(
    sampled: Callable[[], Any], states: Any, post: Post
) -> None:
    await sampled()
    answer = await post("/choice", number="1", query=" .id == )")
    assert 'data-mistake="query" data-position="8"' in answer
    assert (await states())["1"] == ("1 wrong", "query")


@pytest.mark.process
async def test_a_failed_fetch_is_wrong_until_the_request_changes(post: Post, states: Any, api: Api) -> None:
    def answer(request: Request) -> Response:
        return Response({"users": [{"id": 1}, {"id": 2}]}) if request.path == "/users" else Response({}, 404)

    server = api(answer)
    await post("/connection", baseUrl=server, authType="none", paginationType="auto", verifySsl="true")
    await post("/endpoint/fetch", number="1", kind="/nobody")
    assert (await states())["1"] == ("1 wrong", "kind")
    await post("/endpoint", number="1", kind="/users")
    assert (await states())["1"] == ("1 to do", "fetch")
    await post("/endpoint/fetch", number="1", kind="/users")
    found = await states()
    assert found["1"] == found["connect"] == ("done", "")
    await post("/endpoint/fetch", number="1", kind="/nobody")
    assert (await states())["1"] == ("1 wrong", "kind")


@pytest.mark.process
@pytest.mark.parametrize(
    ("second", "message"),
    [
        (Response({}, 404), "The next page cannot be fetched"),
        (Response({"users": [{"id": 1}], "has_more": True, "next_cursor": "c"}), "the same items again"),
        (Response({"users": [], "has_more": False}), "The next page is empty"),
    ],
    ids=["an error", "the same items", "no items"],
)
async def test_a_next_page_without_new_items_is_doubtful(
    post: Post, states: Any, browser: httpx.AsyncClient, api: Api, second: Response, message: str
) -> None:
    first = Response({"users": [{"id": 1}], "has_more": True, "next_cursor": "c"})
    server = api(lambda request: second if "cursor" in request.target else first)
    await post("/connection", baseUrl=server, authType="none", paginationType="auto", verifySsl="true")
    await post("/endpoint/fetch", number="1", kind="/users")
    assert (await states())["1"] == ("1 doubtful", "paginationType")
    assert message in (await browser.get("/overview")).text
    assert message in await post("/choice/next", number="1")
    assert (await states())["1"] == ("1 doubtful", "paginationType")
    await post("/connection", baseUrl=server, authType="none", paginationType="page", verifySsl="true")
    assert message not in (await browser.get("/overview")).text


@pytest.mark.process
@pytest.mark.parametrize("status", [200, 404])
async def test_a_late_answer_of_a_removed_endpoint_is_dropped(
    post: Post, browser: httpx.AsyncClient, api: Api, status: int
) -> None:
    is_asked, is_removed = threading.Event(), threading.Event()

    def answer(_: Request) -> Response:
        is_asked.set()
        is_removed.wait(10)
        return Response([{"id": 1, "tardy": 1}], status)

    await post("/connection", baseUrl=api(answer), authType="none", paginationType="auto", verifySsl="true")
    await post("/endpoints/add")
    fetch = asyncio.create_task(post("/endpoint/fetch", number="2", kind="/tardy"))
    await asyncio.to_thread(is_asked.wait, 10)
    await post("/endpoints/2/remove")
    await post("/endpoints/add")
    is_removed.set()
    answered = await fetch
    assert "tardy" not in answered
    assert "Please correct" not in answered
    page = (await browser.get("/")).text
    assert page.count('id="show-') == 2
    assert "No sample. See" not in page
    assert "tardy" not in page


@pytest.mark.process
async def test_a_tested_connection_is_done_until_its_address_changes(
    post: Post, states: Any, api: Api
) -> None:
    server = api(lambda _: Response({}))
    inputs = {"authType": "none", "paginationType": "auto", "verifySsl": "true"}
    await post("/connection/test", baseUrl=server, **inputs)
    assert (await states())["connect"] == ("done", "")
    await post("/connection", baseUrl=server, **{**inputs, "paginationType": "none"})
    assert (await states())["connect"] == ("done", "")
    await post("/connection", baseUrl=f"{server}/v2", **inputs)
    assert (await states())["connect"] == ("1 to do", "test")
    await post("/connection", baseUrl=server, **{**inputs, "authType": "bearer_token"})
    assert (await states())["connect"] == ("1 to do", "apiToken")
    await post("/connection/test", baseUrl="http://127.0.0.1:9", **inputs)
    assert (await states())["connect"] == ("1 wrong", "baseUrl")


async def test_the_overview_has_all_endpoints_and_their_relations(
    sampled: Callable[[], Any], post: Post, browser: httpx.AsyncClient, teams: str
) -> None:
    await sampled()
    await post("/endpoints/add")
    await post("/endpoint", number="2", kind="/teams")
    await post("/endpoint/paste", number="2", pasted=teams)
    answer = (await browser.get("/overview")).text
    rows = [
        " ".join(re.sub(r"<[^>]*>", " ", row).split())
        for row in re.findall(r"<tr>(.*?)</tr>", answer, re.DOTALL)
    ]
    assert rows[1:] == [
        "/users ✓ done . 4 entities 4 One page user .id None",
        "/teams ✓ done . 2 entities 2 One page team .id None",
    ]
    assert 'data-box="team"' in answer
    assert 'data-from="user" data-to="team" data-name="team"' in answer


@pytest.mark.process
async def test_a_problem_of_an_own_relation_leads_to_its_jq(
    sampled: Callable[[], Any], states: Any, post: Post
) -> None:
    await sampled()
    await post("/choice/relation", number="1")
    own = {"name": "owner", "target": "person", "expression": ".team_id | [.]"}
    await post("/choice", number="1", **{f"own-relation-0-{name}": text for name, text in own.items()})
    assert (await states())["1"] == ("1 wrong", "own-relation-0-expression")
