"""`auto`: the detected pagination of a first page and its second request."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from configuration.pagination import PaginationSettings
from expressions.paths import jq_path
from pagination import paginator_for
from rest.bodies import Json
from rest.errors import PaginationError
from rest.page import Page
from rest.request import Request
from rest.response import Response

_URL = "https://a.example/x"
_ITEMS: list[Json] = [{"id": number} for number in range(1, 8)]
_USUAL: list[Json] = [{"id": number} for number in range(20)]


def page(
    body: Json,
    headers: Mapping[str, str] | None = None,
    *,
    items: list[Json] | None = None,
    request: Request | None = None,
    is_list: bool = True,
) -> Page:
    response = Response(200, headers or {}, json.dumps(body).encode())
    return Page(
        request or Request("GET", _URL), response, _ITEMS if items is None else items, is_list=is_list
    )


def following(first: Page, **settings: object) -> Request | None:
    """Return the second request of a listing that begins with this page."""
    paginator = paginator_for(PaginationSettings.model_validate({"type": "auto", **settings})).detected(first)
    step = paginator.next(first)
    return step.request if step else None


@pytest.mark.parametrize(
    ("body", "headers", "url"),
    [
        ([], {"link": '</x?page=2>; rel="next"'}, "https://a.example/x?page=2"),
        ({"next": "https://a.example/x?token=2"}, {}, "https://a.example/x?token=2"),
        ({"links": {"next": "/x?page=2"}}, {}, "https://a.example/x?page=2"),
        ({"links": {"pages": {"next": "/x?page=2"}}}, {}, "https://a.example/x?page=2"),
        ({"next_page_uri": "/x?page=2"}, {}, "https://a.example/x?page=2"),
        ({"@odata.nextLink": "https://a.example/x?$skiptoken=2"}, {}, "https://a.example/x?$skiptoken=2"),
        ({"next_cursor": "b"}, {}, "https://a.example/x?cursor=b"),
        ({"response_metadata": {"next_cursor": "b"}}, {}, "https://a.example/x?cursor=b"),
        ({"nextPageToken": "b"}, {}, "https://a.example/x?pageToken=b"),
        ({"meta": {"after_cursor": "b"}}, {}, "https://a.example/x?after=b"),
        ({"paging": {"next": {"after": "b"}}}, {}, "https://a.example/x?after=b"),
        ({"object": "list", "has_more": True, "next_cursor": "b"}, {}, "https://a.example/x?start_cursor=b"),
        ({}, {"x-ms-continuationtoken": "b"}, "https://a.example/x?continuationToken=b"),
        ({}, {"x-nomad-nexttoken": "b"}, "https://a.example/x?next_token=b"),
        ({"@pagination": {"next": {"@href": "/x?offset=7"}}}, {}, "https://a.example/x?offset=7"),
        ({"offset": 0, "limit": 7, "total": 30}, {}, "https://a.example/x?offset=7"),
        ({"skip": 0, "limit": 7, "total": 30}, {}, "https://a.example/x?skip=7"),
        ({"startAt": 0, "maxResults": 7, "isLast": False}, {}, "https://a.example/x?startAt=7"),
        ({"number": 0, "last": False}, {}, "https://a.example/x?page=1"),
        ({"page": 1, "total_pages": 3}, {}, "https://a.example/x?page=2"),
        ({"paging": {"pageIndex": 1, "total": 30}}, {}, "https://a.example/x?p=2"),
        ([], {"x-next-page": "2"}, "https://a.example/x?page=2"),
        ({"has_more": True}, {}, "https://a.example/x?starting_after=7"),
    ],
    ids=str,
)
def test_second_request_follows_from_the_first_page(body: Json, headers: Mapping[str, str], url: str) -> None:
    request = following(page(body, headers))
    assert request is not None
    assert request.full_url == url


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ([1, 2, 3], {}),
        ({"next": None}, {}),
        ({"next_cursor": ""}, {}),
        ({"has_more": False}, {}),
        ({"total": 7}, {}),
        ({}, {"link": '</x?page=1>; rel="prev"'}),
    ],
    ids=str,
)
def test_first_page_that_is_complete_ends_the_listing(body: Json, headers: Mapping[str, str]) -> None:
    assert following(page(body, headers)) is None


def test_cursor_in_a_body_is_sent_back_in_the_body() -> None:
    sent = Request("POST", _URL, body={"filter": {}})
    request = following(page({"next_cursor": "b"}, request=sent))
    assert request is not None
    assert request.body == {"filter": {}, "cursor": "b"}


def test_graphql_cursor_is_sent_in_the_variables() -> None:
    """At any depth of its connection. The connection's flag ends the listing."""
    sent = Request("POST", _URL, body={"query": "...", "variables": {"org": "acme"}})
    connection: dict[str, Json] = {"pageInfo": {"endCursor": "b", "hasNextPage": True}}
    body: Json = {"data": {"organization": {"repositories": connection}}}
    request = following(page(body, request=sent))
    assert request is not None
    assert request.body == {"query": "...", "variables": {"org": "acme", "after": "b"}}
    last: Json = {"data": {"x": {"pageInfo": {"endCursor": "b", "hasNextPage": False}}}}
    assert following(page(last, request=sent)) is None


def test_number_of_the_next_item_is_a_cursor_even_if_it_equals_the_page_size() -> None:
    """Bitbucket Server: the second page begins at the number of items on the first."""
    body: Json = {"isLastPage": False, "start": 0, "limit": 7, "nextPageStart": 7}
    request = following(page(body, request=Request("GET", f"{_URL}?limit=7")))
    assert request is not None
    assert request.full_url == "https://a.example/x?limit=7&start=7"


