"""HAR files of real kinds of applications: pages, ids, POST listings and GraphQL."""

import base64
import gzip
import json
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from builder.imports import Imported, ImportedEndpoint, read_har
from builder.json_values import as_object
from rest.bodies import Json

API = "https://api.acme.example"
ISSUES = (
    "query Issues($first: Int, $cursor: String) { issues(first: $first, after: $cursor) { nodes { id } } }"
)

type Entry = Callable[..., dict[str, Json]]
type Har = Callable[..., str]


def posted(entry: dict[str, Json], body: Json) -> dict[str, Json]:
    """Return an entry with a JSON body in its request."""
    data: Json = {"mimeType": "application/json", "text": json.dumps(body)}
    return {**entry, "request": {**as_object(entry["request"]), "postData": data}}


def connection(name: str, ids: list[str], end: str | None) -> Json:
    """Return a response of GraphQL with a page of items."""
    nodes: list[Json] = [{"id": each, "title": each.upper()} for each in ids]
    return {"data": {name: {"nodes": nodes, "pageInfo": {"hasNextPage": bool(end), "endCursor": end}}}}


@pytest.fixture
def graphql(entry: Entry) -> Callable[..., dict[str, Json]]:
    """Return an entry of a GraphQL operation."""
    return lambda request, response: posted(entry(f"{API}/graphql", response, method="POST"), request)


@pytest.fixture
def by_title() -> Callable[[Imported], dict[str, ImportedEndpoint]]:
    """Return the endpoints by title."""
    return lambda found: {each.title: each for each in found.endpoints}


def test_each_graphql_query_is_an_endpoint_and_mutations_are_left_out(
    graphql: Callable[..., dict[str, Json]],
    har: Har,
    accepted: Callable[[Imported], list[str]],
    by_title: Callable[[Imported], dict[str, ImportedEndpoint]],
) -> None:
    request: Json = {"operationName": "Issues", "query": ISSUES, "variables": {"first": 2}}
    second: Json = {"operationName": "Issues", "query": ISSUES, "variables": {"first": 2, "cursor": "c-2"}}
    found = read_har(
        har(
            graphql(request, connection("issues", ["i-1", "i-2"], "c-2")),
            graphql(second, connection("issues", ["i-3"], None)),
            graphql(
                [{"query": "{ labels { id } }"}, {"query": "query Users { users { nodes { id } } }"}],
                [{"data": {"labels": [{"id": "l-1"}]}}, connection("users", ["u-1"], None)],
            ),
            graphql({"query": "mutation Save { save { id } }"}, {"data": {"save": [{"id": "i-1"}]}}),
        )
    )
    assert accepted(found) == ["/graphql"] * 3
    endpoints = by_title(found)
    assert sorted(endpoints) == ["Issues", "Labels", "Users"]
    assert endpoints["Issues"].selector == {
        "method": "POST",
        "data_path": ".data.issues.nodes",
        "pagination": {
            "type": "cursor",
            "param": "variables.cursor",
            "param_location": "body",
            "cursor_path": ".data.issues.pageInfo.endCursor",
            "has_more_path": ".data.issues.pageInfo.hasNextPage",
            "size_param": "variables.first",
            "page_size": 2,
        },
        "body": request,
    }
    assert endpoints["Labels"].selector["body"] == {"query": "{ labels { id } }"}
    assert "Requests that may change data, such as POST, were left out: 1" in found.notes


def test_graphql_variable_with_the_id_of_an_item_becomes_a_placeholder(
    graphql: Callable[..., dict[str, Json]], har: Har, accepted: Callable[[Imported], list[str]]
) -> None:
    teams: Json = {"query": "query Teams { teams { nodes { id } } }", "variables": {}}
    members = "query Members($teamId: ID!) { team(id: $teamId) { members { nodes { id } } } }"
    found = read_har(
        har(
            graphql(teams, connection("teams", ["team-1", "team-2"], None)),
            graphql(
                {"query": members, "variables": {"teamId": "team-2"}},
                {"data": {"team": {"members": {"nodes": [{"id": "u-1", "name": "Jo"}]}}}},
            ),
        )
    )
    assert accepted(found) == ["/graphql", "/graphql"]
    nested = found.endpoints[1].selector
    assert nested["body"] == {"query": members, "variables": {"teamId": "{teamId}"}}
    assert nested["path_parameters"] == {
        "teamId": {
            "endpoint": "/graphql",
            "field": ".id",
            "method": "POST",
            "data_path": ".data.teams.nodes",
            "body": teams,
        }
    }


def test_secret_in_a_graphql_variable_is_masked(graphql: Callable[..., dict[str, Json]], har: Har) -> None:
    request: Json = {"query": "{ users { id } }", "variables": {"apiKey": "made-up-secret"}}
    found = read_har(har(graphql(request, {"data": {"users": [{"id": "1", "echo": "made-up-secret"}]}})))
    assert "made-up-secret" not in repr(found) + json.dumps(found.endpoints[0].sample)
    assert (
        "A secret in the body was replaced by ***. Mappings cannot hold secrets" in found.endpoints[0].notes
    )


