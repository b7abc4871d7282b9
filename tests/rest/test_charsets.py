"""Charset names as servers write them."""

import pytest

from rest.charsets import charset_named


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("UTF-8", "utf-8"),
        ('"utf8"', "utf-8"),
        ("ISO-8859-1", "latin-1"),
        ("iso_8859-15", "iso8859-15"),
        ("windows-1252", "cp1252"),
        ("Shift_JIS", "shift-jis"),
        ("us-ascii", "ascii"),
        ("GB18030", "gb18030"),
        ("utf-16le", "utf-16-le"),
    ],
)
def test_a_charset_has_many_names(name: str, codec: str) -> None:
    assert charset_named(name) == codec
    assert "é".encode(codec, "replace")


@pytest.mark.parametrize(
    "name",
    [
        *("punycode", "idna", "rot13", "zlib", "base64", "unicode_escape", "raw-unicode-escape", "utf-7"),
        *("undefined", "mbcs", "hex", "uu", "bz2", "x" * 100_000, "../../etc", "", "none"),
    ],
)
def test_unknown_charsets_and_binary_codecs_become_utf_8(name: str) -> None:
    assert charset_named(name) == "utf-8"
