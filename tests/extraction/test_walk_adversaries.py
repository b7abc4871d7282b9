"""Walks against misleading APIs, some with shared observations: all items or an error, never fewer items."""

import asyncio
import itertools
import json
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import pytest

from configuration.pagination import PaginationSettings
from configuration.resource import Endpoint
from expressions.paths import jq_path
from extraction.observed_pages import TemplateObservations
from extraction.pages import walk_pages
from extraction.verdict import Verdict
from rest.errors import ItemsError, PaginationError, RefusedError, SyncError
from rest.request import Request
from rest.response import Response

type Walk = Callable[..., Any]
type Answer = Callable[[Request], Any]

PAGE = {"type": "page", "page_size": 10}
OFFSET = {"type": "offset", "page_size": 10}
COUNTED = pytest.mark.parametrize("pagination", [PAGE, OFFSET], ids=["page", "offset"])


def items(start: int, stop: int) -> list[dict[str, int]]:
    return [{"id": number} for number in range(start, stop)]


def number(request: Request, name: str, default: int = 0) -> int:
    value = request.value(name)
    return default if value is None else int(str(value))


def listing(total: int, /, *, cap: int = 1000, first: int = 1, **extra: Any) -> Answer:
    """Return a server of `total` items by page number or offset, with at most `cap` items per page."""

    def answer(request: Request) -> Any:
        size = min(cap, number(request, "size") or number(request, "limit") or 1000)
        start = number(request, "offset") + size * (number(request, "page", first) - first)
        return {"items": items(0, total)[start:][:size], **extra}

    return answer


def cut(*sizes: int) -> Answer:
    """Return a server by page number with pages of these sizes."""

    def answer(request: Request) -> Any:
        place = number(request, "page") - 1
        start = sum(sizes[:place])
        return {"items": items(start, start + sizes[place]) if place < len(sizes) else []}

    return answer


def linked(headers: dict[int, str], by: Answer) -> Answer:
    """Return the pages of a server, each with a Link header."""

    def answer(request: Request) -> Any:
        page = number(request, "page", 1)
        body = by(request.with_param("page", page).with_param("size", 10))
        return body["items"], ({"link": headers[page]} if page in headers else {})

    return answer


@pytest.mark.parametrize("cap", [10, 20, 50])
@pytest.mark.parametrize("total", [51, 100, 130])
def test_confirmed_short_page_does_not_hide_a_cap(walked: Walk, total: int, cap: int) -> None:
    """The first child fills a page exactly. Its length proves nothing about the next child."""
    observations = TemplateObservations()
    pagination = {"type": "page", "page_size": 100}
    assert walked(listing(cap, cap=cap), pagination=pagination, observations=observations).items == items(
        0, cap
    )
    later = walked(listing(total, cap=cap), pagination=pagination, observations=observations)
    assert later.error is None
    assert later.items == items(0, total)


def test_pages_of_varying_length_are_read_to_the_end(walked: Walk) -> None:
    observations = TemplateObservations()
    for sizes in ([10, 7, 5], [7, 10, 5], [5, 1, 10], [3]):
        later = walked(cut(*sizes), pagination=PAGE, observations=observations)
        assert later.error is None
        assert later.items == items(0, sum(sizes))
        assert len(later.requests) == len(sizes) + 1


@pytest.mark.parametrize("name", ["id", "_id", "uuid", "key", "slug"])
@pytest.mark.parametrize("count", [10, 20, 25])
@pytest.mark.parametrize("kind", ["page", "offset", "cursor", "next_link", "header_link"])
def test_api_that_ignores_the_position_is_an_error(walked: Walk, kind: str, count: int, name: str) -> None:
    """Each item has a field that is always new, like a signed URL. The pages still count as equal."""
    ticks = itertools.count()

    def answer(_: Request) -> Any:
        tick = next(ticks)
        found = [{name: f"n{n}", "url": f"https://a.example/?sig={tick}"} for n in range(count)]
        following = {"cursor": {"next_cursor": f"c{tick}"}, "next_link": {"next": f"?p={tick}"}}
        headers = {"link": f"<?p={tick}>; rel=next"} if kind == "header_link" else {}
        return {"items": found, **following.get(kind, {})}, headers

    walk = walked(answer, pagination={"type": kind})
    assert isinstance(walk.error, PaginationError)
    assert "items of an earlier page again" in str(walk.error)
    assert len(walk.requests) == 2


