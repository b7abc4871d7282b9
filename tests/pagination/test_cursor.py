"""Cursors: where they are found, how they are sent back, and errors when they are missing."""

import json
from collections.abc import Mapping
from dataclasses import replace

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


def after(page: Page, **settings: object) -> Request | None:
    """Return the next request, or None at the end."""
    following = paginator_for(PaginationSettings.model_validate({"type": "cursor", **settings})).next(page)
    return following.request if following else None


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


def test_value_that_is_not_a_cursor_is_an_error() -> None:
    with pytest.raises(PaginationError, match=r"the value at next is .* not a cursor\. Set cursorPath"):
        cursor_after(page({"next": True}), cursor_path="next")


@pytest.mark.parametrize(("value", "kind"), [(["a", 1], "list"), ({"after": "a"}, "object")])
def test_array_or_object_needs_a_body_in_json(value: Json, kind: str) -> None:
    with pytest.raises(
        PaginationError, match=f"at next has the type {kind}, which only a JSON body can send"
    ):
        cursor_after(page({"next": value}), cursor_path="next")
    sent = after(page({"next": value}), cursor_path="next", param_location="body")
    assert sent
    assert sent.body == {"cursor": value}
    text = json.dumps(value, separators=(",", ":"))
    assert cursor_after(page({"next": value}), cursor_path=".next | tojson") == text


@pytest.mark.parametrize("value", [[], {}, None, ""])
def test_empty_cursor_is_the_end(value: Json) -> None:
    assert after(page({"next": value}, number=1), cursor_path="next", param_location="body") is None


def test_fraction_is_a_cursor() -> None:
    assert cursor_after(page({"next": 1700000000.25}), cursor_path="next") == "1700000000.25"


def test_cursor_is_written_by_its_format() -> None:
    sent = after(page({"next": "o'k"}), cursor_path="next", param="where", param_format="id>'{cursor}'")
    assert sent
    assert sent.value("where") == "id>'o'k'"


def test_then_is_the_request_that_takes_the_cursor() -> None:
    then = Request("POST", "https://a.example/next", body={"scroll": "1m"})
    settings = PaginationSettings.model_validate({"type": "cursor", "param_location": "body"})
    following = paginator_for(settings, then).next(page({"next_cursor": "a/b"}))
    assert following
    assert following.request == replace(then, body={"scroll": "1m", "cursor": "a/b"})


def test_then_may_take_the_cursor_in_its_path() -> None:
    then = Request("GET", "https://a.example/jobs/{cursor}/rows?c={cursor}")
    following = paginator_for(PaginationSettings(type="cursor"), then).next(page({"next_cursor": "a/b"}))
    assert following
    assert following.request == replace(then, url="https://a.example/jobs/a%2Fb/rows?c=a%2Fb")


@pytest.mark.parametrize("cursor", ["..", "."])
def test_cursor_cannot_change_the_path(cursor: str) -> None:
    then = Request("GET", "https://a.example/jobs/{cursor}/rows")
    settings = PaginationSettings.model_validate({"type": "cursor", "cursor_path": "next"})
    with pytest.raises(PaginationError, match="would change the request's path"):
        paginator_for(settings, then).next(page({"next": cursor}))


def test_then_is_only_for_cursors() -> None:
    pages = PaginationSettings(type="page")
    assert paginator_for(pages, Request("GET", "https://a.example")) == paginator_for(pages)


def test_empty_page_after_the_whole_total_is_the_end() -> None:
    """Elasticsearch sends a scroll id with the empty page, which may be a new one."""
    last = page({"next": "b", "total": 2}, items=[], number=2)
    assert after(replace(last, items_before=2), cursor_path="next") is None
    assert after(replace(last, items_before=1), cursor_path="next") is not None


@pytest.mark.parametrize(
    ("size", "smaller"), [("100", "50"), ("41", "20"), ("30", "20"), ("20", None), ("10", None)]
)
def test_page_is_made_smaller_and_larger(size: str, smaller: str | None) -> None:
    settings = PaginationSettings.model_validate({"type": "cursor", "page_size_min": 20})
    paginator = paginator_for(settings)
    request = Request("GET", "https://a.example/x", params=(("limit", size), ("cursor", "a")))
    reduced = paginator.smaller(request, None)
    assert (reduced.value("limit") if reduced else None) == smaller
    assert paginator.larger(request).value("limit") == str(min(2 * int(size), 100))


def test_page_without_a_size_keeps_it() -> None:
    settings = PaginationSettings.model_validate({"type": "cursor", "page_size_min": 20, "size_param": "-"})
    request = Request("GET", "https://a.example/x")
    assert paginator_for(settings).smaller(request, None) is None
    assert paginator_for(settings).larger(request) == request


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
    with pytest.raises(PaginationError, match="any of the usual places has the type list"):
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


def page_after(previous: Json, body: Json) -> Page:
    """Return the second page of a listing."""
    first = page(previous)
    return replace(page(body, number=1), previous_response=first.response)


TOKENS = [
    ({"t": {"@cursor": "3", "#text": "a"}}, {"t": {"@cursor": "6"}}, '.t["#text"]'),
    ({"t": {"#text": "a"}}, {"t": {"@cursor": "6"}}, '.t["#text"]'),
    ({"t": {"@cursor": "3", "#text": "a"}}, {"t": {"@cursor": "6"}}, "t.#text"),
    ({"t": {"cursor": 3, "token": "a"}}, {"t": {"cursor": 6}}, "t.token"),
    ({"cursor": "here", "token": "a"}, {"cursor": "there"}, "token"),
]


@pytest.mark.parametrize(("before", "body", "path"), TOKENS, ids=str)
def test_cursor_that_was_passed_over_is_no_sign_of_more(before: Json, body: Json, path: str) -> None:
    """The position of a page can be called `cursor`, as in OAI-PMH."""
    assert cursor_after(page_after(before, body), cursor_path=path) is None


@pytest.mark.parametrize(
    ("before", "body", "place"),
    [
        ({"token": "a"}, {"cursor": "b"}, "cursor"),
        ({"token": "a", "cursor": "a"}, {"cursor": "b"}, "cursor"),
        ({"token": "a", "cursor": "c"}, {"cursor": "d", "remaining": 4}, "remaining"),
        ({"token": "a", "cursor": "c"}, {"cursor": "d", "has_more": 1}, "has_more"),
        ({"token": None, "cursor": "c"}, {"cursor": "d"}, "cursor"),
    ],
    ids=str,
)
def test_other_signs_of_more_on_a_later_page_are_an_error(before: Json, body: Json, place: str) -> None:
    with pytest.raises(PaginationError, match=f"there is no cursor|has_more|{place}") as caught:
        cursor_after(page_after(before, body), cursor_path="token")
    assert caught.value.doubt == "unread_signal"


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
