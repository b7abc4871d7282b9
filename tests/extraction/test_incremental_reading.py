"""Incremental runs through the whole extractor: clocks, order, and the number of pages requested."""

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


def paged_items(times: Sequence[Any]) -> Answer:
    """An API with two items per page. IDs count from 0."""
    items = [{"id": number, "at": time} for number, time in enumerate(times)]

    def answer(request: httpx.Request) -> Any:
        first = 2 * (int(request.url.params["page"]) - 1)
        return items[first : first + 2]

    return answer


def warnings(lines: Sequence[str]) -> list[str]:
    return [line.removeprefix("WARNING: ") for line in lines if line.startswith("WARNING")]


async def test_reading_ends_at_the_first_older_item(fetched: Fetch, logged: list[str]) -> None:
    times = [hours_ago(hours) for hours in (1, 2, 3, 20, 30, 40, 50, 60)]
    fetch = await fetched(paged_items(times), "/x", FIELD, since=SINCE, **BY_PAGE)
    assert fetch.error is None
    assert fetch.ids == [0, 1, 2]
    assert len(fetch.urls) <= 3  # one page is prefetched
    assert warnings(logged) == []
    assert any("complete: the rest is older" in line for line in logged)


@pytest.mark.parametrize(
    "hours",
    [(60, 50, 40, 30, 3, 2, 1), (60, 1, 2, 3, 40, 50), (60, 70, 1, 2, 80)],
    ids=["oldest first", "one pinned item", "two pinned items"],
)
async def test_unsorted_listing_is_read_completely_with_a_warning(
    fetched: Fetch, logged: list[str], hours: tuple[int, ...]
) -> None:
    """Two pinned items in descending order look like the end if nothing follows on their page."""
    size = {"pagination_type": "page", "page_size": 4}
    items = [{"id": number, "at": hours_ago(each)} for number, each in enumerate(hours)]

    def answer(request: httpx.Request) -> Any:
        first = 4 * (int(request.url.params["page"]) - 1)
        return items[first : first + 4]

    fetch = await fetched(answer, "/x", FIELD, since=SINCE, **size)
    assert fetch.error is None
    assert fetch.ids == [number for number, each in enumerate(hours) if each < 10]
    assert (
        sum(
            "/x: the listing is not sorted newest first: the item with id" in line
            for line in warnings(logged)
        )
        == 1
    )


async def test_run_without_changes_logs_a_warning(fetched: Fetch, logged: list[str]) -> None:
    """Either nothing has changed, or the field is the time of creation."""
    times = [hours_ago(hours) for hours in (20, 30, 40, 50)]
    fetch = await fetched(paged_items(times), "/x", FIELD, since=SINCE, **BY_PAGE)
    assert fetch.ids == []
    assert fetch.error is None
    assert len(warnings(logged)) == 1
    assert (
        "/x: nothing was read, because the first item is older than the last successful run"
        in warnings(logged)[0]
    )


async def test_empty_listing_logs_no_warning(fetched: Fetch, logged: list[str]) -> None:
    fetch = await fetched(paged_items([]), "/x", FIELD, since=SINCE, **BY_PAGE)
    assert (fetch.ids, fetch.error) == ([], None)
    assert warnings(logged) == []


async def test_status_that_is_mapped_to_empty_ends_the_listing(fetched: Fetch) -> None:
    selector = {**FIELD, "on_status": {"404": "empty"}}
    fetch = await fetched(lambda _: 404, "/x", selector, since=SINCE, **BY_PAGE)
    assert (fetch.ids, fetch.error) == ([], None)


async def test_items_with_the_same_time_log_a_warning(fetched: Fetch, logged: list[str]) -> None:
    fetch = await fetched(paged_items([hours_ago(20)] * 8), "/x", FIELD, since=SINCE, **BY_PAGE)
    assert fetch.error is None
    assert len(fetch.urls) <= 2
    assert any("all have the same time" in line for line in warnings(logged))


