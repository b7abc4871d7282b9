"""Incremental runs through the whole extractor: clocks, order, and how many pages are asked for."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from extraction import open_extractor
from rest.errors import ItemsError

type Fetch = Callable[..., Awaitable[Any]]
type Answer = Callable[[httpx.Request], Any]

NOW = datetime.now(UTC)
SINCE = NOW - timedelta(hours=10)
BY_PAGE: dict[str, Any] = {"pagination_type": "page", "page_size": 2}
FIELD = {"incremental": {"field": ".at"}}


def hours_ago(hours: float) -> str:
    return (NOW - timedelta(hours=hours)).isoformat()


def in_pages(times: Sequence[Any]) -> Answer:
    """Two items a page, numbered from 0."""
    items = [{"id": number, "at": time} for number, time in enumerate(times)]

    def answer(request: httpx.Request) -> Any:
        first = 2 * (int(request.url.params["page"]) - 1)
        return items[first : first + 2]

    return answer


def warnings(lines: Sequence[str]) -> list[str]:
    return [line.removeprefix("WARNING: ") for line in lines if line.startswith("WARNING")]


async def test_no_page_after_the_first_older_item_is_read(fetched: Fetch, logged: list[str]) -> None:
    times = [hours_ago(hours) for hours in (1, 2, 3, 20, 30, 40, 50, 60)]
    fetch = await fetched(in_pages(times), "/x", FIELD, since=SINCE, **BY_PAGE)
    assert fetch.error is None
    assert fetch.ids == [0, 1, 2]
    assert len(fetch.urls) <= 3  # one is looked ahead
    assert warnings(logged) == []
    assert any("complete: the rest is older" in line for line in logged)


@pytest.mark.parametrize(
    "hours",
    [(60, 50, 40, 30, 3, 2, 1), (60, 1, 2, 3, 40, 50), (60, 70, 1, 2, 80)],
    ids=["the oldest first", "the first is pinned", "two are pinned"],
)
async def test_a_listing_without_order_is_read_whole_and_warned_of(
    fetched: Fetch, logged: list[str], hours: tuple[int, ...]
) -> None:
    """Two pinned items that descend look like the end, unless a page shows more."""
    size = {"pagination_type": "page", "page_size": 4}
    items = [{"id": number, "at": hours_ago(each)} for number, each in enumerate(hours)]

    def answer(request: httpx.Request) -> Any:
        first = 4 * (int(request.url.params["page"]) - 1)
        return items[first : first + 4]

    fetch = await fetched(answer, "/x", FIELD, since=SINCE, **size)
    assert fetch.error is None
    assert fetch.ids == [number for number, each in enumerate(hours) if each < 10]
    assert sum("/x: the newest do not come first: the item with id" in line for line in warnings(logged)) == 1


async def test_a_run_that_reads_nothing_is_warned_of(fetched: Fetch, logged: list[str]) -> None:
    """Nothing may have changed, and the field may be the time of creation."""
    times = [hours_ago(hours) for hours in (20, 30, 40, 50)]
    fetch = await fetched(in_pages(times), "/x", FIELD, since=SINCE, **BY_PAGE)
    assert fetch.ids == []
    assert fetch.error is None
    assert len(warnings(logged)) == 1
    assert "/x: already the first item is older than the last good run" in warnings(logged)[0]


async def test_an_empty_listing_is_not_warned_of(fetched: Fetch, logged: list[str]) -> None:
    fetch = await fetched(in_pages([]), "/x", FIELD, since=SINCE, **BY_PAGE)
    assert (fetch.ids, fetch.error) == ([], None)
    assert warnings(logged) == []


async def test_a_status_that_means_empty_ends_the_listing(fetched: Fetch) -> None:
    selector = {**FIELD, "on_status": {"404": "empty"}}
    fetch = await fetched(lambda _: 404, "/x", selector, since=SINCE, **BY_PAGE)
    assert (fetch.ids, fetch.error) == ([], None)


async def test_items_of_one_time_show_no_order(fetched: Fetch, logged: list[str]) -> None:
    fetch = await fetched(in_pages([hours_ago(20)] * 8), "/x", FIELD, since=SINCE, **BY_PAGE)
    assert fetch.error is None
    assert len(fetch.urls) <= 2
    assert any("all of one time" in line for line in warnings(logged))


async def test_children_without_changes_are_not_warned_of_one_by_one(
    fetched: Fetch, logged: list[str]
) -> None:
    """Most children of a large kind are quiet, or empty."""
    selector = {**FIELD, "path_parameters": {"p": {"values": [1, 2, 3, 4]}}}

    def answer(request: httpx.Request) -> Any:
        if request.url.path.endswith("/3"):
            return []
        hours = (1, 20) if request.url.path.endswith("/2") else (20, 30)
        return [{"id": f"{request.url.path[-1]}-{each}", "at": hours_ago(each)} for each in hours]

    fetch = await fetched(answer, "/x/{p}", selector, since=SINCE, pagination_type="none")
    assert fetch.ids == ["2-1"]
    assert warnings(logged) == []


async def test_dates_count_to_the_end_of_their_day(fetched: Fetch) -> None:
    days = [(NOW - timedelta(days=number)).date().isoformat() for number in range(8)]
    fetch = await fetched(in_pages(days), "/x", FIELD, since=SINCE, **BY_PAGE)
    assert fetch.error is None
    assert fetch.ids[:1] == [0]
    assert len(fetch.ids) <= 3
    assert fetch.ids == [number for number in range(8) if number in fetch.ids]


async def test_a_time_without_a_zone_may_be_of_a_zone_behind_greenwich(fetched: Fetch) -> None:
    """Changed an hour ago, as a server in New York writes it."""
    times = [(NOW - timedelta(hours=hours + 5)).replace(tzinfo=None).isoformat() for hours in (9, 40, 50)]
    fetch = await fetched(in_pages(times), "/x", FIELD, since=SINCE, **BY_PAGE)
    assert fetch.ids == [0]


@pytest.mark.parametrize(
    ("times", "words"),
    [
        (["soon", "later"], "selector.incremental.field gives soon for the item with id 0, which is no time"),
        ([None, None], "selector.incremental.field is empty in every item"),
    ],
    ids=["no times", "no values"],
)
async def test_items_without_a_time_are_read_and_warned_of(
    fetched: Fetch, logged: list[str], times: list[Any], words: str
) -> None:
    fetch = await fetched(in_pages(times), "/x", FIELD, since=SINCE, **BY_PAGE)
    assert fetch.error is None
    assert fetch.ids == [0, 1]
    assert len(warnings(logged)) == 1
    assert words in warnings(logged)[0]


async def test_an_implausible_time_fails_the_kind(fetched: Fetch) -> None:
    fetch = await fetched(in_pages([hours_ago(1), 12345]), "/x", FIELD, since=SINCE, **BY_PAGE)
    assert isinstance(fetch.error, ItemsError)
    assert "12345 for the item with id 1, which is no plausible time of a change" in str(fetch.error)


def by_clock(ahead: timedelta, items: Sequence[dict[str, Any]], asked: list[str]) -> Answer:
    """An API whose clock is ahead of ours, negative: behind; it gives what changed since, by that clock."""

    def answer(request: httpx.Request) -> httpx.Response:
        since = request.url.params.get("since", "")
        asked.append(since)
        found = [item for item in items if not since or item["at"] >= since]
        return httpx.Response(
            200, json=found, headers={"Date": format_datetime(datetime.now(UTC) + ahead, usegmt=True)}
        )

    return answer


def written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


async def test_an_api_whose_clock_is_behind_is_asked_again_from_earlier(fetched: Fetch) -> None:
    """The item changed after the mark, and its time, by the API's clock, is five minutes before that."""
    mark = NOW - timedelta(seconds=30)
    items = [{"id": 1, "at": written(NOW - timedelta(minutes=5))}]
    asked: list[str] = []
    fetch = await fetched(
        by_clock(timedelta(minutes=-5), items, asked),
        "/x",
        {"incremental": {"param": "since"}},
        since=mark,
        pagination_type="none",
    )
    assert fetch.ids == [1]
    first, second = asked
    assert first == written(mark - timedelta(minutes=1))
    assert written(mark - timedelta(minutes=6, seconds=10)) <= second <= written(mark - timedelta(minutes=6))


