"""Requests that the API may have processed are repeated only where they are known to only read."""

import ssl

import httpx
import pytest

from client import MARKER, may_be_processed_after, may_be_processed_despite
from configuration.answer_rules import AnswerRules, StatusAction
from rest.errors import TransientError
from rest.request import Request
from rest.response import Response
from tests.client.fake_api import BASE, OK, Api, failure, open_client, send

OWN = httpx.Request("POST", "https://x.io/a", extensions=dict(MARKER))
LOGIN = httpx.Request("POST", "https://x.io/login")


@pytest.mark.parametrize(
    ("error", "is_processed"),
    [
        (httpx.ConnectError("", request=OWN), False),
        (httpx.ConnectTimeout("", request=OWN), False),
        (httpx.PoolTimeout("", request=OWN), False),
        (httpx.ProxyError("", request=OWN), False),
        (httpx.ReadTimeout("", request=OWN), True),
        (httpx.ReadTimeout("", request=LOGIN), False),
        (httpx.ReadError(""), True),
        (OSError(), True),
        (TransientError("no complete response within 20 s"), True),
        (TransientError("the login failed with status 503", status=503), False),
    ],
    ids=repr,
)
def test_error_shows_whether_the_request_was_sent(error: Exception, *, is_processed: bool) -> None:
    assert may_be_processed_despite(error) is is_processed


def test_status_shows_whether_the_request_was_processed() -> None:
    processed = {status for status in range(200, 600) if may_be_processed_after(Response(status), None)}
    assert {*range(200, 600)} - processed == {408, 425, 429, 503}
    assert not may_be_processed_after(Response(403, {"retry-after": "1"}), None)
    assert not may_be_processed_after(Response(500), "retry")
    assert not may_be_processed_after(Response(200), "rate_limited")
    assert may_be_processed_after(Response(500), "fail")


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH"])
async def test_transient_status_is_retried_with_any_method_if_the_endpoint_only_reads(
    status: int, method: str
) -> None:
    api = Api([httpx.Response(status), httpx.Response(status), OK])
    response = await send(api, Request(method, f"{BASE}/a", body={"a": 1}, retry=True))
    assert response.body == [1]
    assert api.request_lines == [f"{method} {BASE}/a"] * 3
    assert {request.content for request in api.requests} == {b'{"a":1}'}


@pytest.mark.parametrize("status", [202, 500, 502, 504])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
async def test_request_that_may_be_processed_is_not_repeated(status: int, method: str) -> None:
    api = Api([httpx.Response(status, text="down"), OK])
    error = await failure(TransientError, api, Request(method, f"{BASE}/a", body={"a": 1}))
    assert api.request_lines == [f"{method} {BASE}/a"]
    assert (error.status, error.doubt) == (status, "not_ready" if status == 202 else "")
    reason = "; not retried, because the API may have processed the request. Nothing is deleted"
    assert ": down (status " in str(error)
    assert reason in str(error)
    assert "set retry: true next to its method in the mapping" in str(error)


@pytest.mark.parametrize("status", [408, 425, 429, 503])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
async def test_request_that_the_api_did_not_process_is_repeated(status: int, method: str) -> None:
    api = Api([httpx.Response(status), OK])
    await send(api, Request(method, f"{BASE}/a", body={"a": 1}))
    assert len(api.requests) == 2


async def test_rate_limit_with_status_403_is_repeated() -> None:
    api = Api([httpx.Response(403, headers={"Retry-After": "0"}), OK])
    await send(api, Request("POST", f"{BASE}/a"))
    assert len(api.requests) == 2


@pytest.mark.parametrize("meaning", ["retry", "rate_limited"])
async def test_rule_of_the_user_repeats_a_post(meaning: StatusAction) -> None:
    api = Api([httpx.Response(500), OK])
    async with open_client(api) as client:
        await client.send(Request("POST", f"{BASE}/a"), AnswerRules({500: meaning}))
    assert len(api.requests) == 2


@pytest.mark.parametrize(
    ("error", "times"),
    [
        (httpx.ConnectError("refused"), 3),
        (httpx.ConnectTimeout(""), 3),
        (httpx.PoolTimeout(""), 3),
        (httpx.ProxyError("refused"), 3),
        (httpx.ReadTimeout(""), 1),
        (httpx.WriteTimeout(""), 1),
        (httpx.ReadError("reset"), 1),
        (httpx.WriteError("reset"), 1),
        (httpx.RemoteProtocolError("ended"), 1),
        (ssl.SSLError("bad record"), 1),
    ],
    ids=repr,
)
async def test_post_is_repeated_if_it_was_not_sent(error: Exception, times: int) -> None:
    api = Api([error])
    message = str(await failure(TransientError, api, Request("POST", f"{BASE}/a")))
    assert len(api.requests) == times
    assert ("not retried" in message) is (times == 1)
    repeated = Api([error, OK])
    await send(repeated, Request("POST", f"{BASE}/a", retry=True))
    assert len(repeated.requests) == 2


@pytest.mark.parametrize("status", [500, 503])
async def test_get_is_repeated_unless_the_user_forbids_it(status: int) -> None:
    api = Api([httpx.Response(status), OK])
    if status == 503:
        await send(api, Request("GET", f"{BASE}/a", retry=False))
        return
    await failure(TransientError, api, Request("GET", f"{BASE}/a", retry=False))
    assert len(api.requests) == 1