async def test_children_without_changes_log_no_warning(fetched: Fetch, logged: list[str]) -> None:
    """Most children of a large kind have no changes or no items."""
    selector = {**FIELD, "path_parameters": {"p": {"values": [1, 2, 3, 4]}}}

    def answer(request: httpx.Request) -> Any:
        if request.url.path.endswith("/3"):
            return []
        hours = (1, 20) if request.url.path.endswith("/2") else (20, 30)
        return [{"id": f"{request.url.path[-1]}-{each}", "at": hours_ago(each)} for each in hours]

    fetch = await fetched(answer, "/x/{p}", selector, since=SINCE, pagination_type="none")
    assert fetch.ids == ["2-1"]
    assert warnings(logged) == []


async def test_date_counts_as_the_end_of_its_day(fetched: Fetch) -> None:
    days = [(NOW - timedelta(days=number)).date().isoformat() for number in range(8)]
    fetch = await fetched(paged_items(days), "/x", FIELD, since=SINCE, **BY_PAGE)
    assert fetch.error is None
    assert fetch.ids[:1] == [0]
    assert len(fetch.ids) <= 3
    assert fetch.ids == [number for number in range(8) if number in fetch.ids]


async def test_time_without_a_zone_may_be_in_any_zone(fetched: Fetch) -> None:
    """A server in New York writes local times."""
    times = [(NOW - timedelta(hours=hours + 5)).replace(tzinfo=None).isoformat() for hours in (9, 40, 50)]
    fetch = await fetched(paged_items(times), "/x", FIELD, since=SINCE, **BY_PAGE)
    assert fetch.ids == [0]


@pytest.mark.parametrize(
    ("times", "words"),
    [
        (["soon", "later"], "selector.incremental.field returns soon for the item with id 0, not a time"),
        ([None, None], "selector.incremental.field is empty in every item"),
    ],
    ids=["no times", "no values"],
)
async def test_items_without_a_time_are_read_with_a_warning(
    fetched: Fetch, logged: list[str], times: list[Any], words: str
) -> None:
    fetch = await fetched(paged_items(times), "/x", FIELD, since=SINCE, **BY_PAGE)
    assert fetch.error is None
    assert fetch.ids == [0, 1]
    assert len(warnings(logged)) == 1
    assert words in warnings(logged)[0]


async def test_implausible_time_fails_the_kind(fetched: Fetch) -> None:
    fetch = await fetched(paged_items([hours_ago(1), 12345]), "/x", FIELD, since=SINCE, **BY_PAGE)
    assert isinstance(fetch.error, ItemsError)
    assert "12345 for the item with id 1, which is not a plausible time of a change" in str(fetch.error)


def api_with_clock(ahead: timedelta, items: Sequence[dict[str, Any]], requested: list[str]) -> Answer:
    """An API that returns the changes since a time. ahead: of our clock; negative if the API's is behind."""

    def answer(request: httpx.Request) -> httpx.Response:
        since = request.url.params.get("since", "")
        requested.append(since)
        found = [item for item in items if not since or item["at"] >= since]
        return httpx.Response(
            200, json=found, headers={"Date": format_datetime(datetime.now(UTC) + ahead, usegmt=True)}
        )

    return answer


