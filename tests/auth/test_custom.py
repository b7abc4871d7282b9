"""A login of the API's own format: its request, and what the template adds to other requests."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
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
    with pytest.raises(
        SettingsError, match="customAuthRequest: is missing; customAuthRequestTemplate: is missing"
    ):
        auth_for(Settings(base_url=BASE, auth_type="custom"))
