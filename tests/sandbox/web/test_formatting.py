import pytest

from sandbox.web.formatting import duration, number, plural, seconds_of


def test_number_has_thousands_separators() -> None:
    assert number(1234567) == "1,234,567"


@pytest.mark.parametrize(("count", "text"), [(0, "0 kinds"), (1, "1 kind"), (1200, "1,200 kinds")])
def test_count_has_the_right_noun(count: int, text: str) -> None:
    assert plural(count, "kind", "kinds") == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-1, "0.0 s"),
        (0.34, "0.3 s"),
        (42.4, "42 s"),
        (185, "3 min 05 s"),
        (3725, "1 h 02 min"),
    ],
)
def test_duration_has_two_units_at_most(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:10Z", 10.0),
        ("1970-01-01T00:00:10", 10.0),
        ("1970-01-01T01:00:10+01:00", 10.0),
        ("soon", None),
        (10, None),
        (None, None),
    ],
)
def test_iso_text_is_converted_to_seconds(text: object, seconds: float | None) -> None:
    assert seconds_of(text) == seconds