def formatted(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


async def test_api_with_a_clock_behind_is_requested_again_from_an_earlier_time(fetched: Fetch) -> None:
    """The item changed after the mark. By the API's clock, its time is five minutes before the mark."""
    mark = NOW - timedelta(seconds=30)
    items = [{"id": 1, "at": formatted(NOW - timedelta(minutes=5))}]
    requested: list[str] = []
    fetch = await fetched(
        api_with_clock(timedelta(minutes=-5), items, requested),
        "/x",
        {"incremental": {"param": "since"}},
        since=mark,
        pagination_type="none",
    )
    assert fetch.ids == [1]
    first, second = requested
    assert first == formatted(mark - timedelta(minutes=1))
    assert (
        formatted(mark - timedelta(minutes=6, seconds=10)) <= second <= formatted(mark - timedelta(minutes=6))
    )


@pytest.mark.parametrize("seconds", [0, -20, 300], ids=["equal", "slightly behind", "ahead"])
async def test_other_clocks_are_requested_once(fetched: Fetch, seconds: int) -> None:
    requested: list[str] = []
    await fetched(
        api_with_clock(timedelta(seconds=seconds), [], requested),
        "/x",
        {"incremental": {"param": "since"}},
        since=NOW - timedelta(seconds=30),
        pagination_type="none",
    )
    assert len(requested) == 1


async def test_children_use_the_clock_that_their_parents_showed(fetched: Fetch) -> None:
    requested: list[str] = []
    selector = {
        "incremental": {"param": "since"},
        "path_parameters": {"p": {"endpoint": "/parents", "field": ".id"}},
    }
    parents = [{"id": number, "at": ""} for number in (1, 2, 3)]
    answer = api_with_clock(timedelta(minutes=-5), parents, requested)
    fetch = await fetched(
        answer, "/parents/{p}/x", selector, since=NOW - timedelta(seconds=30), pagination_type="none"
    )
    assert fetch.error is None
    assert len(requested) == 4
    latest = formatted(NOW - timedelta(minutes=6, seconds=30))
    assert all(since <= latest for since in requested[1:])


async def test_field_is_compared_by_the_clock_of_the_api(fetched: Fetch) -> None:
    mark = NOW - timedelta(seconds=30)
    items = [
        {"id": 1, "at": formatted(NOW - timedelta(minutes=5))},
        {"id": 2, "at": formatted(NOW - timedelta(minutes=9))},
    ]
    requested: list[str] = []
    answer = api_with_clock(timedelta(minutes=-5), items, requested)
    fetch = await fetched(answer, "/x", FIELD, since=mark, pagination_type="none")
    assert fetch.ids == [1]
    assert len(requested) == 1


async def test_times_are_plausible_by_the_clock_of_the_api(fetched: Fetch) -> None:
    """Our clock may be days behind."""
    ahead = timedelta(days=3)
    items = [{"id": number, "at": formatted(NOW + ahead - timedelta(hours=number))} for number in (1, 2)]
    fetch = await fetched(api_with_clock(ahead, items, []), "/x", FIELD, since=SINCE, pagination_type="none")
    assert fetch.error is None
    assert fetch.ids == [1, 2]


async def test_api_whose_clock_falls_behind_is_requested_twice_at_most(fetched: Fetch) -> None:
    """Its Date header falls further behind with every response."""
    requested: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        return api_with_clock(timedelta(minutes=-10 * (len(requested) + 1)), [], requested)(request)  # type: ignore[no-any-return]

    fetch = await fetched(
        answer, "/x", {"incremental": {"param": "since"}}, since=NOW, pagination_type="none"
    )
    assert fetch.error is None
    assert len(requested) == 2


async def test_first_answer_is_the_earliest_date_of_the_api() -> None:
    """The next run requests changes since this time."""
    settings = Settings.from_config({"base_url": "https://a.example", "pagination_type": "none"}, {})
    dates = [datetime(2026, 11, 29, 12, minute, tzinfo=UTC) for minute in (3, 1, 2)]
    headers = [format_datetime(date, usegmt=True) for date in dates]

    def api(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=[], headers={"Date": headers.pop(0)})

    async with open_extractor(settings, transport=httpx.MockTransport(api)) as extractor:
        assert extractor.first_answer is None
        for path in ("/a", "/b", "/c"):
            resource = read_resource(path, {}, settings.pagination)
            assert [batch async for batch in extractor.batches(resource)] == []
        assert extractor.first_answer == min(dates)
