"""Secrets are in no result of an import, except the settings of a curl command."""

import base64
import json
from collections.abc import Callable
from dataclasses import asdict

from builder.imports import Imported, read_curl, read_har
from builder.imports.sample_redaction import SampleRedactor
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