def test_post_request_for_a_page_is_a_listing_and_the_parent_of_its_details(
    entry: Entry, har: Har, accepted: Callable[[Imported], list[str]]
) -> None:
    url = f"{API}/api/Orders/GetList"
    pages = [
        posted(
            entry(url, {"Data": [{"OrderId": number, "Name": "x"}], "TotalCount": 9}, method="POST"),
            {"PageIndex": number, "PageSize": 1},
        )
        for number in (0, 1)
    ]
    lines = [entry(f"{API}/api/Orders/{number}/Lines", [{"LineId": number}]) for number in (0, 1)]
    found = read_har(har(*pages, *lines))
    assert accepted(found) == ["/api/Orders/GetList", "/api/Orders/{order_id}/Lines"]
    parent = found.endpoints[0].selector
    assert parent["method"] == "POST"
    assert parent["pagination"] == {
        "type": "page",
        "param": "PageIndex",
        "param_location": "body",
        "start_page": 0,
        "size_param": "PageSize",
        "page_size": 1,
    }
    parameters = as_object(found.endpoints[1].selector["path_parameters"])
    assert as_object(parameters["order_id"])["endpoint"] == "/api/Orders/GetList"
    assert as_object(parameters["order_id"])["field"] == ".OrderId"


def page(*ids: int) -> Json:
    return [{"id": each, "at": f"2024-01-{each:02}"} for each in ids]


@pytest.mark.parametrize(
    ("calls", "pagination"),
    [
        ([("", page(1, 2)), ("?page=1", page(3, 4))], {"type": "page", "param": "page", "start_page": 0}),
        ([("", page(1, 2)), ("?page=2", page(3, 4))], {"type": "page", "param": "page"}),
        (
            [("?begin=0", page(*range(1, 7))), ("?begin=6", page(*range(7, 13))), ("?begin=12", page(13))],
            {"type": "offset", "param": "begin"},
        ),
        ([("", page(1, 2)), ("?before=2024-01-02", page(3))],
         {"type": "cursor", "param": "before", "cursor_path": ".[-1].at"}),
        ([("", {"rows": page(1, 2), "info": {"more": "b2Zm"}}), ("?bookmark=b2Zm", {"rows": page(3)})],
         {"type": "cursor", "param": "bookmark", "cursor_path": ".info.more"}),
        ([("?p=1", page(1, 2)), ("?p=2", page(3, 4)), ("?p=3", page(5))], {"type": "page", "param": "p"}),
        ([("?year=2023", page(1, 2)), ("?year=2024", page(3)), ("?year=2025", page(4))], None),
        ([("?status=1", page(1, 2)), ("?status=2", page(3))], None),
        ([("", [{"id": 1, "team": "core"}]), ("?team=core", [{"id": 1, "team": "core"}])], None),
    ],
    ids=["from_0", "from_1", "offset", "last_item", "cursor", "unnamed_page", "year", "status", "filter"],
)  # fmt: skip
def test_pagination_is_recognised_from_requests_that_followed_each_other(
    entry: Entry, har: Har, calls: list[tuple[str, Json]], pagination: dict[str, Json] | None
) -> None:
    found = read_har(har(*(entry(f"{API}/x{query}", body) for query, body in calls)))
    expected = {**pagination, "size_param": "-"} if pagination else None
    assert [each.selector.get("pagination") for each in found.endpoints] == [expected]


def test_owner_and_name_of_a_repository_are_one_value(
    entry: Entry, har: Har, accepted: Callable[[Imported], list[str]]
) -> None:
    repositories: list[Json] = [{"id": 1, "name": "web", "full_name": "acme/web"}]
    found = read_har(
        har(entry(f"{API}/user/repos", repositories), entry(f"{API}/repos/acme/web/pulls", [{"number": 5}]))
    )
    assert accepted(found) == ["/user/repos", "/repos/{+repo_id}/pulls"]
    assert found.endpoints[1].selector["path_parameters"] == {
        "repo_id": {"endpoint": "/user/repos", "field": ".full_name"}
    }


def test_key_from_a_search_is_found_by_the_name_of_its_items(entry: Entry, har: Har) -> None:
    issues: Json = {"issues": [{"id": "1", "key": "AB-1"}, {"id": "2", "key": "AB-2"}]}
    found = read_har(
        har(
            entry(f"{API}/rest/api/3/search", issues),
            entry(f"{API}/rest/api/3/issue/AB-2/comment", {"comments": [{"id": "7"}]}),
        )
    )
    assert found.endpoints[1].kind == "/rest/api/3/issue/{issue_id}/comment"
    assert found.endpoints[1].selector["path_parameters"] == {
        "issue_id": {"endpoint": "/rest/api/3/search", "field": ".key", "data_path": ".issues"}
    }


def test_response_that_was_not_modified_has_the_body_of_another_one(entry: Entry, har: Har) -> None:
    for entries in (
        [entry(f"{API}/x", [{"id": 1}], status=304)],
        [entry(f"{API}/x", "", status=304, mime_type=""), entry(f"{API}/x", [{"id": 1}])],
    ):
        assert [each.kind for each in read_har(har(*entries)).endpoints] == ["/x"]


