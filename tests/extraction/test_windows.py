"""A listing in windows of time: each window is a listing of its own, and together they are complete."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from extraction import open_extractor
from rest.errors import RefusedError, ResourceError, SyncError

type Fetch = Callable[..., Awaitable[Any]]
type Json = dict[str, Any]

BASE = "https://a.example/api"
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
WINDOWS = {"from": "10d", "size": "3d", "start_param": "since", "end_param": "until"}


def time_of(text: str) -> datetime:
    return datetime.fromisoformat(text)


class EventApi:
    """An item an hour for twenty days, filtered by time, in pages. inclusive: with items at the end."""

    def __init__(self, *, inclusive: bool = False, size: int = 20) -> None:
        self.items = {number: NOON - timedelta(hours=number) for number in range(20 * 24)}
        self.inclusive = inclusive
        self.size = size
        self.windows: list[tuple[str, str]] = []

    def __call__(self, request: httpx.Request) -> Any:
        params = request.url.params
        since, until = time_of(params["since"]), time_of(params["until"])
        page = int(params.get("page", 1))
        if page == 1:
            self.windows.append((params["since"], params["until"]))
        last = until + timedelta(seconds=self.inclusive)
        found = sorted(number for number, time in self.items.items() if since <= time < last)
        items = [{"id": number} for number in found[(page - 1) * self.size : page * self.size]]
        return {"items": items, "total": len(found)}


def selector_of(windows: Json, **others: Any) -> Json:
    return {"windows": windows, "data_path": ".items", "pagination": {"type": "page"}, **others}


@pytest.mark.parametrize("inclusive", [False, True])
async def test_the_windows_bring_each_item_and_no_doubt(
    fetched: Fetch, clock: Any, logged: list[str], inclusive: Any
) -> None:
    """An item at a bound is on two listings where the API includes the end. It is no repeated item."""
    api = EventApi(inclusive=inclusive)
    found = await fetched(api, "/events", selector_of(WINDOWS), clock=clock)
    assert found.error is None
    assert sorted(set(found.ids)) == list(range(10 * 24 + 1))
    assert len(found.ids) == 10 * 24 + 1 + (3 if inclusive else 0)
    assert (
        sorted(api.windows)
        == [
            ("2026-02-28T12:00:00Z", "2026-03-03T12:00:00Z"),
            ("2026-03-03T12:00:00Z", "2026-03-06T12:00:00Z"),
            ("2026-03-06T12:00:00Z", "2026-03-09T12:00:00Z"),
            ("2026-03-09T12:00:00Z", "2026-03-10T12:00:01Z"),
        ]
        or inclusive
    )
    summary = next(line for line in logged if " from 4 windows in " in line)
    assert "complete: " in summary


async def test_the_newest_window_is_read_last_and_up_to_its_own_time(fetched: Fetch, clock: Any) -> None:
    """An item that changes while older windows are read moves into the newest one."""
    api = EventApi()

    def answer(request: httpx.Request) -> Any:
        clock.time += timedelta(hours=1)
        if len(api.windows) == 1:
            api.items[77] = clock.time  # it was in a window that was not read yet, or was read
        return api(request)

    found = await fetched(answer, "/events", selector_of(WINDOWS), clock=clock)
    assert found.error is None
    assert 77 in found.ids
    newest = max(api.windows)
    assert api.windows[-1] == newest
    assert time_of(newest[1]) > api.items[77]


async def test_the_newest_window_reaches_to_the_clock_of_the_api(fetched: Fetch, clock: Any) -> None:
    api = EventApi()

    def answer(request: httpx.Request) -> Any:
        ahead = datetime.now(UTC) + timedelta(minutes=10)
        headers = {"Date": ahead.strftime("%a, %d %b %Y %H:%M:%S GMT")}
        return httpx.Response(200, json=api(request), headers=headers)

    found = await fetched(answer, "/events", selector_of(WINDOWS), clock=clock)
    assert found.error is None
    end = time_of(api.windows[-1][1])
    assert timedelta(minutes=9) < end - NOON < timedelta(minutes=11)


async def test_a_clock_that_is_years_ahead_is_wrong(fetched: Fetch, clock: Any) -> None:
    api = EventApi()
    headers = {"Date": "Fri, 01 Jan 2049 00:00:00 GMT"}

    def answer(request: httpx.Request) -> Any:
        return httpx.Response(200, json=api(request), headers=headers)

    found = await fetched(answer, "/events", selector_of(WINDOWS), clock=clock)
    assert found.error is None
    assert max(until for _, until in api.windows) == "2026-03-11T12:00:01Z"


async def test_a_failed_window_fails_the_kind_and_the_others_are_read(fetched: Fetch, clock: Any) -> None:
    api = EventApi()

    def answer(request: httpx.Request) -> Any:
        return 404 if request.url.params["since"] == "2026-03-03T12:00:00Z" else api(request)

    found = await fetched(answer, "/events", selector_of(WINDOWS), clock=clock)
    assert isinstance(found.error, RefusedError)
    assert "since=2026-03-03T12" in str(found.error)
    assert len(found.ids) == 7 * 24 + 1


async def test_a_window_that_the_api_refuses_is_read_in_halves(
    fetched: Fetch, clock: Any, logged: list[str]
) -> None:
    """GitHub's search refuses the pages after the 1,000th item, here the third page."""
    api = EventApi()

    def answer(request: httpx.Request) -> Any:
        return 422 if int(request.url.params.get("page", 1)) > 2 else api(request)

    windows = {**WINDOWS, "from": "4d", "size": "4d", "size_min": "12h"}
    found = await fetched(answer, "/events", selector_of(windows), clock=clock)
    assert found.error is None
    assert sorted(set(found.ids)) == list(range(4 * 24 + 1))
    spans = [(time_of(until) - time_of(since)).total_seconds() / 3600 for since, until in api.windows]
    assert spans[:7] == [96, 48, 24, 24, 48, 24, 24]
    refused = [line for line in logged if "it is read in halves" in line]
    assert refused[0] == (
        "INFO: /events: the API refuses the window 2026-03-06 12:00:00 to 2026-03-10 12:00:00 UTC; "
        "it is read in halves"
    )