def test_repeat_of_any_earlier_page_is_an_error(walked: Walk) -> None:
    """The pages go in circles, with new cursors."""

    def answer(request: Request) -> Any:
        place = number(request, "cursor")
        return {"items": items(0, 2) if place % 2 else items(2, 4), "next_cursor": place + 1}

    walk = walked(answer, pagination={"type": "cursor"})
    assert isinstance(walk.error, PaginationError)
    assert "items of an earlier page again" in str(walk.error)


@pytest.mark.parametrize("name", ["id", "title"])
def test_pages_of_similar_items_are_read_to_the_end(walked: Walk, name: str) -> None:
    """Items differ only by their id, or only by one field without an id."""

    def answer(request: Request) -> Any:
        body = listing(25)(request)
        return {"items": [{name: item["id"], "state": "open"} for item in body["items"]]}

    walk = walked(answer, pagination=PAGE)
    assert walk.error is None
    assert len(walk.items) == 25


@pytest.mark.parametrize("total", [7, 4])
def test_repeated_first_page_of_an_unusual_length_ends_the_listing(
    walked: Walk, logged: list[str], total: int
) -> None:
    """An unpaged endpoint that inherits the pagination type of the settings."""
    walk = walked(lambda _: {"items": items(0, total)}, pagination={"type": "page"})
    assert walk.error is None
    assert walk.items == items(0, total)
    assert any("The listing is taken as complete" in line for line in logged)


@pytest.mark.parametrize("extra", [{"next_cursor": "x"}, {"meta": {"nextPageToken": "x"}}], ids=str)
def test_repeated_short_page_is_an_error_if_it_has_a_cursor(walked: Walk, extra: dict[str, Any]) -> None:
    walk = walked(lambda _: {"items": items(0, 7), **extra}, pagination={"type": "page"})
    assert isinstance(walk.error, PaginationError)


def test_base64_cursor_may_begin_with_a_slash(walked: Walk) -> None:
    pages: dict[Any, Any] = {
        None: {"items": items(0, 2), "next_cursor": "abc"},
        "abc": {"items": items(2, 4), "next_cursor": "/wEA=="},
        "/wEA==": {"items": items(4, 6)},
    }
    walk = walked(lambda request: pages[request.value("cursor")], pagination={"type": "cursor"})
    assert walk.error is None
    assert walk.items == items(0, 6)


@pytest.mark.parametrize("blank", [0, "0", None, ""], ids=repr)
@pytest.mark.parametrize("path", [{}, {"cursor_path": "next_cursor"}], ids=["usual", "configured"])
def test_blank_or_zero_cursor_ends_the_listing(walked: Walk, path: dict[str, str], blank: Any) -> None:
    def answer(request: Request) -> Any:
        return {"items": items(2, 4), "next_cursor": blank} if request.value("cursor") else first

    first = {"items": items(0, 2), "next_cursor": 2}
    walk = walked(answer, pagination={"type": "cursor", **path})
    assert walk.error is None
    assert walk.items == items(0, 4)


@pytest.mark.parametrize("name", ["href", "url", "link"])
def test_link_is_read_from_the_object_of_the_next_page(walked: Walk, name: str) -> None:
    """As HubSpot sends it: {"paging": {"next": {"after": "a", "link": "?after=a"}}}."""

    def answer(request: Request) -> Any:
        if request.value("after"):
            return {"items": items(2, 4)}
        return {"items": items(0, 2), "paging": {"next": {"after": "a", name: "?after=a"}}}

    for settings in ({}, {"next_link_path": "paging.next"}):
        walk = walked(answer, pagination={"type": "next_link", **settings})
        assert walk.error is None
        assert walk.items == items(0, 4)


