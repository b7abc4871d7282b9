"""The inputs of step 1 as settings."""

import pytest

from builder.install import shown_settings
from builder.web.connect.form import ConnectionForm, read_connection
from builder.web.connect.parsing import parse_connection, request_issues, with_settings
from builder.web.connect.setting_fields import all_fields
from configuration.settings import setting_names
from rest.bodies import Json
from tests.tls_authority import Authority

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


def test_a_custom_login_requires_its_request() -> None:
    """Its cookies are sent without a template."""
    parsed = parse_connection(_connection(authType="custom"))
    assert not parsed.errors
    assert [issue.label for issue in parsed.missing] == ["Login request"]


@pytest.mark.parametrize(
    ("texts", "shown"),
    [
        ({"authType": "oauth2"}, {"clientSecret"}),
        ({"authType": "oauth2", "grant": "client_credentials"}, {"clientSecret"}),
        ({"authType": "oauth2", "grant": "password"}, {"clientSecret", "username", "password"}),
        ({"authType": "oauth2", "grant": "refresh_token"}, {"clientSecret", "refreshToken"}),
        ({"authType": "oauth2", "grant": "jwt_bearer"}, {"clientSecret", "username"}),
        ({"authType": "basic", "grant": "refresh_token"}, {"username", "password"}),
        ({"authType": "custom"}, {"username", "password"}),
    ],
    ids=lambda value: ",".join(value.values()) if isinstance(value, dict) else "",
)
def test_inputs_depend_on_the_type_and_the_grant(texts: dict[str, str], shown: set[str]) -> None:
    names = {"clientSecret", "username", "password", "refreshToken"}
    assert {field.name for field in all_fields() if field.name in names and field.is_shown(texts)} == shown


def test_a_secret_in_a_file_is_printed_as_its_path_only() -> None:
    """The file is on the machine of the installation. The page sends requests with the secret itself."""
    inputs = {"authType": "bearer_token", "apiTokenFile": "/etc/token"}
    parsed = parse_connection(_connection(**inputs))
    assert parsed.is_complete
    assert "apiToken" not in parsed.printed
    assert parsed.printed["apiTokenFile"] == "/etc/token"
    assert [issue.field for issue in request_issues(parsed)] == ["apiToken"]
    both = parse_connection(_connection(**inputs, apiToken="t0ken"))
    assert both.is_complete
    assert "apiToken" not in both.printed
    assert request_issues(both) == []


@pytest.mark.parametrize(
    "inputs",
    [
        {"authType": "custom", "customAuthRequestFile": "/etc/login"},
        {"authType": "jwt", "privateKeyFile": "/etc/key"},
        {"authType": "jwt", "authValue": "shared-secret", "jwt": '{"claims": {"iss": "a"}}'},
        {"customHeadersFile": "/etc/headers"},
    ],
    ids=str,
)
def test_settings_with_files_and_shared_secrets_are_complete(inputs: dict[str, str]) -> None:
    parsed = parse_connection(_connection(**inputs))
    assert not parsed.errors
    assert parsed.is_complete


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
        (
            {"authType": "oauth2", "tokenUrl": "/token", "grant": "password", "username": "ann"},
            "password",
            "<YOUR_PASSWORD>",
        ),
        (
            {"authType": "oauth2", "tokenUrl": "/token", "grant": "refresh_token"},
            "refreshToken",
            "<YOUR_REFRESH_TOKEN>",
        ),
        (
            {"authType": "oauth2", "tokenUrl": "/token", "grant": "jwt_bearer"},
            "privateKey",
            "<YOUR_PRIVATE_KEY>",
        ),
        (
            {"authType": "oauth2", "tokenUrl": "/t", "clientId": "app", "clientAuth": "private_key_jwt"},
            "privateKey",
            "<YOUR_PRIVATE_KEY>",
        ),
        ({"authType": "jwt"}, "privateKey", "<YOUR_PRIVATE_KEY>"),
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


AWS = {"authType": "aws", "aws": '{"region": "eu-central-1", "service": "es"}'}
SIGNATURE = {"authType": "signature", "signature": '{"signed": "{{.path}} ${APP}", "header": "X-S"}'}


@pytest.mark.parametrize(
    ("inputs", "printed", "required"),
    [
        (
            AWS,
            {
                "awsAccessKeyId": "<YOUR_AWS_ACCESS_KEY_ID>",
                "awsSecretAccessKey": "<YOUR_AWS_SECRET_ACCESS_KEY>",
            },
            "awsSecretAccessKey",
        ),
        (SIGNATURE, {"authValue": "<YOUR_SECRET_KEY>"}, "authValue"),
        (
            {"authType": "digest", "username": "amy"},
            {"username": "amy", "password": "<YOUR_PASSWORD>"},
            "password",
        ),
    ],
    ids=["aws", "signature", "digest"],
)
def test_secrets_of_computed_credentials_can_be_entered_later(
    inputs: dict[str, str], printed: dict[str, str], required: str
) -> None:
    """Environment variables exist only where the integration runs."""
    parsed = parse_connection(_connection(**inputs))
    assert parsed.is_complete
    shown = shown_settings(parsed.printed)
    assert {name: shown[name] for name in printed} == printed
    assert [issue.field for issue in request_issues(parsed)] == [required]


def test_certificate_without_line_breaks_is_accepted() -> None:
    """A browser removes line breaks from an input of one line."""
    issued = Authority().issue("client")
    pems = {"clientCertificate": issued.certificate, "clientKey": issued.key}
    parsed = parse_connection(_connection(**{name: pem.replace("\n", "") for name, pem in pems.items()}))
    assert parsed.is_complete
    assert shown_settings(parsed.printed)["clientKey"] == "<YOUR_CLIENT_KEY>"