@pytest.mark.parametrize("seconds", [0, -20, 300], ids=["the same", "a little behind", "ahead"])
async def test_other_clocks_are_asked_once(fetched: Fetch, seconds: int) -> None:
    asked: list[str] = []
    await fetched(
        by_clock(timedelta(seconds=seconds), [], asked),
        "/x",
        {"incremental": {"param": "since"}},
        since=NOW - timedelta(seconds=30),
        pagination_type="none",
    )
    assert len(asked) == 1


async def test_children_are_asked_by_the_clock_that_their_parents_showed(fetched: Fetch) -> None:
    asked: list[str] = []
    selector = {
        "incremental": {"param": "since"},
        "path_parameters": {"p": {"endpoint": "/parents", "field": ".id"}},
    }
    parents = [{"id": number, "at": ""} for number in (1, 2, 3)]
    answer = by_clock(timedelta(minutes=-5), parents, asked)
    fetch = await fetched(
        answer, "/parents/{p}/x", selector, since=NOW - timedelta(seconds=30), pagination_type="none"
    )
    assert fetch.error is None
    assert len(asked) == 4
    latest = written(NOW - timedelta(minutes=6, seconds=30))
    assert all(since <= latest for since in asked[1:])


async def test_a_field_is_read_by_the_clock_of_the_api(fetched: Fetch) -> None:
    mark = NOW - timedelta(seconds=30)
    items = [
        {"id": 1, "at": written(NOW - timedelta(minutes=5))},
        {"id": 2, "at": written(NOW - timedelta(minutes=9))},
    ]
    asked: list[str] = []
    answer = by_clock(timedelta(minutes=-5), items, asked)
    fetch = await fetched(answer, "/x", FIELD, since=mark, pagination_type="none")
    assert fetch.ids == [1]
    assert len(asked) == 1


