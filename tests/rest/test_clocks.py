"""Clock readings from Date headers."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from rest.clocks import ApiClock, clock_reading

_ASKED = datetime(2026, 11, 29, 12, 0, 0, 300_000, tzinfo=UTC)
_ANSWERED = _ASKED + timedelta(seconds=2)


def date(**ahead: float) -> str:
    """Return the Date header halfway between request and response, by a clock that is ahead."""
    return format_datetime(_ASKED + timedelta(seconds=1) + timedelta(**ahead), usegmt=True)


def test_clocks_that_may_agree_have_no_difference() -> None:
    """The header has whole seconds, and the response took two."""
    reading = clock_reading(date(), _ASKED, _ANSWERED)
    assert reading
    assert reading.ahead == timedelta()
    assert reading.min_offset < timedelta() < reading.max_offset
    assert reading.uncertainty == timedelta(seconds=5)


@pytest.mark.parametrize("seconds", [-300, -10, 10, 300, 86_400 * 400])
def test_a_difference_is_never_overestimated(seconds: int) -> None:
    reading = clock_reading(date(seconds=seconds), _ASKED, _ANSWERED)
    assert reading
    assert timedelta(seconds=seconds - 3) < reading.ahead <= timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text",
    [None, "", "yesterday", "1795953600", "Thu, 01 Jan 1970 00:00:00 GMT", "Sun, 29 Nov 99999 12:00:00 GMT"],
    ids=str,
)
def test_an_invalid_date_is_no_reading(text: str | None) -> None:
    assert clock_reading(text, _ASKED, _ANSWERED) is None
    clock = ApiClock()
    clock.note(text, _ASKED, _ANSWERED)
    assert clock == ApiClock(None, None, timedelta())


@pytest.mark.parametrize(
    "text",
    [
        "Sun, 29 Nov 2026 11:55:01 GMT",
        "Sunday, 29-Nov-26 11:55:01 GMT",
        "Sun Nov 29 11:55:01 2026",
        "Sun, 29 Nov 2026 12:55:01 +0100",
        "Sun, 29 Nov 2026 11:55:01 GMT, Sun, 29 Nov 2026 11:55:01 GMT",
    ],
)
def test_every_date_format_is_accepted(text: str) -> None:
    """RFC 9110 §5.6.7, and a repeated header."""
    reading = clock_reading(text, _ASKED, _ANSWERED)
    assert reading
    assert reading.date == datetime(2026, 11, 29, 11, 55, 1, tzinfo=UTC)


def test_the_clock_that_is_furthest_behind_counts() -> None:
    clock = ApiClock()
    for seconds in (0, -300, 200, -100):
        clock.note(date(seconds=seconds), _ASKED, _ANSWERED)
    assert timedelta(seconds=300) <= clock.behind < timedelta(seconds=303)
    assert clock.first_date == datetime(2026, 11, 29, 11, 55, 1, tzinfo=UTC)
    assert clock.last_date == datetime(2026, 11, 29, 12, 3, 21, tzinfo=UTC)
