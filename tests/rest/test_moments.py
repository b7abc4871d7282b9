"""Times in the formats of APIs."""

from datetime import UTC, datetime, timedelta

import pytest

from rest.bodies import Json
from rest.moments import Moment, moment_of

_NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
_DAY = datetime(2026, 11, 29, tzinfo=UTC)
_DAY_S_END = datetime(2026, 11, 29, 23, 59, 59, 999999, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-29T12:00:00Z",
        "2026-11-29t12:00:00z",
        "2026-11-29T12:00:00.000Z",
        "2026-11-29T12:00:00.000000000Z",
        "2026-11-29T13:00:00+01:00",
        "2026-11-29T13:00:00+0100",
        "2026-11-29T13:00:00+01",
        "2026-11-29 13:00:00 +0100",
        "2026-11-29 12:00:00 UTC",
        "2026-11-29 12:00:00 GMT",
        "2026-11-29T13:00:00+01:00[Europe/Berlin]",
        " 2026-11-29T12:00:00Z ",
        "20261129T120000Z",
        1795953600,
        "1795953600",
        1795953600.0,
        "1795953600.000",
        1795953600000,
        1795953600000000,
        1795953600000000000,
        "/Date(1795953600000)/",
        "/Date(1795953600000+0100)/",
        "Sun, 29 Nov 2026 12:00:00 GMT",
        "Sun, 29 Nov 2026 13:00:00 +0100",
        "Sunday, 29-Nov-26 12:00:00 GMT",
    ],
    ids=str,
)
def test_a_whole_time_is_one_moment(value: Json) -> None:
    assert moment_of(value) == Moment(_NOON, _NOON)


@pytest.mark.parametrize(
    ("value", "start", "end"),
    [
        ("2026-11-29T12:00:00", _NOON, _NOON),
        ("2026-11-29 12:00:00", _NOON, _NOON),
        ("20261129120000", _NOON, _NOON),
        (20261129120000, _NOON, _NOON),
        ("202611291200", _NOON, _NOON),
        ("2026-11-29 12:00", _NOON, _NOON + timedelta(minutes=1)),
        ("2026-11-29T12", _NOON, _NOON + timedelta(hours=1)),
        ("Sun Nov 29 12:00:00 2026", _NOON, _NOON),
        ("Sun, 29 Nov 2026 12:00:00 CET", _NOON, _NOON),
        ("Sun, 29 Nov 2026 12:00:00 -0000", _NOON, _NOON),
        ("2026-11-29", _DAY, _DAY_S_END),
        ("20261129", _DAY, _DAY_S_END),
        (20261129, _DAY, _DAY_S_END),
        ("2026-W48-7", _DAY, _DAY_S_END),
    ],
    ids=str,
)
def test_a_time_without_a_zone_may_be_in_any_zone(value: Json, start: datetime, end: datetime) -> None:
    moment = moment_of(value)
    assert moment == Moment(start, end, has_zone=False)
    assert moment.latest == end + timedelta(hours=12)
    assert moment.earliest == start - timedelta(hours=14)


def test_a_time_with_a_zone_may_lack_its_minutes() -> None:
    assert moment_of("2026-11-29T12+00:00") == Moment(_NOON, _NOON + timedelta(hours=1))


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        [],
        {},
        "",
        "soon",
        "3 days ago",
        "11/29/2026",
        "Nov 29, 2026 1:00 PM",  # the parser ignores PM
        "2026-W48",
        "2026-11",
        "2026-11-29T25:00:00Z",
        "9999-12-31T23:59:59-05:00",
        0,
        -1,
        "0",
        float("nan"),
        "0000-00-00 00:00:00",
        "0001-01-01T00:00:00Z",
        "0001-01-01",
        "1970-01-01T00:00:00Z",
        "1900-01-01T00:00:00",
        "/Date(0)/",
    ],
    ids=str,
)
def test_other_values_and_never_are_not_times(value: Json) -> None:
    assert moment_of(value) is None


@pytest.mark.parametrize(
    "value", [1e300, 10**400, "/Date(99999999999999999999)/"], ids=["1e300", "400", "net"]
)
def test_a_number_beyond_the_range_of_times_is_an_error(value: Json) -> None:
    with pytest.raises(OverflowError):
        moment_of(value)


@pytest.mark.parametrize(
    ("value", "is_plausible"),
    [
        ("1989-12-31T23:59:59Z", False),
        ("1990-01-01T00:00:00Z", True),
        ("1989-12-31", True),  # in the west, the day ends later
        ("1989-12-30", False),
        ("2026-11-30T12:00:00Z", True),
        ("2026-11-30T12:00:01Z", False),
        ("2026-12-01", True),  # in the east, it begins earlier
        ("2026-12-02", False),
        ("9999-12-31", False),
        ("0001-01-02", False),
        (12345, False),
        ("20261399", False),
    ],
    ids=str,
)
def test_plausible_times_are_from_1990_to_tomorrow(value: Json, *, is_plausible: bool) -> None:
    moment = moment_of(value)
    assert moment is not None
    assert moment.is_plausible(_NOON) is is_plausible


@pytest.mark.parametrize(
    ("newer", "older", "hours"),
    [
        ("2026-11-29T12:00:00Z", "2026-11-29T10:00:00Z", 2),
        ("2026-11-29T12:00:00", "2026-11-29T10:00:00", 2),
        ("2026-11-29T12:00:00", "2026-11-29T10:00:00Z", -12),
        ("2026-11-29T12:00:00Z", "2026-11-29T10:00:00", -10),
        ("2026-11-30T12:00:00Z", "2026-11-29T12:00:00", 12),
        ("2026-11-30", "2026-11-29", 24),
    ],
)
def test_a_time_is_newer_only_if_it_is_newer_in_any_zone(newer: str, older: str, hours: int) -> None:
    """Two times without a zone are in the same zone."""
    one, other = moment_of(newer), moment_of(older)
    assert one
    assert other
    assert one.is_newer_than(other) == timedelta(hours=hours)
