"""Walks, some sharing what they learnt, against APIs that mislead: all or an error, never less."""

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
    """A server of `total` items by page number or offset, which gives no more than `cap` at once."""

    def answer(request: Request) -> Any:
        size = min(cap, number(request, "size") or number(request, "limit") or 1000)
        start = number(request, "offset") + size * (number(request, "page", first) - first)
        return {"items": items(0, total)[start:][:size], **extra}

    return answer


def cut(*sizes: int) -> Answer:
    """A server by page number that cuts its pages at will."""

    def answer(request: Request) -> Any:
        place = number(request, "page") - 1
        start = sum(sizes[:place])
        return {"items": items(start, start + sizes[place]) if place < len(sizes) else []}

    return answer


def linked(headers: dict[int, str], by: Answer) -> Answer:
    """The pages of a server, with a Link header each."""

    def answer(request: Request) -> Any:
        page = number(request, "page", 1)
        body = by(request.with_param("page", page).with_param("size", 10))
        return body["items"], ({"link": headers[page]} if page in headers else {})

    return answer


@pytest.mark.parametrize("cap", [10, 20, 50])
@pytest.mark.parametrize("total", [51, 100, 130])
def test_confirmed_short_page_does_not_hide_a_cap(walked: Walk, total: int, cap: int) -> None:
    """A first child that is as long as a page may be: its length proves nothing of the next child."""
    observations = TemplateObservations()
    pagination = {"type": "page", "page_size": 100}
    assert walked(listing(cap, cap=cap), pagination=pagination, observations=observations).items == items(
        0, cap
    )
    later = walked(listing(total, cap=cap), pagination=pagination, observations=observations)
    assert later.error is None
    assert later.items == items(0, total)


def test_pages_that_were_seen_to_be_cut_at_will_are_asked_to_their_end(walked: Walk) -> None:
    observations = TemplateObservations()
    for sizes in ([10, 7, 5], [7, 10, 5], [5, 1, 10], [3]):
        later = walked(cut(*sizes), pagination=PAGE, observations=observations)
        assert later.error is None
        assert later.items == items(0, sum(sizes))
        assert len(later.requests) == len(sizes) + 1


@pytest.mark.parametrize("name", ["id", "_id", "uuid", "key", "slug"])
@pytest.mark.parametrize("count", [10, 20, 25])
@pytest.mark.parametrize("kind", ["page", "offset", "cursor", "next_link", "header_link"])
def test_api_that_ignores_where_it_is_asked_from_is_an_error(
    walked: Walk, kind: str, count: int, name: str
) -> None:
    """Each item has a field that is new each time, like a signed URL: the pages are the same all the same."""
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


def test_page_that_is_any_earlier_one_once_more_is_an_error(walked: Walk) -> None:
    """A server that goes round: the cursors are new each time."""

    def answer(request: Request) -> Any:
        place = number(request, "cursor")
        return {"items": items(0, 2) if place % 2 else items(2, 4), "next_cursor": place + 1}

    walk = walked(answer, pagination={"type": "cursor"})
    assert isinstance(walk.error, PaginationError)
    assert "items of an earlier page again" in str(walk.error)


@pytest.mark.parametrize("name", ["id", "title"])
def test_pages_of_items_that_only_look_alike_are_read_to_their_end(walked: Walk, name: str) -> None:
    """The same fields but for the id; without any name, but for one field."""

    def answer(request: Request) -> Any:
        body = listing(25)(request)
        return {"items": [{name: item["id"], "state": "open"} for item in body["items"]]}

    walk = walked(answer, pagination=PAGE)
    assert walk.error is None
    assert len(walk.items) == 25


@pytest.mark.parametrize("total", [7, 4])
def test_short_first_page_of_an_unusual_length_once_more_is_all_there_is(
    walked: Walk, logged: list[str], total: int
) -> None:
    """An endpoint without pages, under the settings' own pagination."""
    walk = walked(lambda _: {"items": items(0, total)}, pagination={"type": "page"})
    assert walk.error is None
    assert walk.items == items(0, total)
    assert any("The listing is taken as complete" in line for line in logged)


@pytest.mark.parametrize("extra", [{"next_cursor": "x"}, {"meta": {"nextPageToken": "x"}}], ids=str)
def test_short_page_once_more_is_an_error_where_a_cursor_speaks_of_more(
    walked: Walk, extra: dict[str, Any]
) -> None:
    walk = walked(lambda _: {"items": items(0, 7), **extra}, pagination={"type": "page"})
    assert isinstance(walk.error, PaginationError)


