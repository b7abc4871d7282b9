"""Secrets are in no result of an import, except the settings of a curl command."""

import base64
import json
from collections.abc import Callable
from dataclasses import asdict

import pytest

from builder.imports import Imported, read_curl, read_document, read_har
from builder.imports.path_templates import kind_from_path
from builder.imports.sample_redaction import SampleRedactor
from builder.json_values import as_object
from rest.bodies import Json

API = "https://api.acme.example"
SIGNED = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtYWRlLXVwIn0.bWFkZS11cA"
SECRETS = {
    name: f"made-up-{name}-0123456789"
    for name in (
        *("bearer", "cookie", "session", "header", "query", "body", "password", "csrf", "link", "answer"),
        *("posted", "path", "second"),
    )
}
BASIC = base64.b64encode(f"jo:{SECRETS['password']}".encode()).decode()


def all_of(found: Imported) -> str:
    return repr(found) + json.dumps(asdict(found), ensure_ascii=False)


def test_no_secret_of_a_har_file_is_in_the_result(
    entry: Callable[..., dict[str, Json]], har: Callable[..., str]
) -> None:
    headers = [
        ("Authorization", f"Bearer {SECRETS['bearer']}"),
        ("X-API-Key", SECRETS["header"]),
        ("X-Unusual", SIGNED),
        ("X-CSRF-Token", SECRETS["csrf"]),
        ("Cookie", f"sid={SECRETS['session']}; theme=dark"),
        ("X-Trace", SECRETS["second"]),
    ]
    body: Json = {
        "users": [
            {
                "id": 1,
                "api_token": SECRETS["body"],
                "signed": SIGNED,
                "echo": f"you sent {SECRETS['bearer']} and {SECRETS['cookie']}",
                "avatar": f"https://files.acme.example/1.png?X-Amz-Signature={SECRETS['link']}&w=1",
                "name": "Jo",
            }
        ],
        "next": f"{API}/users?page=2&access_token={SECRETS['query']}",
        SECRETS["bearer"]: 1,
    }
    first = entry(
        f"{API}/users?access_token={SECRETS['query']}&page=1&token={SIGNED}",
        body,
        headers=headers,
        cookies=[("sid", SECRETS["cookie"])],
        response_headers=[("Set-Cookie", f"sid={SECRETS['answer']}; Path=/"), ("X-Token", SECRETS["answer"])],
    )
    first["comment"] = SECRETS["posted"]
    second = entry(
        f"{API}/hooks/{SECRETS['session']}/calls", [{"id": 1}], headers=[("Authorization", f"Basic {BASIC}")]
    )
    third = entry(f"{API}/sign/{SIGNED}/calls", [{"id": 1}])
    post = entry(f"{API}/login", {"token": SECRETS["answer"]}, method="POST")
    found = read_har(har(first, second, third, post))
    shown = all_of(found)
    assert [name for name, secret in SECRETS.items() if secret in shown] == []
    assert SIGNED not in shown
    assert BASIC not in shown
    assert found.settings == {"baseUrl": API, "authType": "bearer_token"}
    assert [each.kind for each in found.endpoints] == [
        "/users",
        "/hooks/{secret}/calls",
        "/sign/{sign_id}/calls",
    ]


def test_structure_of_a_recorded_sample_is_kept(
    entry: Callable[..., dict[str, Json]], har: Callable[..., str]
) -> None:
    body: Json = [{"id": 1, "key": "ACME-1", "token": "made-up", "token_count": 3, "next_page_token": "b2"}]
    found = read_har(har(entry(f"{API}/x", body)))
    assert found.endpoints[0].sample == [
        {"id": 1, "key": "ACME-1", "token": "***", "token_count": 3, "next_page_token": "b2"}
    ]


