"""Charset names as servers write them."""

import pytest

from rest.charsets import charset_named, charset_of, decoder_named


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


@pytest.mark.parametrize(
    ("start", "content_type", "codec"),
    [
        (b"abc", "", "utf-8"),
        (b"abc", "text/csv; charset=ISO-8859-1", "latin-1"),
        (b"abc", "text/csv; header=present; Charset='windows-1252'", "cp1252"),
        (b"\xef\xbb\xbfa", "text/csv; charset=ISO-8859-1", "utf-8"),
        ("ab".encode("utf-16"), "text/csv; charset=utf-8", "utf-16"),
        ("ab".encode("utf-32"), "", "utf-32"),
        ("ab".encode("utf-16-le"), "", "utf-16-le"),
        ("ab".encode("utf-16-be"), "", "utf-16-be"),
        ("ab".encode("utf-32-le"), "", "utf-32-le"),
        ("ab".encode("utf-32-be"), "", "utf-32-be"),
        (b"\0\0\0\0", "", "utf-8"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?>', "text/xml", "latin-1"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?>', "text/xml; charset=utf-8", "utf-8"),
        (b'<?xml version="1.0"?><a encoding="latin-1">', "", "utf-8"),
        (b'<?xml version="1.0" encoding="unknown-1"?>', "", "utf-8"),
    ],
)
def test_the_charset_is_that_of_the_mark_the_header_or_the_declaration(
    start: bytes, content_type: str, codec: str
) -> None:
    assert charset_of(start, content_type) == codec


def test_the_chosen_charset_precedes_all_others() -> None:
    assert charset_of(b"\xef\xbb\xbfa", "text/csv; charset=utf-8", "cp1252") == "cp1252"


def test_a_decoder_skips_a_byte_order_mark() -> None:
    assert b"\xef\xbb\xbfa".decode(decoder_named("utf-8")) == "a"
    assert decoder_named("cp1252") == "cp1252"
