"""Pages that are too large for memory are judged like any others."""

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
def _nothing_is_read_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rest.response.LIGHT_BYTES", -1)
    monkeypatch.setattr("rest.response.MOST_WEIGHT", -1)


def listing(items: list[Any], on_top: dict[int, list[Any]] | None = None) -> Api:
    """An API that counts; on_top: what is put on top just before the request of that number, from 0."""
    asked = 0

    def answer(request: Request) -> Json:
        nonlocal asked
        items[:0] = (on_top or {}).get(asked, [])
        asked += 1
        start = int(str(request.value("offset")))
        return {"items": items[start : start + SIZE], "total": len(items)}

    return answer


def things(count: int) -> list[Any]:
    return [{"id": number} for number in range(count)]


def test_a_listing_of_large_pages_is_read_to_its_end(walked: Walk) -> None:
    walk = walked(listing(things(18)), pagination=OFFSET)
    assert walk.error is None
    assert walk.items == things(18)


def test_an_api_that_repeats_a_large_page_is_an_error(walked: Walk) -> None:
    walk = walked(lambda _: {"items": things(SIZE)}, pagination=OFFSET)
    assert "items of an earlier page again" in str(walk.error)


def test_pages_of_known_items_in_another_order_are_an_error(walked: Walk) -> None:
    def answer(request: Request) -> Json:
        first = int(str(request.value("offset"))) // SIZE
        return {"items": [{"id": (first * number) % 13} for number in range(1, SIZE + 1)]}

    walk = walked(answer, pagination=OFFSET)
    assert walk.error is not None


def test_what_is_put_on_top_is_found_when_large_pages_are_read_again(walked: Walk) -> None:
    items = things(18)
    walk = walked(listing(items, {2: [{"id": "new"}]}), pagination=OFFSET)
    assert walk.error is None
    assert {"id": "new"} in walk.items
    assert len(walk.items) >= 19


def test_more_news_than_are_held_at_once_are_a_doubt(walked: Walk) -> None:
    new = [{"id": f"new {number}"} for number in range(3)]
    walk = walked(listing(things(18), {2: new}), pagination=OFFSET, limits=WalkLimits(new_items=1))
    assert "more than 1 of the 4 items of a page are new when read again" in str(walk.error)


def test_a_listing_of_large_pages_that_becomes_shorter_is_an_error(walked: Walk) -> None:
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
def test_odd_items_of_a_large_page_are_a_doubt(walked: Walk, odd: Any, words: str) -> None:
    items = things(18)
    items[5] = odd
    walk = walked(listing(items), pagination=OFFSET)
    assert words in str(walk.error)
    assert [item for item in walk.items if item] == [item for item in things(18) if item["id"] != 5]


def test_large_pages_of_which_jq_takes_nothing_are_told_apart(walked: Walk) -> None:
    walk = walked(listing(things(18)), pagination=OFFSET, data_path=".items | map(select(.id == 17))")
    assert walk.error is None
    assert walk.items == [{"id": 17}]


def test_only_the_first_keys_of_large_pages_are_kept(walked: Walk) -> None:
    walk = walked(listing(things(18)), pagination=OFFSET, limits=WalkLimits(first_keys=2))
    assert walk.error is None
    assert walk.items == things(18)


def test_a_null_when_large_pages_are_read_again_is_a_doubt(walked: Walk) -> None:
    """It may stand for what was put on top."""
    of_items = listing(things(18), {2: [{"id": "new"}]})
    asked = 0

    def answer(request: Request) -> Any:
        nonlocal asked
        asked += 1
        body: Any = of_items(request)
        if asked > 5:
            body["items"][0] = None
        return body

    walk = walked(answer, pagination=OFFSET)
    assert "items are null" in str(walk.error)
