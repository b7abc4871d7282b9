"""What the Date header tells of another machine's clock."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from rest.clocks import ApiClock, clock_reading

_ASKED = datetime(2026, 11, 29, 12, 0, 0, 300_000, tzinfo=UTC)
_ANSWERED = _ASKED + timedelta(seconds=2)


def date(**ahead: float) -> str:
    """Half way of the answer, by a clock that is so far ahead; in whole seconds."""
    return format_datetime(_ASKED + timedelta(seconds=1) + timedelta(**ahead), usegmt=True)


def test_clocks_that_may_agree_agree() -> None:
    """The header has whole seconds, and the answer took two."""
    reading = clock_reading(date(), _ASKED, _ANSWERED)
    assert reading
    assert reading.ahead == timedelta()
    assert reading.least < timedelta() < reading.most
    assert reading.uncertainty == timedelta(seconds=5)


@pytest.mark.parametrize("seconds", [-300, -10, 10, 300, 86_400 * 400])
def test_another_clock_is_ahead_by_rather_too_little_than_too_much(seconds: int) -> None:
    reading = clock_reading(date(seconds=seconds), _ASKED, _ANSWERED)
    assert reading
    assert timedelta(seconds=seconds - 3) < reading.ahead <= timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text",
    [None, "", "yesterday", "1795953600", "Thu, 01 Jan 1970 00:00:00 GMT", "Sun, 29 Nov 99999 12:00:00 GMT"],
    ids=str,
)
def test_no_date_tells_nothing(text: str | None) -> None:
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
def test_every_way_of_writing_it_is_read(text: str) -> None:
    """RFC 9110 §5.6.7, and a header that came twice."""
    reading = clock_reading(text, _ASKED, _ANSWERED)
    assert reading
    assert reading.date == datetime(2026, 11, 29, 11, 55, 1, tzinfo=UTC)


def test_of_several_servers_the_clock_that_is_most_behind_counts() -> None:
    clock = ApiClock()
    for seconds in (0, -300, 200, -100):
        clock.note(date(seconds=seconds), _ASKED, _ANSWERED)
    assert timedelta(seconds=300) <= clock.behind < timedelta(seconds=303)
    assert clock.first_date == datetime(2026, 11, 29, 11, 55, 1, tzinfo=UTC)
    assert clock.last_date == datetime(2026, 11, 29, 12, 3, 21, tzinfo=UTC)
