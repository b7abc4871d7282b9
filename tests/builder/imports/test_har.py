"""HAR files: endpoints from recorded calls."""

import json
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.imports import DocumentError, Imported, ImportedEndpoint, read_har
from rest.bodies import Json

API = "https://api.acme.example"

type Entry = Callable[..., dict[str, Json]]
type Har = Callable[..., str]


def only(found: Imported) -> ImportedEndpoint:
    assert len(found.endpoints) == 1
    return found.endpoints[0]


def test_paths_that_differ_in_a_number_are_one_endpoint_with_a_parent(
    entry: Entry, har: Har, accepted: Callable[[Imported], list[str]]
) -> None:
    found = read_har(
        har(
            entry(f"{API}/v1/projects", {"data": [{"id": 1, "key": "a"}, {"id": 2, "key": "b"}]}),
            entry(f"{API}/v1/projects/1/tasks", [{"id": 10}, {"id": 11}]),
            entry(f"{API}/v1/projects/2/tasks", [{"id": 12}]),
        )
    )
    assert accepted(found) == ["/v1/projects", "/v1/projects/{project_id}/tasks"]
    assert found.endpoints[1].selector["path_parameters"] == {
        "project_id": {"endpoint": "/v1/projects", "field": ".id", "data_path": ".data"}
    }
    assert found.endpoints[1].sample == [{"id": 10}, {"id": 11}]


def test_segment_that_identifies_an_item_of_the_listing_before_it_is_a_parameter(
    entry: Entry, har: Har
) -> None:
    found = read_har(
        har(
            entry(f"{API}/teams", [{"id": 1, "slug": "core-team"}, {"id": 2, "slug": "web"}]),
            entry(f"{API}/teams/core-team/members", [{"id": 5}]),
        )
    )
    assert found.endpoints[1].kind == "/teams/{team_id}/members"
    assert found.endpoints[1].selector["path_parameters"] == {
        "team_id": {"endpoint": "/teams", "field": ".slug"}
    }


@pytest.mark.parametrize(
    ("paths", "kind", "values"),
    [
        (["/orgs/7/users", "/orgs/8/users"], "/orgs/{org_id}/users", [7, 8]),
        (["/orgs/007/users", "/orgs/8/users"], "/orgs/{org_id}/users", ["007", "8"]),
        (["/orgs/7/users"], "/orgs/7/users", None),
        (
            ["/boxes/6f330886-3a9b-5fec-9616-5cdc141deeda/toys"],
            "/boxes/{box_id}/toys",
            ["6f330886-3a9b-5fec-9616-5cdc141deeda"],
        ),
        (["/shas/3f2a9c0d81b7/files"], "/shas/{sha_id}/files", ["3f2a9c0d81b7"]),
        (
            ["/v2/companies/1/units/5/desks", "/v2/companies/1/units/6/desks"],
            "/v2/companies/1/units/{unit_id}/desks",
            [5, 6],
        ),
        (["/2024/05/logs", "/2024/06/logs"], "/2024/{id}/logs", None),
        (["/a%2Fb/c%20d"], "/a%2Fb/c%20d", None),
        (["/a/1/a/2/x", "/a/3/a/4/x"], "/a/{a_id}/a/{a_id_2}/x", None),
    ],
    ids=[
        "numbers",
        "zeros",
        "one_number",
        "uuid",
        "hex",
        "one_of_two",
        "number_after_number",
        "escapes",
        "twice",
    ],
)
def test_segment_that_varies_becomes_a_parameter_named_after_the_segment_before(
    entry: Entry, har: Har, paths: list[str], kind: str, values: list[Json] | None
) -> None:
    endpoint = only(read_har(har(*(entry(API + path, [{"id": 1}]) for path in paths))))
    assert endpoint.kind == kind
    parameters = endpoint.selector.get("path_parameters", {})
    assert isinstance(parameters, dict)
    if values:
        assert list(parameters.values()) == [{"values": values}]
        assert any("Add the others" in note for note in endpoint.notes)


def test_pages_are_one_endpoint_with_pagination(entry: Entry, har: Har) -> None:
    pages = [
        entry(f"{API}/users?page={page}&per_page=2&active=true", [{"id": 2 * page}, {"id": 2 * page + 1}])
        for page in (2, 1, 3)
    ]
    endpoint = only(read_har(har(*pages)))
    assert endpoint.selector == {
        "query_params": {"active": "true"},
        "pagination": {"type": "page", "param": "page", "size_param": "per_page", "page_size": 2},
    }


