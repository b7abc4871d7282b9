"""The client against an API that is rude: what it asks again, where it does not go, what it tells."""

import asyncio
import gzip
import os
import ssl
import time
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import brotli
import httpx
import pytest
import respx
from loguru import logger

from auth import auth_for
from client import RateGate, UrlPolicy
from client.retry import RetryPolicy
from configuration.answer_rules import AnswerAction, AnswerRule, AnswerRules, StatusAction
from configuration.settings import Settings
from expressions.paths import jq_path
from http_client import HttpClient, headers_for
from rest.errors import AuthError, RefusedError, RequestError, TransientError
from rest.origin import Origin, Redactor
from rest.request import Request
from rest.response import Response
from tests.open_files import open_files

BASE = "https://x.io"
AT_ONCE = RetryPolicy(max_retries=2, base_s=0)
GET = Request("GET", f"{BASE}/a")

type Answer = httpx.Response | Exception


@dataclass
class Api:
    """Answers in order, the last one again and again; remembers what it was asked."""

    answers: list[Answer]
    seen: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        answer = self.answers[min(len(self.seen), len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        # A response belongs to one request: httpx writes on it.
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    @property
    def asked(self) -> list[str]:
        return [f"{request.method} {request.url}" for request in self.seen]


OK = httpx.Response(200, json=[1])


def moved(location: str | bytes, status: int = 302) -> httpx.Response:
    raw = location if isinstance(location, bytes) else location.encode("latin-1")
    return httpx.Response(status, headers=[(b"location", raw)])


def url_policy(
    *trusted: str, secrets: tuple[str, ...] = (), params: Mapping[str, str] | None = None
) -> UrlPolicy:
    origins = frozenset(Origin.of(url) for url in (BASE, *trusted))
    return UrlPolicy(Origin.of(BASE), origins, params or {}, Redactor.of(secrets))


@asynccontextmanager
async def opened(
    transport: Callable[[httpx.Request], Any],
    policy: RetryPolicy = AT_ONCE,
    within: UrlPolicy | None = None,
    gate: RateGate | None = None,
    auth: httpx.Auth | None = None,
    directory: Path | None = None,
) -> AsyncIterator[HttpClient]:
    async with httpx.AsyncClient(transport=httpx.MockTransport(transport), auth=auth) as http:
        yield HttpClient(http, gate or RateGate(10), policy, within or url_policy(), directory)


async def send(api: Api, request: Request = GET, final: tuple[int, ...] = (), **options: Any) -> Response:
    async with opened(api, **options) as client:
        return await client.send(request, AnswerRules(dict.fromkeys(final, "fail")))


async def failure[E: Exception](
    kind: type[E], api: Api, request: Request = GET, final: tuple[int, ...] = (), **options: Any
) -> E:
    with pytest.raises(kind) as caught:
        await send(api, request, final, **options)
    assert type(caught.value) is kind
    return caught.value


@pytest.fixture
def log() -> Iterator[list[str]]:
    """What is logged."""
    lines: list[str] = []
    number = logger.add(lambda message: lines.append(str(message)), format="{message}")
    yield lines
    logger.remove(number)


@respx.mock
async def test_the_answer_has_lower_case_headers_and_a_body_read_to_the_end() -> None:
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
async def test_a_body_is_sent_as_json() -> None:
    route = respx.post("https://x.io/a").respond(204)
    async with httpx.AsyncClient() as http:
        client = HttpClient(http, RateGate(1), AT_ONCE, url_policy())
        response = await client.send(Request("POST", f"{BASE}/a", body={"filter": {"open": True}, "é": None}))
    request = route.calls.last.request
    assert request.content == '{"filter":{"open":true},"é":null}'.encode()
    assert request.headers["content-type"] == "application/json"
    assert response.body is None


async def test_no_body_is_no_content() -> None:
    api = Api([OK])
    await send(api, Request("POST", f"{BASE}/a"))
    assert api.seen[0].content == b""
    assert "content-type" not in api.seen[0].headers


async def test_the_mapping_s_own_content_type_wins() -> None:
    api = Api([OK])
    headers = (("Content-Type", "application/vnd.api+json"),)
    await send(api, Request("POST", f"{BASE}/a", headers=headers, body={}))
    assert api.seen[0].headers.get_list("content-type") == ["application/vnd.api+json"]


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
async def test_a_url_is_sent_as_it_is_written(url: str) -> None:
    api = Api([OK])
    await send(api, Request("GET", url))
    assert str(api.seen[0].url) == url


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH"])
async def test_a_transient_status_is_asked_again_where_that_does_no_harm(status: int, method: str) -> None:
    """Whatever the method, where the endpoint is known to read."""
    api = Api([httpx.Response(status), httpx.Response(status), OK])
    response = await send(api, Request(method, f"{BASE}/a", body={"a": 1}, retry=True))
    assert response.body == [1]
    assert api.asked == [f"{method} {BASE}/a"] * 3
    assert {request.content for request in api.seen} == {b'{"a":1}'}


@pytest.mark.parametrize("status", [202, 500, 502, 504])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
async def test_what_may_have_been_carried_out_is_not_sent_again(status: int, method: str) -> None:
    api = Api([httpx.Response(status, text="down"), OK])
    error = await failure(TransientError, api, Request(method, f"{BASE}/a", body={"a": 1}))
    assert api.asked == [f"{method} {BASE}/a"]
    assert (error.status, error.doubt) == (status, "not_ready" if status == 202 else "")
    assert "'down'; it was not sent again, as it may have been carried out. Nothing is deleted" in str(error)
    assert "set retry: true beside its method in the mapping" in str(error)


@pytest.mark.parametrize("status", [408, 425, 429, 503])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
async def test_what_the_api_has_not_begun_is_sent_again(status: int, method: str) -> None:
    api = Api([httpx.Response(status), OK])
    await send(api, Request(method, f"{BASE}/a", body={"a": 1}))
    assert len(api.seen) == 2


async def test_a_rate_limit_by_status_403_was_not_carried_out_either() -> None:
    api = Api([httpx.Response(403, headers={"Retry-After": "0"}), OK])
    await send(api, Request("POST", f"{BASE}/a"))
    assert len(api.seen) == 2


@pytest.mark.parametrize("meaning", ["retry", "rate_limited"])
async def test_a_rule_of_the_user_has_a_post_sent_again(meaning: StatusAction) -> None:
    api = Api([httpx.Response(500), OK])
    async with opened(api) as client:
        await client.send(Request("POST", f"{BASE}/a"), AnswerRules({500: meaning}))
    assert len(api.seen) == 2


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
async def test_a_post_is_sent_again_where_it_was_not_sent(error: Exception, times: int) -> None:
    api = Api([error])
    told = str(await failure(TransientError, api, Request("POST", f"{BASE}/a")))
    assert len(api.seen) == times
    assert ("it was not sent again" in told) is (times == 1)
    again = Api([error, OK])
    await send(again, Request("POST", f"{BASE}/a", retry=True))
    assert len(again.seen) == 2


@pytest.mark.parametrize("status", [500, 503])
async def test_a_get_is_sent_again_unless_the_user_says_no(status: int) -> None:
    api = Api([httpx.Response(status), OK])
    if status == 503:
        await send(api, Request("GET", f"{BASE}/a", retry=False))
        return
    await failure(TransientError, api, Request("GET", f"{BASE}/a", retry=False))
    assert len(api.seen) == 1


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_a_post_that_was_answered_by_a_redirect_is_not_sent_again(status: int) -> None:
    """What came of it is read at the other address, as often as it takes."""
    api = Api([moved("/b", status), httpx.Response(502), httpx.ReadTimeout("slow"), OK])
    assert (await send(api, Request("POST", f"{BASE}/a"))).body == [1]
    assert api.asked == [f"POST {BASE}/a", *[f"GET {BASE}/b"] * 3]


async def test_a_post_that_is_redirected_as_a_post_is_not_sent_again_either() -> None:
    api = Api([moved("/b", 307), httpx.ReadTimeout("slow"), OK])
    await failure(TransientError, api, Request("POST", f"{BASE}/a"))
    assert api.asked == [f"POST {BASE}/a", f"POST {BASE}/b"]


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
async def test_a_transient_status_that_stays_is_an_error_after_the_last_attempt(status: int) -> None:
    api = Api([httpx.Response(status, text="down")])
    error = await failure(TransientError, api)
    assert len(api.seen) == 3
    assert error.status == status
    assert f"GET {BASE}/a: status {status} " in str(error)
    assert ", 3 times: 'down'. Nothing is deleted; the next resync tries again." in str(error)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 410, 415, 418, 422, 501, 505, 599])