def test_cursor_in_base64_that_begins_with_a_slash_is_a_cursor(walked: Walk) -> None:
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
def test_cursor_zero_ends_the_listing(walked: Walk, path: dict[str, str], blank: Any) -> None:
    def answer(request: Request) -> Any:
        return {"items": items(2, 4), "next_cursor": blank} if request.value("cursor") else first

    first = {"items": items(0, 2), "next_cursor": 2}
    walk = walked(answer, pagination={"type": "cursor", **path})
    assert walk.error is None
    assert walk.items == items(0, 4)


@pytest.mark.parametrize("name", ["href", "url", "link"])
def test_object_of_the_next_page_gives_its_link(walked: Walk, name: str) -> None:
    """HubSpot's {"paging": {"next": {"after": "a", "link": "?after=a"}}}."""

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
def test_object_of_the_next_page_says_more_to_those_who_count(
    walked: Walk, pagination: dict[str, Any]
) -> None:
    """A page that comes back empty, or not at all, was promised."""

    def answer(request: Request) -> Any:
        more = number(request, "page") == 1 or request.value("offset") == "0"
        return {"items": items(0, 4), "next": {"page": 2}} if more else {"items": []}

    walk = walked(answer, pagination=pagination)
    assert walk.error is None
    assert walk.items == items(0, 4)
    assert walk.pages[1].announced_by == "next"


@pytest.mark.parametrize("body", [{"data": None, "errors": [{"message": "boom"}]}, None], ids=str)
def test_null_on_the_way_to_the_items_is_an_error(walked: Walk, body: Any) -> None:
    """GraphQL's way to fail with status 200."""
    walk = walked(lambda _: body, pagination={"type": "none"}, data_path=".data.items")
    assert isinstance(walk.error, ItemsError)


def test_null_where_the_items_stand_is_none(walked: Walk) -> None:
    walk = walked(lambda _: {"data": {"items": None}}, pagination=PAGE, data_path=".data.items")
    assert walk.error is None
    assert walk.items == []


PROMISES = [{"total": 30}, {"total_pages": 3}, {"has_more": True}, {"next": "?page=2"}, {"last": False}]


@pytest.mark.parametrize("promise", PROMISES, ids=str)
@pytest.mark.parametrize("silence", [b"", b" \n", b'{"items": []}'], ids=["none", "blank", "no items"])
@COUNTED
def test_promise_is_not_forgotten_on_the_next_page(
    walked: Walk, pagination: dict[str, Any], silence: bytes, promise: dict[str, Any]
) -> None:
    def answer(request: Request) -> Any:
        if number(request, "page") == 1 or request.value("offset") == "0":
            return {"items": items(0, 10), **promise}
        return Response(200, {}, silence)

    walk = walked(answer, pagination=pagination)
    # A link or a flag that is gone says that this was the last, where the page itself came.
    says_so = "next" in promise and b"items" in silence
    assert (walk.error is None) == says_so
    assert walk.items == items(0, 10)
    if walk.error:
        assert isinstance(walk.error, PaginationError)
        assert f"({next(iter(promise))})" in str(walk.error)


@pytest.mark.parametrize("kind", ["next_link", "header_link", "cursor"])
def test_page_behind_a_link_or_cursor_without_a_body_is_an_error(walked: Walk, kind: str) -> None:
    def answer(request: Request) -> Any:
        if request.value("page") or request.value("cursor"):
            return Response(200)
        return {"items": items(0, 10), "next": "?page=2", "next_cursor": "a"}, {"link": "<?page=2>; rel=next"}

    walk = walked(answer, pagination={"type": kind})
    assert isinstance(walk.error, PaginationError)
    assert "the response has no body" in str(walk.error)


def test_page_of_status_204_is_empty_and_no_failure(walked: Walk) -> None:
    """Also where it was promised: the listing shrank meanwhile."""

    def answer(request: Request) -> Any:
        return Response(204) if request.value("page") else {"items": items(0, 2), "next": "?page=2"}

    walk = walked(answer, pagination={"type": "next_link"})
    assert walk.error is None
    assert walk.items == items(0, 2)