def test_object_of_the_next_page_without_a_link_is_an_error(walked: Walk) -> None:
    body = {"items": items(0, 2), "next": {"page": 2}}
    assert isinstance(walked(lambda _: body, pagination={"type": "next_link"}).error, PaginationError)


@COUNTED
def test_object_of_the_next_page_announces_a_page_to_counting_paginators(
    walked: Walk, pagination: dict[str, Any]
) -> None:
    """An announced page must not be missing or empty without a reason."""

    def answer(request: Request) -> Any:
        more = number(request, "page") == 1 or request.value("offset") == "0"
        return {"items": items(0, 4), "next": {"page": 2}} if more else {"items": []}

    walk = walked(answer, pagination=pagination)
    assert walk.error is None
    assert walk.items == items(0, 4)
    assert walk.pages[1].announced_by == "next"


@pytest.mark.parametrize("body", [{"data": None, "errors": [{"message": "boom"}]}, None], ids=str)
def test_null_on_the_path_to_the_items_is_an_error(walked: Walk, body: Any) -> None:
    """GraphQL reports errors like this with status 200."""
    walk = walked(lambda _: body, pagination={"type": "none"}, data_path=".data.items")
    assert isinstance(walk.error, ItemsError)


def test_null_instead_of_the_items_is_an_empty_listing(walked: Walk) -> None:
    walk = walked(lambda _: {"data": {"items": None}}, pagination=PAGE, data_path=".data.items")
    assert walk.error is None
    assert walk.items == []


ANNOUNCEMENTS = [{"total": 30}, {"total_pages": 3}, {"has_more": True}, {"next": "?page=2"}, {"last": False}]


@pytest.mark.parametrize("announcement", ANNOUNCEMENTS, ids=str)
@pytest.mark.parametrize("silence", [b"", b" \n", b'{"items": []}'], ids=["none", "blank", "no items"])
@COUNTED
def test_announced_page_without_items_or_signal_is_an_error(
    walked: Walk, pagination: dict[str, Any], silence: bytes, announcement: dict[str, Any]
) -> None:
    def answer(request: Request) -> Any:
        if number(request, "page") == 1 or request.value("offset") == "0":
            return {"items": items(0, 10), **announcement}
        return Response(200, {}, silence)

    walk = walked(answer, pagination=pagination)
    # If the page has a body, a missing link means that it is the last page.
    says_so = "next" in announcement and b"items" in silence
    assert (walk.error is None) == says_so
    assert walk.items == items(0, 10)
    if walk.error:
        assert isinstance(walk.error, PaginationError)
        assert f"({next(iter(announcement))})" in str(walk.error)


@pytest.mark.parametrize("kind", ["next_link", "header_link", "cursor"])
def test_linked_page_without_a_body_is_an_error(walked: Walk, kind: str) -> None:
    def answer(request: Request) -> Any:
        if request.value("page") or request.value("cursor"):
            return Response(200)
        return {"items": items(0, 10), "next": "?page=2", "next_cursor": "a"}, {"link": "<?page=2>; rel=next"}

    walk = walked(answer, pagination={"type": kind})
    assert isinstance(walk.error, PaginationError)
    assert "the response has no body" in str(walk.error)


def test_page_with_status_204_is_empty_and_not_an_error(walked: Walk) -> None:
    """Even an announced page: the listing may have shrunk."""

    def answer(request: Request) -> Any:
        return Response(204) if request.value("page") else {"items": items(0, 2), "next": "?page=2"}

    walk = walked(answer, pagination={"type": "next_link"})
    assert walk.error is None
    assert walk.items == items(0, 2)


