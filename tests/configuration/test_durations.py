"""Durations: units, calendar months, and what is no duration."""

from datetime import UTC, datetime

import pytest

from configuration.durations import Duration

_DAY = datetime(2024, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "times", "expected"),
    [
        ("30m", 1, datetime(2024, 1, 31, 12, 30, tzinfo=UTC)),
        ("12h", 1, datetime(2024, 2, 1, 0, tzinfo=UTC)),
        ("7d", -1, datetime(2024, 1, 24, 12, tzinfo=UTC)),
        ("2w", 2, datetime(2024, 2, 28, 12, tzinfo=UTC)),
        ("1mo", 1, datetime(2024, 2, 29, 12, tzinfo=UTC)),
        ("1mo", 2, datetime(2024, 3, 31, 12, tzinfo=UTC)),
        ("2 mo", -1, datetime(2023, 11, 30, 12, tzinfo=UTC)),
        ("1y", -1, datetime(2023, 1, 31, 12, tzinfo=UTC)),
        ("13mo", -1, datetime(2022, 12, 31, 12, tzinfo=UTC)),
    ],
)
def test_a_duration_is_added_by_the_calendar(text: str, times: int, expected: datetime) -> None:
    assert Duration.read(text).after(_DAY, times) == expected


@pytest.mark.parametrize("text", ["", "d", "0d", "-1d", "1.5h", "90", "90 days", "P90D", "1M", "7dd", "٣d"])
def test_other_texts_are_no_durations(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration like 90d"):
        Duration.read(text)


@pytest.mark.parametrize("text", ["9999y", "999999mo", "9999999w"])
def test_a_duration_beyond_the_calendar_overflows(text: str) -> None:
    with pytest.raises(OverflowError):
        Duration.read(text).after(_DAY, -1)


def test_a_duration_is_shown_as_it_was_written() -> None:
    assert str(Duration.read(" 6mo")) == "6mo"
