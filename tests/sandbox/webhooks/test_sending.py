"""One event over HTTP."""

import httpx
import pytest

from sandbox.webhooks.sending import Answer, client_for, post
from tests.loopback_server import Ending, Request, Response, serving


async def _sent(answer: Response | Ending, headers: dict[str, str]) -> tuple[list[Request], Answer]:
    requests: list[Request] = []

    def respond(request: Request) -> Response | Ending:
        requests.append(request)
        return answer

    with serving(respond) as url:
        async with client_for(url) as client:
            return requests, await post(client, f"{url}/hook?a=b", b"\x00body", headers)


@pytest.mark.process
async def test_event_arrives_byte_by_byte_with_its_headers() -> None:
    [request], answer = await _sent(Response("näh", 418, {"Retry-After": "3"}), {"X-Secret": "pässword"})
    assert (request.method, request.target, request.body) == ("POST", "/hook?a=b", b"\x00body")
    assert request.headers["X-Secret"].encode("latin-1").decode() == "pässword"
    assert (answer.status, answer.text, answer.headers["Retry-After"]) == (418, "näh", "3")


@pytest.mark.process
async def test_redirect_is_not_followed() -> None:
    requests, answer = await _sent(Response("", 307, {"Location": "http://127.0.0.1:1/"}), {})
    assert (len(requests), answer.status) == (1, 307)


@pytest.mark.process
async def test_long_answer_is_read_in_part() -> None:
    _, answer = await _sent(Response(b"x" * 2_000_000), {})
    assert len(answer.text) == 64 * 1024


@pytest.mark.process
async def test_missing_answer_is_explained() -> None:
    _, answer = await _sent(Ending.CLOSE, {})
    assert answer.status is None
    assert answer.text


@pytest.mark.process
async def test_closed_port_is_explained() -> None:
    with serving(lambda _: Response()) as url:
        pass
    async with client_for(url) as client:
        answer = await post(client, url, b"", {})
    assert (answer.status, answer.text) == (None, "All connection attempts failed")


@pytest.mark.process
async def test_header_that_http_does_not_allow_is_not_quoted() -> None:
    requests, answer = await _sent(Response(), {"X-Secret": "se\ncret"})
    assert not requests
    assert answer.status is None
    assert "cret" not in answer.text


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (httpx.ReadTimeout("slow"), "no answer within 15 s"),
        (httpx.ConnectError("refused"), "refused"),
        (httpx.RemoteProtocolError(""), "RemoteProtocolError"),
        (httpx.LocalProtocolError("Illegal header value b'secret'"), "a header contains characters"),
    ],
    ids=repr,
)
async def test_error_is_an_answer_without_a_status(error: httpx.HTTPError, text: str) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    async with client_for("https://127.0.0.1/", httpx.MockTransport(fail)) as client:
        answer = await post(client, "https://127.0.0.1/", b"", {})
    assert answer.status is None
    assert answer.text.startswith(text)
    assert "secret" not in answer.text