@pytest.mark.parametrize(
    ("query", "body", "headers", "pagination"),
    [
        ("?page=0", [{"id": 1}], [], {"type": "page", "param": "page", "start_page": 0, "size_param": "-"}),
        (
            "?offset=0&limit=10",
            [{"id": 1}],
            [],
            {"type": "offset", "param": "offset", "size_param": "limit", "page_size": 10},
        ),
        ("", [{"id": 1}], [("Link", f'<{API}/x?page=2>; rel="next"')], {"type": "header_link"}),
        (
            "?limit=5",
            {"items": [{"id": 1}], "next": f"{API}/x?after=b"},
            [],
            {"type": "next_link", "next_link_path": ".next", "size_param": "limit", "page_size": 5},
        ),
        (
            "?after=b2Zmc2V0",
            {"items": [{"id": 1}], "meta": {"next_cursor": "bmV4dA"}},
            [],
            {"type": "cursor", "param": "after", "cursor_path": ".meta.next_cursor", "size_param": "-"},
        ),
        ("?since=2024-01-01&limit=5", [{"id": 1}], [], None),
    ],
    ids=["from_0", "offset", "link_header", "next_link", "cursor", "none"],
)
def test_pagination_is_inferred_from_parameters_and_response(
    entry: Entry, har: Har, query: str, body: Json, headers: list[tuple[str, str]], pagination: Json
) -> None:
    endpoint = only(read_har(har(entry(f"{API}/x{query}", body, response_headers=headers))))
    assert endpoint.selector.get("pagination") == pagination


def test_other_calls_are_not_endpoints(entry: Entry, har: Har) -> None:
    found = read_har(
        har(
            entry(f"{API}/", "<html></html>", mime_type="text/html"),
            entry(f"{API}/app.js", "var a", mime_type="application/javascript"),
            entry(f"{API}/users", [{"id": 1}], method="OPTIONS"),
            entry(f"{API}/users", {"error": "no"}, status=403),
            entry(f"{API}/users", "", status=204),
            entry(f"{API}/broken", "{"),
            entry(f"{API}/me", {"id": 1, "name": "Jo"}),
            entry("http://[::1", [{"id": 1}]),
            entry(f"{API}/teams", [{"id": 1}]),
            entry(f"{API}/events", {"ok": True}, method="POST"),
        )
    )
    assert [each.kind for each in found.endpoints] == ["/teams"]
    assert "Requests that may change data, such as POST, were left out: 1" in found.notes


def test_origin_with_the_most_listings_is_the_base_url(entry: Entry, har: Har) -> None:
    found = read_har(
        har(
            *(entry("https://metrics.example/config", {"a": 1}) for _ in range(5)),
            *(entry("https://flags.example/all", [{"key": "a", "on": True}]) for _ in range(5)),
            entry(f"{API}:8443/users", [{"id": 1}]),
            entry(f"{API}:8443/teams", [{"id": 1}]),
        )
    )
    assert found.settings == {"baseUrl": f"{API}:8443"}
    assert (
        "One installation reads one API. Other origins have listings too: https://flags.example (1)"
        in found.notes
    )
    assert "Origins without listings were left out: https://metrics.example" in found.notes


def test_body_in_base64_is_read(entry: Entry, har: Har) -> None:
    body: Json = {"items": [{"id": 1, "name": "é"}]}
    endpoint = only(read_har(har(entry(f"{API}/x", body, is_base64=True))))
    assert endpoint.sample == body
    assert endpoint.selector == {"data_path": ".items"}


def test_response_with_the_most_items_is_the_sample(entry: Entry, har: Har) -> None:
    entries = [entry(f"{API}/x?page={page}", [{"id": i} for i in range(page)]) for page in (1, 3, 2)]
    assert only(read_har(har(*entries))).sample == [{"id": 0}, {"id": 1}, {"id": 2}]


def test_query_parameter_with_several_values_is_left_out(entry: Entry, har: Har) -> None:
    entries = [
        entry(f"{API}/x?q={q}&sort=name&_={stamp}", [{"id": 1}]) for q, stamp in (("a", 17), ("b", 18))
    ]
    endpoint = only(read_har(har(*entries)))
    assert endpoint.selector == {"query_params": {"sort": "name"}}
    assert endpoint.notes == ("q was left out of query_params because it has several values",)


@pytest.mark.parametrize(
    ("headers", "query", "settings"),
    [
        ([("Authorization", "Bearer made-up")], "", {"authType": "bearer_token"}),
        ([("authorization", "SSWS made-up")], "", {"authType": "bearer_token", "bearerPrefix": "SSWS"}),
        ([("Authorization", "Basic bWFkZTp1cA==")], "", {"authType": "basic"}),
        ([("X-API-Key", "made-up")], "", {"authType": "api_key", "apiKeyHeader": "X-API-Key"}),
        ([], "?api_key=made-up", {"authType": "api_key", "apiKeyParam": "api_key"}),
        ([("Accept", "*/*"), ("Cookie", "a=b")], "", {}),
    ],
    ids=["bearer", "prefix", "basic", "header", "query", "cookie"],
)
def test_authentication_is_recognised_without_its_secret(
    entry: Entry, har: Har, headers: list[tuple[str, str]], query: str, settings: dict[str, Json]
) -> None:
    found = read_har(har(entry(f"{API}/x{query}", [{"id": 1}], headers=headers)))
    assert found.settings == {"baseUrl": API, **settings}
    assert "made-up" not in repr(found)


