"""Errors of the connection: which are retried, and which the user has to fix."""

import ssl

import httpx
import pytest

from rest.errors import RefusedError, TransientError
from rest.request import Request
from tests.client.fake_api import BASE, GET, OK, Api, failure, open_client, send, url_policy


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout(""),
        httpx.ReadTimeout("slow"),
        httpx.WriteTimeout(""),
        httpx.PoolTimeout(""),
        httpx.ReadError("reset"),
        httpx.WriteError(""),
        httpx.CloseError(""),
        httpx.RemoteProtocolError("half an answer"),
        httpx.ProxyError("proxy"),
        httpx.DecodingError("bad gzip"),
        ssl.SSLError("handshake"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_connection_error_and_timeout_are_retried(error: Exception) -> None:
    assert (await send(Api([error, OK]))).body == [1]
    final = await failure(TransientError, Api([error]))
    cause = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    assert str(final).startswith(f"GET {BASE}/a: ")
    assert cause in str(final)
    assert ", 3 times. " in str(final)
    assert final.status is None


async def test_corrupt_body_is_retried() -> None:
    corrupt = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"no gzip"))
    requests = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return corrupt if len(requests) == 1 else OK

    async with open_client(answer) as client:
        assert (await client.send(GET)).body == [1]


@pytest.mark.parametrize("wrapped", [True, False])
async def test_untrusted_certificate_is_not_retried(*, wrapped: bool) -> None:
    error, outer = ssl.SSLCertVerificationError("self-signed"), httpx.ConnectError("wrapped")
    outer.__cause__ = error
    api = Api([outer if wrapped else error])
    final = await failure(RefusedError, api)
    assert len(api.requests) == 1
    assert f"GET {BASE}/a: the API's certificate is not trusted (" in str(final)
    assert "set verifySsl to false for testing" in str(final)


async def test_certificate_error_is_found_behind_other_errors() -> None:
    outer, middle = httpx.ConnectError("outer"), OSError("middle")
    outer.__cause__, middle.__context__ = middle, ssl.SSLCertVerificationError("expired")
    await failure(RefusedError, Api([outer]))


async def test_other_connection_error_is_no_certificate_error() -> None:
    outer = httpx.ConnectError("outer")
    outer.__cause__ = OSError("no route")
    await failure(TransientError, Api([outer]))


@pytest.mark.parametrize(
    "request_",
    [
        Request("POST", f"{BASE}/a", body=float("nan")),
        Request("POST", f"{BASE}/a", body={"a": {1, 2}}),  # type: ignore[dict-item] # no JSON on purpose
        Request("GET", f"{BASE}/a", headers=(("X-H", "é"),)),
    ],
    ids=["no_number", "no_json", "no_ascii"],
)
async def test_request_that_cannot_be_built_is_refused(request_: Request) -> None:
    api = Api([OK])
    error = await failure(RefusedError, api, request_)
    assert str(error).startswith(f"{request_.method} {BASE}/a: cannot be sent. Check headers, query_params")
    assert api.requests == []


@pytest.mark.parametrize(
    "problem",
    [
        httpx.LocalProtocolError("Illegal header value b'Bearer hunter22'"),
        httpx.UnsupportedProtocol("hunter22"),
    ],
    ids=lambda problem: type(problem).__name__,
)
async def test_request_that_cannot_be_sent_is_not_retried_and_shows_no_secret(problem: Exception) -> None:
    api = Api([problem])
    error = await failure(RefusedError, api, urls=url_policy(secrets=("hunter22",)))
    assert str(error).startswith(f"GET {BASE}/a: cannot be sent. ")
    assert "hunter22" not in str(error)
    assert len(api.requests) == 1
