"""What an API costs that is down: the first few children their retries, and the others nothing."""

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from client import Breaker, RateGate, RetryPolicy, UrlPolicy
from configuration.answer_rules import AnswerRules
from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from extraction import open_extractor
from http_client import HttpClient
from rest.errors import RefusedError, RequestError, TransientError
from rest.origin import Origin
from rest.request import Request

BASE = "https://api.example.com"
OTHER = "https://files.example.com"
MOST = 5

type Reply = Callable[[httpx.Request], httpx.Response]


def down(status: int = 503) -> Reply:
    return lambda _: httpx.Response(status, text="made-up words")


def timing_out(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("", request=request)


class Api:
    """Counts what it is asked; `reply` can change meanwhile."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.asked: list[str] = []
        self.now_s = 0.0
        self.breaker = Breaker(lambda: self.now_s)
        trusted = frozenset({Origin.of(BASE), Origin.of(OTHER)})
        http = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        policy = RetryPolicy(max_retries=2, base_s=0)
        urls = UrlPolicy(Origin.of(BASE), trusted)
        self.client = HttpClient(http, RateGate(10), policy, urls, breaker=self.breaker)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        return self.reply(request)

    async def ends(self, path: str, base: str = BASE, final: tuple[int, ...] = ()) -> str:
        """How a request ends: what its error says, or nothing."""
        try:
            await self.client.send(Request("GET", f"{base}{path}"), AnswerRules(dict.fromkeys(final, "fail")))
        except RequestError as error:
            return str(error)
        return ""


@pytest.mark.parametrize(
    ("reply", "cause"),
    [
        (down(502), "status 502 Bad Gateway"),
        (down(503), "status 503 Service Unavailable"),
        (down(504), "status 504 Gateway Timeout"),
        (timing_out, "ReadTimeout"),
    ],
    ids=["502", "503", "504", "timeout"],
)
async def test_after_five_in_a_row_the_others_fail_at_once_and_name_the_first(
    reply: Reply, cause: str
) -> None:
    api = Api(reply)
    ends = [await api.ends(f"/children/{number}") for number in range(1000)]
    assert len(api.asked) == MOST * 3
    assert all("not sent" not in end for end in ends[:MOST])
    assert ends[-1].startswith(
        f"GET {BASE}/children/999: not sent, because the last 5 requests to {BASE} failed after all "
        f"retries. First failure: GET {BASE}/children/0: {cause}, 3 times"
    )
    assert "Nothing is deleted; the next resync tries again" in ends[-1]


async def test_a_request_that_is_under_way_ends_too() -> None:
    """With what it was about to ask again."""
    api = Api(down())
    error = TransientError("GET x: status 503", status=503)

    def last_straw(_asked: httpx.Request) -> httpx.Response:
        for _ in range(MOST):
            api.breaker.record_failure(f"{BASE}/x", error)
        return httpx.Response(503)

    api.reply = last_straw
    assert "not sent, because the last 5" in await api.ends("/a")
    assert len(api.asked) == 1


@pytest.mark.parametrize("status", [200, 401, 404, 500])
async def test_an_answer_between_says_that_the_api_is_there(status: int) -> None:
    """A 500 too: it may be of one endpoint alone."""
    api = Api(down())
    for _ in range(MOST - 1):
        await api.ends("/a")
    api.reply = down(status)
    await api.ends("/b")
    api.reply = down()
    for _ in range(MOST - 1):
        assert "not sent" not in await api.ends("/c")


async def test_a_status_that_the_mapping_calls_final_is_an_answer() -> None:
    api = Api(down())
    for _ in range(MOST * 2):
        assert "not sent" not in await api.ends("/a", final=(503,))


async def test_other_origins_are_asked_all_the_same() -> None:
    api = Api(down())
    for _ in range(MOST):
        await api.ends("/a")
    assert "not sent" in await api.ends("/a")
    api.reply = down(200)
    assert await api.ends("/a", base=OTHER) == ""


async def test_after_a_minute_one_request_finds_out_whether_it_is_up_again() -> None:
    api = Api(down())
    for _ in range(MOST):
        await api.ends("/a")
    api.now_s = 61
    asked = len(api.asked)
    assert "not sent" in await api.ends("/a")
    assert len(api.asked) == asked + 1
    assert "not sent" in await api.ends("/a")
    assert len(api.asked) == asked + 1
    api.reply = down(200)
    api.now_s += 61
    assert await api.ends("/a") == ""
    assert await api.ends("/a") == ""


async def test_what_is_no_url_fails_by_itself() -> None:
    api = Api(down())
    with pytest.raises(RefusedError, match="invalid URL"):
        await api.client.send(Request("GET", f"{BASE}:port/a"))


@pytest.mark.process
async def test_a_kind_with_many_children_ends_soon_and_says_why(api: Any, web_reply: Any) -> None:
    """Through the whole engine: a thousand parents, and children whose host is down."""
    api.answers["/parents"] = web_reply([{"id": number} for number in range(1000)])
    down_for_a_while = web_reply({"error": "down"}, 503, {"Retry-After": "0"})
    api.answers |= {f"/parents/{number}/items": down_for_a_while for number in range(1000)}
    settings = Settings.from_config({"base_url": api.url, "max_retries": 2}, {})
    parents = {"path_parameters": {"id": {"endpoint": "/parents", "field": ".id"}}}
    resource = read_resource("/parents/{id}/items", parents, settings.pagination)
    start, told = time.monotonic(), []
    try:
        async with open_extractor(settings, [resource]) as extractor:
            async for _ in extractor.batches(resource):
                pass
    except ExceptionGroup as error:
        told = [str(each) for each in error.exceptions]
    assert any("not sent, because the last 5 requests" in each for each in told), told
    assert time.monotonic() - start < 15
    assert len(api.requests) < 60