def test_secrets_of_a_curl_command_are_only_in_their_settings() -> None:
    found = read_curl(
        f"curl '{API}/hooks/{SIGNED}/users?page=1&sig={SECRETS['query']}' -b 'sid={SECRETS['cookie']}' "
        f"-H 'Authorization: Bearer {SECRETS['bearer']}' -H 'X-Api-Key: {SECRETS['header']}' "
        f"-H 'Cookie: sid={SECRETS['session']}' -H 'X-Odd: {SIGNED}' -e 'https://x/?t={SECRETS['link']}' "
        f"-H 'X-CSRF-Token: {SECRETS['csrf']}' -H 'Proxy-Authorization: Basic {BASIC}' "
        f"""--json '{{"client_secret": "{SECRETS["posted"]}", "q": "x"}}'"""
    )
    assert found.settings == {
        "baseUrl": API,
        "authType": "bearer_token",
        "apiToken": SECRETS["bearer"],
        "customHeaders": {"X-Api-Key": SECRETS["header"], "X-Odd": SIGNED},
        "customQueryParams": {"sig": SECRETS["query"]},
    }
    shown = repr(found) + json.dumps([asdict(each) for each in found.endpoints]) + json.dumps(found.notes)
    assert [name for name, secret in SECRETS.items() if secret in shown] == []
    assert SIGNED not in shown
    assert BASIC not in shown


def test_recorded_hash_is_not_masked() -> None:
    body: Json = [{"sha": "d41d8cd98f00b204e9800998ecf8427e", "url": "https://x.example/?w=1&h=2"}]
    assert SampleRedactor()(body) == body


@pytest.mark.parametrize(
    "posted",
    [
        {"page": 1, "auth": SECRETS["posted"]},
        {"page": 1, "pwd": SECRETS["posted"]},
        {"page": 1, "PHPSESSID": SECRETS["posted"]},
        {"page": 1, "tokens": [SECRETS["posted"]]},
        {"page": 1, "password": {"value": SECRETS["posted"]}},
        {"page": 1, "login": json.dumps({"password": SECRETS["posted"]})},
        {"page": 1, "variables": [{"name": "DB_PASSWORD", "value": SECRETS["posted"]}]},
        {"page": 1, "header": f"Bearer {SECRETS['posted']}"},
        {"page": 1, "database": f"postgres://jo:{SECRETS['posted']}@db.acme.example/x"},
        {"page": 1, "query": f'{{ users(login: {{password: "{SECRETS["posted"]}"}}) {{ id }} }}'},
    ],
)
def test_a_secret_in_the_body_of_a_request_is_masked(
    posted: dict[str, Json], entry: Callable[..., dict[str, Json]], har: Callable[..., str]
) -> None:
    recorded = entry(f"{API}/users/list", [{"id": 1}, {"id": 2}], method="POST")
    as_object(recorded["request"])["postData"] = {"text": json.dumps(posted)}
    for found in (read_har(har(recorded)), read_curl(f"curl {API}/users/list --json '{json.dumps(posted)}'")):
        assert SECRETS["posted"] not in all_of(found)
        assert (
            "A secret in the body was replaced by ***. Mappings cannot hold secrets"
            in found.endpoints[0].notes
        )


def test_a_body_without_secrets_is_kept() -> None:
    body = {"key": "ACME", "id": "0123456789abcdef0123456789abcdef", "note": "Basic information: a=b"}
    (endpoint,) = read_curl(f"curl {API}/search --json '{json.dumps(body)}'").endpoints
    assert endpoint.selector["body"] == body


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/users;jsessionid=made-up", "/users"),
        ("/users;v=2/teams", "/users;v=2/teams"),
        ("/bot1102:AbCdEfGhIjKlMnOpQrStUvWxYz0123456789/updates", "/{secret}/updates"),
    ],
)
def test_a_secret_in_a_segment_of_a_path_is_left_out(path: str, kind: str) -> None:
    assert kind_from_path(path) == kind


def test_a_secret_as_the_name_of_a_parameter_is_left_out(
    entry: Callable[..., dict[str, Json]], har: Callable[..., str]
) -> None:
    secret = "ghp_0123456789abcdef0123"
    recorded = har(entry(f"{API}/users?{secret}", [{"id": 1}, {"id": 2}]))
    for found in (read_har(recorded), read_curl(f"curl {API}/users?{secret}")):
        assert secret not in all_of(found)
        assert any("its name looks like a secret" in note for note in found.notes)