async def test_other_statuses_are_asked_once(status: int) -> None:
    api = Api([httpx.Response(status)])
    error = await failure(AuthError if status == 401 else RefusedError, api)
    assert error.status == status
    assert len(api.seen) == 1


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
async def test_connection_errors_and_timeouts_are_asked_again(error: Exception) -> None:
    assert (await send(Api([error, OK]))).body == [1]
    told = await failure(TransientError, Api([error]))
    named = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    assert str(told).startswith(f"GET {BASE}/a: {named}, 3 times. ")
    assert told.status is None


async def test_an_answer_cut_short_is_asked_again() -> None:
    """A body whose gzip breaks off is no answer."""
    cut = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"no gzip"))
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return cut if len(asked) == 1 else OK

    async with opened(answer) as client:
        assert (await client.send(GET)).body == [1]


async def test_no_retries_is_one_attempt() -> None:
    for answer in (httpx.Response(500), httpx.ReadTimeout("slow")):
        api = Api([answer])
        error = await failure(TransientError, api, policy=RetryPolicy(0, base_s=0))
        assert len(api.seen) == 1
        assert "times" not in str(error)


@pytest.mark.parametrize("status", [500, 429, 503])
async def test_a_final_status_is_not_asked_again(status: int) -> None:
    api = Api([httpx.Response(status)])
    error = await failure(RefusedError, api, final=(status,))
    assert (error.status, len(api.seen)) == (status, 1)


async def test_a_status_that_is_not_final_is_still_asked_again() -> None:
    assert (await send(Api([httpx.Response(500), OK]), final=(503,))).body == [1]


@pytest.mark.parametrize("wrapped", [True, False])
async def test_a_certificate_that_is_not_trusted_is_asked_once(*, wrapped: bool) -> None:
    error, outer = ssl.SSLCertVerificationError("self-signed"), httpx.ConnectError("wrapped")
    outer.__cause__ = error
    api = Api([outer if wrapped else error])
    told = await failure(RefusedError, api)
    assert len(api.seen) == 1
    assert f"GET {BASE}/a: the API's certificate is not trusted (" in str(told)
    assert "set verifySsl to false while you test" in str(told)