@pytest.mark.parametrize(
    ("mime_type", "kinds"),
    [
        ("", ["/x"]),
        ("text/plain; charset=utf-8", ["/x"]),
        ("x-unknown", ["/x"]),
        ("text/html", []),
        ("application/javascript", []),
    ],
)
def test_body_may_be_json_whatever_its_media_type(
    entry: Entry, har: Har, mime_type: str, kinds: list[str]
) -> None:
    found = read_har(har(entry(f"{API}/x", [{"id": 1}], mime_type=mime_type)))
    assert [each.kind for each in found.endpoints] == kinds


def test_compressed_body_is_read(entry: Entry, har: Har) -> None:
    recorded = entry(f"{API}/x", "", response_headers=[("Content-Encoding", "gzip")])
    content = as_object(as_object(recorded["response"])["content"])
    content |= {"encoding": "base64", "text": base64.b64encode(gzip.compress(b'[{"id": 1}]')).decode()}
    as_object(recorded["response"])["content"] = content
    assert read_har(har(recorded)).endpoints[0].sample == [{"id": 1}]


def test_responses_without_a_body_are_counted(entry: Entry, har: Har) -> None:
    found = read_har(har(entry(f"{API}/x", ""), entry(f"{API}/y", [{"id": 1}])))
    assert "JSON responses whose body is not in the file: 1. Save the HAR file with content" in found.notes
    assert [each.kind for each in found.endpoints] == ["/y"]


def test_origin_of_the_page_wins_between_equals(entry: Entry, har: Har) -> None:
    sent = [("Referer", "https://app.acme.example/")]
    found = read_har(
        har(
            *(entry("https://flags.example/all", [{"key": "a"}], headers=sent) for _ in range(3)),
            entry(f"{API}/users", [{"id": 1}], headers=sent),
        )
    )
    assert found.settings == {"baseUrl": API}


def test_token_against_forged_requests_is_no_credential(entry: Entry, har: Har) -> None:
    headers = [("RequestVerificationToken", "made-up-token-1"), ("X-CSRFToken", "made-up-token-2")]
    found = read_har(har(entry(f"{API}/x", [{"id": 1}], headers=[*headers, ("Cookie", "sid=1")])))
    assert found.settings == {"baseUrl": API}


def test_repeated_parameters_and_those_without_value_are_kept(
    entry: Callable[..., dict[str, Json]], har: Callable[..., str]
) -> None:
    found = read_har(
        har(entry(f"{API}/users?include=teams&include=roles&archived&sort=", [{"id": 1}, {"id": 2}]))
    )
    assert found.endpoints[0].selector["query_params"] == {
        "archived": "",
        "include": ["teams", "roles"],
        "sort": "",
    }
    assert found.endpoints[0].notes == ()


@pytest.mark.parametrize("data", ["text", "params"])
def test_form_of_a_recorded_request_is_kept(data: str, entry: Entry, har: Har) -> None:
    def recorded(offset: int) -> dict[str, Json]:
        items: list[Json] = [{"id": number} for number in range(offset, offset + 2)]
        found = entry(f"{API}/monitors/search", {"items": items, "total": 4, "offset": offset}, method="POST")
        fields = {"format": "json", "offset": str(offset), "limit": "2"}
        body: dict[str, Json] = (
            {"text": urlencode(fields)}
            if data == "text"
            else {"params": [{"name": name, "value": value} for name, value in fields.items()]}
        )
        body = {"mimeType": "application/x-www-form-urlencoded", **body}
        return {**found, "request": {**as_object(found["request"]), "postData": body}}

    (endpoint,) = read_har(har(recorded(0), recorded(2))).endpoints
    assert endpoint.selector["body_type"] == "form"
    assert as_object(endpoint.selector["body"])["format"] == "json"
    pagination = as_object(endpoint.selector["pagination"])
    assert (pagination["type"], pagination["param"], pagination["param_location"]) == (
        "offset",
        "offset",
        "body",
    )


@pytest.mark.parametrize(
    ("data", "selector"),
    [
        (
            {"mimeType": "multipart/form-data; boundary=x", "params": [{"name": "q", "value": "a"}]},
            {"body": {"q": "a"}, "body_type": "multipart"},
        ),
        ({"mimeType": "text/plain", "text": "find()"}, {"body": "find()", "body_type": "text"}),
    ],
)
def test_other_bodies_of_recorded_requests_are_kept(
    data: Json, selector: dict[str, Json], entry: Entry, har: Har
) -> None:
    found = entry(f"{API}/monitors/search", {"items": [{"id": 1}]}, method="POST")
    recorded: dict[str, Json] = {**found, "request": {**as_object(found["request"]), "postData": data}}
    (endpoint,) = read_har(har(recorded)).endpoints
    assert {name: endpoint.selector.get(name) for name in ("body", "body_type")} == selector
