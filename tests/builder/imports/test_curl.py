"""curl commands, as browsers and API documentation write them."""

import json
import shlex
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import quote, unquote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.imports import DocumentError, Imported, ImportedEndpoint, read_curl
from configuration.setting_names import setting_name
from configuration.settings import Settings
from rest.bodies import Json

FROM_A_BROWSER = r"""curl 'https://app.acme.example/api/v2/users?page=1&per_page=50&status=active' \
  -H 'accept: application/json, text/plain, */*' \
  -H 'accept-language: en-GB,en;q=0.9' \
  -H 'authorization: Bearer made-up-token' \
  -b 'session=made-up-session; theme=dark' \
  -H 'referer: https://app.acme.example/' \
  -H 'sec-ch-ua: "Chromium";v="130"' \
  -H 'user-agent: Mozilla/5.0' \
  -H 'x-team: core' \
  --compressed"""


def endpoint_of(text: str) -> ImportedEndpoint:
    return read_curl(text).endpoints[0]


def test_command_copied_from_a_browser_is_read_without_irrelevant_headers(
    accepted: Callable[[Imported], list[str]],
) -> None:
    found = read_curl(FROM_A_BROWSER)
    assert found.settings == {
        "baseUrl": "https://app.acme.example",
        "authType": "bearer_token",
        "apiToken": "made-up-token",
    }
    assert accepted(found) == ["/api/v2/users"]
    assert found.endpoints[0].selector == {
        "query_params": {"status": "active"},
        "headers": {"x-team": "core"},
        "pagination": {"type": "page", "param": "page", "size_param": "per_page", "page_size": 50},
    }
    assert found.notes == ("Cookies were left out because they expire with the browser session",)


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        ("-H 'Authorization: Bearer made-up'", {"authType": "bearer_token", "apiToken": "made-up"}),
        ("--oauth2-bearer made-up", {"authType": "bearer_token", "apiToken": "made-up"}),
        (
            "-H 'Authorization: SSWS made-up'",
            {"authType": "bearer_token", "bearerPrefix": "SSWS", "apiToken": "made-up"},
        ),
        (
            "-H 'Authorization: Token token=made-up'",
            {"authType": "bearer_token", "bearerPrefix": "Token", "apiToken": "token=made-up"},
        ),
        (
            "-H 'Authorization: made-up'",
            {"authType": "api_key", "apiKeyHeader": "Authorization", "apiKey": "made-up"},
        ),
        (
            "-H 'Authorization: Basic bWFkZTp1cA=='",
            {"authType": "basic", "username": "made", "password": "up"},
        ),
        ("-u made:up", {"authType": "basic", "username": "made", "password": "up"}),
        ("-u made:", {"authType": "basic", "authValue": "made:"}),
        ("-H 'X-Key: made-up'", {"authType": "api_key", "apiKeyHeader": "X-Key", "apiKey": "made-up"}),
        (
            "-H 'PRIVATE-TOKEN: made-up'",
            {"authType": "api_key", "apiKeyHeader": "PRIVATE-TOKEN", "apiKey": "made-up"},
        ),
        ("--url-query api_key=made", {"authType": "api_key", "apiKeyParam": "api_key", "apiKey": "made"}),
        (
            "-H 'DD-API-KEY: made' -H 'DD-APPLICATION-KEY: up'",
            {
                "authType": "api_key",
                "apiKeyHeader": "DD-API-KEY",
                "apiKey": "made",
                "customHeaders": {"DD-APPLICATION-KEY": "up"},
            },
        ),
        (
            "-H 'Authorization: Bearer made' --url-query access_key=up",
            {"authType": "bearer_token", "apiToken": "made", "customQueryParams": {"access_key": "up"}},
        ),
        (
            "--url-query session-of=ghp_madeUpMadeUp1234",
            {"customQueryParams": {"session-of": "ghp_madeUpMadeUp1234"}},
        ),
        ("-k", {"verifySsl": False}),
        ("", {}),
    ],
    ids=[
        "bearer", "oauth2_bearer", "prefix", "prefix_and_pair", "bare", "basic_header", "user", "user_alone",
        "key_header", "token_header", "key_param", "two_keys", "header_and_param", "odd_param",
        "insecure", "none",
    ],
)  # fmt: skip
def test_credentials_become_settings(options: str, settings: dict[str, Json]) -> None:
    found = read_curl(f"curl https://api.acme.example/users {options}")
    assert found.settings == {"baseUrl": "https://api.acme.example", **settings}
    assert found.endpoints[0].selector == {}
    fields = {
        name: found.settings[setting_name(name)]
        for name in Settings.model_fields
        if setting_name(name) in found.settings
    }
    assert Settings.from_config(fields, {}).base_url == "https://api.acme.example"