async def test_a_certificate_error_is_found_behind_other_errors() -> None:
    outer, middle = httpx.ConnectError("outer"), OSError("middle")
    outer.__cause__, middle.__context__ = middle, ssl.SSLCertVerificationError("expired")
    await failure(RefusedError, Api([outer]))


async def test_another_connection_error_is_no_certificate_error() -> None:
    outer = httpx.ConnectError("outer")
    outer.__cause__ = OSError("no route")
    await failure(TransientError, Api([outer]))


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        (302, "Set baseUrl to the URL that the API redirects to"),
        (400, "supports the pagination parameters and the pageSize"),
        (401, "Check authType and its secret"),
        (403, "on_status: {403: empty}"),
        (404, "Check baseUrl and the kind"),
        (405, "Check selector.method"),
        (406, "Accept header"),
        (415, "Content-Type header"),
        (422, "Check query_params and body"),
        (418, "See the API's documentation"),
    ],
)
async def test_a_refusal_says_what_to_change(status: int, hint: str) -> None:
    error = await failure(AuthError if status == 401 else RefusedError, Api([httpx.Response(status)]))
    assert hint in error.hint


async def test_a_refusal_says_method_url_status_and_the_body_s_start() -> None:
    api = Api([httpx.Response(404, text="<h1>\n  Not   here</h1>" + "x" * 500)])
    error = await failure(RefusedError, api, Request("POST", f"{BASE}/a", (("q", "1"),)))
    shown = ("<h1> Not here</h1>" + "x" * 500)[:200]
    assert str(error) == (
        f"POST {BASE}/a?q=1: status 404 Not Found: {shown!r}. "
        "Check baseUrl and the kind. To treat it as no items, set on_status: {404: empty}"
    )


async def test_a_status_without_a_name_has_its_number() -> None:
    assert "status 599." in str(await failure(RefusedError, Api([httpx.Response(599)])))


@pytest.mark.parametrize(
    "location",
    [
        "/b",
        "b",
        "//x.io/b",
        "https://x.io/b",
        "HTTPS://X.IO/b",
        "https://x.io:443/b",
        "https://X.io:0443/b",
        "http://x.io/b",
        "http://x.io:80/b",
        "https://x.io/b#part",
        " /b ",
    ],
)
async def test_redirects_within_the_origin_are_followed(location: str) -> None:
    api = Api([moved(location), OK])
    assert (await send(api)).body == [1]
    assert api.asked == [f"GET {BASE}/a", f"GET {BASE}/b"]


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.io/b",
        "//evil.io/b",
        "https://x.io:444/b",
        "https://x.io:80/b",
        "http://x.io:8080/b",
        "https://x.io.evil.io/b",
        "https://evilx.io/b",
        "https://x.io./b",
        "https://X.IO.EVIL.io/b",
        "https://evil.io#@x.io/b",
        "https://evil.io?@x.io/b",
        "https://x.io%40evil.io/b",
        "https://x.io%2eevil.io/b",
        "https://x.io%00.evil.io/b",
        "https://[::1]/b",
        "https://2130706433/b",
        "ftp://x.io/b",
        "file:///etc/passwd",
    ],
)
async def test_redirects_out_of_the_trusted_origins_are_refused(location: str) -> None:
    """Not one request leaves, so that no credential does."""
    api = Api([moved(location), OK])
    error = await failure(RefusedError, api)
    assert api.asked == [f"GET {BASE}/a"]
    assert "which may not see the credentials" in str(error)
    assert "trustedOrigins" in error.hint


@pytest.mark.parametrize(
    "location",
    [
        "https://x.io@evil.io/b",
        "https://x.io:pw@evil.io/b",
        "https://user@x.io/b",
        "https://user:pw@x.io/b",
        "https://x.io\\@evil.io/b",
        "https://evil.io\\@x.io/b",
    ],
)
async def test_redirects_with_a_user_name_are_refused(location: str) -> None:
    api = Api([moved(location), OK])
    error = await failure(RefusedError, api)
    assert api.asked == [f"GET {BASE}/a"]
    assert str(error) == f"GET {BASE}/a: leads to a URL with a user name in it, which is not followed"


@pytest.mark.parametrize(
    "location",
    [
        "https:evil",
        "javascript:alert(1)",
        "http://[x",
        "https://x.io:bad/",
        "https://x.io:99999/",
        "https://\ufffd\u202e/".encode(),
    ],
    ids=["no_slashes", "script", "bracket", "port", "large_port", "no_host"],
)
async def test_redirects_to_what_is_no_url_are_refused_and_not_asked_again(location: str | bytes) -> None:
    api = Api([moved(location), OK])
    error = await failure(RefusedError, api)
    assert str(error).startswith(f"GET {BASE}/a: ")
    assert api.asked == [f"GET {BASE}/a"]


async def test_a_redirect_to_another_origin_names_the_request_that_was_redirected() -> None:
    api = Api([moved("/b"), moved("https://evil.io/c")])
    error = await failure(RefusedError, api)
    assert str(error).startswith(
        f"GET {BASE}/b: leads to https://evil.io, which may not see the credentials."
    )


async def test_a_location_in_utf_8_is_percent_encoded() -> None:
    api = Api([moved("/é".encode()), OK])
    await send(api)
    assert api.seen[1].url.raw_path == b"/%C3%A9"


