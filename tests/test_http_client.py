"""What the client sends and returns, and how often it tries."""

import time
from collections.abc import Iterator

import httpx
import pytest
import respx
from loguru import logger

from client import RateGate, RetryPolicy
from http_client import HttpClient
from rest.errors import AuthError, RefusedError, TransientError
from rest.request import Request
from tests.client.fake_api import AT_ONCE, BASE, OK, Api, failure, open_client, send, url_policy


@pytest.fixture
def log() -> Iterator[list[str]]:
    """Collect the log messages."""
    messages: list[str] = []
    sink = logger.add(lambda message: messages.append(str(message).rstrip("\n")), format="{message}")
    yield messages
    logger.remove(sink)


@respx.mock
async def test_response_has_lower_case_headers_and_its_body() -> None:
    route = respx.get("https://x.io/a", params={"q": "a b"}).respond(
        201, json={"id": 9007199254740993}, headers={"X-Total-Count": "7"}
    )
    async with httpx.AsyncClient() as http:
        client = HttpClient(http, RateGate(1), AT_ONCE, url_policy())
        response = await client.send(Request("GET", f"{BASE}/a", (("q", "a b"),), (("X-H", "1"),)))
    assert (response.status, response.body) == (201, {"id": 9007199254740993})
    assert response.headers["x-total-count"] == "7"
    assert route.calls.last.request.headers["x-h"] == "1"


@respx.mock
async def test_body_is_sent_as_json() -> None:
    route = respx.post("https://x.io/a").respond(204)
    async with httpx.AsyncClient() as http:
        client = HttpClient(http, RateGate(1), AT_ONCE, url_policy())
        response = await client.send(Request("POST", f"{BASE}/a", body={"filter": {"open": True}, "é": None}))
    request = route.calls.last.request
    assert request.content == '{"filter":{"open":true},"é":null}'.encode()
    assert request.headers["content-type"] == "application/json"
    assert response.body is None


async def test_request_without_a_body_has_no_content() -> None:
    api = Api([OK])
    await send(api, Request("POST", f"{BASE}/a"))
    assert api.requests[0].content == b""
    assert "content-type" not in api.requests[0].headers


async def test_content_type_of_the_mapping_wins() -> None:
    api = Api([OK])
    headers = (("Content-Type", "application/vnd.api+json"),)
    await send(api, Request("POST", f"{BASE}/a", headers=headers, body={}))
    assert api.requests[0].headers.get_list("content-type") == ["application/vnd.api+json"]


@pytest.mark.parametrize(
    "url",
    [
        f"{BASE}/a%2Fb/%25",
        f"{BASE}/a?q=%2F+x&p=%5B1%5D",
        f"{BASE}/a//b/",
        f"{BASE}/a?b=",
        f"{BASE}/a;v=1",
        f"{BASE}/a?$filter=x,y",
    ],
)
async def test_url_is_sent_as_it_is_written(url: str) -> None:
    api = Api([OK])
    await send(api, Request("GET", url))
    assert str(api.requests[0].url) == url


@pytest.mark.parametrize("url", ["https://x.io:port/", "https://[x/", f"{BASE}/\n", f"{BASE}/{'a' * 70_000}"])
async def test_malformed_url_is_refused_before_it_is_sent(url: str) -> None:
    api = Api([OK])
    error = await failure(RefusedError, api, Request("GET", url))
    assert "leads to an invalid URL" in str(error)
    assert api.requests == []