async def test_a_change_of_today_is_plausible_by_the_api_s_clock(fetched: Fetch) -> None:
    """Ours may be days behind."""
    ahead = timedelta(days=3)
    items = [{"id": number, "at": written(NOW + ahead - timedelta(hours=number))} for number in (1, 2)]
    fetch = await fetched(by_clock(ahead, items, []), "/x", FIELD, since=SINCE, pagination_type="none")
    assert fetch.error is None
    assert fetch.ids == [1, 2]


async def test_an_api_that_shows_no_end_of_its_past_is_asked_twice_at_most(fetched: Fetch) -> None:
    """Its Date falls behind with every answer."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        return by_clock(timedelta(minutes=-10 * (len(asked) + 1)), [], asked)(request)  # type: ignore[no-any-return]

    fetch = await fetched(
        answer, "/x", {"incremental": {"param": "since"}}, since=NOW, pagination_type="none"
    )
    assert fetch.error is None
    assert len(asked) == 2


async def test_the_first_answer_is_dated_by_the_api() -> None:
    """It is what the next run has to go by."""
    settings = Settings.from_config({"base_url": "https://a.example", "pagination_type": "none"}, {})
    dates = [datetime(2026, 11, 29, 12, minute, tzinfo=UTC) for minute in (3, 1, 2)]
    left = [format_datetime(date, usegmt=True) for date in dates]

    def api(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=[], headers={"Date": left.pop(0)})

    async with open_extractor(settings, transport=httpx.MockTransport(api)) as extractor:
        assert extractor.first_answer is None
        for path in ("/a", "/b", "/c"):
            resource = read_resource(path, {}, settings.pagination)
            assert [batch async for batch in extractor.batches(resource)] == []
        assert extractor.first_answer == min(dates)
