"""Bodies by media type, as real servers send them, with byte order marks, charsets and invalid content."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rest.bodies import Json, parse_json
from rest.body_parsing import parse_body

json_values: st.SearchStrategy[Json] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("content", "content_type", "body"),
    [
        (b"\xef\xbb\xbf[1]", "application/json", [1]),
        (b"\xef\xbb\xbf[1]", "application/json; charset=UTF-8", [1]),
        (b"\xef\xbb\xbf[1]", "application/json; charset=utf8", [1]),
        (b'["\xe9"]', "application/json; charset=ISO-8859-1", ["é"]),
        ('["é"]'.encode("utf-16"), 'application/json; charset="utf-16"', ["é"]),
        ('["é"]'.encode(), "application/json; charset=nonsense", ["é"]),
        ('["é"]'.encode(), "application/json; charset=base64", ["é"]),
        (b"[1]", "application/json;", [1]),
        (b"[1]", "", [1]),
        (b"[1]", "text/html", [1]),
        (b"[1]", "application/vnd.api+json", [1]),
        (b' \n{"a": 1}\n', "application/json", {"a": 1}),
        (b'{"a": 1, "a": 2}', "application/json", {"a": 2}),
        (b"9007199254740993", "application/json", 9007199254740993),
        (b"[123456789012345678901234567890]", "application/json", [123456789012345678901234567890]),
        (b'"scalar"', "application/json", "scalar"),
        (b"null", "application/json", None),
    ],
    ids=[
        "bom",
        "bom_and_charset",
        "utf8",
        "latin1",
        "utf16",
        "unknown_charset",
        "no_text_encoding",
        "no_parameter",
        "no_type",
        "html_type",
        "vendor_type",
        "white_space",
        "last_duplicate_key",
        "above_2_53",
        "30_digits",
        "scalar",
        "null",
    ],
)
def test_json_is_read_as_it_is_sent(content: bytes, content_type: str, body: Json) -> None:
    assert parse_body(content, content_type) == body


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"<html>", "application/json"),
        (b"{'a': 1}", "application/json"),
        (b"[1,]", "application/json"),
        (b'{"a": 1', "application/json"),
        (b'{"a": 1}{"a": 2}', "application/json"),
        (b'"\xff"', "application/json"),
        (b'{"a": NaN}', "application/json"),
        (b"[Infinity]", "application/json"),
        (b"[-Infinity]", "application/json"),
        (b"[1e999]", "application/json"),
        (b'{"a": -1.5E+400}', "application/x-ndjson"),
        (b"[" * 100_000 + b"]" * 100_000, "application/json"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "application/json"),
        (b"[" + b"9" * 5000 + b"]", "application/json"),
        (b'{"a": 1}\n{"a"', "application/x-ndjson"),
        (b'{"a": NaN}\n', "application/x-ndjson"),
        (b'id,name\n1,"a\n', "text/csv"),
        (b"id\n\xff\n", "text/csv"),
        (b"id,id\n1,2\n", "text/csv"),
        (b"id,id\n", "text/csv"),
        (b"id\n1,2\n", "text/csv"),
    ],
    ids=[
        "html",
        "single_quotes",
        "trailing_comma",
        "cut",
        "two_values",
        "no_utf8",
        "nan",
        "infinity",
        "minus_infinity",
        "too_large",
        "too_large_in_a_line",
        "deep_list",
        "deep_object",
        "5000_digits",
        "cut_line",
        "nan_in_a_line",
        "open_quote",
        "no_utf8_csv",
        "same_name_twice",
        "same_name_without_rows",
        "more_cells_than_columns",
    ],
)
def test_invalid_content_is_an_error(content: bytes, content_type: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_body(content, content_type)


def test_excessive_depth_and_constants_have_clear_errors() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        parse_json("[" * 100_000)
    with pytest.raises(ValueError, match="NaN is not a valid JSON number"):
        parse_json("NaN")


@pytest.mark.parametrize("text", ["1e999", "-1e400", f"{'9' * 400}.5", "[1e+309]"])
def test_a_number_that_is_not_finite_is_rejected(text: str) -> None:
    with pytest.raises(ValueError, match="is not a valid JSON number"):
        parse_json(text)


any_text = st.text() | st.sampled_from(["\ud800", "a\udfff", "\0", "\u2028"])


@given(json_values | st.integers(-(10**40), 10**40) | st.lists(any_text), st.booleans())
def test_json_is_read_as_python_reads_it(value: Json, is_ascii: bool) -> None:  # noqa: FBT001
    text = json.dumps(value, ensure_ascii=is_ascii)
    assert repr(parse_json(text)) == repr(json.loads(text))


@pytest.mark.parametrize(
    "media_type",
    [
        "application/x-ndjson",
        "application/ndjson; charset=utf-8",
        "application/jsonl",
        "application/jsonlines",
        "Application/X-JSONLines",
    ],
)
def test_lines_of_json_are_a_list(media_type: str) -> None:
    content = b'\xef\xbb\xbf{"id": 9007199254740993}\r\n\n  \n[2]\nnull'
    assert parse_body(content, media_type) == [{"id": 9007199254740993}, [2], None]


@pytest.mark.parametrize("media_type", ["text/csv", "application/csv", "text/csv; header=present"])
def test_csv_rows_are_objects_of_strings(media_type: str) -> None:
    """RFC 4180: a quoted cell may contain commas, line breaks and doubled quotes. Leading zeros are kept."""
    content = b'\xef\xbb\xbfid,name\r\n007,"a,""b"""\r\n2,"x\r\ny"\r\n'
    assert parse_body(content, media_type) == [{"id": "007", "name": 'a,"b"'}, {"id": "2", "name": "x\r\ny"}]


def test_csv_with_only_a_header_has_no_rows() -> None:
    assert parse_body(b"id,name\n", "text/csv") == []


def test_a_short_csv_row_has_nulls() -> None:
    assert parse_body(b"id,name\n1\n", "text/csv") == [{"id": "1", "name": None}]


def test_numbers_with_large_exponents_are_read_if_they_are_finite() -> None:
    assert parse_json("[1e100, 1E+308, 1e-999, 1.5]") == [1e100, 1e308, 0.0, 1.5]


def test_unicode_separators_do_not_split_a_line_of_json() -> None:
    content = '{"a": "x\u2028y"}\n{"a": "\u0085"}'.encode()
    assert parse_body(content, "application/x-ndjson") == [{"a": "x\u2028y"}, {"a": "\u0085"}]


def test_a_csv_cell_may_be_large() -> None:
    assert parse_body(b"id\n" + b"x" * 200_000 + b"\n", "text/csv") == [{"id": "x" * 200_000}]


@given(json_values)
def test_every_json_value_survives_a_round_trip(value: Json) -> None:
    assert parse_body(json.dumps(value).encode(), "application/json") == value
