"""Redirects: which are followed, with which method, and which are refused."""

from dataclasses import replace

import httpx
import pytest

from auth import BearerAuth
from client import RateGate, UrlPolicy
from http_client import HttpClient
from rest.errors import RefusedError, TransientError
from rest.origin import Origin
from rest.request import Request
from tests.client.fake_api import AT_ONCE, BASE, GET, OK, Api, failure, redirect_to, send, url_policy


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
async def test_redirect_within_the_origin_is_followed(location: str) -> None:
    api = Api([redirect_to(location), OK])
    assert (await send(api)).body == [1]
    assert api.request_lines == [f"GET {BASE}/a", f"GET {BASE}/b"]


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
async def test_redirect_to_an_untrusted_origin_is_refused(location: str) -> None:
    """No request is sent there, and so no credential."""
    api = Api([redirect_to(location), OK])
    error = await failure(RefusedError, api)
    assert api.request_lines == [f"GET {BASE}/a"]
    assert "which is not a trusted origin" in str(error)
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
async def test_redirect_with_a_user_name_is_refused(location: str) -> None:
    api = Api([redirect_to(location), OK])
    error = await failure(RefusedError, api)
    assert api.request_lines == [f"GET {BASE}/a"]
    assert str(error) == f"GET {BASE}/a: leads to a URL with a user name; such URLs are not followed"


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
async def test_redirect_to_an_invalid_url_is_refused_without_a_retry(location: str | bytes) -> None:
    api = Api([redirect_to(location), OK])
    error = await failure(RefusedError, api)
    assert str(error).startswith(f"GET {BASE}/a: ")
    assert api.request_lines == [f"GET {BASE}/a"]


async def test_refused_redirect_names_the_request_that_was_redirected() -> None:
    api = Api([redirect_to("/b"), redirect_to("https://evil.io/c")])
    error = await failure(RefusedError, api)
    assert str(error).startswith(f"GET {BASE}/b: leads to https://evil.io, which is not a trusted origin.")


async def test_location_in_utf_8_is_percent_encoded() -> None:
    api = Api([redirect_to("/é".encode()), OK])
    await send(api)
    assert api.requests[1].url.raw_path == b"/%C3%A9"


@pytest.mark.parametrize(
    "location", ["\\\\evil.io/b", "/\\evil.io/b", "@evil.io", ":@evil.io", "///evil.io/b"]
)
async def test_location_without_a_host_keeps_the_host(location: str) -> None:
    """RFC 3986: without two slashes, a reference names no host."""
    api = Api([redirect_to(location), OK])
    await send(api)
    assert {request.url.host for request in api.requests} == {"x.io"}


async def test_redirect_to_a_trusted_origin_gets_the_custom_parameters() -> None:
    api = Api([redirect_to("https://files.io:8443/b?x=1"), OK])
    await send(api, urls=url_policy("https://files.io:8443", params={"key": "k"}))
    assert api.request_lines == [f"GET {BASE}/a?key=k", "GET https://files.io:8443/b?x=1&key=k"]


async def test_http_is_upgraded_only_on_the_origin_of_the_base_url() -> None:
    await failure(
        RefusedError, Api([redirect_to("http://files.io/b"), OK]), urls=url_policy("https://files.io")
    )


async def test_redirect_loop_ends() -> None:
    api = Api([redirect_to("/a")])
    error = await failure(RefusedError, api)
    assert str(error) == f"GET {BASE}/a: redirected more than 10 times"
    assert len(api.requests) == 11


async def test_ten_redirects_are_followed() -> None:
    api = Api([*(redirect_to(f"/{n}") for n in range(10)), OK])
    assert (await send(api)).body == [1]


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_redirect_changes_post_to_get(status: int) -> None:
    api = Api([redirect_to("/b?z=1", status), OK])
    await send(api, Request("POST", f"{BASE}/a", (("p", "1"),), (("X-H", "h"),), {"a": 1}))
    assert api.request_lines == [f"POST {BASE}/a?p=1", f"GET {BASE}/b?z=1"]
    assert api.requests[1].content == b""
    assert api.requests[1].headers["x-h"] == "h"


@pytest.mark.parametrize("status", [307, 308])
async def test_redirect_with_307_or_308_keeps_post(status: int) -> None:
    api = Api([redirect_to("/b", status), OK])
    await send(api, Request("POST", f"{BASE}/a", (("p", "1"),), (), {"a": 1}))
    assert api.request_lines == [f"POST {BASE}/a?p=1", f"POST {BASE}/b"]
    assert api.requests[1].content == b'{"a":1}'


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_redirect_keeps_method_and_body_of_put_and_patch(status: int, method: str) -> None:
    api = Api([redirect_to("/b", status), OK])
    await send(api, Request(method, f"{BASE}/a", body={"a": 1}))
    assert api.request_lines == [f"{method} {BASE}/a", f"{method} {BASE}/b"]
    assert api.requests[1].content == b'{"a":1}'


