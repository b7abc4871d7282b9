"""Pages that say which page of how many they are: page 3 of 3 is the last one."""

from collections.abc import Callable
from typing import Any

import pytest

from rest.bodies import Json
from rest.request import Request

type Walk = Callable[..., Any]

_NAMES = [
    ("page", "pages"),
    ("page", "total_pages"),
    ("currentPage", "totalPages"),
    ("current_page", "last_page"),
]


def _items(start: int, count: int) -> list[Json]:
    return [{"id": number} for number in range(start, start + count)]


def _number(request: Request) -> int:
    """Return the requested page."""
    query = dict(request.query)
    return int(query.get("page", query.get("currentPage", 1)))


@pytest.mark.parametrize("place", ["beside the items", "in meta"])
@pytest.mark.parametrize("count", [1, 7, 20])
@pytest.mark.parametrize(("number", "pages"), _NAMES)
def test_the_only_page_of_one_is_the_last(
    walked: Walk, number: str, pages: str, count: int, place: str
) -> None:
    """Many APIs send their only page again for page 2, or refuse it."""
    counts: dict[str, Json] = {number: 1, pages: 1}
    body: dict[str, Json] = {"items": _items(0, count)}
    body |= {"meta": counts} if place == "in meta" else counts
    for pagination in ({"type": "auto"}, {}):
        walk = walked(lambda _: body, pagination=pagination)
        assert (walk.error, len(walk.items), len(walk.requests)) == (None, count, 1)


def test_the_third_page_of_three_is_the_last(walked: Walk) -> None:
    def answer(request: Request) -> Any:
        number = min(_number(request), 3)
        return {"items": _items(20 * number, 20), "page": number, "pages": 3}

    walk = walked(answer, pagination={"type": "auto"})
    assert (walk.error, len(walk.items), len(walk.requests)) == (None, 60, 3)


def test_a_page_of_one_counted_from_0_may_be_followed(walked: Walk) -> None:
    """The number may be that of the last page."""

    def answer(request: Request) -> Any:
        number = int(dict(request.query).get("page", 0))
        return {"items": _items(20 * number, 20) if number < 2 else [], "page": number, "pages": 1}

    walk = walked(answer, pagination={"type": "auto"})
    assert (walk.error, len(walk.items)) == (None, 40)


def test_the_number_of_pages_of_the_requested_size_may_be_too_small(walked: Walk) -> None:
    """The API sends at most 20 items, and counts pages of the 100 that were requested."""

    def answer(request: Request) -> Any:
        number = _number(request)
        return {"items": _items(20 * number, 20) if number < 4 else [], "page": number, "pages": 1}

    walk = walked(answer, pagination={"type": "page", "page_size": 100})
    assert (walk.error, len(walk.items)) == (None, 60)


_SIZES = [
    {"startAt": 0, "maxResults": 50},
    {"offset": 0, "limit": 25},
    {"page": 1, "per_page": 100},
    {"paging": {"pageIndex": 1, "pageSize": 30}},
]


@pytest.mark.parametrize("envelope", _SIZES, ids=str)
@pytest.mark.parametrize("count", [1, 7, 20])
def test_a_total_of_fewer_items_than_the_size_of_the_api_is_reached(
    walked: Walk, envelope: dict[str, Json], count: int
) -> None:
    body: dict[str, Json] = {"items": _items(0, count), **envelope, "total": count}
    walk = walked(lambda _: body, pagination={"type": "auto"})
    assert (walk.error, len(walk.items), len(walk.requests)) == (None, count, 1)


def test_a_total_of_as_many_items_as_the_size_of_the_api_may_be_of_this_page(walked: Walk) -> None:
    def answer(request: Request) -> Any:
        start = int(dict(request.query).get("offset", 0))
        items = _items(start, 25) if start < 50 else []
        return {"items": items, "offset": start, "limit": 25, "total": len(items)}

    walk = walked(answer, pagination={"type": "auto"})
    assert (walk.error, len(walk.items)) == (None, 50)


def test_the_requested_size_proves_no_total(walked: Walk) -> None:
    """The API sends at most 20 items, repeats the requested 100, and counts the items of the page."""

    def answer(request: Request) -> Any:
        start = int(dict(request.query).get("offset", 0))
        items = _items(start, 20) if start < 60 else []
        return {"items": items, "offset": start, "limit": 100, "total": len(items)}

    walk = walked(answer, pagination={"type": "offset", "page_size": 100})
    assert (walk.error, len(walk.items)) == (None, 60)


def test_a_larger_total_contradicts_the_number_of_pages(walked: Walk) -> None:
    body: dict[str, Json] = {"items": _items(0, 20), "page": 1, "pages": 1, "total": 50}
    assert walked(lambda _: body, pagination={"type": "auto"}).error is not None


def test_pages_is_no_number_where_it_is_a_flag(walked: Walk) -> None:
    """`paged` results of another design: the length of the pages decides."""
    body: dict[str, Json] = {"items": _items(0, 7), "page": 1, "pages": True}
    walk = walked(
        lambda request: body if _number(request) == 1 else {"items": []}, pagination={"type": "auto"}
    )
    assert (walk.error, len(walk.items)) == (None, 7)