@pytest.mark.parametrize(
    "location", ["\\\\evil.io/b", "/\\evil.io/b", "@evil.io", ":@evil.io", "///evil.io/b"]
)
async def test_a_location_that_only_looks_foreign_stays_at_home(location: str) -> None:
    """RFC 3986: without two slashes it names no host; whatever it is, the host does not change."""
    api = Api([moved(location), OK])
    await send(api)
    assert {request.url.host for request in api.seen} == {"x.io"}


async def test_redirects_to_a_trusted_origin_are_followed_with_the_custom_parameters() -> None:
    api = Api([moved("https://files.io:8443/b?x=1"), OK])
    await send(api, within=url_policy("https://files.io:8443", params={"key": "k"}))
    assert api.asked == [f"GET {BASE}/a?key=k", "GET https://files.io:8443/b?x=1&key=k"]


async def test_http_is_not_upgraded_on_a_trusted_origin_that_is_not_the_base() -> None:
    await failure(RefusedError, Api([moved("http://files.io/b"), OK]), within=url_policy("https://files.io"))


async def test_a_redirect_loop_ends() -> None:
    api = Api([moved("/a")])
    error = await failure(RefusedError, api)
    assert str(error) == f"GET {BASE}/a: redirected more than 10 times"
    assert len(api.seen) == 11


async def test_ten_redirects_are_followed() -> None:
    api = Api([*(moved(f"/{n}") for n in range(10)), OK])
    assert (await send(api)).body == [1]


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_a_post_redirected_so_is_asked_by_get(status: int) -> None:
    api = Api([moved("/b?z=1", status), OK])
    await send(api, Request("POST", f"{BASE}/a", (("p", "1"),), (("X-H", "h"),), {"a": 1}))
    assert api.asked == [f"POST {BASE}/a?p=1", f"GET {BASE}/b?z=1"]
    assert api.seen[1].content == b""
    assert api.seen[1].headers["x-h"] == "h"


@pytest.mark.parametrize("status", [307, 308])
async def test_a_post_redirected_so_stays_a_post(status: int) -> None:
    api = Api([moved("/b", status), OK])
    await send(api, Request("POST", f"{BASE}/a", (("p", "1"),), (), {"a": 1}))
    assert api.asked == [f"POST {BASE}/a?p=1", f"POST {BASE}/b"]
    assert api.seen[1].content == b'{"a":1}'


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_put_and_patch_keep_their_method_and_their_body(status: int, method: str) -> None:
    api = Api([moved("/b", status), OK])
    await send(api, Request(method, f"{BASE}/a", body={"a": 1}))
    assert api.asked == [f"{method} {BASE}/a", f"{method} {BASE}/b"]
    assert api.seen[1].content == b'{"a":1}'


async def test_see_other_is_asked_by_get_whatever_the_method() -> None:
    api = Api([moved("/b", 303), OK])
    await send(api, Request("PUT", f"{BASE}/a", body={"a": 1}))
    assert (api.asked[1], api.seen[1].content) == (f"GET {BASE}/b", b"")


@pytest.mark.parametrize("answer", [httpx.Response(302), moved(""), httpx.Response(304), moved("/b", 300)])
async def test_a_redirect_that_leads_nowhere_is_a_refusal(answer: httpx.Response) -> None:
    error = await failure(RefusedError, Api([answer]))
    assert error.status == answer.status_code


async def test_a_failing_redirect_target_is_asked_again_from_the_start() -> None:
    api = Api([moved("/b"), httpx.Response(503), moved("/b"), OK])
    assert (await send(api)).body == [1]
    assert api.asked == [f"GET {BASE}/a", f"GET {BASE}/b"] * 2


@pytest.mark.parametrize("url", ["https://x.io:port/", "https://[x/", f"{BASE}/\n", f"{BASE}/{'a' * 70_000}"])
async def test_a_malformed_url_is_refused_and_not_asked(url: str) -> None:
    api = Api([OK])
    error = await failure(RefusedError, api, Request("GET", url))
    assert "is no URL" in str(error)
    assert api.seen == []


@pytest.mark.parametrize("url", ["", "/a", "x.io/a", "https://evil.io/a", "ftp://x.io/a", "http://"])
async def test_a_url_outside_the_boundary_is_refused_and_not_asked(url: str) -> None:
    api = Api([OK])
    await failure(RefusedError, api, Request("GET", url))
    assert api.seen == []


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        (f"{BASE}/a", f"{BASE}/a?key=s%2F%20%26%3D&page%5Bv%5D=2"),
        (f"{BASE}/a?q=%2F+x", f"{BASE}/a?q=%2F+x&key=s%2F%20%26%3D&page%5Bv%5D=2"),
        (f"{BASE}/a?key=s%2f+%26%3d", f"{BASE}/a?key=s%2f+%26%3d&page%5Bv%5D=2"),
        (f"{BASE}/a?page%5Bv%5D=3&key=", f"{BASE}/a?page%5Bv%5D=3&key="),
        (f"{BASE}/a?k%65y=1&page[v]=2", f"{BASE}/a?k%65y=1&page[v]=2"),
    ],
    ids=["added", "beside_others", "already_in_a_next_link", "both_there", "written_otherwise"],
)
async def test_custom_parameters_are_sent_once(url: str, sent: str) -> None:
    api = Api([OK])
    await send(api, Request("GET", url), within=url_policy(params={"key": "s/ &=", "page[v]": "2"}))
    assert api.asked == [f"GET {sent}"]