@pytest.mark.parametrize("total", [0, 4, 10, 20, 25])
@pytest.mark.parametrize("data_path", [".items[]", ".items", ".items[]?"])
@COUNTED
def test_empty_last_page_has_no_elements(
    walked: Walk, pagination: dict[str, Any], data_path: str, total: int
) -> None:
    walk = walked(listing(total), pagination=pagination, data_path=data_path)
    assert walk.error is None
    assert walk.items == items(0, total)


@pytest.mark.parametrize(
    ("extra", "total", "cap", "start"),
    [
        ({"total_pages": 0}, 30, 10, 1),
        ({"total_pages": 0}, 25, 7, 1),
        ({"lastPage": 2}, 30, 10, 0),
        ({"last_page": 2}, 25, 10, 0),
        ({"total_pages": 1}, 30, 10, 1),
        ({"totalPages": 2, "total": 26}, 26, 5, 1),
        ({"pages": 1}, 20, 10, 1),
    ],
    ids=str,
)
def test_page_count_that_is_too_low_loses_no_items(
    walked: Walk, extra: dict[str, Any], total: int, cap: int, start: int
) -> None:
    """Always 0, counted from 0, or computed from the requested size by an API that caps its pages."""
    server = listing(total, cap=cap, first=start, **extra)
    walk = walked(server, pagination={**PAGE, "start_page": start})
    assert walk.error is None
    assert walk.items == items(0, total)


def test_number_that_is_not_a_page_count_is_an_error_and_not_the_end(walked: Walk) -> None:
    """A book of 300 pages."""
    walk = walked(lambda _: {"id": 1, "pages": 300}, pagination=PAGE, data_path=None)
    assert isinstance(walk.error, PaginationError)


@pytest.mark.parametrize("pages_less", [0, 1, 3])
@pytest.mark.parametrize("cap", [3, 7, 10])
@COUNTED
def test_total_that_is_too_low_loses_no_items_with_capped_pages(
    walked: Walk, pagination: dict[str, Any], cap: int, pages_less: int
) -> None:
    """Full pages are as long as the cap, so a full page that reaches the total is not the end."""
    total = 5 * cap
    walk = walked(listing(total, cap=cap, total=total - pages_less * cap), pagination=pagination)
    assert walk.error is None
    assert walk.items == items(0, total)


@pytest.mark.parametrize("hidden", [range(4, 8), range(4, 12), range(8, 20), range(4, 6)], ids=str)
def test_offset_past_hidden_items_loses_no_items_with_capped_pages(walked: Walk, hidden: range) -> None:
    """The requested page is larger than the returned one."""

    def answer(request: Request) -> Any:
        body = listing(24, cap=4, total=24)(request)
        return {**body, "items": [item for item in body["items"] if item["id"] not in hidden]}

    walk = walked(answer, pagination=OFFSET)
    assert walk.error is not None or {item["id"] for item in walk.items} == set(range(24)) - set(hidden)


@pytest.mark.parametrize("signal", ["flag", "next", "pages"])
def test_first_matches_on_a_late_page_are_found_if_a_signal_says_more(walked: Walk, signal: str) -> None:
    def answer(request: Request) -> Any:
        page = number(request, "page")
        signals: dict[str, Any] = {
            "flag": {"has_more": page < 10},
            "next": {"next": page + 1 if page < 10 else None},
        }
        shown = [item for item in items(0, 500)[50 * (page - 1) :][:50] if item["id"] >= 400]
        return {"items": shown, **signals.get(signal, {"total_pages": 10})}

    walk = walked(answer, pagination={"type": "page"})
    assert walk.error is None
    assert walk.items == items(400, 500)


