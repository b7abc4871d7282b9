"""curl commands for other shells, with several requests, with globs, and with piped bodies."""

import json
from collections.abc import Callable

import pytest

from builder.imports import Imported, read_curl
from rest.bodies import Json

API = "https://api.acme.example"
FROM_CHROME_FOR_CMD = (
    f'curl ^"{API}/v2/items?filter=^%^5B1^%^5D^&page=1^" ^\r\n'
    '  -H ^"authorization: Bearer made-up^" ^\r\n'
    '  --data-raw ^"^{^\\^"q^\\^":^\\^"a ^%^TEMP^%^^\\^"^}^"'
)


def test_command_that_chrome_copies_for_cmd_is_read() -> None:
    found = read_curl(FROM_CHROME_FOR_CMD)
    assert found.settings == {"baseUrl": API, "authType": "bearer_token", "apiToken": "made-up"}
    assert found.endpoints[0].kind == "/v2/items"
    assert found.endpoints[0].selector["query_params"] == {"filter": "[1]"}
    assert found.endpoints[0].selector["method"] == "POST"


@pytest.mark.parametrize(
    "command",
    [
        f'curl "{API}/x?limit=1" ^\n  -H "Authorization: Bearer %TOKEN%" ^\n  -d "{{\\"a\\": 1}}"',
        f'curl.exe "{API}/x?limit=1" `\n  -H "Authorization: Bearer $env:TOKEN" `\n  -d \'{{"a": 1}}\'',
        f'curl.exe -H "Authorization: Bearer $env:TOKEN" "{API}/x?limit=1" -d "{{`"a`": 1}}"',
        f'curl -H "Authorization: Bearer $TOKEN" "{API}/x?limit=1" -d @- <<\'END\'\n{{"a": 1}}\nEND\n',
        f'curl -H "Authorization: Bearer $TOKEN" "{API}/x?limit=1" -d "$(cat <<END\n{{"a": 1}}\nEND\n)"',
        f'echo \'{{"a": 1}}\' | curl -H "Authorization: Bearer $TOKEN" "{API}/x?limit=1" --data-binary @-',
    ],
    ids=["cmd", "powershell", "powershell_on_one_line", "heredoc", "heredoc_in_a_word", "pipe"],
)
def test_dialects_give_the_same_request(command: str) -> None:
    found = read_curl(command)
    assert found.settings == {"baseUrl": API, "authType": "bearer_token"}
    assert found.notes == ("Enter apiToken. The request has the placeholder ${TOKEN}",)
    assert found.endpoints[0].selector == {"method": "POST", "query_params": {"limit": "1"}, "body": {"a": 1}}


@pytest.mark.parametrize(
    "body",
    [{"re": "^abc$"}, {"re": "x^", "b": ' ^"'}, {"a": "`\n"}, {"a": "100^\n"}],
    ids=["anchor", "before_a_quote", "backtick", "line_end"],
)
def test_carets_and_backticks_inside_quotes_belong_to_bash(body: Json) -> None:
    found = read_curl(f"curl '{API}/search' -d '{json.dumps(body)}' -H \"X-Re: ^a\"")
    assert found.endpoints[0].selector == {"method": "POST", "body": body, "headers": {"X-Re": "^a"}}


@pytest.mark.parametrize(
    ("url", "selector", "note"),
    [
        (
            "/items?page=[1-10]",
            {"pagination": {"type": "page", "param": "page", "size_param": "-"}},
            "page had the range [1-10]. The pagination requests all pages",
        ),
        (
            "/items?offset=[0-200:50]&limit=50",
            {"pagination": {"type": "offset", "param": "offset", "size_param": "limit", "page_size": 50}},
            "offset had the range [0-200:50]. The pagination requests all pages",
        ),
        (
            "/items?type={a,b}",
            {"query_params": {"type": "{type}"}, "path_parameters": {"type": {"values": ["a", "b"]}}},
            "{type} has the values of the command: a, b",
        ),
        (
            "/orgs/[1-3]/items",
            {"path_parameters": {"org_id": {"values": [1, 2, 3]}}},
            "{org_id} has the values of the command: 1, 2, 3",
        ),
        (
            "/orgs/{acme,umbrella}/items",
            {"path_parameters": {"org_id": {"values": ["acme", "umbrella"]}}},
            "{org_id} has the values of the command: acme, umbrella",
        ),
        (
            "/shards/[08-11]/items",
            {"path_parameters": {"shard_id": {"values": ["08", "09", "10", "11"]}}},
            "{shard_id} has the values of the command: 08 to 11",
        ),
        (
            "/racks/[a-c]/items",
            {"path_parameters": {"rack_id": {"values": ["a", "b", "c"]}}},
            "{rack_id} has the values of the command: a, b, c",
        ),
        ("/items?ids[]=1&filter[a]=[b]", {"query_params": {"ids[]": "1", "filter[a]": "[b]"}}, None),
        ("/items?page=[9-1]", {"query_params": {"page": "[9-1]"}}, None),
    ],
    ids=["page", "offset", "list", "path", "path_list", "zeros", "letters", "brackets", "backwards"],
)
def test_globs_become_pagination_or_values(
    url: str, selector: dict[str, Json], note: str | None, accepted: Callable[[Imported], list[str]]
) -> None:
    found = read_curl(f'curl "{API}{url}" -o "out_#1.json"')
    assert found.endpoints[0].selector == selector
    assert found.endpoints[0].notes == ((note,) if note else ())
    assert accepted(found)


def test_list_of_collections_becomes_an_endpoint_for_each() -> None:
    found = read_curl(f'curl "{API}/v1/{{users,teams}}?limit=5"')
    assert [each.kind for each in found.endpoints] == ["/v1/users", "/v1/teams"]


def test_globs_are_literal_with_globoff() -> None:
    assert read_curl(f"curl -g '{API}/x?f={{a,b}}'").endpoints[0].selector == {"query_params": {"f": "{a,b}"}}


def test_each_request_of_a_text_is_an_endpoint_of_one_api() -> None:
    found = read_curl(
        f"""
        TOKEN=made-up
        # the users
        $ curl -H "Authorization: Bearer $TOKEN" {API}/users
        curl -H "Authorization: Bearer $TOKEN" {API}/teams --next {API}/groups {API}/roles
        curl -H "Authorization: Bearer $TOKEN" {API}/users/:id
        curl -X POST https://login.acme.example/session -d '{{}}'
        """
    )
    assert [each.kind for each in found.endpoints] == ["/users", "/teams", "/groups", "/roles"]
    assert found.settings == {"baseUrl": API, "authType": "bearer_token", "apiToken": "made-up"}
    assert found.notes == ("Requests that read one item or change data were left out: 2",)


def test_values_of_url_query_are_encoded_unless_they_say_that_they_are() -> None:
    found = read_curl(f"curl {API}/x --url-query 'q=a&b' --url-query '+c=d%20e'")
    assert found.endpoints[0].selector == {"query_params": {"q": "a&b", "c": "d e"}}