@pytest.mark.parametrize(
    ("command", "missing", "note"),
    [
        (
            '-H "Authorization: Bearer $TOKEN"',
            "apiToken",
            "Enter apiToken. The request has the placeholder ${TOKEN}",
        ),
        (
            '-H "Authorization: Bearer $(gcloud auth print-access-token)"',
            "apiToken",
            "Enter apiToken. The request has the placeholder ${GCLOUD_AUTH_PRINT_ACCESS_TOKEN}",
        ),
        (
            "-H 'Authorization: Bearer <YOUR TOKEN>'",
            "apiToken",
            "Enter apiToken. The request has the placeholder <YOUR TOKEN>",
        ),
        (
            "-H 'X-API-Key: your_api_key'",
            "apiKey",
            "Enter apiKey. The request has the placeholder your_api_key",
        ),
        ('-u "$ME:$PASS"', "password", "Enter password. The request has the placeholder ${PASS}"),
        ("-u me", "password", "Enter password. The request has the placeholder <password>"),
        ("-u $KEY:", "authValue", "Enter authValue. The request has the placeholder ${KEY}"),
        ("-H 'Authorization: NTLM made-up'", "authType", "Authorization: NTLM is computed"),
        ("-H 'Authorization: Digest made-up'", "password", "Enter password. The request does not contain it"),
        (
            "-H 'Authorization: Basic '$LOGIN",
            "authValue",
            "Enter authValue. The request has the placeholder ${LOGIN}",
        ),
        (
            "-H 'Authorization: Basic made up'",
            "authType",
            "Authorization: the value after Basic is not base64",
        ),
        ("--ntlm -u me:made-up", "none", "NTLM is not supported"),
    ],
    ids=[
        "variable",
        "command",
        "angle",
        "your",
        "user",
        "no_password",
        "key",
        "ntlm_header",
        "digest",
        "basic",
        "not_base64",
        "ntlm",
    ],
)
def test_placeholder_for_a_secret_is_named_in_a_note(command: str, missing: str, note: str) -> None:
    found = read_curl(f"curl https://api.acme.example/users {command}")
    assert missing not in found.settings
    assert any(each.startswith(note) for each in found.notes)