@pytest.mark.parametrize("extra", [{"count": 10}, {"total": 30}, {}], ids=str)
@pytest.mark.parametrize(
    "data_path", [".items[] | select(.id % 3 == 0)", ".items | map(select(.id % 3 == 0))"]
)
@COUNTED
def test_items_are_counted_before_data_path_filters_them(
    walked: Walk, pagination: dict[str, Any], data_path: str, extra: dict[str, Any]
) -> None:
    """With a correct total too: 10 of 30 items match, and the last page is full."""
    walk = walked(listing(30, **extra), pagination=pagination, data_path=data_path)
    assert walk.error is None
    assert [item["id"] for item in walk.items] == list(range(0, 30, 3))
    assert len(walk.requests) == 4


@pytest.mark.parametrize("kind", ["none", "header_link", "next_link"])
def test_total_counts_items_before_data_path_filters_them(walked: Walk, kind: str) -> None:
    """One of three items matches. The API has returned all three."""
    body = {"total": 3, "items": [{"id": 1, "a": True}, {"id": 2}, {"id": 3}]}
    pagination = {} if kind == "none" else {"type": kind}
    walk = walked(lambda _: body, pagination=pagination, data_path=".items[] | select(.a)")
    assert walk.error is None
    assert walk.items == [{"id": 1, "a": True}]


@pytest.mark.parametrize("kind", ["none", "header_link", "next_link"])
@pytest.mark.parametrize("extra", [{"total": 4}, {"next_cursor": "x"}, {"has_more": True}], ids=str)
def test_signal_of_more_counts_if_data_path_filters(walked: Walk, kind: str, extra: dict[str, Any]) -> None:
    body = {"items": [{"id": 1, "a": True}, {"id": 2, "a": True}, {"id": 3}], **extra}
    pagination = {} if kind == "none" else {"type": kind}
    walk = walked(lambda _: body, pagination=pagination, data_path=".items[] | select(.a)")
    assert isinstance(walk.error, PaginationError)


def test_next_page_is_found_at_any_of_its_places(walked: Walk) -> None:
    def answer(request: Request) -> Any:
        page = number(request, "page")
        link = f"?page={page + 1}" if page < 3 else None
        return {"items": items(2 * page, 2 * page + 2), "next": None, "links": {"next": link}}

    walk = walked(answer, pagination={**PAGE, "page_size": 2})
    assert walk.error is None
    assert walk.items == items(2, 8)


def test_link_header_with_only_first_and_last_is_not_the_end(walked: Walk) -> None:
    only = '</api/x?page=1>; rel="first", </api/x?page=3>; rel="last"'
    server = linked(dict.fromkeys(range(1, 5), only), listing(30))
    walk = walked(server, pagination=PAGE, data_path=None)
    assert walk.error is None
    assert walk.items == items(0, 30)


@pytest.mark.parametrize("kind", ["header_link", "page"])
@pytest.mark.parametrize("quote", ["'", '"', ""], ids=["single", "double", "none"])
def test_relation_with_any_quotes_is_followed(walked: Walk, quote: str, kind: str) -> None:
    headers = {page: f"</api/x?page={page + 1}>; rel={quote}next{quote}" for page in (1, 2)}
    headers[3] = f"</api/x?page=2>; rel={quote}prev{quote}"
    walk = walked(linked(headers, listing(25)), pagination={**PAGE, "type": kind}, data_path=None)
    assert walk.error is None
    assert walk.items == items(0, 25)
    assert len(walk.requests) == 3


@pytest.mark.parametrize(
    ("shown", "total", "words"),
    [
        (3, 9, "the listing ends after 3 items, but the total 9 reports more"),
        (25, 28, "the listing ends after 25 items, but the total 28 reports more"),
        (20, 40, "the listing ends after 20 items, but total says 40. Is startPage 0?"),
    ],
)
def test_total_that_is_not_reached_is_a_doubt(walked: Walk, shown: int, total: int, words: str) -> None:
    """Only the user knows whether the items are hidden or lost."""
    walk = walked(listing(shown, total=total), pagination=PAGE)
    assert walk.items == items(0, shown)
    assert words in str(walk.error)
    assert walked(listing(shown, total=total), pagination={**PAGE, "total_path": "-"}).error is None
    assert isinstance(walked(listing(shown, total=total), pagination=OFFSET).error, SyncError)


