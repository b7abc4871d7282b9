"""A walk against unusual APIs: it returns every item or an error, and it ends."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from extraction.limits import WalkLimits
from extraction.observed_pages import TemplateObservations
from rest.errors import ItemsError, PaginationError, RefusedError, TransientError
from rest.request import Request
from rest.response import Response

type Walk = Callable[..., Any]
type Answer = Callable[[Request], Any]

PAGE = {"type": "page", "page_size": 10}
OFFSET = {"type": "offset", "page_size": 10}


def items(start: int, stop: int) -> list[dict[str, int]]:
    return [{"id": number} for number in range(start, stop)]


def number(request: Request, name: str, default: int = 0) -> int:
    value = request.value(name)
    return default if value is None else int(str(value))


def listing(total: int, /, *, cap: int = 1000, first: int = 1, **extra: Any) -> Answer:
    """Return a server of `total` items by page number or offset."""

    def answer(request: Request) -> Any:
        size = min(cap, number(request, "size") or number(request, "limit") or 1000)
        start = number(request, "offset") + size * (number(request, "page", first) - first)
        return {"items": items(0, total)[start:][:size], **extra}

    return answer


@pytest.mark.parametrize("pagination", [PAGE, OFFSET], ids=["page", "offset"])
@pytest.mark.parametrize(
    ("total", "requests"),
    [(0, 1), (1, 2), (9, 2), (10, 2), (11, 3), (20, 3), (25, 4)],
)
def test_server_without_signals_is_read_until_a_page_is_empty(
    walked: Walk, pagination: dict[str, Any], total: int, requests: int
) -> None:
    """The first short page needs confirmation, and so does a full last page."""
    walk = walked(listing(total), pagination=pagination)
    assert walk.error is None
    assert walk.items == items(0, total)
    assert len(walk.requests) == requests


@pytest.mark.parametrize("pagination", [PAGE, OFFSET], ids=["page", "offset"])
@pytest.mark.parametrize("cap", [1, 3, 7])
def test_capped_pages_lose_no_items(walked: Walk, pagination: dict[str, Any], cap: int) -> None:
    assert walked(listing(24, cap=cap), pagination=pagination).items == items(0, 24)


def test_page_numbers_start_at_start_page(walked: Walk) -> None:
    walk = walked(listing(25, first=0), pagination={**PAGE, "start_page": 0})
    assert walk.items == items(0, 25)
    assert [request.value("page") for request in walk.requests] == ["0", "1", "2", "3"]


def test_short_page_of_a_template_is_trusted_after_one_was_confirmed(walked: Walk) -> None:
    observations = TemplateObservations()
    assert len(walked(listing(4), pagination=PAGE, observations=observations).requests) == 2
    later = walked(listing(23), pagination=PAGE, observations=observations)
    assert later.items == items(0, 23)
    assert len(later.requests) == 3


def test_observed_cap_is_used_by_the_next_walk(walked: Walk) -> None:
    """Pages as long as the cap are full. Only the shorter last one needed confirmation once."""
    observations = TemplateObservations()
    walked(listing(8, cap=3), pagination=PAGE, observations=observations)
    later = walked(listing(8, cap=3), pagination=PAGE, observations=observations)
    assert later.items == items(0, 8)
    assert len(later.requests) == 3


def test_short_pages_are_never_trusted_if_some_were_not_the_last(walked: Walk) -> None:
    """The end is confirmed in each walk."""
    cuts = [5, 3, 4, 2]

    def answer(request: Request) -> Any:
        page = number(request, "page")
        return {"items": items(100 * page, 100 * page + (cuts[page - 1] if page <= len(cuts) else 0))}

    observations = TemplateObservations()
    for _ in range(2):
        walk = walked(answer, pagination=PAGE, observations=observations)
        assert walk.error is None
        assert len(walk.items) == sum(cuts)
        assert len(walk.requests) == len(cuts) + 1


@pytest.mark.parametrize("pagination", [PAGE, OFFSET], ids=["page", "offset"])
def test_repeated_full_page_is_an_error(walked: Walk, pagination: dict[str, Any]) -> None:
    """The API ignores the parameter and may have more items."""
    walk = walked(lambda _: {"items": items(0, 10)}, pagination=pagination)
    assert isinstance(walk.error, PaginationError)
    assert f"Does the API know the parameter '{pagination['type']}'?" in str(walk.error)
    assert "the API sent the 10 items of an earlier page again" in str(walk.error)


def test_repeated_page_is_an_error_if_a_signal_says_more(walked: Walk) -> None:
    walk = walked(lambda _: {"items": items(0, 4), "total": 50}, pagination=PAGE)
    assert isinstance(walk.error, PaginationError)


def test_unpaged_endpoint_is_an_error_if_its_response_looks_full(
    walked: Walk,
) -> None:
    walk = walked(lambda _: {"items": items(0, 25)}, pagination=PAGE)
    assert isinstance(walk.error, PaginationError)
    assert "selector.pagination: {type: none}" in walk.error.hint


def test_short_unpaged_endpoint_is_complete_with_a_warning(walked: Walk, logged: list[str]) -> None:
    """It inherits the pagination type of the settings."""
    walk = walked(lambda _: {"items": items(0, 4)}, pagination=PAGE)
    assert walk.error is None
    assert walk.items == items(0, 4)
    assert any("with page 1 again. The listing is taken as complete" in line for line in logged)


def test_repeated_short_last_page_ends_the_listing(walked: Walk) -> None:
    def answer(request: Request) -> Any:
        page = min(number(request, "page"), 3)
        return listing(24)(request.with_param("page", page))

    walk = walked(answer, pagination=PAGE)
    assert walk.error is None
    assert walk.items == items(0, 24)


@pytest.mark.parametrize("status", [404, 410, 416])
@pytest.mark.parametrize("total", [10, 14, 20])
@pytest.mark.parametrize("pagination", [PAGE, OFFSET], ids=["page", "offset"])
def test_not_found_past_the_end_ends_a_listing_without_signals(
    walked: Walk, pagination: dict[str, Any], total: int, status: int
) -> None:
    def answer(request: Request) -> Any:
        body = listing(total)(request)
        return body if body["items"] else status

    observations = TemplateObservations()
    for _ in range(2):
        walk = walked(answer, pagination=pagination, observations=observations)
        assert walk.error is None
        assert walk.items == items(0, total)


@pytest.mark.parametrize("status", [400, 403, 422, 500])
def test_other_statuses_past_the_end_are_an_error(walked: Walk, status: int) -> None:
    def answer(request: Request) -> Any:
        return status if number(request, "page") > 1 else {"items": items(0, 10)}

    assert walked(answer, pagination=PAGE).error.status == status


@pytest.mark.parametrize(
    "signal",
    [
        {"total": 50},
        {"has_more": True},
        {"has_more": "true"},
        {"next": 3},
        {"total_pages": 5},
        {"last": False},
    ],
    ids=str,
)
@pytest.mark.parametrize("status", [400, 404])
def test_refused_page_is_an_error_if_a_signal_says_more(
    walked: Walk, signal: dict[str, Any], status: int
) -> None:
    def answer(request: Request) -> Any:
        return status if number(request, "page") == 3 else listing(50, **signal)(request)

    walk = walked(answer, pagination=PAGE)
    assert isinstance(walk.error, RefusedError)
    assert walk.items == items(0, 20)


def test_failed_first_page_is_an_error(walked: Walk) -> None:
    assert isinstance(walked(lambda _: 404, pagination=PAGE).error, RefusedError)
    assert isinstance(walked(lambda _: 500, pagination=PAGE).error, TransientError)


def test_status_configured_as_empty_is_a_listing_without_items(walked: Walk, logged: list[str]) -> None:
    walk = walked(lambda _: 403, pagination=PAGE, on_status={403: "empty"})
    assert walk.error is None
    assert walk.pages == []
    assert any("status 403 taken as no items" in line for line in logged)


def test_status_configured_as_failure_is_an_error(walked: Walk) -> None:
    assert walked(lambda _: 404, pagination=PAGE, on_status={404: "fail", 403: "empty"}).error.status == 404


_ESTIMATES = ("unread_signal", "empty_after_more")


@pytest.mark.parametrize("off", [-3, -1, 0, 1, 3])
@pytest.mark.parametrize("total", [5, 20, 25])
@pytest.mark.parametrize("kind", [int, str])
@pytest.mark.parametrize("pagination", [PAGE, OFFSET], ids=["page", "offset"])
def test_wrong_total_loses_no_items(
    walked: Walk,
    pagination: dict[str, Any],
    total: int,
    off: int,
    kind: Callable[[int], object],
) -> None:
    walk = walked(listing(total, total=kind(total + off)), pagination=pagination)
    assert (walk.error is None) == (off <= 0), "a total that is not reached is a doubt"
    assert walk.items == items(0, total)
    assert len(walk.requests) <= total // 10 + 4
    accepting = walked(listing(total, total=kind(total + off)), pagination=pagination, accept=_ESTIMATES)
    assert accepting.error is None


@pytest.mark.parametrize("key", ["total", "count"])
@pytest.mark.parametrize("cap", [4, 10])
@pytest.mark.parametrize("total", [0, 4, 10, 20, 25])
@pytest.mark.parametrize("pagination", [PAGE, OFFSET], ids=["page", "offset"])
def test_total_that_counts_only_the_page_is_ignored(
    walked: Walk, pagination: dict[str, Any], total: int, cap: int, key: str
) -> None:
    def answer(request: Request) -> Any:
        body = listing(total, cap=cap)(request)
        return {**body, key: len(body["items"])}

    walk = walked(answer, pagination=pagination)
    assert walk.error is None
    assert walk.items == items(0, total)


def test_total_of_minus_one_is_ignored(walked: Walk) -> None:
    assert walked(listing(25, total=-1), pagination=PAGE).items == items(0, 25)


@pytest.mark.parametrize("text", ["more", "text"])
def test_flag_as_text_ends_the_listing(walked: Walk, text: str) -> None:
    def answer(request: Request) -> Any:
        more = number(request, "page") < 3
        return {**listing(30)(request), "has_more": str(more).lower() if text == "text" else more}

    walk = walked(answer, pagination=PAGE)
    assert walk.items == items(0, 30)
    assert len(walk.requests) == 3


def test_empty_pages_in_the_middle_are_skipped_if_a_signal_says_more(walked: Walk) -> None:
    """The API filters each page after it has counted its items."""

    def answer(request: Request) -> Any:
        page = number(request, "page")
        return {"items": items(page, page + 1) if page in (1, 5, 9) else [], "has_more": page < 10}

    walk = walked(answer, pagination=PAGE)
    assert walk.error is None
    assert [item["id"] for item in walk.items] == [1, 5, 9]


@pytest.mark.parametrize("pagination", [PAGE, OFFSET], ids=["page", "offset"])
def test_empty_first_pages_are_skipped_if_a_signal_says_more(
    walked: Walk, pagination: dict[str, Any]
) -> None:
    def answer(request: Request) -> Any:
        body = listing(30)(request)
        shown = [item for item in body["items"] if item["id"] >= 20]
        return {"items": shown, "has_more": {"id": 29} not in body["items"]}

    walk = walked(answer, pagination=pagination)
    assert walk.error is None
    assert walk.items == items(20, 30)


def test_total_without_any_items_is_an_error(walked: Walk) -> None:
    """Pages are requested up to the total. The listing is not complete without items."""
    walk = walked(lambda _: {"items": [], "total": 45}, pagination=PAGE)
    assert isinstance(walk.error, PaginationError)
    assert "5 pages have no items, though the API counts 45" in str(walk.error)
    assert len(walk.requests) == 5


def test_empty_pages_without_end_are_an_error(walked: Walk) -> None:
    """`next` is always set."""
    walk = walked(lambda _: {"items": [], "next": "x"}, pagination=PAGE, max_requests=1100)
    assert isinstance(walk.error, PaginationError)
    assert "1001 pages in a row have no items" in str(walk.error)


def test_identical_pages_without_ids_are_an_error_and_not_the_end(walked: Walk) -> None:
    walk = walked(lambda _: {"items": [{"ok": True}], "has_more": True}, pagination=PAGE)
    assert isinstance(walk.error, PaginationError)


def test_missing_data_path_on_a_later_page_is_an_error(walked: Walk) -> None:
    """The page is an error with status 200."""

    def answer(request: Request) -> Any:
        page = number(request, "page")
        return {"items": items(0, 10)} if page == 1 else {"error": "try again"}

    walk = walked(answer, pagination=PAGE)
    assert isinstance(walk.error, ItemsError)
    assert walk.items == items(0, 10)


@pytest.mark.parametrize(
    ("bound", "total", "end"),
    [(3, 30, None), (3, 29, None), (3, 31, "error"), (2, 30, "error"), (1, 10, None), (1, 11, "error")],
)
@pytest.mark.parametrize("extra", [{}, {"total": "exact"}], ids=["no signal", "total"])
def test_exceeded_max_pages_is_an_error_and_never_truncates(
    walked: Walk,
    bound: int,
    total: int,
    end: str | None,
    extra: dict[str, Any],
) -> None:
    signals = {"total": total} if extra else {}
    walk = walked(listing(total, **signals), pagination={**PAGE, "max_pages": bound})
    if end is None:
        assert walk.error is None
        assert walk.items == items(0, total)
    else:
        assert isinstance(walk.error, PaginationError)
        assert f"more than {bound} pages. Raise maxPages" in str(walk.error)


def test_endless_listing_is_an_error_without_max_pages(walked: Walk) -> None:
    """An API that always has new ids."""
    walk = walked(listing(1000), pagination=PAGE, limits=WalkLimits(pages=5))
    assert isinstance(walk.error, PaginationError)
    assert "there are more than 5 pages. Set maxPages" in str(walk.error)


def test_listing_with_too_many_items_to_compare_is_an_error(walked: Walk) -> None:
    walk = walked(listing(1000), pagination=PAGE, limits=WalkLimits(items=45))
    assert isinstance(walk.error, PaginationError)
    assert "there are more than 45 items" in str(walk.error)


def chain(pages: dict[str | None, Any], param: str = "cursor") -> Answer:
    """Return a server of pages by cursor."""

    def answer(request: Request) -> Any:
        value = request.value(param)
        return pages[None if value is None else str(value)]

    return answer


@pytest.mark.parametrize(
    "last",
    [{"next": None}, {"next": ""}, {}, {"next": "b"}, {"next": "x", "has_more": False}],
    ids=["null", "empty", "missing", "repeated", "flag"],
)
def test_cursors_are_followed_to_the_end(walked: Walk, last: dict[str, Any]) -> None:
    pages: dict[str | None, Any] = {
        None: {"items": items(0, 2), "next": "a"},
        "a": {"items": [], "next": "b"},
        "b": {"items": items(2, 3), **last},
    }
    walk = walked(chain(pages), pagination={"type": "cursor", "cursor_path": "next"})
    assert walk.error is None
    assert walk.items == items(0, 3)
    # A repeated cursor is requested once more, because a scroll API would return another page.
    assert len(walk.requests) == (4 if last.get("next") == "b" else 3)


def test_cursor_of_an_earlier_page_is_an_error(walked: Walk) -> None:
    pages: dict[str | None, Any] = {
        None: {"items": items(0, 1), "next": "a"},
        "a": {"items": items(1, 2), "next": "b"},
        "b": {"items": items(2, 3), "next": "a"},
    }
    walk = walked(chain(pages), pagination={"type": "cursor", "cursor_path": "next"})
    assert isinstance(walk.error, PaginationError)
    assert "page 3 leads back to an earlier page" in str(walk.error)
    assert walk.items == items(0, 3)


def test_ignored_cursor_parameter_is_an_error(walked: Walk) -> None:
    walk = walked(lambda _: {"items": items(0, 2), "next": "a"}, pagination={"type": "cursor"})
    assert isinstance(walk.error, PaginationError)
    assert "Does the API know the parameter 'cursor'?" in str(walk.error)


def test_cursor_is_read_from_a_response_header(walked: Walk) -> None:
    def answer(request: Request) -> Any:
        place = number(request, "cursor")
        return items(place, place + 1), ({"x-next": str(place + 1)} if place < 4 else {})

    walk = walked(answer, pagination={"type": "cursor", "cursor_header": "X-Next"}, data_path=None)
    assert walk.items == items(0, 5)


def test_404_for_a_cursor_is_an_error(walked: Walk) -> None:
    def answer(request: Request) -> Any:
        return 404 if request.value("cursor") else {"items": items(0, 2), "next": "a"}

    assert isinstance(walked(answer, pagination={"type": "cursor"}).error, RefusedError)


def test_links_are_followed_to_the_end(walked: Walk) -> None:
    """Absolute and relative links, an empty page, and a last page that links to itself."""
    pages: dict[str | None, Any] = {
        None: {"items": items(0, 2), "next": "https://a.example/api/x?after=a&size=2"},
        "a": {"items": items(2, 4), "next": "?after=b"},
        "b": {"items": [], "next": "/api/x?after=c"},
        "c": {"items": items(4, 5), "next": "/api/x?after=c"},
    }
    walk = walked(chain(pages, "after"), pagination={"type": "next_link"})
    assert walk.error is None
    assert walk.items == items(0, 5)


@pytest.mark.parametrize("back", ["/api/x", "https://a.example/api/x", "?after=a"])
def test_link_back_to_an_earlier_page_is_an_error(walked: Walk, back: str) -> None:
    pages: dict[str | None, Any] = {
        None: {"items": items(0, 2), "next": "?after=a"},
        "a": {"items": items(2, 4), "next": "?after=b"},
        "b": {"items": items(4, 6), "next": back},
    }
    assert isinstance(walked(chain(pages, "after"), pagination={"type": "next_link"}).error, PaginationError)


def test_links_that_alternate_between_two_spellings_of_a_page_end(walked: Walk) -> None:
    """Complete or an error, but only after every page was read."""

    def answer(request: Request) -> Any:
        link = "?b=2&a=1" if "a=1&b=2" in request.full_url else "?a=1&b=2"
        return {"items": items(2, 4) if request.value("a") else items(0, 2), "next": link}

    walk = walked(answer, pagination={"type": "next_link"})
    assert walk.items[:4] == items(0, 4)
    assert len(walk.requests) <= 3


def test_link_header_is_followed_to_the_end(walked: Walk) -> None:
    def answer(request: Request) -> Any:
        page = number(request, "page", 1)
        links = f'</api/x?page={page - 1}>; rel="prev", </api/x?page={page + 1}>; rel="next"'
        return items(page, page + 1), ({"link": links} if page < 4 else {"link": '</api/x>; rel="first"'})

    walk = walked(answer, pagination={"type": "header_link"}, data_path=None)
    assert walk.error is None
    assert walk.items == items(1, 5)


def test_page_parameters_are_sent_in_the_body(walked: Walk) -> None:
    """As integers beside the other fields. The URL does not change."""

    def answer(request: Request) -> Any:
        assert isinstance(request.body, dict)
        paging = request.body["paging"]
        assert isinstance(paging, dict)
        start, size = paging["from"], paging["size"]
        assert isinstance(start, int)
        assert isinstance(size, int)
        return {"items": items(0, 5)[start:][:size]}

    walk = walked(
        answer,
        pagination={
            "type": "offset",
            "param": "paging.from",
            "size_param": "paging.size",
            "param_location": "body",
            "page_size": 2,
        },
        first=Request("POST", "https://a.example/api/x", body={"q": "x"}),
    )
    assert walk.items == items(0, 5)
    assert {request.full_url for request in walk.requests} == {"https://a.example/api/x"}


def test_single_page_is_requested_once(walked: Walk) -> None:
    walk = walked(listing(5, has_more=True, next="/x"), pagination={"type": "none"})
    assert walk.items == items(0, 5)
    assert len(walk.requests) == 1


def test_page_knows_its_position_in_the_walk(walked: Walk) -> None:
    walk = walked(listing(25), pagination=PAGE)
    assert [(page.number, page.items_before, page.largest_before) for page in walk.pages] == [
        (0, 0, 0),
        (1, 10, 10),
        (2, 20, 10),
        (3, 25, 10),
    ]


def test_status_204_past_the_end_ends_the_listing(walked: Walk) -> None:
    """No signal contradicts it."""

    def answer(request: Request) -> Any:
        if number(request, "page") > 1:
            return Response(204)
        return Response(200, {}, json.dumps({"items": items(0, 10)}).encode())

    walk = walked(answer, pagination=PAGE)
    assert walk.error is None
    assert walk.items == items(0, 10)