def test_count_of_shards_is_not_the_total() -> None:
    """Elasticsearch reports the number of shards before the number of hits."""
    body: Json = {"_shards": {"total": 1}, "hits": {"total": {"value": 90, "relation": "eq"}}}
    with pytest.raises(PaginationError, match=r"hits\.total"):
        following(page(body))


def test_cursor_is_used_instead_of_a_link_to_another_origin() -> None:
    """An API behind another host name returns links that cannot be followed."""
    body: Json = {"paging": {"next": {"after": "b", "link": "https://elsewhere.example/x?after=b"}}}
    request = following(page(body))
    assert request is not None
    assert request.full_url == "https://a.example/x?after=b"


def test_link_to_another_origin_is_used_if_there_is_nothing_else() -> None:
    """The settings may allow it. If not, the error names them."""
    request = following(page({"next": "https://elsewhere.example/x?page=2"}))
    assert request is not None
    assert request.full_url == "https://elsewhere.example/x?page=2"


@pytest.mark.parametrize(
    ("body", "items", "words"),
    [
        ({"total": 30}, _ITEMS, "says that there is more (total), but not how to request"),
        (
            {"has_more": True},
            [{"name": "no id"}],
            "says that there is more (has_more), but not how to request",
        ),
    ],
    ids=["a total alone", "a flag and no id"],
)
def test_more_items_without_a_way_to_request_them_is_an_error(
    body: Json, items: list[Json], words: str
) -> None:
    with pytest.raises(PaginationError) as raised:
        following(page(body, items=items))
    assert words in str(raised.value)
    assert "paginationType" in str(raised.value)


def test_single_object_is_not_a_listing() -> None:
    assert following(page({"id": 1, "pages": 300}, items=[{"id": 1, "pages": 300}], is_list=False)) is None


@pytest.mark.parametrize(("method", "where"), [("GET", "query"), ("POST", "body")])
def test_page_size_is_sent_if_its_parameter_is_configured(method: str, where: str) -> None:
    paginator = paginator_for(PaginationSettings(type="auto", size_param="per_page", page_size=5))
    first = paginator.first(Request(method, _URL))
    assert first.value("per_page", "query" if where == "query" else "body") in ("5", 5)
    assert paginator.first(first) == first
    assert paginator_for(PaginationSettings(type="auto")).first(Request(method, _URL)) == Request(
        method, _URL
    )


def test_auto_paginates_without_a_separate_detection() -> None:
    step = paginator_for(PaginationSettings(type="auto")).next(page({"next_cursor": "b"}))
    assert step is not None
    assert step.request.full_url == "https://a.example/x?cursor=b"


_RESOURCES: list[Json] = [{"type": "widgets", "id": str(number), "attributes": {}} for number in range(2)]


@pytest.mark.parametrize(
    ("body", "query", "items", "url"),
    [
        ({"object": "list", "has_more": True, "next_page_token": 7}, "", _ITEMS, "?page_token=7"),
        ({"isLast": False, "nextPageToken": "b"}, "", _ITEMS, "?nextPageToken=b"),
        ({"meta": {"offset": 0, "next_offset": 2, "size": 2}}, "", _RESOURCES, "?page%5Boffset%5D=2"),
        ({"meta": {"page": {"number": 1, "size": 2, "total": 9}}}, "", _RESOURCES, "?page%5Bnumber%5D=2"),
        ({"data": {"current": 1, "size": 7, "pages": 2}}, "", _ITEMS, "?current=2"),
        (
            {"pagination": {"pageNumber": 1, "pageSize": 7, "total": 9}},
            "?pageSize=7",
            _ITEMS,
            "?pageSize=7&pageNumber=2",
        ),
        ({"pagination": {"pageNumber": 1, "pageSize": 7, "total": 9}}, "", _ITEMS, "?page=2"),
        ({"search": {"page": 1, "pages": 3}}, "", _ITEMS, "?page=2"),
        ({"searchMetadata": {"page": 1}}, "", _ITEMS, "?page=2"),
        ({"meta": {"page": 1, "total": 9}}, "?per_page=2", _RESOURCES, "?per_page=2&page=2"),
        ({"meta": {"offset": 0, "limit": 2}}, "?limit=2", _RESOURCES, "?limit=2&offset=2"),
    ],
)
def test_parameter_is_named_after_the_response(body: Json, query: str, items: list[Json], url: str) -> None:
    request = following(page(body, items=items, request=Request("GET", _URL + query)))
    assert request is not None
    assert request.full_url.replace("[", "%5B").replace("]", "%5D") == _URL + url


@pytest.mark.parametrize(
    "body",
    [
        {"lastBuild": {"number": 9, "url": "x"}},
        {"number": 9},
        {"house": {"page": 4}},
        {"current": 4},
        {"queue": {"current": 3, "size": 9}},
    ],
)
def test_number_of_a_thing_is_not_a_page_number(body: Json) -> None:
    assert following(page(body)) is None


def test_page_number_beside_the_items_needs_no_name_of_paging() -> None:
    body: Json = {"found": {"page": 1, "users": _ITEMS}}
    request = following(replace(page(body), steps=jq_path(".found.users").leading_steps))
    assert request is not None
    assert request.full_url == f"{_URL}?page=2"