def test_other_variables_go_to_settings_that_read_the_environment() -> None:
    found = read_curl('curl "https://api.acme.example/x?team=$TEAM&$top=5" -H "X-Org: org-${ORG}"')
    assert found.settings == {
        "baseUrl": "https://api.acme.example",
        "customHeaders": {"X-Org": "org-${ORG}"},
        "customQueryParams": {"team": "${TEAM}"},
    }
    assert found.endpoints[0].selector == {"query_params": {"$top": "5"}}
    assert "customHeaders reads X-Org from the environment: ${ORG}" in found.notes


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://api.acme.example/v1/orgs/$ORG/users", "/v1/orgs/{ORG}/users"),
        ("https://api.acme.example/orgs/:org/users", "/orgs/{org}/users"),
        ("https://api.acme.example/orgs/<org name>/users", "/orgs/{org_name}/users"),
        ("https://api.acme.example/orgs/{org}/users", "/orgs/{org}/users"),
        ("https://api.acme.example/orgs/{{org-id}}/users", "/orgs/{org_id}/users"),
        ("https://api.acme.example/a b/{1}/ü%20", "/a%20b/%7B1%7D/%C3%BC%20"),
        ("https://api.acme.example/v1/items:search", "/v1/items:search"),
        ("https://api.acme.example", "/"),
        ("https://api.acme.example/users/", "/users/"),
        ("api.acme.example/users", "/users"),
        ("https://api.acme.example/bots/ghp_madeUpMadeUp1234/x", "/bots/{secret}/x"),
        ("https://api.acme.example/668d797c76fa49349b05ad288df2d136", "/668d797c76fa49349b05ad288df2d136"),
    ],
    ids=[
        "variable", "colon", "angle", "braces", "double", "odd", "verb", "root", "slash", "no_scheme",
        "secret", "id",
    ],
)  # fmt: skip
def test_path_becomes_the_kind_with_placeholders_as_parameters(url: str, kind: str) -> None:
    found = read_curl(f'curl "{url}"')
    assert found.settings["baseUrl"] == "https://api.acme.example"
    assert found.endpoints[0].kind == kind
    names = [part[1:-1] for part in kind.split("/") if part.startswith("{")]
    assert [note.partition(" ")[0] for note in found.endpoints[0].notes] == [f"{{{name}}}" for name in names]


@pytest.mark.parametrize("host", ["$HOST", "https://${SUB}.acme.example", "https://{sub}.acme.example"])
def test_host_with_a_placeholder_leaves_the_base_url_out(host: str) -> None:
    found = read_curl(f'curl "{host}/users"')
    assert "baseUrl" not in found.settings
    assert found.endpoints[0].kind == "/users"
    assert found.notes[0].startswith("Enter baseUrl. The request has the placeholder https://")


@pytest.mark.parametrize(
    ("options", "selector", "note"),
    [
        ('-d \'{"filter": {"open": true}}\'', {"method": "POST", "body": {"filter": {"open": True}}}, None),
        ("--json '{\"a\": ' --json '1}'", {"method": "POST", "body": {"a": 1}}, None),
        ("-X GET --data-raw '{\"size\": 5}'", {"body": {"size": 5}}, None),
        ("-XPUT --data-binary '[1]'", {"method": "PUT", "body": [1]}, None),
        ("-sSLd '{}' -o out.json", {"method": "POST", "body": {}}, None),
        ("-d a=b -d c=d", {"method": "POST", "body": {"a": "b", "c": "d"}, "body_type": "form"}, None),
        ("-d 'tag=a&tag=b' --data-urlencode 'q=a b&c'",
         {"method": "POST", "body": {"tag": ["a", "b"], "q": "a b&c"}, "body_type": "form"}, None),
        ("-d format=json -d offset=0 -d limit=50 -H 'Content-Type: application/x-www-form-urlencoded'",
         {"method": "POST", "body": {"format": "json"}, "body_type": "form",
          "pagination": {"type": "offset", "param": "offset", "param_location": "body", "size_param": "limit",
                         "page_size": 50}},
         None),
        ("-d 'api_key=made-up-1' -d format=json",
         {"method": "POST", "body": {"api_key": "***", "format": "json"}, "body_type": "form"},
         "A secret in the body was replaced by ***"),
        ("-F q=open -F 'tag=a;type=text/plain' --form-string 'at=@x'",
         {"method": "POST", "body": {"q": "open", "tag": "a", "at": "@x"}, "body_type": "multipart"}, None),
        ("-H 'Content-Type: text/plain' -d 'items.find({\"repo\": \"x\"})'",
         {"method": "POST", "headers": {"Content-Type": "text/plain"}, "body_type": "text",
          "body": 'items.find({"repo": "x"})'}, None),
        ("-d 5", {"method": "POST"}, "The body was left out because it is neither a JSON object"),
        ('-d \'{"password": "made-up", "q": 1}\'', {"method": "POST", "body": {"password": "***", "q": 1}},
         "A secret in the body was replaced by ***"),
        ('-d "{\\"team\\": \\"$TEAM\\"}"', {"method": "POST", "body": {"team": "${TEAM}"}},
         "Replace ${TEAM} in the body with its value"),
        ("-G -d q=x -d 'sort=a b'", {"query_params": {"q": "x", "sort": "a b"}}, None),
        ("-G --data-urlencode 'q=a&b' --data-urlencode 'c d=e'",
         {"query_params": {"q": "a&b", "c d": "e"}}, None),
        ("-I", {}, None),
        ("--url-query tag=a --url-query tag=b", {"query_params": {"tag": ["a", "b"]}}, None),
        ("-H 'Content-Type: application/json' -H 'Accept: application/vnd.a+json' -H 'X-Empty:' -H 'X;'",
         {"headers": {"Accept": "application/vnd.a+json"}}, None),
    ],
    ids=[
        "json", "json_in_parts", "get_with_body", "put", "combined_flags", "form", "form_lists", "form_pages",
        "form_secret", "multipart", "text", "number", "secret",
        "variable", "get_data", "urlencode", "head", "repeated", "headers",
    ],
)  # fmt: skip
def test_options_become_the_selector(options: str, selector: dict[str, Json], note: str | None) -> None:
    endpoint = endpoint_of(f"curl https://api.acme.example/x {options}")
    assert endpoint.selector == selector
    assert (note is None) == (not endpoint.notes)
    assert all(each.startswith(note or "") for each in endpoint.notes)


