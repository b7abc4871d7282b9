"""Secrets: never in what an import gives, but for a curl command's in its one setting."""

import base64
import json
from collections.abc import Callable
from dataclasses import asdict

import pytest

from builder.imports import Imported, read_curl, read_har
from builder.imports.redaction import Redaction
from builder.imports.secret_names import Place, is_secret_name, is_secret_text
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


def test_no_secret_of_a_har_file_is_in_what_it_gives(
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
        answer_headers=[("Set-Cookie", f"sid={SECRETS['answer']}; Path=/"), ("X-Token", SECRETS["answer"])],
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


def test_the_shape_of_a_recorded_sample_stays(
    entry: Callable[..., dict[str, Json]], har: Callable[..., str]
) -> None:
    body: Json = [{"id": 1, "key": "ACME-1", "token": "made-up", "token_count": 3, "next_page_token": "b2"}]
    found = read_har(har(entry(f"{API}/x", body)))
    assert found.endpoints[0].sample == [
        {"id": 1, "key": "ACME-1", "token": "***", "token_count": 3, "next_page_token": "b2"}
    ]


def test_a_curl_command_s_secrets_are_in_their_settings_alone() -> None:
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


@pytest.mark.parametrize(
    ("name", "place", "expected"),
    [
        ("X-API-Key", "header", True),
        ("x-access-token", "header", True),
        ("Ocp-Apim-Subscription-Key", "header", True),
        ("JSESSIONID", "header", False),
        ("X-Session", "header", True),
        ("Idempotency-Key", "header", False),
        ("X-Auth-Email", "header", False),
        ("key", "query", True),
        ("sort_key", "query", False),
        ("hapikey", "query", True),
        ("page_token", "query", False),
        ("nextPageToken", "body", False),
        ("continuation_token", "body", False),
        ("key", "body", False),
        ("session", "body", False),
        ("clientSecret", "body", True),
        ("private_key", "body", True),
        ("", "body", False),
        ("日本", "header", False),
    ],
)
def test_secrets_are_known_by_their_names(name: str, place: Place, *, expected: bool) -> None:
    assert is_secret_name(name, place) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SIGNED, True),
        ("ghp_0123456789abcdef", True),
        ("Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZg", True),
        ("d41d8cd98f00b204e9800998ecf8427e", True),
        ("6f330886-3a9b-5fec-9616-5cdc141deeda", False),
        ("a-long-slug-of-many-words-from-2024-and-later", False),
        ("application/vnd.acme.v3+json", False),
        ("short", False),
        ("", False),
    ],
    ids=["signed", "known", "mixed", "hex", "uuid", "slug", "media_type", "short", "empty"],
)
def test_secrets_are_known_by_their_looks(text: str, *, expected: bool) -> None:
    assert is_secret_text(text) is expected


def test_a_recorded_hash_is_no_secret() -> None:
    body: Json = [{"sha": "d41d8cd98f00b204e9800998ecf8427e", "url": "https://x.example/?w=1&h=2"}]
    assert Redaction()(body) == body
