"""The connection settings: accepted values, and the messages for others."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from configuration.secrets import SECRETS
from configuration.setting_names import setting_name
from configuration.settings import Settings, setting_names, value_mistakes
from rest.errors import SettingsError

ROOT = Path(__file__).parents[2]
BASE = "https://api.example.com"


def settings(environ: dict[str, str] | None = None, /, **config: Any) -> Settings:
    return Settings.from_config({"base_url": BASE, **config}, environ or {})


def refusal(environ: dict[str, str] | None = None, /, **config: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        settings(environ, **config)
    return str(caught.value)


def spec() -> dict[str, dict[str, Any]]:
    document = yaml.safe_load((ROOT / ".port" / "spec.yaml").read_text())
    return {entry["name"]: entry for entry in document["configurations"]}


def test_the_spec_file_lists_exactly_the_settings_of_the_code() -> None:
    assert sorted(spec()) == sorted(setting_names())
    assert len(setting_names()) == len(set(setting_names()))


def test_the_spec_file_marks_exactly_the_secrets_as_sensitive() -> None:
    sensitive = {name for name, entry in spec().items() if entry.get("sensitive")}
    assert sensitive == {setting_name(name) for name in SECRETS}


def test_the_spec_file_requires_only_the_base_url() -> None:
    assert [name for name, entry in spec().items() if entry.get("required")] == ["baseUrl"]


def test_every_setting_has_a_description() -> None:
    assert all(entry["description"].strip() for entry in spec().values())


def test_the_defaults_in_the_spec_file_are_those_of_the_code() -> None:
    """A default is given as such, or in the description if Port must not fill it in."""
    code = settings()
    own = {name: getattr(code, name) for name in type(code).model_fields if name != "pagination"}
    paging = {
        {"type": "pagination_type", "param": "pagination_param"}.get(name, name): value
        for name, value in code.pagination
        if name != "param_location"
    }
    defaults = {
        setting_name(name): value
        for name, value in {**own, **paging}.items()
        if name != "base_url" and value is not None and value not in ({}, [], (), frozenset())
    }
    for name, entry in spec().items():
        value = defaults.get(name)
        text = f"{value:g}" if isinstance(value, float) else str(value)
        if "default" in entry:
            assert str(entry["default"]) == text, name
        elif value is not None:
            assert f"{text} (the default)" in entry["description"], name


def test_the_defaults_are_those_of_the_specification() -> None:
    read = settings()
    assert (read.auth_type, read.api_key_header, read.bearer_prefix) == ("none", "X-API-Key", "Bearer")
    assert (read.timeout, read.max_concurrent_requests, read.max_retries) == (30.0, 10, 5)
    assert (read.requests_per_second, read.verify_ssl, read.trusted_origins) == (None, True, [])
    assert (read.pagination.type, read.pagination.page_size, read.pagination.start_page) == ("none", 100, 1)
    assert (read.pagination.header_link_rel, read.pagination.max_pages) == ("next", None)


@pytest.mark.parametrize("name", [n for n in Settings.model_fields if n not in ("base_url", "pagination")])
@pytest.mark.parametrize("unset", ["", "  ", None], ids=["empty", "blank", "null"])
def test_an_empty_setting_counts_as_unset(name: str, unset: str | None) -> None:
    assert settings(**{name: unset}) == settings()


def test_an_empty_pagination_setting_counts_as_unset() -> None:
    assert settings(page_size="", cursor_path=" ", pagination_type="").pagination == settings().pagination


def test_unknown_settings_are_ignored() -> None:
    """Ocean adds its own values."""
    assert settings(client_timeout=5, param_location="body") == settings()


def test_variables_are_by_default_those_of_the_process() -> None:
    assert Settings.from_config({"base_url": BASE, "custom_headers": "{}"}).custom_headers == {}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("timeout", "30", 30.0),
        ("timeout", "0.5", 0.5),
        ("timeout", 5, 5.0),
        ("timeout", "1e+06", 1_000_000.0),
        ("max_concurrent_requests", "1e+06", 1_000_000),
        ("max_concurrent_requests", "3", 3),
        ("max_concurrent_requests", 3.0, 3),
        ("max_retries", "0", 0),
        ("max_retries", 0, 0),
        ("requests_per_second", "2.5", 2.5),
        ("verify_ssl", "false", False),
        ("verify_ssl", "False", False),
        ("verify_ssl", "true", True),
        ("verify_ssl", False, False),
        ("trusted_origins", '["https://files.example.com"]', ["https://files.example.com"]),
        ("trusted_origins", ["https://files.example.com"], ["https://files.example.com"]),
        ("custom_headers", '{"X-Org": "a"}', {"X-Org": "a"}),
        (
            "custom_headers",
            {"X-Org": 7, "X-On": True, "X-F": 1.5},
            {"X-Org": "7", "X-On": "true", "X-F": "1.5"},
        ),
        ("custom_query_params", '{"v": 2}', {"v": "2"}),
        ("token_params", '{"scope": "read write"}', {"scope": "read write"}),
        ("custom_auth_request", '{"endpoint": "/login"}', {"endpoint": "/login"}),
        ("custom_auth_request_template", {"headers": {"A": "{{.t}}"}}, {"headers": {"A": "{{.t}}"}}),
        ("api_token", 12345, "12345"),
        ("username", 7, "7"),
        ("token_auth", "basic", "basic"),
    ],
)
def test_values_are_accepted_as_helm_and_docker_pass_them(name: str, text: object, value: object) -> None:
    assert getattr(settings(**{name: text}), name) == value


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("pagination_type", "next_link", "type", "next_link"),
        ("page_size", "1e+06", "page_size", 1_000_000),
        ("page_size", "50", "page_size", 50),
        ("max_pages", "9", "max_pages", 9),
        ("total_path", "-", "total_path", "-"),
    ],
)
def test_pagination_settings_have_their_own_names(name: str, text: str, field: str, value: object) -> None:
    assert getattr(settings(**{name: text}).pagination, field) == value


@pytest.mark.parametrize(
    "name",
    [
        "cursor_path",
        "has_more_path",
        "last_page_path",
        "total_path",
        "total_pages_path",
        "next_link_path",
    ],
)
def test_a_path_setting_is_dot_notation(name: str) -> None:
    kind = {"cursor_path": "cursor", "next_link_path": "next_link"}.get(name, "none")
    path = getattr(settings(pagination_type=kind, **{name: "meta.value"}).pagination, name)
    assert path.find({"meta": {"value": 5}}) == 5


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (
            {"auth_type": "bearer"},
            (
                "authType: got 'bearer', accepts none, bearer_token, api_key, basic, digest, oauth2, jwt, "
                "signature, aws, custom"
            ),
        ),
        (
            {"pagination_type": "pages"},
            "paginationType: got 'pages', accepts none, offset, page, cursor, next_link, header_link, auto",
        ),
        ({"token_auth": "header"}, "tokenAuth: got 'header', accepts body, basic"),
        ({"page_size": "0"}, "pageSize: got '0', accepts a whole number, 1 or more"),
        ({"page_size": "1.5"}, "pageSize: got 1.5, accepts a whole number, 1 or more"),
        ({"page_size": True}, "pageSize: got True, accepts a whole number, 1 or more"),
        ({"page_size": "ten"}, "pageSize: got 'ten', accepts a whole number, 1 or more"),
        ({"page_size": "nan"}, "pageSize: got nan, accepts a whole number, 1 or more"),
        ({"page_size": "1e400"}, "pageSize: got inf, accepts a whole number, 1 or more"),
        ({"start_page": "-1"}, "startPage: got '-1', accepts a whole number, 0 or more"),
        ({"max_pages": 0}, "maxPages: got 0, accepts a whole number, 1 or more"),
        ({"max_retries": "-1"}, "maxRetries: got '-1', accepts a whole number, 0 or more"),
        ({"max_concurrent_requests": 0}, "maxConcurrentRequests: got 0, accepts a whole number, 1 or more"),
        ({"timeout": "0"}, "timeout: got '0', accepts a number of seconds above 0"),
        ({"timeout": "30s"}, "timeout: got '30s', accepts a number of seconds above 0"),
        ({"timeout": True}, "timeout: got True, accepts a number of seconds above 0"),
        (
            {"requests_per_second": 0},
            "requestsPerSecond: got 0, accepts a number of requests per second above 0",
        ),
        ({"verify_ssl": "maybe"}, "verifySsl: got 'maybe', accepts true or false"),
        ({"username": ["a"]}, "username: got ['a'], accepts text"),
        (
            {"trusted_origins": "https://files.example.com"},
            (
                "trustedOrigins: got 'https://files.example.com', "
                "accepts a JSON array of origins like https://files.example.com"
            ),
        ),
        (
            {"trusted_origins": ["files"]},
            "trustedOrigins: accepts origins like https://files.example.com, without user names",
        ),
        (
            {"trusted_origins": ["https://a.example:port"]},
            "trustedOrigins: accepts origins like https://files.example.com, without user names",
        ),
        (
            {"trusted_origins": ["https://amy:hunter22@files.io"]},
            "trustedOrigins: accepts origins like https://files.example.com, without user names",
        ),
        ({"timeout": "inf"}, "timeout: got 'inf', accepts a number of seconds above 0"),
        ({"timeout": float("inf")}, "timeout: got inf, accepts a number of seconds above 0"),
        ({"custom_headers": "[" * 100_000}, "customHeaders: accepts a JSON object of names and texts"),
        (
            {"auth_type": "bearer_token", "api_token": "hunter\n22"},
            "apiToken: has line breaks or characters outside ASCII",
        ),
        (
            {"auth_type": "bearer_token", "auth_value": "hünter22"},
            "authValue: has line breaks or characters outside ASCII",
        ),
        (
            {"auth_type": "api_key", "api_key": "hünter22"},
            "apiKey: has line breaks or characters outside ASCII",
        ),
        ({"bearer_prefix": "Töken"}, "bearerPrefix: has line breaks or characters outside ASCII"),
        (
            {"auth_type": "basic", "username": "a:b", "password": "p"},
            "username: cannot contain a colon with authType basic",
        ),
        (
            {"cursor_path": ".a["},
            (
                "cursorPath: got '.a[', "
                "accepts a path like meta.next, or a jq expression that begins with a dot "
                "(syntax error, unexpected end of file)"
            ),
        ),
        (
            {"total_path": 5},
            "totalPath: got 5, accepts a path like meta.next, or a jq expression that begins with a dot",
        ),
        (
            {"api_key_header": "X Key"},
            "apiKeyHeader: 'X Key' is not a valid header name, or its value has line breaks or is not ASCII",
        ),
        (
            {"custom_headers": {"a b": "x"}},
            "customHeaders: 'a b' is not a valid header name, or its value has line breaks or is not ASCII",
        ),
        (
            {"custom_headers": {"A": "x\r\nB: y"}},
            "customHeaders: 'A' is not a valid header name, or its value has line breaks or is not ASCII",
        ),
        (
            {"custom_headers": {"A": "é"}},
            "customHeaders: 'A' is not a valid header name, or its value has line breaks or is not ASCII",
        ),
        ({"custom_headers": "{"}, "customHeaders: accepts a JSON object of names and texts"),
        ({"custom_headers": "[1]"}, "customHeaders: accepts a JSON object of names and texts"),
        ({"custom_headers": {"A": None}}, "customHeaders: accepts a JSON object of names and texts"),
        (
            {"custom_query_params": {"a": ["x"]}},
            "customQueryParams: accepts a JSON object of names and texts",
        ),
        ({"token_params": "scope=read"}, "tokenParams: accepts a JSON object of names and texts"),
        ({"custom_auth_request": "[]"}, "customAuthRequest: accepts a JSON object"),
        ({"custom_auth_request_template": "x"}, "customAuthRequestTemplate: accepts a JSON object"),
        (
            {"auth_type": "oauth2"},
            (
                "tokenUrl: is missing (authType oauth2 needs tokenUrl); "
                "clientId: is missing (authType oauth2 needs clientId); "
                "clientSecret: is missing (authType oauth2 needs clientSecret)"
            ),
        ),
        (
            {"auth_type": "oauth2", "token_url": "/t", "client_id": "amy"},
            "clientSecret: is missing (authType oauth2 needs clientSecret)",
        ),
        (
            {"auth_type": "custom"},
            "customAuthRequest: is missing (authType custom needs it)",
        ),
        (
            {"auth_type": "bearer_token"},
            "apiToken: is missing (authType bearer_token needs apiToken or authValue)",
        ),
        (
            {"auth_type": "api_key"},
            "apiKey: is missing (authType api_key needs apiKey or authValue)",
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_each_wrong_setting_has_a_line_with_its_name(config: dict[str, Any], message: str) -> None:
    assert refusal(**config) == message


def test_all_mistakes_are_reported_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        settings(timeout="soon", page_size="few", pagination_type="pages")
    names = [mistake.name for mistake in caught.value.mistakes]
    assert names == ["timeout", "paginationType", "pageSize"]
    assert "\n" not in str(caught.value)


def test_a_long_value_is_truncated() -> None:
    assert len(refusal(timeout="x" * 5000)) < 200


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "baseUrl: is missing (accepts the root URL of the API, like https://api.example.com)"),
        (
            "api.example.com",
            "baseUrl: got 'api.example.com', accepts the root URL of the API, like https://api.example.com",
        ),
        (
            "ftp://x.io",
            "baseUrl: got 'ftp://x.io', accepts the root URL of the API, like https://api.example.com",
        ),
        (
            "https://",
            "baseUrl: got 'https://', accepts the root URL of the API, like https://api.example.com",
        ),
        (
            "https://x.io:port",
            "baseUrl: got 'https://x.io:port', accepts the root URL of the API, like https://api.example.com",
        ),
        (
            "https://[::1",
            "baseUrl: got 'https://[::1', accepts the root URL of the API, like https://api.example.com",
        ),
        (
            "https://x.io?",
            "baseUrl: has a query string. Use customQueryParams for parameters of every request",
        ),
        (
            "https://x.io:99999",
            "baseUrl: got 'https://x.io:99999', accepts the root URL of the API, like https://api.example.com",
        ),
        (
            "https://x .io",
            "baseUrl: got 'https://x .io', accepts the root URL of the API, like https://api.example.com",
        ),
        (
            "https://x.io\\evil",
            "baseUrl: got 'https://x.io\\\\evil', accepts the root URL of the API, like https://api.example.com",
        ),
        ("//x.io", "baseUrl: got '//x.io', accepts the root URL of the API, like https://api.example.com"),
        (
            "https://x.io?key=1",
            "baseUrl: has a query string. Use customQueryParams for parameters of every request",
        ),
        (
            "https://x.io#top",
            "baseUrl: has a query string. Use customQueryParams for parameters of every request",
        ),
    ],
)
def test_an_invalid_base_url_is_rejected(url: str, message: str) -> None:
    assert refusal(base_url=url) == message


@pytest.mark.parametrize(
    "url", ["https://amy:hunter22@x.io", "https://hunter22@x.io", "https://:hunter22@x.io/a"]
)
def test_user_info_in_the_base_url_is_rejected_and_not_shown(url: str) -> None:
    message = refusal(base_url=url)
    assert (
        message == "baseUrl: contains a user name or password. Use the settings username and password instead"
    )
    assert "hunter22" not in message


def test_a_missing_base_url_is_reported() -> None:
    with pytest.raises(SettingsError, match="baseUrl: is missing"):
        Settings.from_config({}, {})


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://x.io/", "https://x.io"),
        (" https://x.io\n", "https://x.io"),
        ("https://x.io/api/v2", "https://x.io/api/v2"),
        ("https://x.io/api/", "https://x.io/api"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("https://x.io/@team", "https://x.io/@team"),
    ],
)
def test_a_base_path_is_kept_without_a_final_slash(url: str, kept: str) -> None:
    assert settings(base_url=url).base_url == kept


def test_value_mistakes_reports_wrong_values_but_not_missing_ones() -> None:
    assert value_mistakes({}) == []
    assert list(map(str, value_mistakes({"auth_type": "bearer_token"}))) == []
    assert list(map(str, value_mistakes({"timeout": "x"}))) == [
        "timeout: got 'x', accepts a number of seconds above 0"
    ]
    assert list(map(str, value_mistakes({"base_url": "x"}))) == [
        "baseUrl: got 'x', accepts the root URL of the API, like https://api.example.com"
    ]
    assert list(map(str, value_mistakes({"base_url": "https://a:b@x.io"}))) == [
        "baseUrl: contains a user name or password. Use the settings username and password instead"
    ]


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_no_message_shows_a_secret(name: str) -> None:
    """Whether the value has the right type or not."""
    for wrong in (["hunter22"], {"hunter22": ["hunter22"]}, '{"a": "hunter22"', '["hunter22"]'):
        assert "hunter22" not in "; ".join(map(str, value_mistakes({"base_url": BASE, name: wrong})))


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_no_repr_shows_a_secret(name: str) -> None:
    value: Any = "hunter22" if name in Settings.model_fields and "custom" not in name else {"a": "hunter22"}
    config: dict[str, Any] = {name: {"a": "hunter22"} if name == "token_params" else value}
    config |= {"webhook_verify": "github"} if name == "webhook_secret" else {}
    # The certificates must be valid to be read.
    is_certificate = name in {"client_certificate", "client_key", "client_key_password", "ca_certificate"}
    read = Settings.model_validate({"base_url": BASE, **config}) if is_certificate else settings(**config)
    assert "hunter22" not in repr(read)
    assert "hunter22" not in str(read)


def test_the_redactor_masks_every_secret_at_any_depth() -> None:
    read = settings(
        {"T": "from-environment"},
        auth_value="amy:pass-word",
        api_token="t0ken",
        token_params={"assertion": "ass3rtion"},
        custom_headers={"X": "${T}"},
        auth_type="custom",
        custom_auth_request={
            "endpoint": "/log-in",
            "headers": {"X-Key": "in-header"},
            "body": {"nested": ["deep-secret", {"a": "deeper-secret"}, 5, 7654321, True, None]},
            "queryParams": {"a": "in-query"},
        },
        custom_auth_request_template={"headers": {"X-Session": "{{.session}}"}},
    )
    secrets = "amy:pass-word pass-word t0ken ass3rtion from-environment in-header deep-secret deeper-secret"
    assert set(read.redactor(f"{secrets} 7654321 in-query").split()) == {"***"}
    assert read.redactor("POST /log-in {{.session}} 5") == "POST /log-in {{.session}} 5"


def test_the_redactor_does_not_mask_public_values() -> None:
    read = settings(
        {"T": "from-environment"},
        token_params={"scope": "read", "Audience": "https://api.example.com"},
        custom_headers={
            "Accept": "application/json",
            "User-Agent": "from-environment",
            "Content-Type": "${T}",
        },
    )
    text = "already read application/json at https://api.example.com"
    assert read.redactor(text) == text
    assert read.redactor("from-environment") == "***"


def test_the_redactor_masks_the_credentials_of_basic_in_base64() -> None:
    read = settings(auth_type="basic", username="abc", password="hunter22")
    assert read.redactor("Basic YWJjOmh1bnRlcjIy") == "Basic ***"


def test_the_redactor_masks_a_secret_without_its_final_line_break() -> None:
    read = settings(auth_type="bearer_token", api_token="hunter22\n")
    assert read.redactor("Bearer hunter22") == "Bearer ***"


def test_the_redactor_masks_a_variable_that_is_part_of_a_header() -> None:
    read = settings({"T": "hunter22"}, custom_headers={"Authorization": "Bearer ${T}"})
    assert read.redactor("token hunter22 bad") == "token *** bad"