@pytest.mark.parametrize(
    ("options", "note"),
    [
        ("-d @body.json", "The file of --data was not read"),
        ("-F file=@a.txt", "The files of --form were left out"),
        (
            "--cert client.pem",
            "The certificates are files. Their paths must exist where the integration runs",
        ),
        ("-x http://proxy.example:3128", "The proxy was left out. Set HTTPS_PROXY"),
        ("-H @headers.txt", "The headers in the file of --header were not read"),
        ("https://other.example/y", "One installation reads one API. Left out: requests to https://other"),
        ("; curl https://other.example/y", "One installation reads one API. Left out: requests to https://other"),
        ("--next -X DELETE https://api.acme.example/y", "Requests that read one item or change data"),
        ("-H 'X-Name: ü'", "The header X-Name was left out"),
    ],
    ids=[
        "file", "form", "certificate", "proxy", "headers_file", "second_url", "second_command", "delete_too",
        "not_ascii",
    ],
)  # fmt: skip
def test_unsupported_option_is_named_in_a_note(options: str, note: str) -> None:
    found = read_curl(f"curl https://api.acme.example/x {options}")
    assert found.endpoints[0].kind == "/x"
    assert any(each.startswith(note) for each in found.notes)


@pytest.mark.parametrize(
    "text",
    [
        "$ curl https://api.acme.example/x",
        "TOKEN=made-up curl https://api.acme.example/x",
        "# get them\ncurl https://api.acme.example/x | jq .",
        "/usr/bin/curl --url https://api.acme.example/x",
        "curl.exe https://api.acme.example/x",
        "curl https://API.acme.example:443/x#part",
        "curl --max-time 5 https://api.acme.example/x --retry 3",
    ],
    ids=["prompt", "assignment", "pipe", "path", "windows", "origin", "options"],
)
def test_text_around_the_request_is_ignored(text: str) -> None:
    found = read_curl(text)
    assert found.settings == {"baseUrl": "https://api.acme.example"}
    assert found.endpoints[0].kind == "/x"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "this is not a curl command"),
        ("wget https://a.example", "this is not a curl command"),
        ("curl", "has no URL"),
        ("curl --frobnicate https://a.example", "option --frobnicate not recognized"),
        ("curl https://a.example -H", "option -H requires argument"),
        ("curl -X DELETE https://a.example/x", "the method DELETE does not read data"),
        ("curl ftp://a.example/x", "ftp://a.example is not a URL of a web API"),
        ("curl https:///x", "is not a URL of a web API"),
        ("curl https://a.example:port/x", "a.example:port is not a valid host"),
        ("curl 'https://a.example", "line 1, column 6: the quote that starts here is not closed"),
    ],
    ids=[
        "empty", "wget", "no_url", "unknown", "no_value", "delete", "ftp", "no_host", "port", "quote",
    ],
)  # fmt: skip
def test_text_that_is_not_a_readable_command_is_rejected(text: str, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        read_curl(text)


header_values = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)
bodies: st.SearchStrategy[Json] = st.dictionaries(
    st.sampled_from(["a", "b c", "$x", "'"]),
    st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    min_size=1,
)


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), max_size=3),
    st.dictionaries(
        st.sampled_from(["X-One", "X-Two"]), st.sampled_from(["a b", 'q"q', "it's", "c:d", "\\"])
    ),
    st.dictionaries(st.sampled_from(["sort", "q", "ä&="]), st.sampled_from(["a b", "&", "=", "é", "%"])),
    bodies,
)
def test_parts_of_a_command_are_read_unchanged(
    segments: list[str], headers: dict[str, str], params: dict[str, str], body: Json
) -> None:
    path = "".join(f"/{quote(segment, safe='')}" for segment in segments) or "/"
    words = ["curl", f"https://api.acme.example{path}?{urlencode(params)}", "--json", json.dumps(body)]
    for name, value in headers.items():
        words += ["-H", f"{name}: {value}"]
    endpoint = endpoint_of(shlex.join(words))
    assert unquote(endpoint.kind) == unquote(path)
    assert endpoint.selector.get("headers", {}) == headers
    assert endpoint.selector.get("query_params", {}) == params
    assert endpoint.selector["body"] == body


