"""The first step's texts as settings."""

import pytest

from builder.install import shown_settings
from builder.web.connecting import asking_mistakes, connection_reading, with_settings
from builder.web.forms import read_connection
from builder.web.setting_fields import all_fields
from builder.web.workspace import ConnectionForm
from configuration.settings import setting_names
from rest.bodies import Json

_BASE = {"baseUrl": "https://api.example.com"}


def _typed(**inputs: str) -> ConnectionForm:
    return read_connection(ConnectionForm(), {**_BASE, "verifySsl": "true", **inputs})


def test_every_setting_has_an_input() -> None:
    known = {field.name for field in all_fields()}
    assert known == set(setting_names())


def test_texts_become_what_the_settings_are_made_of() -> None:
    connection = _typed(
        authType="custom",
        customAuthRequest='{"endpoint": "/login"}',
        customAuthRequestTemplate='{"headers": {"X-Session": "{{.token}}"}}',
        customHeaders="X-Team: a: b\nX-Other: c",
        customQueryParams="q=a=b",
        trustedOrigins="https://a.example\n\nhttps://b.example",
        timeout="2.5",
        maxRetries="3",
    )
    assert connection_reading(connection).config == {
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


def test_what_belongs_to_another_type_is_kept_and_means_nothing() -> None:
    connection = _typed(authType="bearer_token", apiToken="abc", username="ann", cursorPath="meta.next")
    assert connection.texts["username"] == "ann"
    assert not {"username", "cursorPath"} & connection_reading(connection).config.keys()
    basic = read_connection(connection, {"authType": "basic"})
    assert connection_reading(basic).config["username"] == "ann"
    assert "apiToken" not in connection_reading(basic).config


def test_an_unticked_box_is_false() -> None:
    assert connection_reading(read_connection(_typed(), _BASE)).config["verifySsl"] is False


@pytest.mark.parametrize(
    ("inputs", "field", "words"),
    [
        ({"baseUrl": "api.example.com"}, "baseUrl", "accepts the root URL of the API"),
        ({"baseUrl": "https://a:b@api.example.com"}, "baseUrl", "user name or password"),
        ({"pageSize": "many"}, "pageSize", "accepts a whole number, 1 or more"),
        ({"timeout": "0"}, "timeout", "seconds above 0"),
        ({"customHeaders": "no sign"}, "customHeaders", "line 1 is no name:value"),
        ({"trustedOrigins": "files"}, "trustedOrigins", "accepts origins"),
        (
            {"authType": "custom", "customAuthRequest": "{", "customAuthRequestTemplate": "{}"},
            "customAuthRequest",
            "is no JSON: Expecting",
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
def test_a_mistake_is_named_at_its_input(inputs: dict[str, str], field: str, words: str) -> None:
    reading = connection_reading(_typed(**inputs))
    found = {mistake.field: mistake.words for mistake in (*reading.wrong, *reading.missing)}
    assert words in found[field]
    assert not reading.is_complete


def test_what_is_only_missing_is_no_mistake_yet() -> None:
    reading = connection_reading(ConnectionForm())
    assert not reading.wrong
    assert [(mistake.field, mistake.words) for mistake in reading.missing] == [("baseUrl", "is missing")]


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
def test_without_a_secret_it_can_be_printed_but_not_asked(
    inputs: dict[str, str], secret: str, placeholder: str
) -> None:
    reading = connection_reading(_typed(**inputs))
    assert reading.is_complete
    assert shown_settings(reading.printed)[secret] == placeholder
    assert secret not in reading.config
    assert [mistake.field for mistake in asking_mistakes(reading)] == [secret]


def test_a_variable_of_the_environment_is_looked_for_only_where_it_will_run() -> None:
    assert connection_reading(_typed(customHeaders="X-Key: ${NOBODY_HAS_THIS}")).is_complete


def test_settings_of_a_document_are_typed_in() -> None:
    settings: dict[str, Json] = {
        "baseUrl": "https://other.example.com",
        "authType": "api_key",
        "apiKey": "abc",
        "customHeaders": {"X-A": "1"},
        "trustedOrigins": ["https://a.example"],
        "verifySsl": False,
        "pageSize": 50,
    }
    connection = with_settings(_typed(), settings)
    assert connection.secrets == {"apiKey": "abc", "customHeaders": "X-A: 1"}
    assert connection_reading(connection).config == {**settings, "paginationType": "auto"}