def _postman(request: Json, **collection: Json) -> str:
    items: list[Json] = [{"name": "Users", "request": request}]
    return json.dumps({"info": {"name": "Acme"}, "item": items, **collection})


@pytest.mark.parametrize(
    "request_",
    [
        {"url": f"{API}/{{{{apiToken}}}}/users"},
        {"url": f"{API}/users?q={{{{apiToken}}}}"},
        {"url": f"{API}/users", "header": [{"key": "X-Odd", "value": "{{apiToken}}"}]},
        {"url": {"raw": f"{API}/:team/users", "variable": [{"key": "team", "value": "{{apiToken}}"}]}},
        {"url": f"{API}/users", "method": "POST", "body": {"mode": "raw", "raw": '{"x": "{{apiToken}}"}'}},
        {
            "url": f"{API}/users",
            "auth": {"type": "oauth2", "oauth2": {"accessTokenUrl": f"{API}/t?secret={SECRETS['query']}"}},
        },
    ],
)
def test_secret_variable_of_a_collection_is_only_in_settings(request_: Json) -> None:
    for name, type_ in (("apiToken", "string"), ("mine", "secret")):
        variable: Json = {"key": name, "value": SECRETS["query"], "type": type_}
        text = _postman(request_, variable=[variable]).replace("{{apiToken}}", f"{{{{{name}}}}}")
        found = read_document(text)
        assert len(found.endpoints) == 1
        assert SECRETS["query"] not in json.dumps([asdict(found.endpoints[0]), found.notes])


def test_a_known_secret_of_digits_is_masked_where_it_is_a_number() -> None:
    redact = SampleRedactor.knowing(["8273645190"])
    body: dict[str, Json] = {
        "pin": [8273645190, -8273645190],
        "id": 8273645191,
        "short": 82,
        "ok": True,
        "rate": 0.5,
    }
    assert redact(body) == {**body, "pin": ["***", "***"]}
    assert SampleRedactor()(body) == body


def test_saved_response_that_repeats_a_credential_is_masked() -> None:
    auth: Json = {"type": "bearer", "bearer": {"token": SECRETS["bearer"]}}
    collection = json.loads(_postman({"url": f"{API}/users", "auth": auth}))
    collection["item"][0]["response"] = [
        {"code": 200, "body": json.dumps([{"id": 1, "x": SECRETS["bearer"]}])}
    ]
    found = read_document(json.dumps(collection))
    assert found.settings["apiToken"] == SECRETS["bearer"]
    assert found.endpoints[0].sample == [{"id": 1, "x": "***"}]


@pytest.mark.parametrize("target", ["/v1/$TOKEN/users", "/users?q=$TOKEN"])
def test_secret_variable_of_a_shell_is_only_in_settings(target: str) -> None:
    found = read_curl(f'TOKEN={SECRETS["query"]}\ncurl "{API}{target}"')
    assert SECRETS["query"] not in json.dumps([asdict(found.endpoints[0]), found.notes])


@pytest.mark.parametrize(
    "option",
    [
        "--data-urlencode 'password@{}'",
        "-d @{}",
        "-H @{}",
        "-H 'X-Odd: Bearer {}'",
        "-H 'Accept: a/b; token={}'",
    ],
)
def test_secret_in_an_option_of_curl_is_only_in_settings(option: str) -> None:
    found = read_curl(f"curl {API}/search {option.format(SECRETS['query'])}")
    assert SECRETS["query"] not in json.dumps([asdict(found.endpoints[0]), found.notes])


def test_api_key_in_a_cookie_is_not_read_as_a_header() -> None:
    auth: Json = {"type": "apikey", "addTo": "cookie", "key": "sid", "value": SECRETS["cookie"]}
    requests: list[Json] = [
        {"_type": "request", "method": "GET", "url": f"{API}/users", "authentication": auth}
    ]
    found = read_document(json.dumps({"__export_format": 4, "resources": requests}))
    assert found.settings == {"baseUrl": API}
    assert found.notes == ("The API key is a cookie. Put the header Cookie into customHeaders",)