@pytest.mark.parametrize(
    "links",
    [
        ("https://a.example/api/x?page=2&limit=2", "https://a.example/api/x?limit=2&page=2"),
        ("?page=2&limit=2", "/api/x?limit=2&page=2#top"),
    ],
)
def test_link_to_the_same_page_with_reordered_parameters_ends_the_listing(
    walked: Walk, links: tuple[str, str]
) -> None:
    def answer(request: Request) -> Any:
        is_first = request.value("page") is None
        return {"items": items(0, 2) if is_first else items(2, 4), "next": links[0 if is_first else 1]}

    walk = walked(answer, pagination={"type": "next_link"})
    assert walk.error is None
    assert walk.items == items(0, 4)
    assert len(walk.requests) == 2


@pytest.mark.parametrize("name", ["has_more_path", "last_page_path", "total_path", "total_pages_path"])
def test_failing_path_of_the_pagination_is_a_pagination_error(walked: Walk, name: str) -> None:
    walk = walked(
        lambda _: {"items": items(0, 2), "left": "x"}, pagination={**PAGE, name: ".left | tonumber"}
    )
    assert isinstance(walk.error, PaginationError)
    assert "page 1 (GET https://a.example/api/x?page=1&size=10): a path of the pagination fails: " in str(
        walk.error
    )


@pytest.mark.parametrize("name", ["cursor_path", "next_link_path"])
def test_failing_path_of_a_cursor_or_link_is_a_pagination_error(walked: Walk, name: str) -> None:
    kind = "cursor" if name == "cursor_path" else "next_link"
    body = {"items": items(0, 2), "left": "x"}
    walk = walked(lambda _: body, pagination={"type": kind, name: ".left | tonumber"})
    assert isinstance(walk.error, PaginationError)


def test_items_may_be_lists(walked: Walk) -> None:
    """Even a single one."""
    for rows in ([[1, 2]], [[1, 2], [3]]):
        walk = walked(lambda _, rows=rows: {"items": rows}, pagination={"type": "none"}, data_path=".items[]")
        assert walk.items == rows


def test_refused_announced_page_is_an_error(walked: Walk) -> None:
    """The total is too high, so items may be missing."""

    def answer(request: Request) -> Any:
        return listing(20, total=33)(request) if number(request, "page") < 3 else 404

    assert isinstance(walked(answer, pagination=PAGE).error, RefusedError)


def test_counting_paginators_ignore_a_next_cursor(walked: Walk) -> None:
    """Whether it is never or always blank."""
    for cursor in ("zzz", None):
        walk = walked(listing(25, next_cursor=cursor), pagination=PAGE)
        assert walk.error is None
        assert walk.items == items(0, 25)


async def test_closed_walk_sends_no_further_requests() -> None:
    requests: list[Request] = []

    class Sender:
        async def send(self, request: Request, rules: object = None) -> Response:
            assert rules is not None
            requests.append(request)
            return Response(200, {}, json.dumps(listing(100)(request)).encode())

    endpoint = Endpoint("/x", PaginationSettings.model_validate(PAGE), data_path=jq_path(".items"))
    pages = walk_pages(
        endpoint, Request("GET", "https://a.example/x"), Sender(), TemplateObservations(), Verdict()
    )
    async with aclosing(pages):
        assert (await anext(pages)).count == 10
    assert len(requests) == 1
    assert asyncio.all_tasks() == {asyncio.current_task()}


def test_short_page_followed_by_the_first_page_is_an_error(walked: Walk) -> None:
    """The server starts over. It does not repeat its last page."""

    def answer(request: Request) -> Any:
        return {"items": items(0, 7) if number(request, "page") % 2 else items(7, 12)}

    walk = walked(answer, pagination=PAGE)
    assert isinstance(walk.error, PaginationError)
    assert walk.items == items(0, 12)