@pytest.mark.parametrize(("status", "requests"), [(400, 3), (413, 3), (403, 1), (404, 1)])
async def test_halves_end_at_the_shortest_size(
    fetched: Fetch, clock: Any, status: int, requests: int
) -> None:
    windows = {**WINDOWS, "from": "4d", "to": "1m", "size": "4d", "size_min": "12h"}
    found = await fetched(lambda _: status, "/events", selector_of(windows), clock=clock)
    assert isinstance(found.error, RefusedError)
    assert len(found.requests) == requests


async def test_a_doubt_about_one_window_is_a_doubt_about_the_kind(fetched: Fetch, clock: Any) -> None:
    api = EventApi()

    def answer(request: httpx.Request) -> Any:
        more = {"incomplete_results": request.url.params["since"] == "2026-03-06T12:00:00Z"}
        return {**api(request), **more}

    found = await fetched(answer, "/events", selector_of(WINDOWS), clock=clock)
    assert "incomplete_results is True" in str(found.error)


async def test_children_are_read_in_windows_one_after_another(fetched: Fetch, clock: Any) -> None:
    api = EventApi()
    selector = selector_of(WINDOWS, path_parameters={"team": {"values": ["a", "b"]}})
    found = await fetched(api, "/teams/{team}/events", selector, clock=clock)
    assert found.error is None
    assert len(found.items) == 2 * (10 * 24 + 1)
    assert {item["team"] for item in found.items} == {"a", "b"}
    assert not {"start", "end", "__start", "__end"} & found.items[0].keys()
    for team in ("a", "b"):
        starts = [url.partition("since=")[2][:20] for url in found.urls if f"/{team}/" in url]
        assert starts == sorted(starts)


async def test_a_child_that_is_gone_has_no_items(fetched: Fetch, clock: Any) -> None:
    api = EventApi()
    selector = selector_of(WINDOWS, path_parameters={"team": {"values": ["a", "gone"]}})
    found = await fetched(
        lambda request: 404 if "gone" in request.url.path else api(request),
        "/teams/{team}/events",
        selector,
        clock=clock,
    )
    assert found.error is None


