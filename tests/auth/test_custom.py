"""A login of the API's own format: its request, and what the template adds to other requests."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
import jwt
import pytest

from auth import auth_for
from configuration.settings import Settings
from rest.bodies import Json
from rest.errors import AuthError, SettingsError
from rest.request import Request
from tests.auth.fake_login import (
    BASE,
    CUSTOM,
    GET,
    SECRET,
    Api,
    always,
    failure,
    form_of,
    open_client,
    send,
    settings,
)
from tests.keys import private_key_pem, public_key_pem

TEXT = {"content-type": "text/plain"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


def custom(request: Mapping[str, Any] | None = None, **template: Any) -> dict[str, Any]:
    return {
        **CUSTOM,
        "custom_auth_request": {"endpoint": "/login", **(request or {})},
        "custom_auth_request_template": template or {"headers": {"X-Session": "{{.access_token}}"}},
    }


@pytest.mark.parametrize(("interval", "logins"), [(1e-9, 3), ("1e-9", 3), (3600, 1), (None, 1)])
async def test_login_is_renewed_by_its_interval(interval: float | str | None, logins: int) -> None:
    """expires_in belongs to OAuth 2.0."""
    request = {"endpoint": "/login", "reauthenticateIntervalSeconds": interval}
    answer = httpx.Response(200, json={"access_token": "t", "expires_in": 1e-9})
    api = Api(always(answer))
    async with open_client(api, {**CUSTOM, "custom_auth_request": request}) as client:
        for _ in range(3):
            await client.send(GET)
    assert len(api.logins) == logins


async def test_response_without_the_value_names_the_expression() -> None:
    api = Api(always(httpx.Response(200, json={"token": "t0ken", "got": SECRET})))
    error = await failure(AuthError, api, CUSTOM)
    assert str(error) == (
        f"POST {BASE}/login: the login: the login response has no value at .access_token. "
        "Correct customAuthRequestTemplate"
    )


async def test_login_sends_headers_parameters_and_json() -> None:
    api = Api()
    request = {
        "method": "put",
        "headers": {"X-Key": "k"},
        "queryParams": {"tenant": "a&b", "v": 2},
        "body": {"user": "amy", "n": 5, "deep": [None]},
    }
    await send(api, custom(request))
    (login,) = api.logins
    assert (login.method, str(login.url)) == ("PUT", f"{BASE}/login?tenant=a%26b&v=2")
    assert (login.headers["x-key"], login.headers["accept"]) == ("k", "application/json")
    assert login.headers["content-type"] == "application/json"
    assert json.loads(login.content) == {"user": "amy", "n": 5, "deep": [None]}


async def test_login_sends_a_form() -> None:
    api = Api()
    await send(api, custom({"bodyForm": {"user": "amy & co", "n": 5}}))
    (login,) = api.logins
    assert login.headers["content-type"] == "application/x-www-form-urlencoded"
    assert form_of(login) == {"user": "amy & co", "n": "5"}


async def test_login_by_get_sends_no_body() -> None:
    api = Api()
    await send(api, custom({"method": "GET"}))
    assert (api.logins[0].method, api.logins[0].content) == ("GET", b"")
    assert "content-type" not in api.logins[0].headers


async def test_accept_header_of_the_login_wins_in_any_case() -> None:
    api = Api()
    await send(api, custom({"headers": {"accept": "application/vnd.x+json"}}))
    assert api.logins[0].headers.get_list("accept") == ["application/vnd.x+json"]


async def test_login_can_be_at_a_trusted_origin() -> None:
    api = Api()
    config = custom({"endpoint": "https://id.example.com/login"})
    await send(api, {**config, "trusted_origins": ["https://id.example.com"]})
    assert str(api.logins[0].url) == "https://id.example.com/login"


async def test_template_sets_headers_and_parameters() -> None:
    api = Api(always(httpx.Response(200, json={"session": {"id": "s&1"}, "n": 5})))
    config = custom(
        headers={"X-Session": "{{.session.id}}", "x-count": "{{.n}}", "Accept": "text/csv"},
        queryParams={"sid": "{{.session.id}}", "n": "no {{.n}}"},
    )
    request = Request("GET", f"{BASE}/users?q=%2F+x&sid=old", headers=(("accept", "a"), ("X-H", "h")))
    await send(api, config, request)
    (sent,) = api.requests
    assert str(sent.url) == f"{BASE}/users?q=%2F+x&sid=s%261&n=no%205"
    assert sent.headers.get_list("accept") == ["text/csv"]
    assert (sent.headers["x-session"], sent.headers["x-count"], sent.headers["x-h"]) == ("s&1", "5", "h")


async def test_parameter_of_the_template_is_sent_once_after_a_new_login() -> None:
    api = Api(status=401)
    await failure(AuthError, api, custom(queryParams={"sid": "{{.access_token}}"}))
    assert [str(sent.url) for sent in api.requests] == [
        f"{BASE}/users?sid=t0ken-1",
        f"{BASE}/users?sid=t0ken-2",
    ]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (
            Request("POST", f"{BASE}/users", body={"filter": {"open": True}, "n": 1}),
            {"filter": {"open": True}, "n": 5, "session": {"id": "é", "on": False}},
        ),
        (Request("POST", f"{BASE}/users"), {"n": 5, "session": {"id": "é", "on": False}}),
        (GET, {"n": 5, "session": {"id": "é", "on": False}}),
    ],
    ids=["with_other_fields", "post_without_a_body", "get_without_a_body"],
)
async def test_body_of_the_template_is_merged_and_keeps_its_types(request_: Request, expected: Json) -> None:
    api = Api(always(httpx.Response(200, json={"id": "é", "n": 5, "on": False})))
    await send(api, custom(body={"n": "{{.n}}", "session": {"id": "{{.id}}", "on": "{{.on}}"}}), request_)
    (sent,) = api.requests
    assert json.loads(sent.content) == expected
    assert sent.headers.get_list("content-length") == [str(len(sent.content))]
    assert sent.headers.get_list("content-type") == ["application/json"]


async def test_template_without_a_body_adds_none() -> None:
    api = Api()
    await send(api, custom())
    (sent,) = api.requests
    assert sent.content == b""
    assert not {"content-type", "content-length"} & set(sent.headers)


async def test_template_without_a_body_keeps_the_body_of_the_request() -> None:
    api = Api()
    await send(api, custom(), Request("POST", f"{BASE}/users", body=[1, {"a": "é"}]))
    (sent,) = api.requests
    assert sent.content == '[1,{"a":"é"}]'.encode()
    assert sent.headers["content-length"] == str(len(sent.content))


@pytest.mark.parametrize(
    ("template", "message"),
    [
        (
            {"headers": {"A": "{{.a[}}"}},
            ("customAuthRequestTemplate: syntax error, unexpected end of file; it accepts jq in {{.braces}}"),
        ),
        (
            {"body": {"a": ["{{nonsense}}"]}},
            "customAuthRequestTemplate: nonsense/0 is not defined; it accepts jq in {{.braces}}",
        ),
    ],
)
def test_template_that_is_no_jq_is_a_settings_error(template: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        auth_for(settings(custom(**template)))
    assert str(caught.value) == message


def test_settings_without_a_login_are_a_settings_error() -> None:
    with pytest.raises(SettingsError, match="customAuthRequest: is missing"):
        auth_for(Settings(base_url=BASE, auth_type="custom"))


@pytest.mark.parametrize(
    ("answer", "template", "sent"),
    [
        (httpx.Response(200, text="t0ken-text\n"), "{{.}}", "t0ken-text"),
        (
            httpx.Response(200, text="0123456789", headers={"content-type": "text/plain"}),
            "{{.}}",
            "0123456789",
        ),
        (
            httpx.Response(200, text='"t0ken-text"', headers={"content-type": "text/plain"}),
            "{{.}}",
            "t0ken-text",
        ),
        (httpx.Response(200, json="t0ken-text"), "{{.}}", "t0ken-text"),
        (
            httpx.Response(204, headers={"X-Auth-Token": "t0ken-header"}),
            '{{$headers["x-auth-token"]}}',
            "t0ken-header",
        ),
        (
            httpx.Response(200, json={"a": 1}, headers={"set-cookie": "csrf=t0ken-cookie; Path=/"}),
            "{{$cookies.csrf}}-{{.a}}",
            "t0ken-cookie-1",
        ),
        (
            httpx.Response(
                200, text="<html><title>Hello</title>", headers={"set-cookie": "csrf=t0ken-cookie"}
            ),
            "{{$cookies.csrf}}",
            "t0ken-cookie",
        ),
        (
            httpx.Response(
                200,
                text="auth=t0ken%2Fform&a=1",
                headers=FORM,
            ),
            "{{.auth}}",
            "t0ken/form",
        ),
    ],
    ids=["text", "digits", "quoted", "json", "header", "cookie", "cookie_of_a_page", "form"],
)
@pytest.mark.process
async def test_values_come_from_each_part_of_the_response(
    answer: httpx.Response, template: str, sent: str
) -> None:
    api = Api(lambda _: httpx.Response(answer.status_code, headers=answer.headers, content=answer.content))
    await send(api, custom(headers={"X-Session": template}))
    assert api.requests[0].headers["x-session"] == sent


@pytest.mark.parametrize("template", [None, {}, {"headers": {}}], ids=str)
async def test_cookies_of_the_login_are_enough(template: Any) -> None:
    answer = httpx.Response(200, headers=[("set-cookie", "id=s3ssion; Path=/"), ("set-cookie", "a=b")])
    api = Api(always(answer))
    await send(api, {**custom(), "custom_auth_request_template": template})
    assert api.requests[0].headers["cookie"] == "id=s3ssion; a=b"


async def test_cookie_that_is_set_for_two_paths_is_sent_once() -> None:
    answer = httpx.Response(
        200, json={}, headers=[("set-cookie", "id=old; Path=/"), ("set-cookie", "id=s3ssion; Path=/api")]
    )
    api = Api(always(answer))
    await send(api, {**custom(), "custom_auth_request_template": None})
    assert api.requests[0].headers["cookie"] in ("id=s3ssion", "id=old")


async def test_login_by_a_web_form_redirects_with_a_cookie() -> None:
    answer = httpx.Response(302, headers={"location": "/home", "set-cookie": "id=s3ssion"})
    api = Api(always(answer))
    await send(api, {**custom({"bodyForm": {"user": "amy"}}), "custom_auth_request_template": None})
    assert api.requests[0].headers["cookie"] == "id=s3ssion"
    assert len(api.logins) == 1


@pytest.mark.parametrize(
    ("headers", "template"),
    [
        ({"location": "/home"}, None),
        ({"location": "/home", "set-cookie": "id=s"}, {"headers": {"A": "{{.a}}"}}),
    ],
    ids=["without_a_cookie", "with_a_value_of_the_body"],
)
async def test_redirect_without_the_credentials_is_an_error(headers: Any, template: Any) -> None:
    api = Api(always(httpx.Response(302, headers=headers)))
    config = {**custom(), "custom_auth_request_template": template}
    assert "the login: status 302" in str(await failure(AuthError, api, config))


async def test_login_without_template_and_cookie_is_an_error() -> None:
    config = {**custom(), "custom_auth_request_template": None}
    error = await failure(AuthError, Api(), config)
    assert "the login response sets no cookie. Set customAuthRequestTemplate to use a value" in str(error)


async def test_secrets_of_the_login_come_from_their_settings() -> None:
    api = Api()
    request = {
        "bodyForm": {"user": "{{.username}}", "password": "{{.password}}"},
        "headers": {"X-T": "{{.now}}"},
    }
    await send(api, {**custom(request), "username": "amy", "password": SECRET})
    assert form_of(api.logins[0]) == {"user": "amy", "password": SECRET}
    assert api.logins[0].headers["x-t"].isdigit()


async def test_login_can_be_authenticated_by_a_signed_token() -> None:
    """As a GitHub App gets a token for an installation."""
    api = Api(lambda _: httpx.Response(201, json={"token": "t0ken", "expires_at": "2000-01-01T00:00:00Z"}))
    config = {
        **custom(
            {"headers": {"Authorization": "Bearer {{.jwt}}"}}, headers={"Authorization": "token {{.token}}"}
        ),
        "client_id": "123",
        "private_key": private_key_pem(),
    }
    await send(api, config)
    token = api.logins[0].headers["authorization"].removeprefix("Bearer ")
    assert jwt.decode(token, public_key_pem(), ["RS256"])["iss"] == "123"
    assert api.tokens == ["token t0ken"]


@pytest.mark.parametrize(
    ("path", "interval", "logins"),
    [("valid_for", None, 2), ("valid_for", 3600, 2), ("other", 3600, 1), ("other", 1e-9, 2), (None, None, 1)],
)
async def test_login_is_renewed_when_the_response_says(path: Any, interval: Any, logins: int) -> None:
    api = Api(always(httpx.Response(200, json={"access_token": "t", "valid_for": 1e-9, "other": 3600})))
    config = custom({"reauthenticateIntervalSeconds": interval})
    async with open_client(api, {**config, "expires_path": path}) as client:
        await client.send(GET)
        await client.send(GET)
    assert len(api.logins) == logins
