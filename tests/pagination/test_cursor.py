"""Cursors: where they are found, how they are sent back, and errors when they are missing."""

import json
from collections.abc import Mapping

import pytest

from configuration.pagination import PaginationSettings
from pagination import CursorPaginator, paginator_for
from rest.bodies import Json
from rest.errors import PaginationError
from rest.page import Page
from rest.request import Request
from rest.response import Response


def page(
    body: Json,
    headers: Mapping[str, str] | None = None,
    *,
    query: str = "",
    items: list[Json] | None = None,
    number: int = 0,
) -> Page:
    request = Request("GET", f"https://a.example/x?{query}")
    response = Response(200, headers or {}, json.dumps(body).encode())
    return Page(request, response, [{"id": "last"}] if items is None else items, number=number)


def cursor_after(page: Page, **settings: object) -> Json:
    """Return the cursor of the next request, or None at the end."""
    paginator = paginator_for(PaginationSettings.model_validate({"type": "cursor", **settings}))
    following = paginator.next(page)
    if following is None:
        return None
    assert following.promise is not None
    return following.request.value("cursor")


@pytest.mark.parametrize(
    ("settings", "body", "headers", "cursor"),
    [
        ({"cursor_path": "meta.next"}, {"meta": {"next": "a"}}, {}, "a"),
        ({"cursor_path": ".meta.next"}, {"meta": {"next": "a"}}, {}, "a"),
        ({"cursor_path": "meta.next"}, {"meta.next": "b", "meta": {"next": "a"}}, {}, "b"),
        ({"cursor_path": '"@next"'}, {"@next": "a"}, {}, "a"),
        ({"cursor_path": ".data[-1].key"}, {"data": [{"key": 1}, {"key": 2}]}, {}, "2"),
        ({"cursor_path": "next"}, {"next": 7}, {}, "7"),
        ({}, {"next_cursor": "/wEA=="}, {}, "/wEA=="),
        ({}, {"paging": {"next": {"after": "/wEA=="}}}, {}, "/wEA=="),
        ({}, {"next": "?page=2", "meta": {"next_token": "/a"}}, {}, "/a"),
        ({}, {"next": {"href": "/x?page=2", "cursor": "a"}}, {}, "a"),
        ({"cursor_path": "next"}, {"next": "/wEA="}, {}, "/wEA="),
        ({"cursor_path": "next", "has_more_path": "m"}, {"next": "a"}, {}, "a"),
        ({"cursor_path": "next", "has_more_path": "m"}, {"next": "a", "m": "true"}, {}, "a"),
        ({"cursor_header": "X-Next"}, {}, {"x-next": "a"}, "a"),
        ({}, {"next_cursor": "a"}, {}, "a"),
        ({}, {"nextPageToken": "a"}, {}, "a"),
        ({}, {"meta": {"after_cursor": "a"}}, {}, "a"),
        ({}, {"response_metadata": {"next_cursor": "a"}}, {}, "a"),
        ({}, {"paging": {"next": {"after": "a"}}}, {}, "a"),
        ({}, {"paging": {"cursors": {"after": "a"}}}, {}, "a"),
        ({}, {"data": {"pageInfo": {"endCursor": "a", "hasNextPage": True}}}, {}, "a"),
        ({}, {"next": "https://a.example/x?cursor=a", "next_cursor": "a"}, {}, "a"),
        ({}, {"has_more": True}, {}, "last"),
        ({}, {"has_more": "true", "next_cursor": ""}, {}, "last"),
    ],
    ids=str,
)
def test_next_request_has_the_cursor_of_the_page(
    settings: dict[str, object], body: Json, headers: dict[str, str], cursor: str
) -> None:
    """Without a path, the usual places are tried. Without any cursor, a true flag uses the last item's id."""
    assert cursor_after(page(body, headers), **settings) == cursor


@pytest.mark.parametrize(
    ("settings", "body", "headers"),
    [
        ({"cursor_path": "next"}, {"next": None}, {}),
        ({"cursor_path": "next"}, {"next": ""}, {}),
        ({"cursor_path": "next"}, {"next": False}, {}),
        ({"cursor_path": "next"}, {"next": 0}, {}),
        ({"cursor_path": "next"}, {"next": "0"}, {}),
        ({}, {"next_cursor": 0}, {}),
        ({"cursor_path": "next"}, {}, {}),
        ({"cursor_path": "next"}, [], {}),
        ({"cursor_path": "next", "has_more_path": "m"}, {"next": "a", "m": False}, {}),
        ({"cursor_path": "next", "has_more_path": "m"}, {"next": "a", "m": "false"}, {}),
        ({"cursor_path": "next"}, {"next": "a", "has_more": False}, {}),
        ({"cursor_header": "X-Next"}, {}, {}),
        ({"cursor_header": "X-Next"}, {}, {"x-next": ""}),
        ({}, {"next_cursor": None}, {}),
        ({}, {"next_cursor": ""}, {}),
        ({}, {}, {}),
        ({}, {"paging": {"next": None}}, {}),
        ({}, {"pageInfo": {"endCursor": "a", "hasNextPage": False}}, {}),
    ],
    ids=str,
)
@pytest.mark.parametrize("number", [0, 3])
def test_listing_ends_without_a_cursor_or_if_a_flag_says_so(
    settings: dict[str, object], body: Json, headers: dict[str, str], number: int
) -> None:
    assert cursor_after(page(body, headers, number=number), **settings) is None


