"""Requests for changes: the format of times, and the detection of older items."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from configuration.incremental import Changes, Descent, Incremental
from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from expressions.paths import jq_path
from rest.bodies import Json
from rest.errors import ItemsError, ResourceError
from rest.request import Request

_NOW = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
_SINCE = datetime(2026, 11, 1, 12, 1, tzinfo=UTC)  # the overlap makes 12:00 of it


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        ("iso8601", "2026-11-01T12:00:00Z"),
        ("epoch", "1793534400"),
        ("epoch_ms", "1793534400000"),
        ("%Y-%m-%d %H:%M", "2026-11-01 12:00"),
        ("%y%j", "26305"),
        (">=%d/%m/%Y 100%%", ">=01/11/2026 100%"),
    ],
)
def test_the_time_is_formatted_for_the_api_a_minute_early(pattern: str, value: str) -> None:
    resource = read_resource(
        "/a", {"incremental": {"param": "since", "format": pattern}}, PaginationSettings()
    )
    changes = resource.since(_SINCE).changes
    assert changes
    assert changes.applied(Request("GET", "https://a.example/x")).value("since") == value


def test_time_in_a_body_keeps_its_type() -> None:
    changes = Changes(Incremental("filter.since", "epoch", "body"), _SINCE)
    assert changes.applied(Request("POST", "https://a.example/x")).body == {"filter": {"since": 1793534400}}


def test_the_time_is_earlier_for_a_clock_that_is_behind() -> None:
    changes = Changes(Incremental("since"), _SINCE)
    late = changes.for_clock(timedelta(minutes=5))
    assert late.applied(Request("GET", "https://a.example/x")).value("since") == "2026-11-01T11:55:00Z"
    assert changes.covers(timedelta(seconds=30))
    assert not changes.covers(timedelta(seconds=31))
    assert late.covers(timedelta(minutes=5))


def test_a_field_does_not_change_the_request() -> None:
    request = Request("GET", "https://a.example/x")
    assert Changes(Incremental(field=jq_path(".at")), _SINCE).applied(request) == request


def descent(since: datetime = _SINCE) -> Descent:
    return Descent(Changes(Incremental(field=jq_path(".at")), since), jq_path(".at"), _NOW)


def items(*times: Json) -> list[Json]:
    return [{"id": number, "at": time} for number, time in enumerate(times)]


def numbers(found: Sequence[Json]) -> list[Json]:
    return [item["id"] for item in found if isinstance(item, dict)]


@pytest.mark.parametrize(
    "older",
    [
        "2026-11-01T11:59:59Z",
        "2026-10-31T23:59:59",
        "2026-11-01T12:30:00+01:00",
        "2026-10-31",  # which ends at noon of the next day there
        1793534399,
        1793534399000,
        "Sun, 01 Nov 2026 11:59:59 GMT",
        "/Date(1793534399000)/",
    ],
    ids=str,
)
def test_an_older_item_ends_the_listing(older: Json) -> None:
    reading = descent()
    assert numbers(reading.changed(items("2026-11-03T12:00:00Z", older))) == [0]
    assert reading.is_over
    assert reading.is_proven


@pytest.mark.parametrize(
    "newer",
    [
        "2026-11-01T12:00:00Z",
        "2026-11-01T00:00:00",  # by the clock of the westernmost zone, it is noon in Greenwich
        "2026-11-01",
        1793534400,
    ],
    ids=str,
)
def test_an_item_that_may_be_newer_counts_as_changed(newer: Json) -> None:
    reading = descent()
    assert numbers(reading.changed(items("2026-11-03T12:00:00Z", newer))) == [0, 1]
    assert not reading.is_over


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, ""),
        (True, "true for the item with id 0"),
        ("soon", "soon for the item with id 0"),
        ([], "[] for the item with id 0"),
        ("", ""),
        (0, ""),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z for the item with id 0"),
    ],
    ids=str,
)
def test_an_item_without_a_time_counts_as_changed(value: Json, told: str) -> None:
    """It does not end the listing."""
    reading = descent()
    found = items(value)
    assert reading.changed(found) == found
    assert not reading.is_over
    assert reading.no_time == told
    assert reading.changed([{}, "text"]) == [{}, "text"]
    assert reading.times == 0


@pytest.mark.parametrize(
    "value",
    [12345, "1989-12-31T00:00:00Z", "2026-11-05T12:00:00Z", 1e300, "9999-12-31", "0001-02-01", 2026],
    ids=str,
)
def test_an_implausible_time_is_an_error(value: Json) -> None:
    """It is another number, a default, or in the wrong unit, so it does not show the order."""
    with pytest.raises(ItemsError, match="for the item with id 0, which is not a plausible time") as raised:
        descent().changed(items(value))
    assert str(value)[:4] in str(raised.value)


@pytest.mark.parametrize(
    "times",
    [
        ["2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z", "2026-11-02T00:00:00Z"],
        ["2026-10-01T00:00:00Z", "2026-11-02T00:00:00Z", "2026-10-30T00:00:00Z"],
        ["2026-10-01", "2026-10-02", "2026-11-02"],
        ["2026-10-01T00:00:00", "2026-10-02T00:00:00", "2026-11-02T00:00:00"],
    ],
    ids=["ascending", "the first is pinned", "dates", "without a zone"],
)
def test_a_listing_without_order_is_read_to_its_end(times: list[str]) -> None:
    reading = descent()
    changed = reading.changed(items(*times))
    assert [time for time in times if time >= "2026-11"] == [times[place] for place in numbers(changed)]  # type: ignore[index]
    assert not reading.is_over
    assert not reading.is_proven
    assert reading.disorder.startswith("the item with id")
    reading.changed(items("2026-09-01T00:00:00Z"))
    assert not reading.is_over


@pytest.mark.parametrize(
    "times",
    [
        ["2026-11-02T00:00:00Z", "2026-10-01T00:00:00Z", "2026-10-01T00:00:30Z"],
        ["2026-11-02T00:00:00Z", "2026-10-01T00:00:00Z", "2026-11-03T11:59:30Z"],
        ["2026-11-02", "2026-11-02T08:00:00Z", "2026-10-01"],
        ["2026-11-02T08:00:00Z", "2026-10-01", "2026-10-01T20:00:00Z"],
        ["2026-11-02T08:00:00Z", None, "2026-10-01T20:00:00Z"],
    ],
    ids=[
        "servers a little apart",
        "changed while it was read",
        "a date before a time of its day",
        "a date may be any time of its day",
        "an item without a time",
    ],
)
def test_small_differences_are_not_disorder(times: list[Json]) -> None:
    reading = descent()
    reading.changed(items(*times))
    assert reading.disorder == ""
    assert reading.is_over


def test_a_single_item_does_not_show_the_order() -> None:
    reading = descent()
    assert reading.changed(items("2026-10-01T00:00:00Z")) == []
    assert not reading.is_over
    assert reading.changed(items("2026-10-01T00:00:00Z")) == []
    assert reading.is_over
    assert not reading.is_proven


def test_an_item_is_described_by_its_id_key_name_or_title() -> None:
    with pytest.raises(ItemsError, match="for an item, which"):
        descent().changed([{"at": 12345}])
    with pytest.raises(ItemsError, match="for the item with key A-7, which"):
        descent().changed([{"at": 12345, "key": "A-7"}])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "needs either param or field"),
        ({"param": "a", "field": ".b"}, "needs either param or field"),
        ({"parm": "a"}, "did you mean param"),
        ({"param": "a", "location": "header"}, "accepts query, body"),
        ({"field": ".a |"}, "accepts a jq expression"),
        ("since", "accepts an object"),
        ({"param": "a", "format": "iso"}, "got 'iso', accepts iso8601, epoch, epoch_ms, or a strftime"),
        ({"param": "a", "format": "YYYY-MM-DD"}, "with year, month and day"),
        ({"param": "a", "format": "%H:%M"}, "with year, month and day"),
        ({"param": "a", "format": "%d.%m."}, "with year, month and day"),
        ({"param": "a", "format": "%Y-%m"}, "with year, month and day"),
        ({"param": "a", "format": "%%Y-%%m-%%d"}, "with year, month and day"),
        ({"param": "a", "format": "%Y-%m-%d %Q"}, "with year, month and day"),
        ({"param": "a", "format": "%s"}, "with year, month and day"),
    ],
    ids=str,
)
def test_a_mistake_in_incremental_is_reported(given: Json, words: str) -> None:
    with pytest.raises(ResourceError) as raised:
        read_resource("/a", {"incremental": given}, PaginationSettings())
    assert "selector.incremental" in str(raised.value)
    assert words in str(raised.value)


def test_a_pattern_that_strftime_rejects_is_an_error() -> None:
    with pytest.raises(ResourceError, match="with year, month and day"):
        read_resource("/a", {"incremental": {"param": "a", "format": "%Y-%m-%d\ud800"}}, PaginationSettings())


def test_a_resource_for_changes_has_no_min_items() -> None:
    """Few changes are not a sign of lost permissions."""
    resource = read_resource("/a", {"incremental": {"param": "since"}, "min_items": 3}, PaginationSettings())
    wanted = resource.since(_SINCE)
    assert wanted.changes == Changes(Incremental("since"), _SINCE)
    assert wanted.min_items == 0
    with pytest.raises(ResourceError, match="incremental is missing"):
        read_resource("/a", {}, PaginationSettings()).since(_SINCE)
