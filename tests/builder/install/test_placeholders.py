"""Placeholders for secrets."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.draft import Draft
from builder.install import bundle, placeholders_in, shown_settings
from builder.install.environment import environment
from configuration.secrets import SECRETS
from configuration.setting_names import setting_name
from rest.bodies import Json

_BASE = {"baseUrl": "https://api.example.com"}
_OBJECT_NAMES = (
    *("tokenParams", "customAuthRequest", "customAuthRequestTemplate"),
    *("customHeaders", "customQueryParams"),
)
_TEXT_NAMES = sorted({setting_name(name) for name in SECRETS} - {*_OBJECT_NAMES})


@pytest.mark.parametrize(
    ("settings_", "name", "shown"),
    [
        pytest.param({"authType": "bearer_token"}, "authValue", "<YOUR_API_TOKEN>", id="token"),
        pytest.param({"authType": "api_key"}, "authValue", "<YOUR_API_KEY>", id="key"),
        pytest.param({"authType": "basic"}, "authValue", "<YOUR_USERNAME>:<YOUR_PASSWORD>", id="basic"),
        pytest.param({"authType": "oauth2"}, "authValue", "<YOUR_AUTH_VALUE>", id="of no use"),
        pytest.param({}, "apiToken", "<YOUR_API_TOKEN>", id="own name"),
        pytest.param({}, "clientSecret", "<YOUR_CLIENT_SECRET>", id="client"),
    ],
)
def test_a_secret_text_becomes_a_placeholder_with_its_name(
    settings_: Mapping[str, Json], name: str, shown: str
) -> None:
    assert shown_settings({**_BASE, **settings_, name: "hunter2"})[name] == shown


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        pytest.param("customHeaders", {"X-Team": "red"}, {"X-Team": "<X_TEAM>"}, id="header"),
        pytest.param("customHeaders", '{"X-Team": "red"}', {"X-Team": "<X_TEAM>"}, id="JSON text"),
        pytest.param(
            "customHeaders", {"größe": "x", "ß": 5}, {"größe": "<GR_SSE>", "ß": "<SS>"}, id="letters"
        ),
        pytest.param("customHeaders", {"→": "x"}, {"→": "<VALUE>"}, id="no letters"),
        pytest.param("customHeaders", "no JSON", "<YOUR_CUSTOM_HEADERS>", id="no object"),
        pytest.param("customHeaders", ["a"], "<YOUR_CUSTOM_HEADERS>", id="list"),
        pytest.param("customHeaders", {"A": "Bearer ${TOK}"}, {"A": "Bearer <TOK>"}, id="variable"),
        pytest.param("customHeaders", {"A": "hunter2 ${TOK}"}, {"A": "<A>"}, id="secret and variable"),
        pytest.param("customHeaders", {"A": "{{.token}}"}, {"A": "<A>"}, id="no template"),
        pytest.param("customQueryParams", {"key": "${KEY}"}, {"key": "<KEY>"}, id="parameter"),
        pytest.param("tokenParams", {"scope": "${KEY}"}, {"scope": "<SCOPE>"}, id="no variable"),
        pytest.param(
            "customAuthRequest",
            {
                "endpoint": "/login",
                "method": "post",
                "reauthenticateIntervalSeconds": 60,
                "headers": {"X-Key": "red"},
                "body": {"user": {"name": "ann", "pins": [1, "2"]}, "remember": True, "otp": None, "x": ""},
            },
            {
                "endpoint": "/login",
                "method": "post",
                "reauthenticateIntervalSeconds": 60,
                "headers": {"X-Key": "<HEADERS_X_KEY>"},
                "body": {
                    "user": {
                        "name": "<BODY_USER_NAME>",
                        "pins": ["<BODY_USER_PINS_1>", "<BODY_USER_PINS_2>"],
                    },
                    "remember": True,
                    "otp": None,
                    "x": "",
                },
            },
            id="login",
        ),
        pytest.param(
            "customAuthRequest",
            {"endpoint": "/login?key=red", "method": "red", "body": "red"},
            {"endpoint": "<ENDPOINT>", "method": "<METHOD>", "body": "<BODY>"},
            id="login with a secret where none belongs",
        ),
        pytest.param(
            "customAuthRequest", {"endpoint": {"a": "red"}}, {"endpoint": "<ENDPOINT>"}, id="no endpoint"
        ),
        pytest.param(
            "customAuthRequestTemplate",
            {"headers": {"Authorization": "Bearer {{ .data.token }}", "Cookie": "session={{.id}}"}},
            {"headers": {"Authorization": "Bearer {{ .data.token }}", "Cookie": "session={{.id}}"}},
            id="template",
        ),
        pytest.param(
            "customAuthRequestTemplate",
            {"headers": {"A": "red {{.x}}", "B": '{{"red"}}', "C": '{{.x + "red"}}', "D": "red"}},
            {"headers": {"A": "<HEADERS_A>", "B": "<HEADERS_B>", "C": "<HEADERS_C>", "D": "<HEADERS_D>"}},
            id="template with a secret",
        ),
    ],
)
def test_a_secret_object_keeps_its_keys(name: str, value: Json, shown: Json) -> None:
    assert shown_settings({**_BASE, name: value})[name] == shown


def test_each_placeholder_of_a_text_is_found_once() -> None:
    assert placeholders_in("<A_1> <b> <B>:<A_1>") == ["<A_1>", "<B>"]


# Where a secret begins and ends is found in any encoding; a login's endpoint is none.
_SECRETS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20).map(
    lambda text: f"83f1{text}7c5e"
)
_LEAVES = st.one_of(_SECRETS, st.booleans(), st.none(), st.integers(10**9, 10**12))
_NESTED = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab"), inner)
)
_OBJECTS = st.dictionaries(st.sampled_from(["method", "headers", "body", "X-Team"]), _NESTED)


@settings(max_examples=settings().max_examples // 2, deadline=None)
@given(
    texts=st.dictionaries(st.sampled_from(_TEXT_NAMES), _SECRETS),
    objects=st.dictionaries(st.sampled_from(_OBJECT_NAMES), _OBJECTS),
    auth_type=st.sampled_from(["none", "bearer_token", "api_key", "basic", "oauth2", "custom"]),
)
def test_no_file_contains_a_secret(
    draft: Draft, texts: Mapping[str, str], objects: Mapping[str, Json], auth_type: str
) -> None:
    secret = replace(draft, settings={**_BASE, "authType": auth_type, **texts, **objects})
    files = bundle(secret)
    numbers = [number for value in objects.values() for number in _numbers(value)]
    for name, content in {**files, "environment": repr(environment(secret))}.items():
        assert [part for part in ("83f1", "7c5e", *numbers) if part in content] == [], name


def _numbers(value: Json) -> list[str]:
    if isinstance(value, dict):
        return [number for inner in value.values() for number in _numbers(inner)]
    if isinstance(value, list):
        return [number for inner in value for number in _numbers(inner)]
    return [str(value)] if isinstance(value, int) and not isinstance(value, bool) else []
