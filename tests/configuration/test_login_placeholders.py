"""Placeholders in customAuthRequest, which stand for settings and for a signed token."""

from typing import Any

import pytest

from configuration.login_placeholders import fill_placeholders
from configuration.settings import Settings
from rest.bodies import Json
from rest.errors import SettingsError


def login(request: dict[str, Any], **config: Any) -> Settings:
    values = {"base_url": "https://x.io", "auth_type": "custom", "custom_auth_request": request}
    return Settings.from_config({**values, **config}, {})


def message(request: dict[str, Any], **config: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        login(request, **config)
    return str(caught.value)


@pytest.mark.parametrize(
    ("value", "filled"),
    [
        ("{{.password}}", "pass"),
        ("{{ .password }}", "pass"),
        ("{{.username}}:{{.password}}", "amy:pass"),
        ("{{.now}}", 5),
        ("at {{.now}}", "at 5"),
        ("{{.other}}", "{{.other}}"),
        ("{{.a.b}} {{password}} {.password}", "{{.a.b}} {{password}} {.password}"),
        ({"{{.now}}": ["{{.now}}", None, True, 1.5]}, {"{{.now}}": [5, None, True, 1.5]}),
    ],
    ids=str,
)
def test_placeholders_are_replaced_by_values(value: Json, filled: Json) -> None:
    assert fill_placeholders(value, {"username": "amy", "password": "pass", "now": 5}) == filled


def test_a_value_is_not_expanded_again() -> None:
    assert fill_placeholders("{{.password}} {{.now}}", {"password": "{{.now}}", "now": 5}) == "{{.now}} 5"


def test_a_login_keeps_the_type_of_a_value_in_json_only() -> None:
    read = login({"endpoint": "/login", "headers": {"X-Time": "{{.now}}"}, "body": {"at": "{{.now}}"}})
    assert read.login
    filled = read.login.filled({"now": 5})
    assert (filled.headers, filled.body) == ({"X-Time": "5"}, {"at": 5})


def test_an_unknown_placeholder_is_named_with_the_known_ones() -> None:
    assert message({"endpoint": "/login", "body": {"a": ["{{.pasword}}"]}}) == (
        "customAuthRequest: {{.pasword}} is unknown; known placeholders are {{.username}}, {{.password}}, "
        "{{.clientId}}, {{.clientSecret}}, {{.apiToken}}, {{.apiKey}}, {{.authValue}}, {{.jwt}}, {{.now}}"
    )


@pytest.mark.parametrize("part", ["headers", "body", "bodyForm", "queryParams"])
def test_a_placeholder_without_its_setting_is_named(part: str) -> None:
    assert message({"endpoint": "/login", part: {"key": "{{.password}}"}}) == (
        "password: is missing (customAuthRequest uses {{.password}})"
    )


def test_a_header_that_cannot_be_sent_is_named() -> None:
    text = message({"endpoint": "/login", "headers": {"X-Key": "{{.password}}"}}, password="pässword")
    assert text.startswith("customAuthRequest.headers: 'X-Key' is not a valid header name, or its value")
