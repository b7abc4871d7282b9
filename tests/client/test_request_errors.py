"""What the errors of requests say, and that no secret is in them."""

import httpx
import pytest

from auth import auth_for
from client import UrlPolicy
from configuration.settings import Settings
from rest.errors import AuthError, RefusedError, RequestError, TransientError
from rest.origin import Origin
from rest.request import Request
from tests.client.fake_api import BASE, GET, OK, Api, failure, open_client, redirect_to, url_policy


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        (302, "Set baseUrl to the URL that the API redirects to"),
        (400, "supports the pagination parameters"),
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
async def test_refusal_has_a_hint(status: int, hint: str) -> None:
    error = await failure(AuthError if status == 401 else RefusedError, Api([httpx.Response(status)]))
    assert hint in error.hint


async def test_refusal_has_method_url_status_and_an_excerpt() -> None:
    api = Api([httpx.Response(404, text="<h1>\n  Not   here</h1>" + "x" * 500)])
    error = await failure(RefusedError, api, Request("POST", f"{BASE}/a", (("q", "1"),)))
    shown = ("<h1> Not here</h1>" + "x" * 500)[:200]
    assert str(error) == (
        f"POST {BASE}/a?q=1: status 404 Not Found: {shown!r}. "
        "Check baseUrl and the kind. To treat it as no items, set on_status: {404: empty}"
    )


async def test_status_without_a_name_has_its_number() -> None:
    assert "status 599." in str(await failure(RefusedError, Api([httpx.Response(599)])))


async def test_secrets_of_the_settings_are_in_no_message_and_no_log_line(log: list[str]) -> None:
    """In the URL as custom parameter or key, echoed by the API, or in a link that it returned."""
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
    urls = UrlPolicy(Origin.of(BASE), settings.trusted, settings.custom_query_params, settings.redactor)

    def echo(request: httpx.Request) -> httpx.Response:
        return httpx.Response(503, text=f"hunter22+/= headersecret {request.url.params} topsecret&")

    link = Request("GET", f"{BASE}/a?key=hunter22%2B%2F%3D&sig=topsecret%26")
    for request in (GET, link):
        async with open_client(echo, urls=urls, auth=auth_for(settings)) as client:
            with pytest.raises(TransientError) as caught:
                await client.send(request)
        for text in (str(caught.value), *log):
            assert not [secret for secret in ("hunter22", "topsecret", "headersecret") if secret in text]
        assert "***" in str(caught.value)
    assert len(log) == 4


@pytest.mark.parametrize(
    "location", ["https://evil.io/hunter22", "https://hunter22.evil.io/", "https://u:hunter22@x.io/"]
)
async def test_refused_link_shows_no_secret(location: str) -> None:
    error = await failure(RefusedError, Api([redirect_to(location)]), urls=url_policy(secrets=("hunter22",)))
    assert "hunter22" not in str(error)


async def test_malformed_url_shows_no_secret() -> None:
    request = Request("GET", "https://x.io:port/?key=hunter22")
    error = await failure(RefusedError, Api([OK]), request, urls=url_policy(secrets=("hunter22",)))
    assert "hunter22" not in str(error)


async def test_cause_shows_no_secret() -> None:
    api = Api([httpx.ReadError("to https://p:hunter22@proxy")])
    error = await failure(TransientError, api, urls=url_policy(secrets=("hunter22",)))
    assert "ReadError: to https://p:***@proxy" in str(error)


async def test_excerpt_is_not_cut_inside_a_secret() -> None:
    api = Api([httpx.Response(404, text="x" * 195 + "hunter22")])
    error = await failure(RefusedError, api, urls=url_policy(secrets=("hunter22",)))
    assert "hunte" not in str(error)


def test_all_errors_of_requests_are_one_family() -> None:
    assert all(issubclass(family, RequestError) for family in (AuthError, RefusedError, TransientError))


async def test_a_path_that_comes_twice_in_the_url_is_named() -> None:
    api = Api([httpx.Response(404, json={"message": "No route"})])
    error = await failure(RefusedError, api, Request("GET", f"{BASE}/api/v1/api/v1/users"))
    assert error.what == "No route (status 404 Not Found)"
    assert error.hint == "The URL has /api/v1 twice. Take it out of baseUrl or out of the kind"


async def test_the_scheme_that_the_api_asks_for_is_named() -> None:
    api = Api([httpx.Response(401, headers={"WWW-Authenticate": 'Basic realm="x"'})])
    assert "It asks for the scheme Basic" in (await failure(AuthError, api)).hint
