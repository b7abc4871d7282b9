"""Offsets and page numbers: tables of one page and the expected continuation."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from configuration.pagination import PaginationSettings
from pagination import OffsetPaginator, PageNumberPaginator, Paginator, paginator_for
from pagination.counted import largest_part
from rest.bodies import Json
from rest.errors import PaginationError
from rest.page import ObservedPageSizes, Page
from rest.request import Request
from rest.response import Response

SIZE = 10
# The next request: announced by the API, sent without an announcement, or none.
MORE, ASK, END = "announced", "unannounced", "end"


RANGE = {"param": "Range", "param_location": "header", "param_format": "items={start}-{end}"}


def paginator(**settings: object) -> Paginator:
    return paginator_for(PaginationSettings.model_validate(settings))


def test_range_is_written_for_each_page() -> None:
    ranges = paginator(type="offset", page_size=20, **RANGE)
    first = ranges.first(Request("GET", "https://a.example/x"))
    assert (first.params, first.headers) == ((), (("Range", "items=0-19"),))
    got = Page(first, response(), list(range(20)))
    following = ranges.next(got)
    assert following
    assert following.request.headers == (("Range", "items=20-39"),)
    assert ranges.is_full(got)
    assert not ranges.is_full(replace(got, items=[1]))


def test_range_of_the_mapping_is_kept() -> None:
    own = Request("GET", "https://a.example/x", headers=(("Range", "items=5-9"),))
    ranges = paginator(type="offset", page_size=20, **RANGE)
    assert ranges.first(own) == own
    following = ranges.next(Page(own, response(), list(range(5))))
    assert following
    assert following.request.headers == (("Range", "items=10-14"),)


def test_value_of_another_format_counts_as_the_start() -> None:
    own = Request("GET", "https://a.example/x", headers=(("Range", "bytes=5-9"),))
    following = paginator(type="offset", page_size=20, **RANGE).next(Page(own, response(), [1, 2]))
    assert following
    assert following.request.headers == (("Range", "items=2-21"),)


def test_page_number_is_written_by_its_format() -> None:
    numbers = paginator(type="page", param_format="{page},{size}", page_size=20)
    first = numbers.first(Request("GET", "https://a.example/x"))
    assert first.params == (("page", "1,20"),)
    following = numbers.next(Page(first, response(), list(range(20))))
    assert following
    assert following.request.params == (("page", "2,20"),)


@pytest.mark.parametrize(
    ("size", "smaller"), [("limit=100", "50"), ("limit=25", "20"), ("limit=20", None), ("", None)]
)
def test_offset_page_is_made_smaller(size: str, smaller: str | None) -> None:
    request = Request("GET", f"https://a.example/x?offset=300&{size}")
    reduced = paginator(type="offset", page_size_min=20).smaller(request, None)
    assert (reduced and reduced.value("limit")) == smaller
    assert not reduced or reduced.value("offset") == "300"


@pytest.mark.parametrize(("size", "larger"), [("50", "100"), ("60", "100"), ("10", "20")])
def test_offset_page_is_made_larger(size: str, larger: str) -> None:
    request = Request("GET", f"https://a.example/x?offset=300&limit={size}")
    assert paginator(type="offset", page_size_min=5).larger(request).value("limit") == larger


@pytest.mark.parametrize(
    ("size", "smallest", "part"), [(100, 10, 50), (75, 10, 25), (7, 2, None), (7, 1, 1), (1, 1, None)]
)
def test_smaller_page_divides_the_larger_one(size: int, smallest: int, part: int | None) -> None:
    assert largest_part(size, smallest) == part


def test_range_is_made_smaller() -> None:
    request = Request("GET", "https://a.example/x", headers=(("Range", "items=40-59"),))
    reduced = paginator(type="offset", page_size=20, page_size_min=5, **RANGE).smaller(request, None)
    assert reduced
    assert reduced.headers == (("Range", "items=40-49"),)


@pytest.mark.parametrize(
    ("number", "size", "start", "smaller"),
    [
        (4, 100, 1, ("7", "50")),
        (1, 100, 1, ("1", "50")),
        (0, 100, 0, ("0", "50")),
        (3, 100, 0, ("6", "50")),
        (3, 75, 1, ("7", "25")),
        (3, 25, 1, ("11", "5")),
        (3, 7, 1, None),
        (3, 5, 1, None),
    ],
)
def test_page_number_is_changed_with_the_size(number: int, size: int, start: int, smaller: object) -> None:
    numbers = paginator(type="page", page_size=200, page_size_min=5, start_page=start)
    request = Request("GET", f"https://a.example/x?page={number}&size={size}")
    items_before = (number - start) * size
    before = Page(request, response(), [], items_before=items_before) if items_before else None
    reduced = numbers.smaller(request, before)
    assert (reduced and (reduced.value("page"), reduced.value("size"))) == smaller
    assert numbers.larger(request) == request


def test_page_number_is_kept_after_pages_of_another_length() -> None:
    """The API may cap its pages. The page then begins elsewhere than the requested size says."""
    numbers = paginator(type="page", page_size=100, page_size_min=5)
    request = Request("GET", "https://a.example/x?page=3&size=100")
    assert numbers.smaller(request, Page(request, response(), [], items_before=100)) is None


def test_number_of_pages_is_compared_with_the_number_in_the_api_s_counting() -> None:
    last = replace(page(5, {"total_pages": 6}, number=3, query="page=6&size=5"), ordinal=5)
    assert continuation(last, total_pages_path="total_pages") == END
    assert continuation(replace(last, ordinal=None), total_pages_path="total_pages") == MORE


@pytest.mark.parametrize(("requested", "is_full"), [(5, True), (10, False)])
def test_page_that_was_made_smaller_is_full_with_its_own_size(requested: int, *, is_full: bool) -> None:
    """The API caps its pages at 8 items, and has sent 5."""
    short = page(5, query=f"offset=0&limit={requested}", observed=ObservedPageSizes(page_size=8))
    assert paginator(type="offset", page_size_min=5).is_full(short) is is_full


def test_other_paginators_do_not_change_sizes() -> None:
    links, request = paginator(type="header_link"), Request("GET", "https://a.example/x")
    assert links.smaller(request, None) is None
    assert links.larger(request) == request
    assert links.ordinal(request) is None


def response(body: Json = None, headers: Mapping[str, str] | None = None) -> Response:
    return Response(200, headers or {}, b"" if body is None else json.dumps(body).encode())


def page(
    count: int,
    body: Json = None,
    headers: Mapping[str, str] | None = None,
    *,
    number: int = 0,
    before: Json = None,
    largest_before: int | None = None,
    observed: ObservedPageSizes | None = None,
    query: str | None = None,
    promise: str | None = None,
) -> Page:
    """Return a page of `count` items after full pages. before: the body of the previous page."""
    query = f"page={number + 1}&size={SIZE}" if query is None else query
    return Page(
        Request("GET", f"https://a.example/x?{query}"),
        response(body, headers),
        list(range(count)),
        number=number,
        items_before=number * SIZE,
        largest_before=(SIZE if number else 0) if largest_before is None else largest_before,
        previous_response=response(before) if number else None,
        announced_by=promise,
        observed=observed or ObservedPageSizes(),
    )


def continuation(page: Page, **settings: object) -> str:
    paginator = paginator_for(PaginationSettings.model_validate({"type": "page", **settings}))
    following = paginator.next(page)
    if following is None:
        return END
    return MORE if following.promise is not None else ASK


@pytest.mark.parametrize(
    ("count", "number", "observed", "expected"),
    [
        (10, 0, ObservedPageSizes(), ASK),
        (10, 0, ObservedPageSizes(short_is_last=True), ASK),
        (10, 3, ObservedPageSizes(short_is_last=True), ASK),
        (12, 0, ObservedPageSizes(short_is_last=True), ASK),
        (4, 0, ObservedPageSizes(), ASK),
        (4, 2, ObservedPageSizes(), ASK),
        (4, 0, ObservedPageSizes(short_is_last=True), END),
        (4, 2, ObservedPageSizes(short_is_last=True), END),
        (4, 0, ObservedPageSizes(short_is_last=False), ASK),
        (4, 0, ObservedPageSizes(page_size=4, short_is_last=True), ASK),
        (3, 0, ObservedPageSizes(page_size=4, short_is_last=True), END),
        (0, 0, ObservedPageSizes(), END),
        (0, 3, ObservedPageSizes(), END),
        (0, 3, ObservedPageSizes(short_is_last=False), END),
        (20, 0, ObservedPageSizes(short_is_last=True, longest=20, page_size=50), ASK),
        (20, 0, ObservedPageSizes(short_is_last=True, longest=21, page_size=50), END),
        (19, 0, ObservedPageSizes(short_is_last=True, longest=19, page_size=50), END),
    ],
)
def test_page_without_any_signal_is_judged_by_its_length(
    count: int, number: int, observed: ObservedPageSizes, expected: str
) -> None:
    """An empty page ends the listing. A short page ends it if earlier short pages were confirmed as last."""
    assert continuation(page(count, number=number, observed=observed)) == expected


def test_without_a_page_size_a_page_as_long_as_the_longest_is_full() -> None:
    """On the first page, there is nothing to compare with."""
    trusted = ObservedPageSizes(short_is_last=True)
    assert continuation(page(3, query="page=1", observed=trusted), size_param="-") == ASK
    full = page(6, number=2, largest_before=6, query="page=3", observed=trusted)
    assert continuation(full, size_param="-") == ASK
    short = page(5, number=2, largest_before=6, query="page=3", observed=trusted)
    assert continuation(short, size_param="-") == END


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ({"has_more_path": "meta.more"}, {"meta": {"more": True}}, MORE),
        ({"has_more_path": "meta.more"}, {"meta": {"more": "true"}}, MORE),
        ({"has_more_path": "meta.more"}, {"meta": {"more": 1}}, MORE),
        ({"has_more_path": "meta.more"}, {"meta": {"more": "https://a.example/x?page=2"}}, MORE),
        ({"has_more_path": "meta.more"}, {"meta": {"more": False}}, END),
        ({"has_more_path": "meta.more"}, {"meta": {"more": "false"}}, END),
        ({"has_more_path": "meta.more"}, {"meta": {"more": "0"}}, END),
        ({"has_more_path": "meta.more"}, {"meta": {"more": None}}, END),
        ({"has_more_path": "meta.more"}, {"meta": {}}, ASK),
        ({"has_more_path": "a.b"}, {"a.b": False, "a": {"b": True}}, END),
        ({"has_more_path": '"a b".c'}, {"a b": {"c": False}}, END),
        ({"has_more_path": ".left > 0"}, {"left": 3}, MORE),
        ({"has_more_path": ".left > 0"}, {"left": 0}, END),
        ({"last_page_path": "done"}, {"done": True}, END),
        ({"last_page_path": "done"}, {"done": "true"}, END),
        ({"last_page_path": "done"}, {"done": "false"}, MORE),
        ({"last_page_path": "done"}, {"done": None}, MORE),
        ({"last_page_path": "done"}, {}, ASK),
        ({"total_pages_path": "n"}, {"n": 4}, MORE),
        ({"total_pages_path": "n"}, {"n": "4"}, MORE),
        ({"total_pages_path": "n"}, {"n": 3}, END),
        ({"total_pages_path": "n"}, {"n": None}, ASK),
        ({"total_pages_path": "n"}, {}, ASK),
        ({"total_path": "n"}, {"n": 31}, MORE),
        ({"total_path": "n"}, {"n": "31"}, MORE),
        ({"total_path": "n"}, {"n": 30}, END),
        ({"total_path": "n"}, {"n": 7}, END),
        ({"total_path": "n"}, {"n": -1}, ASK),
        ({"total_path": "n"}, {"n": "many"}, ASK),
        ({"total_path": "n"}, {}, ASK),
    ],
    ids=str,
)
def test_configured_signal_decides(path: dict[str, object], body: Json, expected: str) -> None:
    """The third page, full. A configured total is trusted. A missing signal has no effect."""
    assert continuation(page(SIZE, body, number=2), **path) == expected


def test_configured_signals_decide_in_their_order() -> None:
    """More, last, page count, item count: a signal decides if those before it are absent."""
    paths = {"has_more_path": "m", "last_page_path": "l", "total_pages_path": "p", "total_path": "t"}
    body: dict[str, Json] = {"m": True, "l": True, "p": 99, "t": 1}
    assert continuation(page(SIZE, body), **paths) == MORE
    del body["m"]
    assert continuation(page(SIZE, body), **paths) == END
    del body["l"]
    assert continuation(page(SIZE, body), **paths) == MORE
    del body["p"]
    assert continuation(page(SIZE, body), **paths) == END


def test_configured_signal_wins_over_a_recognised_one() -> None:
    body: Json = {"has_more": False, "more": {"really": True}}
    assert continuation(page(SIZE, body), has_more_path="more.really") == MORE
    assert continuation(page(SIZE, {"total": 99, "n": 10}), total_path="n") == END


def test_recognised_signals_are_used_if_the_configured_one_is_absent() -> None:
    assert continuation(page(SIZE, {"has_more": False}), has_more_path="elsewhere") == END


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"has_more": True}, MORE),
        ({"has_more": False}, END),
        ({"has_more": "false"}, END),
        ({"hasMore": "True"}, MORE),
        ({"has_next": False}, END),
        ({"hasNext": True}, MORE),
        ({"pageInfo": {"hasNextPage": False}}, END),
        ({"data": {"pageInfo": {"hasNextPage": True}}}, MORE),
        ({"more": "https://a.example/more"}, ASK),
        ({"has_more": None}, ASK),
        ({"has_more": 1}, MORE),
        ({"last": True}, END),
        ({"last": False}, MORE),
        ({"isLast": "true"}, END),
        ({"last": "https://a.example/x?page=9"}, ASK),
        ({"next": "https://a.example/x?page=2"}, MORE),
        ({"next": 2}, MORE),
        ({"meta": {"next_page": 2}}, MORE),
        ({"next": None}, END),
        ({"next": ""}, END),
        ({"nextPage": None}, END),
        ({"_links": {"next": {"href": "/x?page=2"}}}, MORE),
        ({"links": {"next": {"url": "/x?page=2"}}}, MORE),
        ({"next": {"limit": 10}}, MORE),
        ({"next": None, "links": {"next": "/x?page=2"}}, MORE),
        ({"next": None, "links": {"next": None}}, END),
        ({"next": ["x"]}, ASK),
        ({"next_cursor": "x"}, ASK),
        ({"meta": {"nextPageToken": ""}}, ASK),
        ({"total_pages": 2}, MORE),
        ({"total_pages": 1}, ASK),
        ({"total_pages": 0}, ASK),
        ({"total_pages": 0, "pageCount": 2}, MORE),
        ({"totalPages": "2"}, MORE),
        ({"page": {"totalPages": 1, "totalElements": 4}}, ASK),
        ({"pages": ["a", "b"]}, ASK),
        ({"total_pages": None, "pageCount": 2}, MORE),
        ({"total": 11}, MORE),
        ({"total": "11"}, MORE),
        ({"meta": {"pagination": {"total": 11}}}, MORE),
        ({"hits": {"total": 11}}, MORE),
        ({"total": -1}, ASK),
        ({"total": None, "count": 11}, MORE),
        ({"total": 10}, ASK),
        ({"total": 9}, ASK),
        ({"total": 0}, ASK),
        ([1, 2, 3], ASK),
        ("text", ASK),
    ],
    ids=str,
)
def test_recognised_signal_decides_on_a_full_first_page(body: Json, expected: str) -> None:
    """A total of just these items proves nothing. A cursor counts only if the paginator sends it back."""
    assert continuation(page(SIZE, body)) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"x-total-count": "11"}, MORE),
        ({"x-total": "11"}, MORE),
        ({"x-total-count": "10"}, ASK),
        ({"x-total-count": ""}, ASK),
        ({"x-total-pages": "2"}, MORE),
        ({"x-wp-totalpages": "1"}, ASK),
        ({"x-next-page": "2"}, MORE),
        ({"x-next-page": ""}, END),
        ({"link": '<https://a.example/x?page=2>; rel="next"'}, MORE),
        ({"link": '<https://a.example/x?page=1>; rel="prev"'}, END),
        ({"link": '<https://a.example/docs>; rel="help"'}, ASK),
        ({"link": '</x?page=1>; rel="first", </x?page=3>; rel="last"'}, ASK),
        ({"link": "</x?page=2>; rel='next'"}, MORE),
        ({"link": "</x?page=1>; rel='previous'"}, END),
    ],
    ids=str,
)
def test_recognised_headers_decide_on_a_full_first_page(headers: dict[str, str], expected: str) -> None:
    assert continuation(page(SIZE, [], headers)) == expected


@pytest.mark.parametrize(
    ("count", "total", "expected"),
    [
        (10, 30, ASK),
        (4, 24, END),
        (10, 31, MORE),
        (4, 25, MORE),
        (10, 10, ASK),
        (4, 4, ASK),
        (4, 20, ASK),
        (4, 22, ASK),
        (0, 20, END),
        (0, 21, END),
        (0, 31, MORE),
        (0, 0, END),
    ],
)
def test_recognised_total_on_the_third_page(count: int, total: int, expected: str) -> None:
    """A full page needs confirmation. A total of this page alone, or below the items so far, is ignored."""
    assert continuation(page(count, {"total": total}, number=2)) == expected


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ({"next": "/x?page=3"}, {}, END),
        ({"next": "/x?page=3"}, {"next": None}, END),
        ({"next": 3}, {"next": 4}, MORE),
        ({}, {}, ASK),
        ({"next": None}, {}, ASK),
        ({"next_cursor": "x"}, {}, ASK),
        ({"next_cursor": None}, {}, ASK),
        ({"_links": {"next": {"href": "/x?page=3"}}}, {"_links": {}}, END),
    ],
    ids=str,
)
def test_missing_next_ends_the_listing_if_the_previous_page_had_one(
    before: Json, now: Json, expected: str
) -> None:
    assert continuation(page(SIZE, now, number=2, before=before)) == expected


@pytest.mark.parametrize(
    "body",
    [
        {"has_more": True},
        {"last": False},
        {"next": 4},
        {"total_pages": 9},
        {"total": 99},
        {"has_more": "true", "total": 3},
    ],
    ids=str,
)
def test_empty_page_is_not_the_end_if_a_signal_says_more(body: Json) -> None:
    assert continuation(page(0, body, number=2)) == MORE


def test_flags_decide_before_next_and_next_before_counts() -> None:
    assert continuation(page(SIZE, {"has_more": False, "next": 2, "total_pages": 9})) == END
    assert continuation(page(SIZE, {"last": True, "next": 2})) == END
    assert continuation(page(SIZE, {"next": None, "total_pages": 9, "next_cursor": "x"})) == END
    assert continuation(page(4, {"total_pages": 3, "total": 24}, number=2)) == END


def next_url(paginator: Paginator, page: Page) -> str:
    following = paginator.next(page)
    assert following is not None
    return following.request.full_url.partition("?")[2]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("page=1&size=10", "size=10&page=2"),
        ("page=0&size=10", "size=10&page=1"),
        ("size=10", "size=10&page=2"),
        ("page=x&size=10", "size=10&page=2"),
        ("a=b&page=7", "a=b&page=8"),
    ],
)
def test_page_number_goes_up_by_one(query: str, expected: str) -> None:
    """Other parameters are kept."""
    assert next_url(PageNumberPaginator("page", "size", SIZE), page(SIZE, query=query)) == expected


@pytest.mark.parametrize(
    ("count", "query", "body", "expected"),
    [
        (10, "offset=0&limit=10", {}, "limit=10&offset=10"),
        (7, "offset=20&limit=10", {}, "limit=10&offset=27"),
        (10, "limit=10", {}, "limit=10&offset=10"),
        (0, "offset=20&limit=10", {"has_more": True}, "limit=10&offset=30"),
        (0, "offset=20", {"has_more": True}, "offset=21"),
    ],
)
def test_offset_goes_up_by_the_items_received(count: int, query: str, body: Json, expected: str) -> None:
    """A server that caps its pages then loses no items. An empty page counts as a full one."""
    assert next_url(OffsetPaginator("offset", "limit", SIZE), page(count, body, query=query)) == expected


def test_offset_and_size_in_a_body_stay_integers() -> None:
    paginator = OffsetPaginator("page.from", "page.size", 2, location="body")
    first = paginator.first(Request("POST", "https://a.example/x", body={"q": 1}))
    assert first.body == {"q": 1, "page": {"from": 0, "size": 2}}
    following = paginator.next(Page(first, response({}), [1, 2]))
    assert following is not None
    assert following.request.body == {"q": 1, "page": {"from": 2, "size": 2}}


def test_page_number_zero_in_a_body_increases_to_one() -> None:
    paginator = PageNumberPaginator("page", None, location="body", start_page=0)
    first = paginator.first(Request("POST", "https://a.example/x"))
    following = paginator.next(Page(first, response({}), [1]))
    assert following is not None
    assert following.request.body == {"page": 1}


def test_empty_offset_page_ends_the_listing_once_the_offset_reaches_the_total() -> None:
    """The total may include items that the credentials cannot read."""
    offset = OffsetPaginator("offset", "limit", SIZE)
    body: Json = {"total": 45}
    assert offset.next(page(0, body, number=1, query="offset=30&limit=10")) is not None
    assert offset.next(page(0, body, number=1, query="offset=40&limit=10")) is None


def test_ending_a_whole_page_short_of_the_total_is_an_error() -> None:
    """Most likely, pages start at 0 and not at 1. A configured signal is trusted."""
    body: Json = {"total": 30, "last": True}
    with pytest.raises(PaginationError, match=r"ends after 20 items, but total says 30\. Is startPage 0"):
        continuation(page(SIZE, body, number=1))
    assert continuation(page(SIZE, body, number=1), last_page_path="last") == END
    assert continuation(page(SIZE, body, number=1, query="page=1&size=10"), start_page=0) == END
    assert continuation(page(SIZE, {"total": 29, "last": True}, number=1)) == END


def test_page_as_long_as_the_longest_before_is_full() -> None:
    """The API caps the page size, but computes its page count from the requested size."""
    body: Json = {"total_pages": 2}
    assert continuation(page(5, body, number=1, largest_before=5)) == ASK
    assert continuation(page(5, body, number=1, largest_before=6)) == END


def test_page_count_of_zero_on_a_page_with_items_is_ignored() -> None:
    trusted = ObservedPageSizes(short_is_last=True, longest=SIZE)
    assert continuation(page(4, {"total_pages": 0})) == ASK
    assert continuation(page(4, {"total_pages": 0}, observed=trusted)) == END
    assert continuation(page(0, {"total_pages": 0})) == END


@pytest.mark.parametrize("body", [None, [], {}, {"total_pages": None}], ids=str)
def test_announced_page_that_is_empty_without_a_signal_is_an_error(body: Json) -> None:
    with pytest.raises(PaginationError, match=r"page 2 is empty, but the previous page says.*\(total\)"):
        continuation(page(0, body, number=1, promise="total"))


@pytest.mark.parametrize("body", [{"has_more": False}, {"next": None}, {"total": 10}], ids=str)
def test_announced_page_that_is_empty_ends_the_listing_if_it_says_so(body: Json) -> None:
    assert continuation(page(0, body, number=1, promise="next")) == END


def test_next_step_names_the_signal_that_announced_it() -> None:
    paginator = PageNumberPaginator("page", "size", SIZE)
    announced = paginator.next(page(SIZE, {"meta": {"hasMore": True}}))
    assert announced is not None
    assert announced.promise == "meta.hasMore"
    unannounced = paginator.next(page(SIZE, {}))
    assert unannounced is not None
    assert unannounced.promise is None


def test_items_are_counted_before_data_path_filters_them() -> None:
    request = Request("GET", "https://a.example/x?offset=0&limit=10")
    few = Page(request, response({"total": 30}), [1, 2], sent_count=SIZE)
    following = OffsetPaginator("offset", "limit", SIZE).next(few)
    assert following is not None
    assert following.request.value("offset") == "10"


def test_offset_skips_an_empty_page_by_the_largest_page_so_far() -> None:
    """The API caps pages below the requested size."""
    empty = page(0, {"total": 50}, number=1, largest_before=4, query="offset=4&limit=10")
    assert next_url(OffsetPaginator("offset", "limit", SIZE), empty) == "limit=10&offset=8"


def test_pages_without_items_and_without_a_total_end_the_listing() -> None:
    empty = replace(page(0, {"meta": {"hasMore": False}}, number=1), items_before=0)
    assert continuation(empty) == END