def test_headers_that_select_the_representation_are_kept(entry: Entry, har: Har) -> None:
    headers = [
        ("Accept", "application/vnd.acme+json"),
        ("X-Api-Version", "2024-01-31"),
        ("X-Tenant", "acme"),
        ("User-Agent", "browser"),
        ("sec-ch-ua", "browser"),
        (":authority", "api.acme.example"),
    ]
    found = read_har(har(entry(f"{API}/x", [{"id": 1}], headers=headers)))
    assert only(found).selector == {
        "headers": {"Accept": "application/vnd.acme+json", "X-Api-Version": "2024-01-31"}
    }
    assert "Add to selector.headers those that the API requires: X-Tenant" in found.notes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "the HAR file is not JSON"),
        ("[]", "the HAR file is not an object"),
        ("{}", "the HAR file has no list log.entries"),
        ('{"log": {"entries": {}}}', "the HAR file has no list log.entries"),
        ("[" * 100_000, "the HAR file is not JSON"),
        ('{"a":' * 300 + "1" + "}" * 300, "nested more than"),
    ],
    ids=["cut", "list", "empty", "no_list", "deep", "deep_object"],
)
def test_text_that_is_not_a_har_file_is_rejected(text: str, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        read_har(text)


def test_file_without_responses_has_a_note(har: Har) -> None:
    found = read_har(har({}, {"request": 1, "response": []}, {"request": {"url": "http://[::1"}}))
    assert found.endpoints == ()
    assert "Save the HAR file with content" in found.notes[0]


def test_body_that_is_nested_too_deeply_is_left_out(entry: Entry, har: Har) -> None:
    deep: Json = [{"id": 1}]
    for _ in range(300):
        deep = [deep]
    found = read_har(har(entry(f"{API}/deep", deep), entry(f"{API}/x", [{"id": 1}])))
    assert only(found).kind == "/x"
    assert json.dumps(only(found).sample) == '[{"id": 1}]'


json_values: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "name", "token", "data", "next"]), inner)
    ),
    max_leaves=8,
)
pairs = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from(["Authorization", "Cookie", "X-Key", "Link"]), "value": st.text()}
    )
    | json_values,
    max_size=3,
)
segments = st.sampled_from(
    ["a", "1", "22", "%", "{x}", ":y", "0" * 5000, "é", "\ud800", "d41d8cd98f00b204"]
) | st.text(max_size=4)


@given(
    st.lists(
        st.tuples(st.lists(segments, max_size=4), st.text(max_size=9), json_values, pairs, json_values),
        max_size=5,
    )
)
def test_any_calls_are_read(calls: list[tuple[list[str], str, Json, Json, Json]]) -> None:
    entries: list[Json] = [
        {
            "request": {
                "method": "GET",
                "url": f"{API}/{'/'.join(path)}?{query}",
                "headers": headers,
                "cookies": odd,
            },
            "response": {
                "status": 200,
                "headers": headers,
                "content": {"mimeType": "application/json", "text": json.dumps(body)},
            },
        }
        for path, query, body, headers, odd in calls
    ]
    found = read_har(json.dumps({"log": {"entries": [*entries, 5, None]}}))
    assert len(found.endpoints) <= len(calls)


@given(json_values)
def test_any_json_is_read_or_rejected(value: Json) -> None:
    for text in (json.dumps(value), json.dumps({"log": value}), json.dumps({"log": {"entries": value}})):
        with suppress(DocumentError):
            assert read_har(text).notes


@pytest.mark.parametrize(
    ("body", "mime_type", "data_path"),
    [
        ("<r><x><id>1</id></x><x><id>2</id></x></r>", "application/xml", ".r.x"),
        ("id;name\n1;a\n2;b\n", "text/csv; charset=utf-8", None),
        ("- id: 1\n- id: 2\n", "application/yaml", None),
    ],
)
def test_responses_of_other_formats_are_read(
    entry: Entry, har: Har, body: str, mime_type: str, data_path: str | None
) -> None:
    endpoint = only(read_har(har(entry(f"{API}/x", body, mime_type=mime_type))))
    assert endpoint.selector.get("data_path") == data_path
