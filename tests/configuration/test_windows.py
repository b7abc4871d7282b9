"""Windows of time: their bounds, their formats, and mistakes in them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from configuration.time_formats import precision
from configuration.windows import Windows
from rest.errors import ResourceError
from rest.request import Request

_NOW = datetime(2026, 3, 10, 14, 35, 20, 500_000, tzinfo=UTC)
_PARAMS = {"start_param": "since", "end_param": "until"}


def windows_of(keys: Mapping[str, Any], **selector: Any) -> Windows:
    resource = read_resource("/x", {"windows": dict(keys), **selector}, PaginationSettings())
    assert resource.windows
    return resource.windows


def refusal(keys: Any, **selector: Any) -> str:
    with pytest.raises(ResourceError) as raised:
        read_resource("/x", {"windows": keys, **selector}, PaginationSettings())
    return str(raised.value)


def bounds(windows: Windows, now: datetime = _NOW) -> list[Any]:
    """Return the formatted bounds, and check that each window starts where the one before it ends."""
    spans = windows.spans(now)
    assert all(before.end == after.start for before, after in pairwise(spans))
    return [span.values["start"] for span in spans] + [spans[-1].values["end"]]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (
            {"from": "1d", "size": "12h"},
            ["2026-03-09T14:35:20Z", "2026-03-10T02:35:20Z", "2026-03-10T14:35:20Z", "2026-03-10T14:35:21Z"],
        ),
        (
            {"from": "3h", "size": "1h", "to": "1h", "format": "epoch"},
            [1773142520, 1773146120, 1773149720],
        ),
        ({"from": "5m", "size": "1y", "format": "epoch_ms"}, [1773153020000, 1773153321000]),
        # A day that has begun belongs to the last window.
        (
            {"from": "2d", "size": "1d", "format": "%Y-%m-%d"},
            ["2026-03-08", "2026-03-09", "2026-03-10", "2026-03-11"],
        ),
        (
            {"from": "2h", "size": "1h", "format": "%Y%m%dT%H"},
            ["20260310T12", "20260310T13", "20260310T14", "20260310T15"],
        ),
        (
            {"from": "2025-12-31", "size": "1mo", "format": "%Y-%m-%d"},
            ["2025-12-31", "2026-01-31", "2026-02-28", "2026-03-11"],
        ),
        (
            {"from": "2026-03-10T14:00:00+02:00", "size": "2h", "to": "2026-03-10T13:00:00Z"},
            ["2026-03-10T12:00:00Z", "2026-03-10T13:00:00Z"],
        ),
        ({"from": date(2026, 3, 10), "size": "1d"}, ["2026-03-10T00:00:00Z", "2026-03-10T14:35:21Z"]),
    ],
    ids=["hours", "epoch", "epoch_ms", "days", "hour pattern", "months", "dates", "date of YAML"],
)
def test_windows_follow_one_another_without_gaps(keys: Mapping[str, Any], expected: list[Any]) -> None:
    assert bounds(windows_of({**_PARAMS, **keys})) == expected


@given(
    count=st.integers(1, 200),
    size=st.integers(1, 100),
    unit=st.sampled_from(["h", "d", "w", "mo"]),
    pattern=st.sampled_from(["iso8601", "epoch", "%Y-%m-%d %H:%M", "%Y-%m-%d %H", "%d.%m.%y"]),
    seconds=st.integers(0, 10**9),
)
def test_any_windows_cover_all_times_once(
    count: int, size: int, unit: str, pattern: str, seconds: int
) -> None:
    now = datetime.fromtimestamp(1_600_000_000 + seconds, UTC)
    if precision(pattern).days and unit == "h":
        size += 24
    windows = windows_of({"from": f"{count}{unit}", "size": f"{size}{unit}", "format": pattern, **_PARAMS})
    spans = windows.spans(now)
    assert spans[0].start <= windows.start.after(now, -1)  # type: ignore[union-attr]
    assert spans[-1].end >= now
    for span, following in pairwise(spans):
        assert span.end == following.start
    assert all(span.values["start"] != span.values["end"] for span in spans)


def test_the_newest_window_grows_to_a_later_time() -> None:
    windows = windows_of({"from": "10d", "size": "1w", **_PARAMS})
    newest = windows.spans(_NOW)[-1]
    (grown,) = windows.until_now(newest, _NOW.replace(hour=20))
    assert (grown.start, grown.end) == (newest.start, datetime(2026, 3, 10, 20, 35, 21, tzinfo=UTC))


def test_the_newest_window_is_cut_where_it_grows_beyond_its_size() -> None:
    windows = windows_of({"from": "13d", "size": "1w", **_PARAMS})
    newest = windows.spans(_NOW)[-1]
    assert [span.end for span in windows.until_now(newest, _NOW.replace(day=15))] == [
        datetime(2026, 3, 11, 14, 35, 20, tzinfo=UTC),
        datetime(2026, 3, 15, 14, 35, 21, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    ("pattern", "end"),
    [
        ("%Y-%m-%d", "2026-03-12"),
        ("%Y-%m-%d %H:%M", "2026-03-11 04:36"),
        ("%Y-%m-%dT%H:%M:%S%z", "2026-03-10T14:35:21+0000"),
        ("%Y-%m-%dT%H:%M:%S.000Z", "2026-03-10T14:35:21.000Z"),
        ("epoch_ms", 1773153321000),
    ],
)
def test_a_format_without_a_zone_ends_when_it_is_now_everywhere(pattern: str, end: Any) -> None:
    """The API may read the times in a zone ahead of UTC, where it is later."""
    windows = windows_of({"from": "3d", "size": "1w", "format": pattern, **_PARAMS})
    (newest,) = windows.spans(_NOW)
    assert windows.until_now(newest, _NOW)[-1].values["end"] == end


def test_a_clock_that_goes_back_does_not_shorten_the_newest_window() -> None:
    windows = windows_of({"from": "10d", "size": "1w", **_PARAMS})
    newest = windows.spans(_NOW)[-1]
    assert windows.until_now(newest, _NOW.replace(hour=1)) == [newest]


def test_halves_are_not_shorter_than_size_min() -> None:
    windows = windows_of({"from": "4d", "to": "1h", "size": "1y", "size_min": "20h", **_PARAMS})
    (span,) = windows.spans(_NOW)
    first, second = span.halves()
    assert (first.start, first.end, second.end) == (span.start, second.start, span.end)
    (shorter, _) = first.halves()
    assert shorter.halves() == []
    (whole,) = windows_of({"from": "4d", "to": "1h", "size": "1y", **_PARAMS}).spans(_NOW)
    assert whole.halves() == []


def test_halves_end_where_the_format_can_express_it() -> None:
    keys = {"from": "2026-03-01", "to": "2026-03-04", "size": "1w", "size_min": "1d", "format": "%Y-%m-%d"}
    (span,) = windows_of({**keys, **_PARAMS}).spans(_NOW)
    assert [half.values["end"] for half in span.halves()] == ["2026-03-02", "2026-03-04"]
    assert span.halves()[0].halves() == []


def test_an_end_in_the_past_does_not_grow() -> None:
    windows = windows_of({"from": "10d", "to": "1d", "size": "1w", **_PARAMS})
    newest = windows.spans(_NOW)[-1]
    assert windows.until_now(newest, _NOW.replace(hour=20)) == [newest]


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("query", Request("GET", "https://a.example/x", (("since", "1773149720"), ("until", "1773153321")))),
        (
            "header",
            Request("GET", "https://a.example/x", headers=(("since", "1773149720"), ("until", "1773153321"))),
        ),
        ("body", Request("GET", "https://a.example/x", body={"since": 1773149720, "until": 1773153321})),
    ],
)
def test_the_bounds_are_sent_where_the_user_says(location: str, expected: Request) -> None:
    keys = {"from": "1h", "size": "1d", "format": "epoch", "location": location, **_PARAMS}
    (span,) = windows_of(keys).spans(_NOW)
    assert span.applied(Request("GET", "https://a.example/x")) == expected
    assert str(span) == "2026-03-10 13:35:20 to 2026-03-10 14:35:21 UTC"


def test_placeholders_can_replace_the_parameters() -> None:
    windows = windows_of({"from": "1h", "size": "1d"}, query_params={"q": "created:{start}..{end}"})
    (span,) = windows.spans(_NOW)
    assert span.applied(Request("GET", "https://a.example/x")) == Request("GET", "https://a.example/x")


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("90d", "selector.windows: got '90d', accepts an object"),
        ({"size": "1d"}, "selector.windows.from: is missing"),
        ({"from": "1d"}, "selector.windows.size: is missing"),
        (
            {"from": "90 days", "size": "1d"},
            (
                "selector.windows.from: got '90 days', accepts a duration like 90d: a number and m "
                "(minutes), h, d, w, mo (months) or y; or a date like 2024-01-31"
            ),
        ),
        ({"from": 90, "size": "1d"}, "selector.windows.from: got 90, accepts"),
        ({"from": "0001-01-01T00:00:00+14:00", "size": "1d"}, "selector.windows.from: got '0001-01-01T00"),
        ({"from": "2024-02-30", "size": "1d"}, "selector.windows.from: got '2024-02-30', accepts"),
        ({"from": "20240101", "size": "1d"}, "selector.windows.from: got '20240101', accepts"),
        ({"from": "1d", "size": 1}, "selector.windows.size: got 1, accepts a duration like 90d"),
        (
            {"from": "1d", "size": "1d", "start": "x"},
            "selector.windows.start: is unknown; did you mean start_param?",
        ),
        (
            {"from": "1d", "size": "1h", "format": "%H:%M"},
            "selector.windows.format: got '%H:%M', accepts iso8601",
        ),
        (
            {"from": "9d", "size": "12h", "format": "%Y-%m-%d"},
            (
                "selector.windows.size: 12h is shorter than the times in format %Y-%m-%d. Use a longer size, "
                "or a format with hours, minutes and seconds"
            ),
        ),
        (
            {"from": "1d", "to": "2d", "size": "1h"},
            "selector.windows.from: 1d is not before selector.windows.to",
        ),
        (
            {"from": "1y", "size": "1m"},
            "selector.windows.size: 1m makes more than 10000 windows. Use a longer size",
        ),
        ({"from": "5000y", "size": "1y"}, "selector.windows.from: 5000y is too long"),
    ],
)
def test_mistakes_in_windows_are_named(keys: Any, message: str) -> None:
    given = {**_PARAMS, **keys} if isinstance(keys, dict) else keys
    assert refusal(given).startswith(message)


def test_dates_are_compared_when_the_windows_are_read() -> None:
    windows = windows_of({"from": "2027-01-01", "size": "1d", **_PARAMS})
    with pytest.raises(
        ResourceError, match=r"from: 2027-01-01T00:00:00\+00:00 is not before selector.windows.to"
    ):
        windows.spans(_NOW)


def test_windows_can_begin_before_all_items() -> None:
    windows = windows_of({"from": "1970-01-01", "size": "10y", **_PARAMS})
    assert [span.values["start"][:4] for span in windows.spans(_NOW)] == [
        "1970",
        "1980",
        "1990",
        "2000",
        "2010",
        "2020",
    ]


def test_windows_end_with_the_calendar() -> None:
    windows = windows_of({"from": "9990-01-01", "to": "9999-12-31", "size": "9y", **_PARAMS})
    assert [span.end.year for span in windows.spans(_NOW)] == [9999, 9999]


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        (
            {"windows": {"from": "1d", "size": "1h"}},
            (
                "selector.windows.start_param: is missing: no request has the start of its window. Set it, "
                "or use {start} in the kind, query_params, headers or body"
            ),
        ),
        (
            {"windows": {"from": "1d", "size": "1h", "start_param": "since"}},
            "selector.windows.end_param: is missing: no request has the end of its window",
        ),
        (
            {"windows": {"from": "1d", "size": "1h", **_PARAMS}, "incremental": {"param": "since"}},
            "selector.incremental.param: is also selector.windows.start_param. Remove incremental or windows",
        ),
        (
            {"windows": {"from": "1d", "size": "1h", **_PARAMS}, "path_parameters": {"end": {"values": [1]}}},
            "selector.path_parameters.end: is the name of a placeholder of windows. Use another name",
        ),
    ],
)
def test_requests_must_use_both_bounds_and_nothing_else_may(selector: dict[str, Any], message: str) -> None:
    assert refusal(selector.pop("windows"), **selector).startswith(message)


def test_the_kind_can_have_the_bounds() -> None:
    resource = read_resource(
        "/costs/{start}/{end}", {"windows": {"from": "1d", "size": "1h"}}, PaginationSettings()
    )
    assert resource.parameters == ()
