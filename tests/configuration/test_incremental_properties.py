"""Every change is read, whatever the format and time zone of the times."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from itertools import batched
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from configuration.incremental import Changes, Descent, Incremental
from expressions.paths import jq_path
from rest.bodies import Json

_NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
_AT = jq_path(".at")

# How a server in some zone writes a time.
_WAYS: dict[str, Callable[[datetime], Any]] = {
    "with its zone": lambda local: local.isoformat(timespec="seconds"),
    "without": lambda local: local.replace(tzinfo=None).isoformat(timespec="seconds"),
    "to the minute": lambda local: local.strftime("%Y-%m-%d %H:%M"),
    "to the hour": lambda local: local.strftime("%Y-%m-%dT%H"),
    "its date": lambda local: local.date().isoformat(),
    "compact": lambda local: local.strftime("%Y%m%d%H%M%S"),
    "a compact date": lambda local: int(local.strftime("%Y%m%d")),
    "by mail": format_datetime,
    "seconds": lambda local: int(local.timestamp()),
    "milliseconds": lambda local: int(local.timestamp() * 1000),
    "nanoseconds": lambda local: int(local.timestamp()) * 10**9,
    ".NET": lambda local: f"/Date({int(local.timestamp() * 1000)})/",
}
_ages = st.lists(st.integers(0, 30 * 86_400), min_size=1, max_size=30)
_zones = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))


@given(
    ages=_ages,
    zone=_zones,
    way=st.sampled_from(sorted(_WAYS)),
    mark=st.integers(0, 30 * 86_400),
    page_size=st.integers(1, 7),
    blanks=st.sets(st.integers(0, 29)),
)
def test_no_change_is_missed(
    ages: list[int], zone: timezone, way: str, mark: int, page_size: int, blanks: set[int]
) -> None:
    """blanks: items without a time."""
    moments = [_NOW - timedelta(seconds=age) for age in sorted(ages)]
    items: list[Json] = [
        {"id": number, "at": None if number in blanks else _WAYS[way](moment.astimezone(zone))}
        for number, moment in enumerate(moments)
    ]
    since = _NOW - timedelta(seconds=mark)
    descent = Descent(Changes(Incremental(field=_AT), since), _AT, _NOW)
    read: list[Json] = []
    for page in batched(items, page_size):
        read += descent.changed(page)
        if descent.is_over:
            break
    assert descent.disorder == ""
    changed = [
        item
        for number, (item, moment) in enumerate(zip(items, moments, strict=True))
        if moment >= since and number not in blanks
    ]
    assert [item for item in changed if item not in read] == []


@given(
    ages=_ages,
    zone=_zones,
    way=st.sampled_from(sorted(_WAYS)),
    mark=st.integers(0, 30 * 86_400),
)
def test_disorder_never_hides_an_item_of_the_same_page(
    ages: list[int], zone: timezone, way: str, mark: int
) -> None:
    moments = [_NOW - timedelta(seconds=age) for age in ages]
    items: list[Json] = [{"at": _WAYS[way](moment.astimezone(zone))} for moment in moments]
    since = _NOW - timedelta(seconds=mark)
    read = Descent(Changes(Incremental(field=_AT), since), _AT, _NOW).changed(items)
    changed = [item for item, moment in zip(items, moments, strict=True) if moment >= since]
    assert [item for item in changed if item not in read] == []
