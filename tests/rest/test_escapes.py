"""Decoded escapes, and the positions of the original text."""

import pytest

from rest.escapes import readings


@pytest.mark.parametrize(
    ("text", "original"),
    [
        (b"a secret.", b"secret"),
        (b"a%73%65cret.", b"%73%65cret"),
        (rb"a\u0073ecret.", rb"\u0073ecret"),
        (rb"a\x73ecret.", rb"\x73ecret"),
        (b"a&#x73;ecret.", b"&#x73;ecret"),
        (b"a se\r\n  cret.", b"se\r\n  cret"),
        (b"s\0e\0c\0r\0e\0t\0.", b"s\0e\0c\0r\0e\0t"),
        (b"a%255Cu0073ecret.", b"%255Cu0073ecret"),
    ],
    ids=["plain", "URL", "JSON", "hexadecimal", "HTML", "folded", "UTF-16", "nested"],
)
def test_a_decoded_text_is_mapped_to_its_original_span(text: bytes, original: bytes) -> None:
    reading = next(each for each in readings(text) if b"secret" in each.text)
    start = reading.text.index(b"secret")
    first, last = reading.original_span((start, start + len(b"secret")))
    assert text[first:last] == original


def test_a_text_without_escapes_has_one_reading() -> None:
    assert [reading.text for reading in readings(b"plain text")] == [b"plain text"]