async def test_the_settings_secrets_are_in_no_message_and_no_log_line(log: list[str]) -> None:
    """In the URL as custom parameter or key, echoed by the API, or in a link that it gave."""
    settings = Settings.from_config(
        {
            "base_url": BASE,
            "auth_type": "api_key",
            "api_key": "hunter22+/=",
            "api_key_param": "key",
            "custom_query_params": '{"sig": "topsecret&"}',
            "custom_headers": '{"X-S": "headersecret"}',
        },
        {},
    )
    within = UrlPolicy(Origin.of(BASE), settings.trusted, settings.custom_query_params, settings.redactor)

    def echo(request: httpx.Request) -> httpx.Response:
        return httpx.Response(503, text=f"hunter22+/= headersecret {request.url.params} topsecret&")

    link = Request("GET", f"{BASE}/a?key=hunter22%2B%2F%3D&sig=topsecret%26")
    for request in (GET, link):
        async with opened(echo, within=within, auth=auth_for(settings)) as client:
            with pytest.raises(TransientError) as caught:
                await client.send(request)
        for text in (str(caught.value), *log):
            assert not [secret for secret in ("hunter22", "topsecret", "headersecret") if secret in text]
        assert "***" in str(caught.value)
    assert len(log) == 4


@pytest.mark.parametrize(
    "location", ["https://evil.io/hunter22", "https://hunter22.evil.io/", "https://u:hunter22@x.io/"]
)
async def test_a_refused_link_shows_no_secret(location: str) -> None:
    error = await failure(RefusedError, Api([moved(location)]), within=url_policy(secrets=("hunter22",)))
    assert "hunter22" not in str(error)


async def test_a_malformed_url_shows_no_secret() -> None:
    request = Request("GET", "https://x.io:port/?key=hunter22")
    error = await failure(RefusedError, Api([OK]), request, within=url_policy(secrets=("hunter22",)))
    assert "hunter22" not in str(error)


@pytest.mark.parametrize(
    "request_",
    [
        Request("POST", f"{BASE}/a", body=float("nan")),
        Request("POST", f"{BASE}/a", body={"a": {1, 2}}),  # type: ignore[dict-item] # no JSON on purpose
        Request("GET", f"{BASE}/a", headers=(("X-H", "é"),)),
    ],
    ids=["no_number", "no_json", "no_ascii"],
)
async def test_a_request_that_cannot_be_built_is_refused(request_: Request) -> None:
    api = Api([OK])
    error = await failure(RefusedError, api, request_)
    assert str(error).startswith(f"{request_.method} {BASE}/a: cannot be sent. Check headers, query_params")
    assert api.seen == []


@pytest.mark.parametrize(
    "problem",
    [
        httpx.LocalProtocolError("Illegal header value b'Bearer hunter22'"),
        httpx.UnsupportedProtocol("hunter22"),
    ],
    ids=lambda problem: type(problem).__name__,
)
async def test_a_request_that_cannot_be_sent_is_asked_once_and_shows_no_secret(problem: Exception) -> None:
    api = Api([problem])
    error = await failure(RefusedError, api, within=url_policy(secrets=("hunter22",)))
    assert str(error).startswith(f"GET {BASE}/a: cannot be sent. ")
    assert "hunter22" not in str(error)
    assert len(api.seen) == 1


async def test_a_cause_shows_no_secret() -> None:
    api = Api([httpx.ReadError("to https://p:hunter22@proxy")])
    error = await failure(TransientError, api, within=url_policy(secrets=("hunter22",)))
    assert "ReadError: to https://p:***@proxy" in str(error)


async def test_an_excerpt_is_not_cut_inside_a_secret() -> None:
    api = Api([httpx.Response(404, text="x" * 195 + "hunter22")])
    error = await failure(RefusedError, api, within=url_policy(secrets=("hunter22",)))
    assert "hunte" not in str(error)


async def test_each_wait_is_one_log_line(log: list[str]) -> None:
    await send(Api([httpx.Response(503), httpx.ReadTimeout("slow"), OK]))
    assert [line.strip() for line in log] == [
        f"GET {BASE}/a: status 503 Service Unavailable; attempt 2 of 3 in 0.0 s",
        f"GET {BASE}/a: ReadTimeout: slow; attempt 3 of 3 in 0.0 s",
    ]


async def test_the_wait_that_the_api_asks_for_is_kept() -> None:
    for answer in (
        httpx.Response(503, headers={"Retry-After": "0.1"}),
        httpx.Response(429, headers={"RateLimit-Reset": "0.1"}),
        httpx.Response(403, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "0.1"}),
    ):
        start = time.monotonic()
        await send(Api([answer, OK]))
        assert time.monotonic() - start >= 0.09


@pytest.mark.parametrize("status", [429, 503])
async def test_a_wait_beyond_all_patience_is_an_error(status: int) -> None:
    api = Api([httpx.Response(status, headers={"Retry-After": "7200"}, text="come back")])
    error = await failure(TransientError, api)
    assert ", asking to wait 7200 s: 'come back'." in str(error)
    assert len(api.seen) == 1


@dataclass
class Crowd:
    """Counts the requests in flight; each stays until the event loop has run all others."""

    in_flight: int = 0
    most: int = 0

    async def __call__(self, _: httpx.Request) -> httpx.Response:
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        for _turn in range(20):
            await asyncio.sleep(0)
        self.in_flight -= 1
        return httpx.Response(200, json=1)


@pytest.mark.parametrize("limit", [1, 3])
async def test_no_more_requests_are_in_flight_than_allowed(limit: int) -> None:
    crowd = Crowd()
    async with opened(crowd, gate=RateGate(limit)) as client:
        await asyncio.gather(*(client.send(GET) for _ in range(20)))
    assert crowd.most == limit


