"""Listings that become shorter while they are read in pages."""

from collections.abc import Callable
from typing import Any

import pytest

from rest.bodies import Json
from rest.request import Request

type Walk = Callable[..., Any]
type Api = Callable[[Request], Json]

SIZE = 4


def _listing(ids: list[int], removed: dict[int, list[int]]) -> Api:
    """Return an API with offsets. removed: ids to remove before the request of that number, from 0."""
    requests = 0

    def answer(request: Request) -> Json:
        nonlocal requests
        for each in removed.get(requests, []):
            ids.remove(each)
        requests += 1
        start = int(str(request.value("offset")))
        return {"items": [{"id": each} for each in ids[start : start + SIZE]], "total": len(ids)}

    return answer


def _read(walked: Walk, api: Api, **pagination: str) -> Any:
    return walked(api, pagination={"type": "offset", "page_size": SIZE, **pagination})


@pytest.mark.parametrize(
    "removed",
    [{2: [0]}, {2: [5, 6, 7]}, {1: [0]}, {4: [0, 9]}, {2: [0], 3: [1]}, {1: [0], 2: [2], 6: [8]}],
    ids=[
        "one",
        "a page minus one",
        "before the second page",
        "on the last page",
        "on two pages",
        "on three pages",
    ],
)
def test_items_that_moved_up_are_not_lost(walked: Walk, removed: dict[int, list[int]]) -> None:
    ids = list(range(18))
    walk = _read(walked, _listing(ids, removed))
    assert walk.error is None
    read = [item["id"] for item in walk.items]
    assert set(read) >= set(ids)
    assert len(read) == len(set(read))


def test_items_without_an_id_are_compared_as_a_whole(walked: Walk) -> None:
    listing = _listing(list(range(18)), {2: [0]})

    def nameless(request: Request) -> Json:
        body: Any = listing(request)
        return {**body, "items": [{"at": item["id"]} for item in body["items"]]}

    walk = _read(walked, nameless)
    assert walk.error is None
    assert {item["at"] for item in walk.items} == set(range(18))


@pytest.mark.parametrize(
    "removed",
    [{2: [0, 1, 2, 3, 4, 5]}, {at: [at * 2] for at in range(1, 40)}],
    ids=["by more than a page", "before each request"],
)
def test_listing_that_shrinks_too_fast_is_an_error(walked: Walk, removed: dict[int, list[int]]) -> None:
    walk = _read(walked, _listing(list(range(100)), removed))
    assert "the listing became shorter while it was read (" in str(walk.error)
    assert "set pagination.total_path to -" in str(walk.error)


def test_estimated_total_is_ignored_if_the_user_says_so(walked: Walk) -> None:
    listing = _listing(list(range(18)), {})
    estimates = iter([40, 31, 20, 26, 18, 35, 12, 3])

    def guessing(request: Request) -> Json:
        body: Any = listing(request)
        return {**body, "total": next(estimates), "total_pages": 1}

    walk = _read(walked, guessing, total_path="-")
    assert walk.error is None
    assert [item["id"] for item in walk.items] == list(range(18))


def test_count_of_the_page_is_not_the_total(walked: Walk) -> None:
    """The count includes items that the server filters out afterwards."""
    counts = {1: 4, 2: 4, 3: 2}

    def filtering(request: Request) -> Json:
        number = int(str(request.value("page")))
        count = counts.get(number, 0)
        return {"items": [{"id": number * 10 + each} for each in range(1, count)], "count": count}

    walk = walked(filtering, pagination={"type": "page", "page_size": SIZE})
    assert walk.error is None
    assert len(walk.items) == 7


def _growing(request: Request) -> Json:
    """Insert an item at the top after the first page, so that an item of that page is repeated."""
    start = int(str(request.value("offset")))
    ids = list(range(10)) if start == 0 else [99, *range(10)]
    return {"items": [{"id": each} for each in ids[start : start + SIZE]]}


@pytest.mark.parametrize("moving", ["shrinking", "growing"])
@pytest.mark.parametrize(("repeats", "is_read"), [(None, True), (True, True), (False, False)])
def test_pages_of_a_post_are_read_again_unless_the_user_forbids_it(
    walked: Walk, moving: str, *, repeats: bool | None, is_read: bool
) -> None:
    """Consecutive pages show that the endpoint only lists."""
    api = _growing if moving == "growing" else _listing(list(range(18)), {2: [0]})
    first = Request("POST", "https://a.example/x", retry=repeats)
    walk = walked(api, pagination={"type": "offset", "page_size": SIZE}, first=first)
    if is_read:
        assert walk.error is None
        return
    assert "retry: false prevents reading it again" in str(walk.error)
    assert walk.error.doubt == "repeated_items"