@given(st.text())
def test_any_text_is_read_or_rejected(text: str) -> None:
    for command in (text, f"curl {text}", f"curl https://a.example/{text}", f"curl 'https://{text}"):
        with suppress(DocumentError):
            assert read_curl(command).endpoints


@given(
    st.lists(
        st.sampled_from(
            [
                "-H",
                "-u",
                "-d",
                "-b",
                "-X",
                "-G",
                "-k",
                "--json",
                "--data-urlencode",
                "--url-query",
                "-u a:b",
                "--",
            ]
        )
        | st.text(max_size=20),
        max_size=6,
    )
)
def test_any_words_are_read_or_rejected(words: list[str]) -> None:
    with suppress(DocumentError):
        assert read_curl(shlex.join(["curl", "https://a.example/x", *words])).endpoints


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        (
            "--digest -u amy:made:up",
            {"authType": "digest", "username": "amy", "password": "made:up"},
        ),
        (
            '-H \'Authorization: Digest username="amy", realm="x", nonce="y"\'',
            {"authType": "digest", "username": "amy"},
        ),
        (
            "--aws-sigv4 aws:amz:eu-west-1:es -u AKIDMADEUP:made-up",
            {
                "authType": "aws",
                "aws": {"region": "eu-west-1", "service": "es"},
                "awsAccessKeyId": "AKIDMADEUP",
                "awsSecretAccessKey": "made-up",
            },
        ),
        (
            "-H 'Authorization: AWS4-HMAC-SHA256 Credential=AKIDMADEUP/20260101/eu-west-1/aps/aws4_request'",
            {
                "authType": "aws",
                "aws": {"region": "eu-west-1", "service": "aps"},
                "awsAccessKeyId": "AKIDMADEUP",
            },
        ),
        (
            "--cert /tls/tls.crt:made-up --key /tls/tls.key --cacert /tls/ca.crt -H 'X-API-Key: made'",
            {
                "authType": "api_key",
                "apiKeyHeader": "X-API-Key",
                "apiKey": "made",
                "clientCertificate": "/tls/tls.crt",
                "clientKey": "/tls/tls.key",
                "clientKeyPassword": "made-up",
                "caCertificate": "/tls/ca.crt",
            },
        ),
    ],
    ids=["digest", "digest_header", "aws", "aws_header", "certificates"],
)
def test_computed_credentials_and_certificates_become_settings(
    options: str, settings: dict[str, Json]
) -> None:
    found = read_curl(f"curl https://api.acme.example/users {options}")
    assert found.settings == {"baseUrl": "https://api.acme.example", **settings}
    assert found.endpoints[0].selector == {}


