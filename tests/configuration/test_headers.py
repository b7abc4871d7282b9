"""Which headers can be sent."""

import pytest

from configuration.headers import invalid_headers, is_header_text


@pytest.mark.parametrize(
    ("text", "is_valid"),
    [
        ("a b", True),
        ("", True),
        ("a\tb", True),
        (" a", False),
        ("a\nb", False),
        ("a\x7f", False),
        ("é", False),
    ],
)
def test_a_header_value_is_one_line_of_ascii(text: str, *, is_valid: bool) -> None:
    assert is_header_text(text) is is_valid


def test_invalid_headers_are_named() -> None:
    assert invalid_headers([("X-A", "a"), ("a b", "c"), ("X-B", "é"), ("", "a")]) == ["a b", "X-B", ""]