async def test_placeholders_can_have_the_bounds(fetched: Fetch, clock: Any) -> None:
    windows = {"from": "2d", "to": "1d", "size": "1w", "format": "%Y-%m-%d"}
    selector: Json = {"windows": windows, "query_params": {"q": "repo:a created:{start}..{end}"}}
    found = await fetched(lambda _: [{"id": 1}], "/search/{start}", selector, clock=clock)
    assert found.urls == ["/search/2026-03-08?q=repo:a%20created:2026-03-08..2026-03-10"]
    epoch = {"from": "1d", "to": "1h", "size": "1d", "format": "epoch"}
    selector = {"windows": epoch, "method": "POST", "body": {"from": "{start}", "to": "{end}"}}
    found = await fetched(lambda _: [{"id": 1}], "/search", selector, clock=clock)
    assert found.requests[0].content == b'{"from":1773057600,"to":1773140400}'


async def test_windows_narrow_the_request_of_a_job(fetched: Fetch, clock: Any) -> None:
    def api(request: httpx.Request) -> Any:
        if request.method == "POST":
            return {"id": request.url.params["since"][:10]}
        return [{"id": request.url.path[-10:]}]

    selector = {"windows": {**WINDOWS, "to": "4d"}, "job": {"id": ".id", "poll": "/exports/{id}"}}
    found = await fetched(api, "/exports", selector, clock=clock)
    assert (found.error, found.ids) == (None, ["2026-02-28", "2026-03-03"])


async def test_an_incremental_run_asks_for_the_changes_in_each_window(fetched: Fetch, clock: Any) -> None:
    selector = selector_of({**WINDOWS, "to": "1d"}, incremental={"param": "changed"})
    since = NOON - timedelta(hours=1)
    found = await fetched(EventApi(), "/events", selector, since, clock=clock)
    assert found.error is None
    firsts = [url for url in found.urls if "page=1" in url or "page=" not in url]
    assert len(firsts) == 3
    assert all("changed=2026-03-10T10:59:00Z" in url for url in found.urls)


async def test_dates_without_a_window_fail_the_kind(fetched: Fetch, clock: Any) -> None:
    """No listing at all would delete all entities."""
    windows = {**WINDOWS, "from": "2026-05-01"}
    found = await fetched(EventApi(), "/events", selector_of(windows), clock=clock)
    assert isinstance(found.error, ResourceError)


async def test_a_closed_resync_leaves_no_window_running(clock: Any) -> None:
    tasks = asyncio.all_tasks()
    settings = Settings.from_config({"base_url": BASE}, {})
    resource = read_resource("/events", selector_of(WINDOWS), settings.pagination)
    api = EventApi()
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json=api(request)))
    async with open_extractor(settings, [resource], transport=transport, clock=clock) as extractor:
        assert await anext(extractor.batches(resource))
    assert asyncio.all_tasks() == tasks


@pytest.mark.parametrize(
    ("first_day", "last_day", "requests", "message"),
    [
        (0, 20, 1, "items on the first page"),
        (4, 20, 3, "items on the first page"),
        (20, 20, 5, "0 items on the first page"),
    ],
    ids=["newest", "third newest", "none"],
)
async def test_a_check_reads_the_newest_windows_until_one_has_items(
    clock: Any, first_day: int, last_day: int, requests: int, message: str
) -> None:
    api = EventApi(size=100)
    api.items = {
        number: time for number, time in api.items.items() if first_day * 24 <= number < last_day * 24
    }
    settings = Settings.from_config({"base_url": BASE}, {})
    selector = selector_of({**WINDOWS, "from": "19d", "size": "2d"})
    resource = read_resource("/events", selector, settings.pagination)
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json=api(request)))
    async with open_extractor(settings, transport=transport, clock=clock) as extractor:
        finding = await extractor.probe(resource)
        assert finding.is_good
        assert message in finding.message
        assert extractor.requests_sent == requests
        assert api.windows[0][1] == "2026-03-10T12:00:01Z"
        assert len([sample async for sample in extractor.samples(resource, 3)]) == 3


async def test_a_check_stops_at_the_first_failed_window(clock: Any) -> None:
    settings = Settings.from_config({"base_url": BASE, "max_retries": 0}, {})
    resource = read_resource("/events", selector_of(WINDOWS), settings.pagination)
    transport = httpx.MockTransport(lambda _: httpx.Response(400, json={"message": "since is unknown"}))
    async with open_extractor(settings, transport=transport, clock=clock) as extractor:
        finding = await extractor.probe(resource)
        assert not finding.is_good
        assert extractor.requests_sent == 1
        with pytest.raises(SyncError):
            _ = [sample async for sample in extractor.samples(resource, 3)]