async def test_a_place_is_free_again_after_an_error() -> None:
    async with opened(Api([httpx.ReadTimeout("slow")]), gate=RateGate(1)) as client:
        for _ in range(3):
            with pytest.raises(TransientError):
                await client.send(GET)


async def test_one_429_holds_up_every_request() -> None:
    """One is told to wait 0.15 s: none of the others starts before."""
    started: list[tuple[str, float]] = []
    begin = time.monotonic()

    def answer(request: httpx.Request) -> httpx.Response:
        started.append((request.url.path, time.monotonic() - begin))
        limited = len(started) == 1
        return (
            httpx.Response(429, headers={"Retry-After": "0.15"}) if limited else httpx.Response(200, json=1)
        )

    async with opened(answer, gate=RateGate(1)) as client:
        await asyncio.gather(*(client.send(Request("GET", f"{BASE}/{n}")) for n in range(5)))
    assert sorted(path for path, _ in started[1:]) == [f"/{n}" for n in range(5)]
    assert all(moment >= 0.14 for _, moment in started[1:])


async def test_a_503_holds_up_its_own_request_alone() -> None:
    order: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        order.append(request.url.path)
        limited = len(order) == 1
        return httpx.Response(503, headers={"Retry-After": "0.1"}) if limited else httpx.Response(200, json=1)

    async with opened(answer, gate=RateGate(1)) as client:
        await asyncio.gather(*(client.send(Request("GET", f"{BASE}/{n}")) for n in range(3)))
    assert order == ["/0", "/1", "/2", "/0"]


async def test_a_gate_closed_for_longer_meanwhile_stays_closed() -> None:
    gate = RateGate(1)
    begin = time.monotonic()
    gate.close_for(0.05)

    async def passes() -> float:
        async with gate.place():
            return time.monotonic() - begin

    waiting = asyncio.create_task(passes())
    await asyncio.sleep(0)
    gate.close_for(0.12)
    gate.close_for(0.01)
    assert await waiting >= 0.11


async def test_requests_start_at_a_steady_rate() -> None:
    """The n-th not before its turn, however busy the machine is."""
    started: list[float] = []
    begin = time.monotonic()

    def answer(_: httpx.Request) -> httpx.Response:
        started.append(time.monotonic() - begin)
        return httpx.Response(200, json=1)

    async with opened(answer, gate=RateGate(10, per_second=50)) as client:
        await asyncio.gather(*(client.send(GET) for _ in range(8)))
    assert all(moment >= turn / 50 - 0.005 for turn, moment in enumerate(started))


async def test_a_rate_is_kept_after_a_pause_too() -> None:
    """Those that waited do not start all at once."""
    gate = RateGate(10, per_second=50)
    gate.close_for(0.1)
    started: list[float] = []

    async def passes() -> None:
        async with gate.place():
            started.append(time.monotonic())

    await asyncio.gather(*(passes() for _ in range(5)))
    assert started[-1] - started[0] >= 4 / 50 - 0.005


async def test_a_gate_closed_while_a_request_waits_for_its_turn_holds_it_up() -> None:
    gate = RateGate(10, per_second=20)
    begin = time.monotonic()

    async def passes() -> float:
        async with gate.place():
            return time.monotonic() - begin

    await passes()
    waiting = asyncio.create_task(passes())
    await asyncio.sleep(0)
    gate.close_for(0.12)
    assert await waiting >= 0.11


async def test_a_success_that_leaves_no_further_request_closes_the_gate() -> None:
    last = httpx.Response(200, json=1, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "0.15"})
    async with opened(Api([last, OK])) as client:
        begin = time.monotonic()
        await client.send(GET)
        await client.send(GET)
        assert time.monotonic() - begin >= 0.14


async def test_a_pause_without_a_refusal_is_short_and_has_a_line(lines: list[str]) -> None:
    """Whoever reads the log sees how long all requests wait, and which header said so."""
    last = httpx.Response(200, json=1, headers={"RateLimit-Remaining": "0", "RateLimit-Reset": "86400"})
    async with opened(Api([last, OK]), policy=RetryPolicy(0, unforced_s=0.05)) as client:
        begin = time.monotonic()
        await client.send(GET)
        await client.send(GET)
        assert 0.04 <= time.monotonic() - begin < 60
    (line,) = [line for line in lines if "no request is left" in line]
    assert "left for 86400.0 s by ratelimit-remaining, ratelimit-reset; all requests wait for 0.1 s" in line


async def test_answers_that_come_together_tell_of_a_pause_once(lines: list[str]) -> None:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "0.2"}
    answers: list[httpx.Response | Exception] = [
        httpx.Response(200, json=1, headers=headers) for _ in range(5)
    ]
    async with opened(Api(answers)) as client:
        await asyncio.gather(*(client.send(GET) for _ in range(5)))
    assert sum("no request is left" in line for line in lines) == 1


async def test_an_answer_with_thousands_of_headers_is_refused() -> None:
    headers = {f"x-{number}": "1" for number in range(1001)}
    error = await failure(RefusedError, Api([httpx.Response(200, json=1, headers=headers)]))
    assert "the answer has more than 1000 headers" in str(error)


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """The messages that are logged meanwhile."""
    seen: list[str] = []
    sink = logger.add(lambda line: seen.append(str(line)), format="{message}")
    yield seen
    logger.remove(sink)