@pytest.mark.parametrize(
    ("host", "region", "service"),
    [
        ("tagging.eu-central-1.amazonaws.com", "eu-central-1", "tagging"),
        ("abc123.execute-api.us-gov-west-1.amazonaws.com", "us-gov-west-1", "execute-api"),
        ("api.acme.example", "us-east-1", "execute-api"),
    ],
)
def test_region_and_service_of_aws_are_read_from_the_host(host: str, region: str, service: str) -> None:
    found = read_curl(f"curl https://{host}/ --aws-sigv4 aws:amz -u AKIDMADEUP:made-up")
    assert found.settings["aws"] == {"region": region, "service": service}


TOKEN_URL = "https://id.acme.example/oauth/token"


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        (
            "-d grant_type=client_credentials -d client_id=app -d client_secret=made-up -d audience=x",
            {"clientId": "app", "clientSecret": "made-up", "tokenParams": {"audience": "x"}},
        ),
        (
            "-u app:made-up -d 'grant_type=password&username=amy&password=made%20up'",
            {
                "grant": "password",
                "username": "amy",
                "password": "made up",
                "tokenAuth": "basic",
                "clientId": "app",
                "clientSecret": "made-up",
            },
        ),
        (
            "-H 'Authorization: Basic YXBwOm1hZGUlMkZ1cA==' -d 'grant_type=refresh_token&refresh_token=up'",
            {
                "grant": "refresh_token",
                "refreshToken": "up",
                "tokenAuth": "basic",
                "clientId": "app",
                "clientSecret": "made/up",
            },
        ),
        (
            """-H 'Authorization: Basic %' --json '{"grant_type":"client_credentials","client_id":"app"}'""",
            {"tokenFormat": "json", "clientId": "app"},
        ),
        (
            "-d grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer -d assertion=made-up",
            {"grant": "jwt_bearer"},
        ),
        (
            "-d grant_type=client_credentials -d client_id=app -d client_assertion=made-up",
            {"clientAuth": "private_key_jwt", "clientId": "app"},
        ),
    ],
    ids=["form", "basic", "basic_header", "json", "assertion", "client_assertion"],
)
def test_a_request_for_a_token_becomes_settings(options: str, settings: dict[str, Json]) -> None:
    found = read_curl(f"curl -X POST {TOKEN_URL} {options}")
    assert found.settings == {"authType": "oauth2", "tokenUrl": TOKEN_URL, **settings}
    assert found.endpoints == ()
    assert found.notes == (
        "The request asks for a token. Enter baseUrl, or paste a request for data after it",
    )


def test_a_request_for_data_uses_the_token_of_the_request_before_it() -> None:
    found = read_curl(
        f"curl {TOKEN_URL} -d grant_type=client_credentials -d client_id=app -d 'client_secret=$SECRET'\n"
        'curl -H "Authorization: Bearer $TOKEN" https://api.acme.example/users'
    )
    assert found.settings == {
        "baseUrl": "https://api.acme.example",
        "authType": "oauth2",
        "tokenUrl": TOKEN_URL,
        "clientId": "app",
    }
    assert [each.kind for each in found.endpoints] == ["/users"]
    assert any(note.startswith("Enter clientSecret. The request has the placeholder") for note in found.notes)
