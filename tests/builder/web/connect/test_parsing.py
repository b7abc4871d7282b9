"""The inputs of step 1 as settings."""

import pytest

from builder.install import shown_settings
from builder.web.connect.form import ConnectionForm, read_connection
from builder.web.connect.parsing import parse_connection, request_issues, with_settings
from builder.web.connect.setting_fields import all_fields
from configuration.settings import setting_names
from rest.bodies import Json

_BASE = {"baseUrl": "https://api.example.com"}


def _connection(**inputs: str) -> ConnectionForm:
    return read_connection(ConnectionForm(), {**_BASE, "verifySsl": "true", **inputs})


def test_every_setting_has_an_input() -> None:
    known = {field.name for field in all_fields()}
    assert known == set(setting_names())


def test_texts_are_parsed_into_values() -> None:
    connection = _connection(
        authType="custom",
        customAuthRequest='{"endpoint": "/login"}',
        customAuthRequestTemplate='{"headers": {"X-Session": "{{.token}}"}}',
        customHeaders="X-Team: a: b\nX-Other: c",
        customQueryParams="q=a=b",
        trustedOrigins="https://a.example\n\nhttps://b.example",
        timeout="2.5",
        maxRetries="3",
    )
    assert parse_connection(connection).config == {
        "baseUrl": "https://api.example.com",
        "authType": "custom",
        "customAuthRequest": {"endpoint": "/login"},
        "customAuthRequestTemplate": {"headers": {"X-Session": "{{.token}}"}},
        "paginationType": "auto",
        "timeout": "2.5",
        "maxRetries": 3,
        "verifySsl": True,
        "customHeaders": {"X-Team": "a: b", "X-Other": "c"},
        "customQueryParams": {"q": "a=b"},
        "trustedOrigins": ["https://a.example", "https://b.example"],
    }


def test_settings_of_other_types_are_kept_but_unused() -> None:
    connection = _connection(authType="bearer_token", apiToken="abc", username="ann", cursorPath="meta.next")
    assert connection.texts["username"] == "ann"
    assert not {"username", "cursorPath"} & parse_connection(connection).config.keys()
    basic = read_connection(connection, {"authType": "basic"})
    assert parse_connection(basic).config["username"] == "ann"
    assert "apiToken" not in parse_connection(basic).config


def test_a_cleared_checkbox_is_false() -> None:
    assert parse_connection(read_connection(_connection(), _BASE)).config["verifySsl"] is False


@pytest.mark.parametrize(
    ("inputs", "field", "message"),
    [
        ({"baseUrl": "api.example.com"}, "baseUrl", "accepts the root URL of the API"),
        ({"baseUrl": "https://a:b@api.example.com"}, "baseUrl", "user name or password"),
        ({"pageSize": "many"}, "pageSize", "accepts a whole number, 1 or more"),
        ({"timeout": "0"}, "timeout", "seconds above 0"),
        ({"customHeaders": "no sign"}, "customHeaders", "Line 1 must have the form name:value"),
        ({"trustedOrigins": "files"}, "trustedOrigins", "accepts origins"),
        (
            {"authType": "custom", "customAuthRequest": "{", "customAuthRequestTemplate": "{}"},
            "customAuthRequest",
            "Invalid JSON: Expecting",
        ),
        (
            {
                "authType": "custom",
                "customAuthRequest": '{"method": "GET"}',
                "customAuthRequestTemplate": "{}",
            },
            "customAuthRequest",
            "endpoint",
        ),
        ({"authType": "bearer_token", "apiToken": "ä"}, "apiToken", "outside ASCII"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_each_issue_names_its_input(inputs: dict[str, str], field: str, message: str) -> None:
    parsed = parse_connection(_connection(**inputs))
    found = {issue.field: issue.message for issue in (*parsed.errors, *parsed.missing)}
    assert message in found[field]
    assert not parsed.is_complete


def test_a_missing_setting_is_not_an_error_yet() -> None:
    parsed = parse_connection(ConnectionForm())
    assert not parsed.errors
    assert [(issue.field, issue.message) for issue in parsed.missing] == [("baseUrl", "Required")]


def test_a_custom_login_requires_both_of_its_inputs() -> None:
    parsed = parse_connection(_connection(authType="custom"))
    assert not parsed.errors
    assert [issue.label for issue in parsed.missing] == ["Login request", "Add to each request"]


@pytest.mark.parametrize(
    ("inputs", "secret", "placeholder"),
    [
        ({"authType": "bearer_token"}, "apiToken", "<YOUR_API_TOKEN>"),
        ({"authType": "api_key"}, "apiKey", "<YOUR_API_KEY>"),
        ({"authType": "basic", "username": "ann"}, "password", "<YOUR_PASSWORD>"),
        (
            {"authType": "oauth2", "tokenUrl": "/token", "clientId": "app"},
            "clientSecret",
            "<YOUR_CLIENT_SECRET>",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_settings_without_a_secret_can_be_printed_but_not_used(
    inputs: dict[str, str], secret: str, placeholder: str
) -> None:
    parsed = parse_connection(_connection(**inputs))
    assert parsed.is_complete
    assert shown_settings(parsed.printed)[secret] == placeholder
    assert secret not in parsed.config
    assert [issue.field for issue in request_issues(parsed)] == [secret]


def test_environment_variables_need_not_exist_on_this_machine() -> None:
    assert parse_connection(_connection(customHeaders="X-Key: ${NOBODY_HAS_THIS}")).is_complete


def test_settings_of_a_document_are_entered() -> None:
    settings: dict[str, Json] = {
        "baseUrl": "https://other.example.com",
        "authType": "api_key",
        "apiKey": "abc",
        "customHeaders": {"X-A": "1"},
        "trustedOrigins": ["https://a.example"],
        "verifySsl": False,
        "pageSize": 50,
    }
    connection = with_settings(_connection(), settings)
    assert connection.secrets == {"apiKey": "abc", "customHeaders": "X-A: 1"}
    assert parse_connection(connection).config == {**settings, "paginationType": "auto"}