async def test_the_first_request_does_not_wait_for_its_turn() -> None:
    begin = time.monotonic()
    async with opened(Api([OK]), gate=RateGate(10, per_second=0.01)) as client:
        await client.send(GET)
    assert time.monotonic() - begin < 60


def test_the_user_s_headers_win_in_any_case() -> None:
    assert headers_for({}) == {"Accept": "application/json, */*;q=0.5", "User-Agent": "ocean-custom"}
    assert headers_for({"ACCEPT": "text/csv", "X-A": "1"}) == {
        "ACCEPT": "text/csv",
        "User-Agent": "ocean-custom",
        "X-A": "1",
    }


def test_every_failure_of_a_request_is_one_family() -> None:
    assert all(issubclass(family, RequestError) for family in (AuthError, RefusedError, TransientError))


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [("gzip", gzip.compress), ("br", brotli.compress), ("deflate", zlib.compress), ("identity", bytes)],
)
async def test_a_compressed_body_is_read(encoding: str, packed: Callable[[bytes], bytes]) -> None:
    """Whatever the API chooses of what we accept."""

    def api(_: httpx.Request) -> httpx.Response:
        body = httpx.ByteStream(packed(b'[{"id": 9223372036854775807}]'))
        return httpx.Response(200, headers={"content-encoding": encoding}, stream=body)

    async with opened(api) as client:
        response = await client.send(GET)
    assert response.body == [{"id": 9223372036854775807}]


