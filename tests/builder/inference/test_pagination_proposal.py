"""Pagination from one page: the settings, the next request, and the rules in words."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from builder.inference import FoundPagination, find_lists, find_pagination, format_request
from configuration.settings import Settings
from rest.bodies import Json
from rest.errors import ItemsError
from rest.request import Request
from rest.response import Response

URL = "https://api.example.com/users"
GITHUB = ".data.organization.repositories.pageInfo"
THREE: list[Json] = [{"id": 1}, {"id": 2}, {"id": 3}]

# The mapping, the end of the next request, and the stop rule.
CONTRACTS: dict[str, tuple[dict[str, Any], str, str]] = {
    "azure_groups": (
        {"type": "cursor", "param": "continuationToken", "cursor_header": "x-ms-continuationtoken"}
        | {"size_param": "$top", "page_size": 3},
        "&continuationToken=Y3QvKzM%3D",
        "Ends when the header x-ms-continuationtoken is null, empty or missing",
    ),
    "contentful_entries": (
        {"type": "offset", "param": "skip", "size_param": "limit", "page_size": 3},
        "?limit=3&skip=3",
        "Ends after the number of items in total (130)",
    ),
    "digitalocean_droplets": (
        {"type": "next_link", "next_link_path": ".links.pages.next"},
        "?page=2&per_page=3",
        "Ends when .links.pages.next is null, empty or missing",
    ),
    "github_graphql": (
        {"type": "cursor", "param": "variables.after", "param_location": "body"}
        | {"cursor_path": f"{GITHUB}.endCursor"}
        | {"has_more_path": f"{GITHUB}.hasNextPage"}
        | {"size_param": "variables.first", "page_size": 3},
        '"after": "Y3Vyc29yOnYyOnJlcG8z"}}',
        f"Ends when {GITHUB}.endCursor is null, empty or missing, or {GITHUB}.hasNextPage is false",
    ),
    "github_repos": (
        {"type": "header_link"},
        "&page=2",
        'Ends when the Link header has no rel="next"',
    ),
    "hubspot_contacts": (
        {"type": "cursor", "param": "after", "cursor_path": ".paging.next.after"}
        | {"size_param": "limit", "page_size": 3},
        "&limit=3&after=503",
        "Ends when .paging.next.after is null, empty or missing",
    ),
    "msgraph_users": (
        {"type": "next_link", "next_link_path": '."@odata.nextLink"'},
        "&$skiptoken=UkZOd2RBSUFBUUFBQUJ%2BMw%3D%3D",
        'Ends when ."@odata.nextLink" is null, empty or missing',
    ),
    "notion_pages": (
        {"type": "cursor", "param": "start_cursor", "param_location": "body", "cursor_path": ".next_cursor"}
        | {"has_more_path": "has_more", "size_param": "page_size", "page_size": 3},
        '"start_cursor": "00000004-0000-4000-8000-000000000004"}',
        "Ends when .next_cursor is null, empty or missing, or has_more is false",
    ),
    "opsgenie_users": (
        {"type": "next_link", "next_link_path": ".paging.next"},
        "&offset=3&order=desc",
        "Ends when .paging.next is null, empty or missing",
    ),
    "pagerduty_services": (
        {"type": "offset", "param": "offset", "size_param": "limit", "page_size": 3},
        "?limit=3&offset=3",
        "Ends when more is false",
    ),
    "slack_users": (
        {"type": "cursor", "param": "cursor", "cursor_path": ".response_metadata.next_cursor"}
        | {"size_param": "limit", "page_size": 3},
        "&cursor=dXNlcjpVMw%3D%3D",
        "Ends when .response_metadata.next_cursor is null, empty or missing",
    ),
    "sonarqube_issues": (
        {"type": "page", "param": "p", "start_page": 1, "size_param": "ps", "page_size": 3},
        "&ps=3&p=2",
        "Ends after the number of items in total (100)",
    ),
    "spring_pipelines": (
        {"type": "page", "param": "page", "start_page": 0, "size_param": "size", "page_size": 3},
        "&size=3&page=1",
        "Ends when data.last is true",
    ),
    "stripe_customers": (
        {"type": "cursor", "param": "starting_after", "cursor_path": ".data[-1].id"}
        | {"has_more_path": "has_more", "size_param": "limit", "page_size": 3},
        "?limit=3&starting_after=cus_00003",
        "Ends when .data[-1].id is null, empty or missing, or has_more is false",
    ),
    "terraform_workspaces": (
        {"type": "next_link", "next_link_path": ".links.next"},
        "?page%5Bnumber%5D=2&page%5Bsize%5D=3",
        "Ends when .links.next is null, empty or missing",
    ),
    "twilio_calls": (
        {"type": "next_link", "next_link_path": ".next_page_uri"},
        "&PageToken=PACA00000000000000000000000000000003",
        "Ends when .next_page_uri is null, empty or missing",
    ),
}


def pages(
    body: Json, headers: dict[str, str] | None = None, url: str = URL, *, request_body: Json = None
) -> FoundPagination:
    """Return the pagination found in a response, with the items at the likeliest path."""
    response = Response(200, headers or {}, json.dumps(body).encode())
    request = Request("POST" if request_body else "GET", url, body=request_body)
    return find_pagination(request, response, find_lists(body)[0].data_path)


@pytest.mark.parametrize("name", CONTRACTS)
def test_pagination_of_a_public_api_is_recognised(name: str, shape: Callable[[str], Any]) -> None:
    found = shape(name)
    data_path = find_lists(found.body, found.kind)[0].data_path
    page = find_pagination(found.request, found.response, data_path)
    mapping, end, stop = CONTRACTS[name]
    assert page.mapping == mapping
    assert page.stop_rule == stop
    assert page.next_request
    assert format_request(page.next_request).endswith(end)
    assert not page.problem


@pytest.mark.parametrize(
    ("body", "url", "mapping"),
    [
        pytest.param(
            {"items": THREE, "total": 9},
            f"{URL}?page=1&per_page=3",
            {"type": "page", "param": "page", "start_page": 1, "size_param": "per_page", "page_size": 3},
            id="page in the URL, total in the body",
        ),
        pytest.param(
            THREE,
            f"{URL}?page=0&size=3",
            {"type": "page", "param": "page", "start_page": 0, "size_param": "size", "page_size": 3},
            id="pages from 0",
        ),
        pytest.param(
            THREE,
            f"{URL}?offset=0",
            {"type": "offset", "param": "offset", "size_param": "-"},
            id="an offset, and no size",
        ),
        pytest.param(
            {"items": THREE, "page": 1, "total": 9},
            f"{URL}?pageNumber=1",
            {"type": "page", "param": "pageNumber", "start_page": 1, "size_param": "-"},
            id="name in the request before name in the response",
        ),
        pytest.param(
            {"items": THREE, "page": 1, "total": 9},
            URL,
            {"type": "page", "param": "page", "start_page": 1, "size_param": "-"},
            id="name in the response",
        ),
        pytest.param(
            {"items": THREE, "offset": 0, "limit": 3, "total": 9},
            URL,
            {"type": "offset", "param": "offset", "size_param": "-"},
            id="an offset that the response repeats",
        ),
        pytest.param(
            {"items": THREE, "offset": 0, "limit": 3, "total": 9},
            f"{URL}?skip=0",
            {"type": "offset", "param": "skip", "size_param": "-"},
            id="an offset in the request, with another name in the response",
        ),
        pytest.param(
            {"items": THREE, "links": [{"rel": "next", "href": "/users?x=2"}]},
            URL,
            {"type": "next_link"},
            id="a link in a list of relations",
        ),
        pytest.param(
            {"items": THREE, "links": {"last": "/users?x=2", "next": "/users?x=2"}},
            URL,
            {"type": "next_link", "next_link_path": ".links.next"},
            id="next and last are the same",
        ),
        pytest.param(
            {"data": {"more_items_url": "/users?page=1", "items": THREE}},
            URL,
            {"type": "next_link", "next_link_path": ".data.more_items_url"},
            id="a link named after the items",
        ),
        pytest.param(
            {"items": THREE, "offset": "itr/rec"},
            URL,
            {"type": "cursor", "param": "offset", "cursor_path": ".offset", "size_param": "-"},
            id="a text named offset",
        ),
        pytest.param(
            {"items": THREE, "paging": {"offset": 0, "perPage": 3, "total": 9}},
            URL,
            {"type": "offset", "param": "offset", "size_param": "-"},
            id="an offset beside an unusual size",
        ),
        pytest.param(
            {"items": THREE, "hasMore": True, "offset": 204},
            URL,
            {
                "type": "cursor",
                "param": "offset",
                "cursor_path": ".offset",
                "has_more_path": "hasMore",
                "size_param": "-",
            },
            id="the next offset beside a flag",
        ),
        pytest.param(
            {"items": THREE, "last_page": False},
            f"{URL}?page=0",
            {"type": "page", "param": "page", "start_page": 0, "size_param": "-"},
            id="a flag, and the page in the URL",
        ),
        pytest.param(
            {"items": THREE, "meta": {"offset": 0, "limit": 3}},
            f"{URL}?page[limit]=3",
            {"type": "offset", "param": "page[offset]", "size_param": "page[limit]", "page_size": 3},
            id="named like the size in the URL",
        ),
        pytest.param(
            THREE,
            f"{URL}?first=0&max=3",
            {"type": "offset", "param": "first", "size_param": "max", "page_size": 3},
            id="first beside max",
        ),
        pytest.param(
            {"items": THREE, "nextPageToken": "a", "isLast": False},
            URL,
            {"type": "cursor", "param": "nextPageToken", "cursor_path": ".nextPageToken", "size_param": "-"},
            id="a flag that is true on the last page is not the flag for more",
        ),
    ],
)
def test_parameters_of_the_request_are_used(body: Json, url: str, mapping: dict[str, Json]) -> None:
    assert pages(body, url=url).mapping == mapping


def test_page_number_in_a_request_body_is_counted_there() -> None:
    found = pages({"items": THREE, "total": 9}, request_body={"page": 1, "limit": 3, "draft": True})
    place: dict[str, Json] = {"param_location": "body", "start_page": 1}
    assert found.mapping == {"type": "page", "param": "page", **place, "size_param": "limit", "page_size": 3}
    assert found.settings == {}
    assert found.next_request
    assert format_request(found.next_request) == f'POST {URL} {{"page": 2, "limit": 3, "draft": true}}'


def test_mapping_is_available_as_settings() -> None:
    found = pages({"items": THREE, "meta": {"after_cursor": "x", "has_more": True}}, url=f"{URL}?limit=3")
    assert found.settings == {
        "paginationType": "cursor",
        "paginationParam": "after",
        "cursorPath": ".meta.after_cursor",
        "hasMorePath": "meta.has_more",
        "sizeParam": "limit",
        "pageSize": 3,
    }
    snake = {"pagination_type": "cursor", "pagination_param": "after", "cursor_path": ".meta.after_cursor"}
    assert Settings.from_config({"base_url": "https://x.example", **snake}).pagination.param == "after"


@pytest.mark.parametrize(
    ("found", "rule"),
    [
        (
            pages(THREE, {"link": '</users?x=2>; rel="next"'}),
            'The Link header has the URL of the next page, with rel="next"',
        ),
        (pages({"items": THREE, "next": "/users?x=2"}), ".next has the URL of the next page"),
        (pages({"items": THREE, "next_cursor": "a"}), ".next_cursor is sent as the parameter cursor"),
        (
            pages(THREE, {"x-next-cursor": "a"}),
            "The header x-next-cursor is sent as the parameter cursor",
        ),
        (pages(THREE, url=f"{URL}?skip=0"), "The number of items so far is sent as the parameter skip"),
        (
            pages(THREE, url=f"{URL}?page=1"),
            "The page number is sent as the parameter page. The first page is 1",
        ),
    ],
)
def test_next_rule_is_described(found: FoundPagination, rule: str) -> None:
    assert found.next_rule == rule


@pytest.mark.parametrize(
    ("body", "headers", "stop"),
    [
        ({"items": THREE, "total_pages": 4}, {}, "Ends after the number of pages in total_pages (4)"),
        ({"items": THREE, "next_page": 2}, {}, "Ends when next_page is null, empty or missing"),
        (THREE, {"x-total-count": "9"}, "Ends after the number of items in the header x-total-count"),
        (THREE, {}, "Ends with an empty page. A short page is confirmed by one more request"),
    ],
)
def test_stop_rule_of_counted_pages_is_described(body: Json, headers: dict[str, str], stop: str) -> None:
    assert pages(body, headers, f"{URL}?page=1").stop_rule == stop


def test_last_page_has_no_next_request() -> None:
    found = pages({"items": THREE, "page": 1, "last": True})
    assert found.is_recognised
    assert found.next_request is None


def test_empty_field_for_the_next_page_is_named_in_a_hint() -> None:
    found = pages({"items": THREE, "meta": {"next_cursor": None}})
    assert not found.is_recognised
    assert found.hints[0].startswith(".meta.next_cursor is empty, so this is the last or only page")


def test_hints_are_given_if_no_pagination_is_recognised() -> None:
    found = pages(THREE)
    assert (found.mapping, found.settings, found.next_rule, found.next_request) == ({}, {}, "", None)
    assert any("Link" in hint for hint in found.hints)
    assert any("?page=1" in hint for hint in found.hints)


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"total": 9}, "total"),
        ({"last_page": False}, "last_page"),
        ({"LastEvaluatedKey": {"id": {"S": "a"}}}, "LastEvaluatedKey"),
        ({"total_items": 9}, "total_items"),
        ({"stats": {"items_total": 9}}, "stats.items_total"),
    ],
    ids=str,
)
def test_more_items_without_a_known_pagination_is_a_problem(fields: dict[str, Json], where: str) -> None:
    found = pages({"items": THREE, **fields})
    assert f"more ({where})" in found.problem
    assert found.hints
    assert not found.is_recognised


@pytest.mark.parametrize(
    "fields",
    [
        {"total_items": 3},
        {"total_errors": 9},
        {"next": None},
        {"more_info_url": "https://example.com/help"},
        {"position": None},
    ],
    ids=str,
)
def test_complete_page_is_no_problem(fields: dict[str, Json]) -> None:
    found = pages({"items": THREE, **fields})
    assert (dict(found.mapping), found.problem) == ({}, "")


def test_page_that_contradicts_itself_is_a_problem() -> None:
    found = pages({"items": THREE, "next": "http://[::1", "meta": {"has_more": True}}, url=URL)
    assert "is not a URL" in found.problem
    assert found.next_request is None


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"ok": False, "error": "ratelimited"}, "error_in_answer"),
        ({"incomplete_results": True}, "partial_answer"),
        ({"_shards": {"total": 3, "failed": 1}}, "partial_answer"),
    ],
    ids=str,
)
def test_page_that_a_resync_would_treat_as_incomplete_is_a_problem(
    fields: dict[str, Json], name: str
) -> None:
    found = pages({"items": THREE, "next_cursor": "a", **fields})
    assert f"accept: [{name}]" in found.problem
    assert found.is_recognised


def test_single_item_has_no_pages() -> None:
    found = pages({"id": 1, "page": 1, "name": "x"}, url=f"{URL}?page=1")
    assert not found.is_recognised
    assert found.hints == ("The response is a single item, not a list, so it has no pages",)


def test_body_that_is_not_json_is_an_error() -> None:
    with pytest.raises(ItemsError):
        find_pagination(Request("GET", URL), Response(200, {}, b"<html>"))


def test_a_parameter_that_the_user_has_named_is_not_doubted() -> None:
    request = Request("GET", "https://api.example.com/depots")
    response = Response(200, {}, json.dumps({"depots": [{"id": 1}, {"id": 2}], "next": "b2Zm"}).encode())
    chosen: dict[str, Json] = {"type": "cursor", "cursor_path": ".next"}
    unnamed = find_pagination(request, response, ".depots", chosen)
    assert "does not say which parameter takes it" in unnamed.problem
    assert find_pagination(request, response, ".depots", {**chosen, "param": "after"}).problem == ""
