"""Walks through pages that are too large for memory: the same checks apply."""

from collections.abc import Callable
from typing import Any

import pytest

from extraction.limits import WalkLimits
from rest.bodies import Json
from rest.request import Request

type Walk = Callable[..., Any]
type Api = Callable[[Request], Json]

SIZE = 4
OFFSET = {"type": "offset", "page_size": SIZE}


@pytest.fixture(autouse=True)
def _treat_every_body_as_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rest.response.LIGHT_BYTES", -1)
    monkeypatch.setattr("rest.response.MOST_WEIGHT", -1)


def listing(items: list[Any], on_top: dict[int, list[Any]] | None = None) -> Api:
    """An API with offset pagination. on_top: items inserted at the top before the request of that number."""
    requests = 0

    def answer(request: Request) -> Json:
        nonlocal requests
        items[:0] = (on_top or {}).get(requests, [])
        requests += 1
        start = int(str(request.value("offset")))
        return {"items": items[start : start + SIZE], "total": len(items)}

    return answer


def things(count: int) -> list[Any]:
    return [{"id": number} for number in range(count)]


def test_listing_of_large_pages_is_read_to_its_end(walked: Walk) -> None:
    walk = walked(listing(things(18)), pagination=OFFSET)
    assert walk.error is None
    assert walk.items == things(18)


def test_repeated_large_page_is_an_error(walked: Walk) -> None:
    walk = walked(lambda _: {"items": things(SIZE)}, pagination=OFFSET)
    assert "items of an earlier page again" in str(walk.error)


def test_pages_with_known_items_in_another_order_are_an_error(walked: Walk) -> None:
    def answer(request: Request) -> Json:
        first = int(str(request.value("offset"))) // SIZE
        return {"items": [{"id": (first * number) % 13} for number in range(1, SIZE + 1)]}

    walk = walked(answer, pagination=OFFSET)
    assert walk.error is not None


def test_item_inserted_at_the_top_is_found_by_the_second_reading(walked: Walk) -> None:
    items = things(18)
    walk = walked(listing(items, {2: [{"id": "new"}]}), pagination=OFFSET)
    assert walk.error is None
    assert {"id": "new"} in walk.items
    assert len(walk.items) >= 19


def test_too_many_new_items_on_one_page_are_a_doubt(walked: Walk) -> None:
    new = [{"id": f"new {number}"} for number in range(3)]
    walk = walked(listing(things(18), {2: new}), pagination=OFFSET, limits=WalkLimits(new_items=1))
    assert "more than 1 of the 4 items of a page are new when read again" in str(walk.error)


def test_listing_that_becomes_shorter_is_an_error(walked: Walk) -> None:
    items = things(18)

    def answer(request: Request) -> Json:
        start = int(str(request.value("offset")))
        if start == 2 * SIZE:
            items.pop(0)
        return {"items": items[start : start + SIZE], "total": len(items)}

    walk = walked(answer, pagination=OFFSET)
    assert "the listing became shorter while it was read (" in str(walk.error)


@pytest.mark.parametrize(
    ("odd", "words"),
    [(None, "1 of 4 items are null"), ({"error": "no rights", "message": "no"}, "1 of 4 items are errors")],
)
def test_null_or_error_among_the_items_is_a_doubt(walked: Walk, odd: Any, words: str) -> None:
    items = things(18)
    items[5] = odd
    walk = walked(listing(items), pagination=OFFSET)
    assert words in str(walk.error)
    assert [item for item in walk.items if item] == [item for item in things(18) if item["id"] != 5]


def test_pages_of_which_jq_selects_nothing_do_not_look_repeated(walked: Walk) -> None:
    walk = walked(listing(things(18)), pagination=OFFSET, data_path=".items | map(select(.id == 17))")
    assert walk.error is None
    assert walk.items == [{"id": 17}]


def test_walk_with_few_first_keys_is_complete(walked: Walk) -> None:
    walk = walked(listing(things(18)), pagination=OFFSET, limits=WalkLimits(first_keys=2))
    assert walk.error is None
    assert walk.items == things(18)


def test_null_in_the_second_reading_is_a_doubt(walked: Walk) -> None:
    """The null may replace the item that was inserted."""
    api = listing(things(18), {2: [{"id": "new"}]})
    requests = 0

    def answer(request: Request) -> Any:
        nonlocal requests
        requests += 1
        body: Any = api(request)
        if requests > 5:
            body["items"][0] = None
        return body

    walk = walked(answer, pagination=OFFSET)
    assert "items are null" in str(walk.error)