@pytest.mark.parametrize("url", ["", "/a", "x.io/a", "https://evil.io/a", "ftp://x.io/a", "http://"])
async def test_url_of_an_untrusted_origin_is_refused_before_it_is_sent(url: str) -> None:
    api = Api([OK])
    await failure(RefusedError, api, Request("GET", url))
    assert api.requests == []


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        (f"{BASE}/a", f"{BASE}/a?key=s%2F%20%26%3D&page%5Bv%5D=2"),
        (f"{BASE}/a?q=%2F+x", f"{BASE}/a?q=%2F+x&key=s%2F%20%26%3D&page%5Bv%5D=2"),
        (f"{BASE}/a?key=s%2f+%26%3d", f"{BASE}/a?key=s%2f+%26%3d&page%5Bv%5D=2"),
        (f"{BASE}/a?page%5Bv%5D=3&key=", f"{BASE}/a?page%5Bv%5D=3&key="),
        (f"{BASE}/a?k%65y=1&page[v]=2", f"{BASE}/a?k%65y=1&page[v]=2"),
    ],
    ids=["added", "added_to_others", "present_in_a_next_link", "both_present", "other_encoding"],
)
async def test_custom_parameters_are_sent_once(url: str, sent: str) -> None:
    api = Api([OK])
    await send(api, Request("GET", url), urls=url_policy(params={"key": "s/ &=", "page[v]": "2"}))
    assert api.request_lines == [f"GET {sent}"]


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
async def test_persistent_transient_status_is_an_error_after_the_last_attempt(status: int) -> None:
    api = Api([httpx.Response(status, text="down")])
    error = await failure(TransientError, api)
    assert len(api.requests) == 3
    assert error.status == status
    assert f"GET {BASE}/a: down (status {status} " in str(error)
    assert ", 3 times). Nothing is deleted; the next resync tries again." in str(error)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 410, 415, 418, 422, 501, 505, 599])
async def test_other_status_is_not_retried(status: int) -> None:
    api = Api([httpx.Response(status)])
    error = await failure(AuthError if status == 401 else RefusedError, api)
    assert error.status == status
    assert len(api.requests) == 1


async def test_no_retries_is_one_attempt() -> None:
    for answer in (httpx.Response(500), httpx.ReadTimeout("slow")):
        api = Api([answer])
        error = await failure(TransientError, api, policy=RetryPolicy(0, base_s=0))
        assert len(api.requests) == 1
        assert "times" not in str(error)


@pytest.mark.parametrize("status", [500, 429, 503])
async def test_status_that_the_user_calls_final_is_not_retried(status: int) -> None:
    api = Api([httpx.Response(status)])
    error = await failure(RefusedError, api, final=(status,))
    assert (error.status, len(api.requests)) == (status, 1)


async def test_status_that_the_user_does_not_call_final_is_retried() -> None:
    assert (await send(Api([httpx.Response(500), OK]), final=(503,))).body == [1]


async def test_each_wait_is_one_log_line(log: list[str]) -> None:
    await send(Api([httpx.Response(503), httpx.ReadTimeout("slow"), OK]))
    assert log == [
        f"GET {BASE}/a: status 503 Service Unavailable; attempt 2 of 3 in 0.0 s",
        f"GET {BASE}/a: no response within 5 s (ReadTimeout: slow); attempt 3 of 3 in 0.0 s",
    ]


async def test_wait_that_the_api_asks_for_is_respected() -> None:
    for answer in (
        httpx.Response(503, headers={"Retry-After": "0.1"}),
        httpx.Response(429, headers={"RateLimit-Reset": "0.1"}),
        httpx.Response(403, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "0.1"}),
    ):
        start = time.monotonic()
        await send(Api([answer, OK]))
        assert time.monotonic() - start >= 0.09


@pytest.mark.parametrize("status", [429, 503])
async def test_wait_beyond_the_policy_is_an_error(status: int) -> None:
    api = Api([httpx.Response(status, headers={"Retry-After": "7200"}, text="come back")])
    error = await failure(TransientError, api)
    assert "come back (status " in str(error)
    assert len(api.requests) == 1


async def test_after_five_failed_requests_an_origin_gets_no_more() -> None:
    api = Api([httpx.Response(503)])
    async with open_client(api, RetryPolicy(max_retries=0)) as client:
        for number in range(5):
            with pytest.raises(TransientError, match="status 503"):
                await client.send(Request("GET", f"{BASE}/{number}"))
        with pytest.raises(TransientError, match="not sent, because the last 5 requests") as refused:
            await client.send(Request("GET", f"{BASE}/next"))
    assert len(api.requests) == 5
    assert f"GET {BASE}/next" in str(refused.value)
