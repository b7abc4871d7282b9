"""Asking for changes: how a time is written, and which items are older."""

from datetime import UTC, datetime

import pytest

from rest.bodies import Json
from rest.errors import ResourceError
from rest.incremental import Changes, Incremental
from rest.pagination_settings import PaginationSettings
from rest.paths import jq_path
from rest.request import Request
from rest.resource_reader import read_resource

_SINCE = datetime(2026, 11, 1, 12, 1, tzinfo=UTC)  # the overlap makes 12:00 of it


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        ("iso8601", "2026-11-01T12:00:00Z"),
        ("epoch", "1793534400"),
        ("epoch_ms", "1793534400000"),
        ("%Y-%m-%d %H:%M", "2026-11-01 12:00"),
    ],
)
def test_time_is_written_as_the_api_wants_it_a_minute_early(pattern: str, value: str) -> None:
    request = Incremental("since", pattern).asked(Request("GET", "https://a.example/x"), _SINCE)
    assert request.value("since") == value


def test_time_in_a_body_keeps_its_type() -> None:
    changes = Changes(Incremental("filter.since", "epoch", "body"), _SINCE)
    assert changes.asked(Request("POST", "https://a.example/x")).body == {"filter": {"since": 1793534400}}


@pytest.mark.parametrize(
    "older",
    ["2026-11-01T11:59:59Z", "2026-11-01T11:00:00", "2026-11-01T12:30:00+01:00", 1793534399, 1793534399000],
)
def test_listing_ends_at_the_first_older_item(older: Json) -> None:
    newer: Json = {"at": "2026-11-01T12:00:00Z"}
    changes = Changes(Incremental(field=jq_path(".at")), _SINCE)
    assert changes.newer([newer, {"at": older}, newer]) == [newer]
    request = Request("GET", "https://a.example/x")
    assert changes.asked(request) == request


@pytest.mark.parametrize("unknown", [None, True, "soon", [], 1e300, ""])
def test_item_without_a_time_counts_as_changed(unknown: Json) -> None:
    items: list[Json] = [{"at": unknown}, {}]
    assert Changes(Incremental(field=jq_path(".at")), _SINCE).newer(items) == items


def test_without_a_field_every_item_has_changed() -> None:
    assert Changes(Incremental("since"), _SINCE).newer([{"at": 1}]) == [{"at": 1}]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "needs param or field"),
        ({"param": "a", "field": ".b"}, "needs param or field"),
        ({"parm": "a"}, "did you mean param"),
        ({"param": "a", "location": "header"}, "accepts query, body"),
        ({"field": ".a |"}, "accepts a jq expression"),
        ("since", "accepts an object"),
    ],
    ids=str,
)
def test_mistake_in_incremental_is_named(given: Json, words: str) -> None:
    with pytest.raises(ResourceError) as raised:
        read_resource("/a", {"incremental": given}, PaginationSettings())
    assert "selector.incremental" in str(raised.value)
    assert words in str(raised.value)


def test_resource_since_a_moment_asks_for_changes_and_counts_nothing() -> None:
    """A run that finds few changes is no sign of lost rights."""
    resource = read_resource("/a", {"incremental": {"param": "since"}, "min_items": 3}, PaginationSettings())
    wanted = resource.since(_SINCE)
    assert wanted.changes == Changes(Incremental("since"), _SINCE)
    assert wanted.min_items == 0
    with pytest.raises(ResourceError, match="incremental is missing"):
        read_resource("/a", {}, PaginationSettings()).since(_SINCE)