async def test_see_other_changes_every_method_to_get() -> None:
    api = Api([redirect_to("/b", 303), OK])
    await send(api, Request("PUT", f"{BASE}/a", body={"a": 1}))
    assert (api.request_lines[1], api.requests[1].content) == (f"GET {BASE}/b", b"")


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(302), redirect_to(""), httpx.Response(304), redirect_to("/b", 300)],
)
async def test_redirect_without_a_location_is_a_refusal(answer: httpx.Response) -> None:
    error = await failure(RefusedError, Api([answer]))
    assert error.status == answer.status_code


async def test_retry_of_a_redirect_target_starts_at_the_first_url() -> None:
    api = Api([redirect_to("/b"), httpx.Response(503), redirect_to("/b"), OK])
    assert (await send(api)).body == [1]
    assert api.request_lines == [f"GET {BASE}/a", f"GET {BASE}/b"] * 2


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_post_with_a_redirect_to_its_result_is_not_repeated(status: int) -> None:
    """The result is read at the other URL, which is retried."""
    api = Api([redirect_to("/b", status), httpx.Response(502), httpx.ReadTimeout("slow"), OK])
    assert (await send(api, Request("POST", f"{BASE}/a"))).body == [1]
    assert api.request_lines == [f"POST {BASE}/a", *[f"GET {BASE}/b"] * 3]


async def test_post_redirected_as_a_post_is_not_repeated() -> None:
    api = Api([redirect_to("/b", 307), httpx.ReadTimeout("slow"), OK])
    await failure(TransientError, api, Request("POST", f"{BASE}/a"))
    assert api.request_lines == [f"POST {BASE}/a", f"POST {BASE}/b"]


FILES = "https://files.example.com"
OWN_HEADERS = (("Accept", "text/csv"), ("X-Mapping", "m"))


def anonymous_policy(*trusted: str) -> UrlPolicy:
    urls = url_policy(*trusted, params={"key": "s3cret"})
    return replace(urls, followed=frozenset([Origin.of(FILES)]))


async def sent_to(api: Api, request: Request = GET, urls: UrlPolicy | None = None) -> list[httpx.Request]:
    """Send a request with every kind of credential. Return all requests that were sent."""
    transport = httpx.MockTransport(api)
    headers = {"X-Key": "s3cret", "Cookie": "a=s3cret", "User-Agent": "own"}
    async with httpx.AsyncClient(transport=transport, auth=BearerAuth("s3cret"), headers=headers) as http:
        client = HttpClient(http, RateGate(1), AT_ONCE, urls or anonymous_policy())
        await client.send(request)
    return api.requests


async def test_redirect_to_follow_origins_has_no_credentials() -> None:
    link = f"{FILES}/export.csv?X-Signature=abc%2F"
    first, second = await sent_to(Api([redirect_to(link), OK]), replace(GET, headers=OWN_HEADERS))
    assert first.headers["Authorization"] == "Bearer s3cret"
    assert str(second.url) == link
    assert dict(second.headers) == {
        "host": "files.example.com",
        "accept": "text/csv",
        "user-agent": "ocean-custom",
    }


async def test_credentials_do_not_come_back_after_a_redirect_without_them() -> None:
    """Another server could otherwise make the client send any request to the API."""
    there_and_back = Api([redirect_to(FILES), redirect_to(f"{BASE}/b"), OK])
    *_, last = await sent_to(there_and_back)
    assert str(last.url) == f"{BASE}/b"
    assert "s3cret" not in f"{last.url} {last.headers}"


async def test_failed_download_is_requested_anew_from_the_api() -> None:
    """The URL of a download expires."""
    busy = httpx.Response(503)
    api = Api([redirect_to(f"{FILES}/1"), busy, redirect_to(f"{FILES}/2"), OK])
    assert [str(each.url.copy_with(query=None)) for each in await sent_to(api)] == [
        f"{BASE}/a",
        f"{FILES}/1",
        f"{BASE}/a",
        f"{FILES}/2",
    ]


async def test_post_keeps_its_body_without_credentials() -> None:
    post = Request("POST", f"{BASE}/a", body={"q": 1})
    _, second = await sent_to(Api([redirect_to(FILES, 307), OK]), post)
    assert (second.method, second.content) == ("POST", b'{"q":1}')
    assert "authorization" not in second.headers


async def test_trusted_origin_keeps_its_credentials() -> None:
    _, second = await sent_to(Api([redirect_to(FILES), OK]), urls=anonymous_policy(FILES))
    assert second.headers["Authorization"] == "Bearer s3cret"


async def test_only_redirects_lead_to_follow_origins() -> None:
    with pytest.raises(RefusedError, match="is not a trusted origin") as caught:
        await sent_to(Api([OK]), Request("GET", f"{FILES}/a"))
    assert "followOrigins" not in caught.value.hint


async def test_refused_redirect_names_the_settings_that_allow_it() -> None:
    error = await failure(RefusedError, Api([redirect_to(FILES)]))
    assert error.hint == (
        "If credentials may be sent there, add it to trustedOrigins. "
        "If it only serves the file, add it to followOrigins, and it gets no credentials. "
        "If it is this API behind a gateway, set rewriteLinks"
    )