@pytest.mark.parametrize("total", [0, 4, 10, 20, 25])
@pytest.mark.parametrize("data_path", [".items[]", ".items", ".items[]?"])
@COUNTED
def test_elements_of_an_empty_last_page_are_none(
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
def test_number_of_pages_that_falls_short_loses_nothing(
    walked: Walk, extra: dict[str, Any], total: int, cap: int, start: int
) -> None:
    """Always 0, counted from 0, or by the size asked for where pages are capped."""
    server = listing(total, cap=cap, first=start, **extra)
    walk = walked(server, pagination={**PAGE, "start_page": start})
    assert walk.error is None
    assert walk.items == items(0, total)


def test_number_that_is_no_number_of_pages_is_an_error_and_no_end(walked: Walk) -> None:
    """A book of 300 pages."""
    walk = walked(lambda _: {"id": 1, "pages": 300}, pagination=PAGE, data_path=None)
    assert isinstance(walk.error, PaginationError)


@pytest.mark.parametrize("pages_less", [0, 1, 3])
@pytest.mark.parametrize("cap", [3, 7, 10])
@COUNTED
def test_total_that_is_too_low_loses_nothing_where_pages_are_capped(
    walked: Walk, pagination: dict[str, Any], cap: int, pages_less: int
) -> None:
    """Full pages are as long as the cap: the one with which the total is reached is no end yet."""
    total = 5 * cap
    walk = walked(listing(total, cap=cap, total=total - pages_less * cap), pagination=pagination)
    assert walk.error is None
    assert walk.items == items(0, total)


@pytest.mark.parametrize("hidden", [range(4, 8), range(4, 12), range(8, 20), range(4, 6)], ids=str)
def test_offset_over_hidden_items_loses_nothing_where_pages_are_capped(walked: Walk, hidden: range) -> None:
    """The page asked for is larger than the one that comes."""

    def answer(request: Request) -> Any:
        body = listing(24, cap=4, total=24)(request)
        return {**body, "items": [item for item in body["items"] if item["id"] not in hidden]}

    walk = walked(answer, pagination=OFFSET)
    assert walk.error is not None or {item["id"] for item in walk.items} == set(range(24)) - set(hidden)


@pytest.mark.parametrize("signal", ["flag", "next", "pages"])
def test_first_matches_far_behind_are_found_while_a_signal_says_more(walked: Walk, signal: str) -> None:
    def answer(request: Request) -> Any:
        page = number(request, "page")
        says: dict[str, Any] = {
            "flag": {"has_more": page < 10},
            "next": {"next": page + 1 if page < 10 else None},
        }
        shown = [item for item in items(0, 500)[50 * (page - 1) :][:50] if item["id"] >= 400]
        return {"items": shown, **says.get(signal, {"total_pages": 10})}

    walk = walked(answer, pagination={"type": "page"})
    assert walk.error is None
    assert walk.items == items(400, 500)


@pytest.mark.parametrize("extra", [{"count": 10}, {"total": 30}, {}], ids=str)
@pytest.mark.parametrize(
    "data_path", [".items[] | select(.id % 3 == 0)", ".items | map(select(.id % 3 == 0))"]
)
@COUNTED
def test_raw_page_is_counted_where_data_path_selects(
    walked: Walk, pagination: dict[str, Any], data_path: str, extra: dict[str, Any]
) -> None:
    """Also with a true total: 10 of 30 match, and the page that ends it is full."""
    walk = walked(listing(30, **extra), pagination=pagination, data_path=data_path)
    assert walk.error is None
    assert [item["id"] for item in walk.items] == list(range(0, 30, 3))
    assert len(walk.requests) == 4


@pytest.mark.parametrize("kind", ["none", "header_link", "next_link"])
def test_total_is_no_evidence_of_more_where_data_path_selects(walked: Walk, kind: str) -> None:
    """Three items, of which one matches: all three were given."""
    body = {"total": 3, "items": [{"id": 1, "a": True}, {"id": 2}, {"id": 3}]}
    pagination = {} if kind == "none" else {"type": kind}
    walk = walked(lambda _: body, pagination=pagination, data_path=".items[] | select(.a)")
    assert walk.error is None
    assert walk.items == [{"id": 1, "a": True}]


@pytest.mark.parametrize("kind", ["none", "header_link", "next_link"])
@pytest.mark.parametrize("extra", [{"total": 4}, {"next_cursor": "x"}, {"has_more": True}], ids=str)
def test_evidence_of_more_is_heard_where_data_path_selects(
    walked: Walk, kind: str, extra: dict[str, Any]
) -> None:
    body = {"items": [{"id": 1, "a": True}, {"id": 2, "a": True}, {"id": 3}], **extra}
    pagination = {} if kind == "none" else {"type": kind}
    walk = walked(lambda _: body, pagination=pagination, data_path=".items[] | select(.a)")
    assert isinstance(walk.error, PaginationError)


def test_one_of_several_places_that_holds_a_next_page_wins(walked: Walk) -> None:
    def answer(request: Request) -> Any:
        page = number(request, "page")
        link = f"?page={page + 1}" if page < 3 else None
        return {"items": items(2 * page, 2 * page + 2), "next": None, "links": {"next": link}}

    walk = walked(answer, pagination={**PAGE, "page_size": 2})
    assert walk.error is None
    assert walk.items == items(2, 8)


def test_link_header_without_next_says_nothing_where_it_has_first_and_last_alone(walked: Walk) -> None:
    only = '</api/x?page=1>; rel="first", </api/x?page=3>; rel="last"'
    server = linked(dict.fromkeys(range(1, 5), only), listing(30))
    walk = walked(server, pagination=PAGE, data_path=None)
    assert walk.error is None
    assert walk.items == items(0, 30)


@pytest.mark.parametrize("kind", ["header_link", "page"])
@pytest.mark.parametrize("quote", ["'", '"', ""], ids=["single", "double", "none"])
def test_relation_in_any_quotes_is_followed(walked: Walk, quote: str, kind: str) -> None:
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
    """Whether they are hidden or lost, nobody can say but the user."""
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
def test_link_to_itself_in_another_order_ends_the_listing(walked: Walk, links: tuple[str, str]) -> None:
    def answer(request: Request) -> Any:
        is_first = request.value("page") is None
        return {"items": items(0, 2) if is_first else items(2, 4), "next": links[0 if is_first else 1]}

    walk = walked(answer, pagination={"type": "next_link"})
    assert walk.error is None
    assert walk.items == items(0, 4)
    assert len(walk.requests) == 2


@pytest.mark.parametrize("name", ["has_more_path", "last_page_path", "total_path", "total_pages_path"])
def test_path_of_the_pagination_that_fails_is_an_error_of_the_pagination(walked: Walk, name: str) -> None:
    walk = walked(
        lambda _: {"items": items(0, 2), "left": "x"}, pagination={**PAGE, name: ".left | tonumber"}
    )
    assert isinstance(walk.error, PaginationError)
    assert "page 1 (GET https://a.example/api/x?page=1&size=10): a path of the pagination fails: " in str(
        walk.error
    )


@pytest.mark.parametrize("name", ["cursor_path", "next_link_path"])
def test_path_of_a_cursor_or_link_that_fails_is_an_error_of_the_pagination(walked: Walk, name: str) -> None:
    kind = "cursor" if name == "cursor_path" else "next_link"
    body = {"items": items(0, 2), "left": "x"}
    walk = walked(lambda _: body, pagination={"type": kind, name: ".left | tonumber"})
    assert isinstance(walk.error, PaginationError)


def test_elements_that_are_lists_are_elements(walked: Walk) -> None:
    """One of them too."""
    for rows in ([[1, 2]], [[1, 2], [3]]):
        walk = walked(lambda _, rows=rows: {"items": rows}, pagination={"type": "none"}, data_path=".items[]")
        assert walk.items == rows


def test_promised_page_past_the_end_is_no_end(walked: Walk) -> None:
    """The total is too high: nobody can say whether items are missing."""

    def answer(request: Request) -> Any:
        return listing(20, total=33)(request) if number(request, "page") < 3 else 404

    assert isinstance(walked(answer, pagination=PAGE).error, RefusedError)


def test_next_cursor_does_not_decide_for_those_who_count(walked: Walk) -> None:
    """It is never blank, or always."""
    for cursor in ("zzz", None):
        walk = walked(listing(25, next_cursor=cursor), pagination=PAGE)
        assert walk.error is None
        assert walk.items == items(0, 25)


async def test_walk_that_is_left_asks_no_further() -> None:
    asked: list[Request] = []

    class Sender:
        async def send(self, request: Request, rules: object = None) -> Response:
            assert rules is not None
            asked.append(request)
            return Response(200, {}, json.dumps(listing(100)(request)).encode())

    endpoint = Endpoint("/x", PaginationSettings.model_validate(PAGE), data_path=jq_path(".items"))
    pages = walk_pages(
        endpoint, Request("GET", "https://a.example/x"), Sender(), TemplateObservations(), Verdict()
    )
    async with aclosing(pages):
        assert (await anext(pages)).count == 10
    assert len(asked) == 1
    assert asyncio.all_tasks() == {asyncio.current_task()}


def test_short_page_that_is_followed_by_the_first_one_again_is_an_error(walked: Walk) -> None:
    """A server that begins anew is none that repeats its last page."""

    def answer(request: Request) -> Any:
        return {"items": items(0, 7) if number(request, "page") % 2 else items(7, 12)}

    walk = walked(answer, pagination=PAGE)
    assert isinstance(walk.error, PaginationError)
    assert walk.items == items(0, 12)
