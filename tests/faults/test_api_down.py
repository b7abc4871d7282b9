"""An API that is down: a few children spend their retries, the others fail without a request."""

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
FAILURES_TO_OPEN = 5

type Reply = Callable[[httpx.Request], httpx.Response]


def down(status: int = 503) -> Reply:
    return lambda _: httpx.Response(status, text="made-up words")


def timing_out(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("", request=request)


class Api:
    """Counts its requests. A test can change `reply` at any time."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.received: list[str] = []
        self.now_s = 0.0
        self.breaker = Breaker(lambda: self.now_s)
        trusted = frozenset({Origin.of(BASE), Origin.of(OTHER)})
        http = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        policy = RetryPolicy(max_retries=2, base_s=0)
        urls = UrlPolicy(Origin.of(BASE), trusted)
        self.client = HttpClient(http, RateGate(10), policy, urls, breaker=self.breaker)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        self.received.append(str(request.url))
        return self.reply(request)

    async def error_of(self, path: str, base: str = BASE, final: tuple[int, ...] = ()) -> str:
        """Return the error of a request, or "" without an error."""
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
async def test_after_five_failures_the_next_requests_fail_at_once_and_name_the_first_failure(
    reply: Reply, cause: str
) -> None:
    api = Api(reply)
    errors = [await api.error_of(f"/children/{number}") for number in range(1000)]
    assert len(api.received) == FAILURES_TO_OPEN * 3
    assert all("not sent" not in error for error in errors[:FAILURES_TO_OPEN])
    assert errors[-1].startswith(
        f"GET {BASE}/children/999: not sent, because the last 5 requests to {BASE} failed after all "
        f"retries. First failure: GET {BASE}/children/0: "
    )
    assert cause in errors[-1]
    assert ", 3 times" in errors[-1]
    assert "Nothing is deleted; the next resync tries again" in errors[-1]


async def test_a_request_in_its_retries_fails_at_once_when_the_breaker_opens() -> None:
    api = Api(down())
    error = TransientError("GET x: status 503", status=503)

    def open_breaker(_request: httpx.Request) -> httpx.Response:
        for _ in range(FAILURES_TO_OPEN):
            api.breaker.record_failure(f"{BASE}/x", error)
        return httpx.Response(503)

    api.reply = open_breaker
    assert "not sent, because the last 5" in await api.error_of("/a")
    assert len(api.received) == 1


@pytest.mark.parametrize("status", [200, 401, 404, 500])
async def test_any_response_resets_the_count_of_failures(status: int) -> None:
    """A 500 too: it may concern one endpoint only."""
    api = Api(down())
    for _ in range(FAILURES_TO_OPEN - 1):
        await api.error_of("/a")
    api.reply = down(status)
    await api.error_of("/b")
    api.reply = down()
    for _ in range(FAILURES_TO_OPEN - 1):
        assert "not sent" not in await api.error_of("/c")


async def test_a_status_that_the_mapping_declares_final_is_not_a_failure() -> None:
    api = Api(down())
    for _ in range(FAILURES_TO_OPEN * 2):
        assert "not sent" not in await api.error_of("/a", final=(503,))


async def test_other_origins_still_receive_requests() -> None:
    api = Api(down())
    for _ in range(FAILURES_TO_OPEN):
        await api.error_of("/a")
    assert "not sent" in await api.error_of("/a")
    api.reply = down(200)
    assert await api.error_of("/a", base=OTHER) == ""


async def test_after_a_minute_one_request_tests_whether_the_api_is_up_again() -> None:
    api = Api(down())
    for _ in range(FAILURES_TO_OPEN):
        await api.error_of("/a")
    api.now_s = 61
    count = len(api.received)
    assert "not sent" in await api.error_of("/a")
    assert len(api.received) == count + 1
    assert "not sent" in await api.error_of("/a")
    assert len(api.received) == count + 1
    api.reply = down(200)
    api.now_s += 61
    assert await api.error_of("/a") == ""
    assert await api.error_of("/a") == ""


async def test_an_invalid_url_fails_with_its_own_error() -> None:
    api = Api(down())
    with pytest.raises(RefusedError, match="invalid URL"):
        await api.client.send(Request("GET", f"{BASE}:port/a"))


@pytest.mark.process
async def test_a_kind_with_many_children_fails_soon_with_the_reason(api: Any, web_reply: Any) -> None:
    """Through the whole engine: a thousand parents, and children whose host is down."""
    api.answers["/parents"] = web_reply([{"id": number} for number in range(1000)])
    down_for_a_while = web_reply({"error": "down"}, 503, {"Retry-After": "0"})
    api.answers |= {f"/parents/{number}/items": down_for_a_while for number in range(1000)}
    settings = Settings.from_config({"base_url": api.url, "max_retries": 2}, {})
    parents = {"path_parameters": {"id": {"endpoint": "/parents", "field": ".id"}}}
    resource = read_resource("/parents/{id}/items", parents, settings.pagination)
    start, errors = time.monotonic(), []
    try:
        async with open_extractor(settings, [resource]) as extractor:
            async for _ in extractor.batches(resource):
                pass
    except ExceptionGroup as error:
        errors = [str(each) for each in error.exceptions]
    assert any("not sent, because the last 5 requests" in each for each in errors), errors
    assert time.monotonic() - start < 15
    assert len(api.requests) < 60
