"""The settings of a login: accepted values, and the messages for others."""

from typing import Any

import pytest

from configuration.login import LoginRequest, LoginTemplate, validated
from configuration.settings import Settings
from rest.errors import Mistake, SettingsError

SECRET = "hunter22"


def settings(request: Any = None, template: Any = None, **more: Any) -> Settings:
    return Settings.from_config(
        {
            "base_url": "https://x.io/api",
            "auth_type": "custom",
            "custom_auth_request": request if request is not None else {"endpoint": "/login"},
            "custom_auth_request_template": template
            if template is not None
            else {"headers": {"A": "{{.t}}"}},
            **more,
        },
        {},
    )


def refusal(request: Any = None, template: Any = None, **more: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        settings(request, template, **more)
    assert SECRET not in str(caught.value)
    return str(caught.value)


def test_a_login_with_only_an_endpoint_uses_post() -> None:
    login = settings().login
    assert login == LoginRequest(endpoint="/login")
    assert login is not None
    assert (login.method, login.body, login.form, login.renew_after_s) == ("POST", None, None, None)


def test_every_key_of_the_login_is_read() -> None:
    login = settings(
        '{"endpoint": "/login", "method": "put", "headers": {"X": 1}, "bodyForm": {"a": true}, '
        '"queryParams": {"b": 2}, "reauthenticateIntervalSeconds": "900"}'
    ).login
    assert login is not None
    assert (login.method, login.headers, login.form) == ("PUT", {"X": "1"}, {"a": "true"})
    assert (login.query_params, login.renew_after_s) == ({"b": "2"}, 900.0)


@pytest.mark.parametrize("body", [{"a": [1, None]}, [1], "text", 5], ids=str)
def test_a_login_s_body_is_any_json(body: Any) -> None:
    login = settings({"endpoint": "/login", "body": body}).login
    assert login is not None
    assert login.body == body


def test_every_key_of_the_template_is_read() -> None:
    template = settings(
        template={"headers": {"A": "{{.t}}"}, "queryParams": {"b": 1}, "body": {"c": [None]}}
    ).login_template
    assert template == LoginTemplate(headers={"A": "{{.t}}"}, queryParams={"b": "1"}, body={"c": [None]})


def test_an_empty_key_counts_as_unset() -> None:
    login = settings({"endpoint": "/login", "method": "", "body": None, "bodyForm": " "}).login
    assert login == LoginRequest(endpoint="/login")


def test_other_auth_types_have_no_login() -> None:
    read = settings(auth_type="none")
    assert (read.login, read.login_template) == (None, None)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"method": "POST"}, "customAuthRequest.endpoint: is missing"),
        ({"endpoint": ["hunter22"]}, "customAuthRequest.endpoint: accepts a path under baseUrl, or a URL"),
        ({"endpoint": "/l", "method": "DELETE"}, "customAuthRequest.method: accepts GET, POST, PUT or PATCH"),
        (
            {"endpoint": "/l", "headers": "hunter22"},
            "customAuthRequest.headers: accepts a JSON object of names and texts",
        ),
        (
            {"endpoint": "/l", "bodyForm": ["hunter22"]},
            "customAuthRequest.bodyForm: accepts a JSON object of names and texts",
        ),
        (
            {"endpoint": "/l", "queryParams": {"a": ["hunter22"]}},
            "customAuthRequest.queryParams: accepts a JSON object of names and texts",
        ),
        (
            {"endpoint": "/l", "reauthenticateIntervalSeconds": "hunter22"},
            "customAuthRequest.reauthenticateIntervalSeconds: accepts a number of seconds above 0",
        ),
        (
            {"endpoint": "/l", "reauthenticateIntervalSeconds": 0},
            "customAuthRequest.reauthenticateIntervalSeconds: accepts a number of seconds above 0",
        ),
        (
            {"endpoint": "/l", "queryParam": {"a": "hunter22"}},
            "customAuthRequest.queryParam: is unknown; did you mean queryParams?",
        ),
        ("{}", "customAuthRequest: is missing (authType custom needs it)"),
    ],
    ids=str,
)
def test_the_line_for_a_wrong_login_has_no_value(request_: Any, message: str) -> None:
    assert refusal(request_) == message


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ({"body": "hunter22"}, "customAuthRequestTemplate.body: accepts an object"),
        (
            {"queryParams": ["hunter22"]},
            "customAuthRequestTemplate.queryParams: accepts a JSON object of names and texts",
        ),
        ({"header": {}}, "customAuthRequestTemplate.header: is unknown; did you mean headers?"),
    ],
    ids=str,
)
def test_the_line_for_a_wrong_template_has_no_value(template: Any, message: str) -> None:
    assert refusal(template=template) == message


def test_the_mistakes_of_both_are_reported_at_once() -> None:
    message = refusal({"endpoint": "/l", "method": "X"}, {"body": 5})
    assert [line.partition(":")[0] for line in message.split("; ")] == [
        "customAuthRequest.method",
        "customAuthRequestTemplate.body",
    ]


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://evil.io/login",
        "http://x.io/login",
        "https://x.io:444/login",
        "https://[::1",
        "https://x.io:p/",
    ],
)
def test_a_login_at_another_origin_is_rejected(endpoint: str) -> None:
    """It would receive the credentials."""
    message = refusal({"endpoint": endpoint, "body": {"password": SECRET}})
    assert message == (
        "customAuthRequest.endpoint: has a different origin than baseUrl. "
        "If you trust it, add it to trustedOrigins"
    )


@pytest.mark.parametrize(
    ("endpoint", "trusted"),
    [("https://id.io/login", ["https://id.io"]), ("HTTPS://X.IO/login", []), ("https://x.io:443/login", [])],
)
def test_a_login_at_a_trusted_origin_is_accepted(endpoint: str, trusted: list[str]) -> None:
    login = settings({"endpoint": endpoint}, trusted_origins=trusted).login
    assert login is not None
    assert login.endpoint == endpoint


def test_a_missing_login_is_reported_with_its_setting() -> None:
    assert validated(LoginTemplate, None, "here") == (
        None,
        [Mistake("here", "is missing (authType custom needs it)")],
    )


@pytest.mark.parametrize("body", ["body", "bodyForm"])
def test_the_repr_of_a_login_has_no_secret(body: str) -> None:
    request = {"endpoint": "/login", "headers": {"X-Key": SECRET}, "queryParams": {"key": SECRET}}
    read = settings({**request, body: {"password": SECRET}})
    assert SECRET not in f"{read!r} {read.login!r}"


def test_a_login_has_only_one_body() -> None:
    with pytest.raises(SettingsError, match="customAuthRequest: accepts body or bodyForm, not both"):
        settings({"endpoint": "/login", "body": {"a": 1}, "bodyForm": {"a": "1"}})