class TestLargeBody:
    """A body too large for memory goes to disk."""

    @pytest.fixture(autouse=True)
    def bounds(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("http_client._MOST_IN_MEMORY", 10)
        monkeypatch.setattr("http_client._LARGEST_BODY", 100)
        monkeypatch.setattr("http_client._START_BYTES", 5)

    @staticmethod
    def in_chunks(size: int, chunk: int) -> Callable[[httpx.Request], httpx.Response]:
        async def chunks() -> AsyncIterator[bytes]:
            for start in range(0, size, chunk):
                yield b"x" * min(chunk, size - start)

        return lambda _request: httpx.Response(200, content=chunks())

    async def test_a_small_body_is_in_memory(self) -> None:
        async with opened(self.in_chunks(10, 3)) as client:
            response = await client.send(GET)
        assert response.large is None
        assert response.content == b"x" * 10

    async def test_it_is_read_from_disk_by_several_at_once(self) -> None:
        async with opened(self.in_chunks(25, 7)) as client:
            response = await client.send(GET)
        assert response.large
        first, second = response.large.reader(), response.large.reader()
        read = [first.read(20), second.read(), first.read(20), first.read()]
        assert [len(part) for part in read] == [20, 25, 5, 0]

    async def test_its_start_is_shown(self) -> None:
        async with opened(self.in_chunks(25, 7)) as client:
            response = await client.send(GET)
        assert response.content == b"xxxxx"
        assert response.excerpt == "x" * 25
        assert not response.is_empty

    async def test_what_parses_it_as_a_whole_gets_it(self) -> None:
        answer = httpx.Response(200, json=["a long text", "and another"])
        response = await send(Api([answer]))
        assert response.large
        assert response.body == ["a long text", "and another"]

    async def test_nothing_is_left_when_nobody_can_read_it_any_more(self, tmp_path: Path) -> None:
        async with opened(self.in_chunks(25, 7), directory=tmp_path) as client:
            response = await client.send(GET)
        reader = response.large.reader() if response.large else None
        assert len(open_files(tmp_path)) == 1
        del response
        assert reader
        assert reader.read() == b"x" * 25
        del reader
        assert open_files(tmp_path) == {}
        assert os.listdir(tmp_path) == []

    async def test_one_beyond_all_bounds_is_refused_before_it_is_read_to_its_end(self) -> None:
        read = 0

        async def endless() -> AsyncIterator[bytes]:
            nonlocal read
            while True:
                read += 1
                yield b"x" * 30

        async with opened(lambda _request: httpx.Response(200, content=endless())) as client:
            with pytest.raises(RefusedError, match="the body has more than"):
                await client.send(GET)
        assert read == 4


async def test_an_answer_that_trickles_in_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("http_client._LONGEST_ANSWER", 0.01)

    async def trickle() -> AsyncIterator[bytes]:
        while True:
            yield b"x"
            await asyncio.sleep(0.01)

    async with opened(
        lambda _request: httpx.Response(200, content=trickle()), RetryPolicy(max_retries=0)
    ) as client:
        with pytest.raises(TransientError, match="no whole answer within"):
            await client.send(GET)


def ruled(when: str, meaning: AnswerAction, wait: str | None = None) -> AnswerRules:
    return AnswerRules(responses=(AnswerRule(jq_path(when), meaning, jq_path(wait) if wait else None),))


BUSY = httpx.Response(200, json={"ok": False, "error": "busy", "wait": 0.1})
IS_BUSY = ".body.ok? == false"


class TestRules:
    """What the user's rules make of an answer."""

    async def test_a_success_that_is_to_be_retried_is_asked_again(self) -> None:
        api = Api([BUSY, BUSY, OK])
        async with opened(api) as client:
            response = await client.send(GET, ruled(IS_BUSY, "retry"))
        assert (response.body, response.action, len(api.seen)) == ([1], "", 3)

    async def test_one_that_stays_so_is_an_error_after_the_last_attempt(self) -> None:
        api = Api([BUSY])
        async with opened(api) as client:
            with pytest.raises(TransientError, match="status 200 OK, 3 times"):
                await client.send(GET, ruled(IS_BUSY, "retry"))
        assert len(api.seen) == 3

    async def test_a_refusal_may_be_retried(self) -> None:
        api = Api([httpx.Response(400, json={"ok": False}), OK])
        async with opened(api) as client:
            assert (await client.send(GET, ruled(IS_BUSY, "retry"))).body == [1]

    @pytest.mark.parametrize("status", [200, 404, 503])
    @pytest.mark.parametrize("meaning", ["empty", "end", "accept"])
    async def test_an_answer_that_is_taken_says_how(self, meaning: AnswerAction, status: int) -> None:
        api = Api([httpx.Response(status, json={"none": 1})])
        async with opened(api) as client:
            response = await client.send(GET, ruled(".body.none", meaning))
        assert (response.action, response.status, len(api.seen)) == (meaning, status, 1)
        assert response.body == {"none": 1}

    @pytest.mark.parametrize("status", [200, 202, 429, 503])
    async def test_an_answer_that_fails_is_asked_once(self, status: int) -> None:
        api = Api([httpx.Response(status, json={"ok": False})])
        async with opened(api) as client:
            with pytest.raises(RefusedError) as caught:
                await client.send(GET, ruled(IS_BUSY, "fail"))
        assert (caught.value.status, len(api.seen)) == (status, 1)

    async def test_an_answer_that_no_rule_fits_is_as_without(self) -> None:
        async with opened(Api([OK])) as client:
            response = await client.send(GET, ruled(IS_BUSY, "fail"))
        assert (response.body, response.action) == ([1], "")

    @pytest.mark.parametrize("meaning", ["retry", "rate_limited"])
    async def test_the_wait_of_a_rule_wins_over_that_of_the_api(self, meaning: AnswerAction) -> None:
        answer = httpx.Response(429, json={"ok": False, "wait": 0.1}, headers={"Retry-After": "7200"})
        begin = time.monotonic()
        async with opened(Api([answer, OK])) as client:
            await client.send(GET, ruled(IS_BUSY, meaning, ".body.wait"))
        assert 0.09 <= time.monotonic() - begin < 60

    async def test_a_wait_of_a_rule_beyond_all_patience_is_an_error(self) -> None:
        api = Api([BUSY])
        async with opened(api) as client:
            with pytest.raises(TransientError, match="asking to wait 7200 s"):
                await client.send(GET, ruled(IS_BUSY, "retry", "7200"))
        assert len(api.seen) == 1

    @staticmethod
    async def started(meaning: AnswerAction) -> list[tuple[str, float]]:
        """/0 gets an answer that fits the rule, which asks to wait 0.15 s; /1 comes while it waits."""
        started: list[tuple[str, float]] = []
        judged = asyncio.Event()
        begin = time.monotonic()

        def answer(request: httpx.Request) -> httpx.Response:
            started.append((request.url.path, time.monotonic() - begin))
            return httpx.Response(200, json={"ok": len(started) > 1})

        number = logger.add(lambda _: judged.set(), filter="http_client")
        try:
            async with opened(answer) as client:
                rules = ruled(IS_BUSY, meaning, "0.15")
                first = asyncio.create_task(client.send(Request("GET", f"{BASE}/0"), rules))
                await asyncio.wait_for(judged.wait(), 10)
                await client.send(Request("GET", f"{BASE}/1"), rules)
                await first
        finally:
            logger.remove(number)
        return started

    async def test_a_rate_limit_by_a_rule_holds_up_every_request(self) -> None:
        begun = await self.started("rate_limited")
        assert sorted(path for path, _ in begun[1:]) == ["/0", "/1"]
        assert all(moment >= 0.14 for _, moment in begun[1:])

    async def test_a_retry_by_a_rule_holds_up_its_own_request_alone(self) -> None:
        assert [path for path, _ in await self.started("retry")] == ["/0", "/1", "/0"]

    async def test_a_429_that_is_a_retry_by_a_rule_closes_no_gate(self) -> None:
        gate = RateGate(1)
        answer = httpx.Response(429, json={"ok": False})
        async with opened(Api([answer, OK]), gate=gate) as client:
            await client.send(GET, ruled(IS_BUSY, "retry"))
        assert gate._closed_until == 0


async def test_a_202_is_no_answer_yet_and_is_asked_again() -> None:
    api = Api([httpx.Response(202), httpx.Response(202), OK])
    assert (await send(api)).body == [1]
    assert len(api.seen) == 3


async def test_a_202_that_stays_is_a_doubt_that_can_be_accepted() -> None:
    api = Api([httpx.Response(202, json={"state": "building"})])
    error = await failure(TransientError, api)
    assert (error.status, error.doubt, len(api.seen)) == (202, "not_ready", 3)
    assert 'status 202 Accepted, 3 times: \'{"state":"building"}\'' in str(error)
    assert str(error).endswith("set selector.accept: [not_ready]")


async def test_another_status_that_stays_is_no_such_doubt() -> None:
    assert (await failure(TransientError, Api([httpx.Response(503)]))).doubt == ""


async def test_a_202_may_be_accepted_by_a_rule() -> None:
    api = Api([httpx.Response(202, json=[1])])
    async with opened(api) as client:
        response = await client.send(GET, ruled(".status == 202", "accept"))
    assert (response.body, response.action, len(api.seen)) == ([1], "accept", 1)