@pytest.mark.parametrize("cursor", ["a", 5, "5"], ids=repr)
def test_repeated_cursor_is_requested_once_more(cursor: Json) -> None:
    """Some APIs repeat it on the last page, as a number or as text. Scroll APIs keep the same cursor."""
    used = page({"next": cursor}, query=f"cursor={cursor}", number=1)
    paginator = paginator_for(PaginationSettings.model_validate({"type": "cursor", "cursor_path": "next"}))
    following = paginator.next(used)
    assert following is not None
    assert (following.is_scroll, following.promise) == (True, None)
    assert following.request.value("cursor") == str(cursor)


@pytest.mark.parametrize("value", [True, 1.5, ["a"], {"after": "a"}], ids=repr)
def test_value_that_is_not_a_cursor_is_an_error(value: Json) -> None:
    with pytest.raises(PaginationError, match=r"the value at next is .* not a cursor\. Set cursorPath"):
        cursor_after(page({"next": value}), cursor_path="next")


@pytest.mark.parametrize(
    ("settings", "place"),
    [({"cursor_path": "meta.nxt"}, "meta.nxt"), ({"cursor_header": "X-Nxt"}, "the header X-Nxt")],
    ids=["path", "header"],
)
def test_has_more_without_a_cursor_at_the_configured_place_is_an_error(
    settings: dict[str, object], place: str
) -> None:
    with pytest.raises(PaginationError, match=f"there is more, but there is no cursor at {place}"):
        cursor_after(page({"has_more": True}), **settings)


@pytest.mark.parametrize(
    "items",
    [[], [{"name": "x"}], [{"id": None}], [{"id": ""}], ["text"]],
    ids=str,
)
def test_has_more_without_a_cursor_or_an_id_is_an_error(items: list[Json]) -> None:
    with pytest.raises(PaginationError, match="no cursor and its last item no id"):
        cursor_after(page({"has_more": True}, items=items))


def test_id_that_cannot_be_a_cursor_is_an_error() -> None:
    with pytest.raises(PaginationError, match=r"any of the usual places is .*, which is not a cursor"):
        cursor_after(page({"has_more": True}, items=[{"id": [1]}]))


@pytest.mark.parametrize(
    ("settings", "body", "place"),
    [
        ({"cursor_path": "meta.nxt"}, {"meta": {"next": "a"}}, "meta.next"),
        ({"cursor_path": "nxt"}, {"paging": {"next": {"after": "a"}}}, "paging.next.after"),
        ({"cursor_header": "X-Nxt"}, {"next_cursor": "a"}, "next_cursor"),
        ({}, {"next": "https://a.example/x?page=2"}, "next"),
        ({"cursor_path": "nxt"}, {"total": 7}, "total"),
        ({}, {"total_pages": 2}, "total_pages"),
    ],
    ids=str,
)
def test_signal_elsewhere_on_the_first_page_is_an_error_that_names_it(
    settings: dict[str, object], body: Json, place: str
) -> None:
    with pytest.raises(PaginationError, match=rf"goes on \({place}\)\. Set cursorPath to {place} "):
        cursor_after(page(body), **settings)


@pytest.mark.parametrize("settings", [{}, {"cursor_path": "nxt"}, {"cursor_header": "X-Nxt"}], ids=str)
def test_full_first_page_without_any_cursor_is_an_error(settings: dict[str, object]) -> None:
    """The listing may be complete, or the path may be wrong."""
    full: list[Json] = [{"id": 1}, {"id": 2}]
    with pytest.raises(PaginationError, match=r"first page is full \(2 items\).*nothing shows"):
        cursor_after(page({}, query="limit=2", items=full), **settings)


@pytest.mark.parametrize(
    ("settings", "body", "headers"),
    [
        ({}, {"next_cursor": None}, {}),
        ({"cursor_path": "nxt"}, {"nxt": ""}, {}),
        ({"cursor_header": "X-Nxt"}, {}, {"x-nxt": ""}),
    ],
    ids=str,
)
def test_full_first_page_with_an_empty_cursor_ends_the_listing(
    settings: dict[str, object], body: Json, headers: dict[str, str]
) -> None:
    full: list[Json] = [{"id": 1}, {"id": 2}]
    assert cursor_after(page(body, headers, query="limit=2", items=full), **settings) is None


def test_first_page_is_never_full_if_no_size_was_requested() -> None:
    assert cursor_after(page({}, items=[1] * 100), size_param="-") is None


def test_cursor_in_the_body_keeps_its_type_and_the_other_fields() -> None:
    paginator = CursorPaginator(param="variables.after", size_param="variables.first", location="body")
    first = paginator.first(Request("POST", "https://a.example/graphql", body={"query": "{ x }"}))
    assert first.body == {"query": "{ x }", "variables": {"first": 100}}
    response = Response(200, {}, b'{"next_cursor": 7}')
    following = paginator.next(Page(first, response, [1]))
    assert following is not None
    assert following.request.body == {"query": "{ x }", "variables": {"first": 100, "after": 7}}


def test_cursor_in_a_header_is_text() -> None:
    paginator = CursorPaginator(param="X-After", location="header")
    request = Request("GET", "https://a.example/x", headers=(("x-after", "6"),))
    following = paginator.next(Page(request, Response(200, {}, b'{"next_cursor": 7}'), [1]))
    assert following is not None
    assert following.request.headers == (("X-After", "7"),)
