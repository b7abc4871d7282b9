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


@pytest.mark.parametrize(
    ("challenge", "advice"),
    [
        ('Basic realm="x"', "It asks for basic (authType basic)"),
        (
            'Digest realm="x", nonce="n", Basic realm="x"',
            "It asks for digest (authType digest) or basic (authType basic)",
        ),
        (
            'Bearer realm="x", Bearer error="y"',
            "It asks for bearer (authType bearer_token, oauth2 or custom)",
        ),
        ("Negotiate", "It asks for negotiate"),
        ("AWS4-HMAC-SHA256", "It asks for aws4-hmac-sha256 (authType aws)"),
    ],
)
async def test_the_auth_type_that_the_api_asks_for_is_named(challenge: str, advice: str) -> None:
    api = Api([httpx.Response(401, headers={"WWW-Authenticate": challenge})])
    hint = (await failure(AuthError, api)).hint
    assert hint == f"Check authType and its secret: the API does not accept them. {advice}"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(403, headers={"x-amzn-ErrorType": "MissingAuthenticationTokenException"}),
        httpx.Response(403, json={"message": "Missing Authentication Token"}),
        httpx.Response(403, json={"__type": "com.amazon.coral.service#UnrecognizedClientException"}),
        httpx.Response(403, text="<Error><Code>SignatureDoesNotMatch</Code></Error>"),
        httpx.Response(403, json={"message": "The security token included in the request is expired"}),
    ],
    ids=lambda answer: answer.text,
)
async def test_an_api_of_aws_that_misses_its_signature_names_the_auth_type(answer: httpx.Response) -> None:
    """The usual advice for a 403, to treat it as no items, would empty the catalog."""
    hint = (await failure(RefusedError, Api([answer]))).hint
    assert hint.startswith("AWS expects its signature here: set authType to aws, and check the region")
    assert "on_status" not in hint


async def test_a_lack_of_permission_in_aws_is_not_a_lack_of_a_signature() -> None:
    message = "User: arn:aws:iam::1:user/a is not authorized to perform: iam:ListUsers"
    answer = httpx.Response(403, headers={"x-amzn-ErrorType": "AccessDenied"}, json={"Message": message})
    assert "lack permission" in (await failure(RefusedError, Api([answer]))).hint


async def test_a_server_that_misses_a_client_certificate_names_the_settings() -> None:
    """nginx says so on a page of its own."""
    page = "<html><head><title>400 No required SSL certificate was sent</title></head></html>"
    api = Api([httpx.Response(400, html=page)])
    hint = (await failure(RefusedError, api)).hint
    assert hint == "Set clientCertificate and clientKey to a certificate that the API accepts"
