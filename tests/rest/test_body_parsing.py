"""Bodies of every format, parsed as the mapping says or as the response shows."""

import pytest

from rest.bodies import Json
from rest.body_format import RECOGNIZED, BodyFormat, CsvOptions, FormatName
from rest.body_parsing import CharsetError, decoded, parse_body

JÜRG = [{"id": "1", "name": "Jürg"}]


@pytest.mark.parametrize(
    ("content", "content_type", "body"),
    [
        ("id;name\n1;Jürg\n".encode("latin-1"), "text/csv; charset=ISO-8859-1", JÜRG),
        ("id\tname\n1\tJürg\n".encode("utf-16"), "text/tab-separated-values", JÜRG),
        ("id,name\n1,Jürg\n".encode("utf-16-le"), "text/csv", JÜRG),
        ("\ufeffid,name\n1,Jürg\n".encode("utf-16-be"), "text/csv", JÜRG),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><a>J\xfcrg</a>', "text/xml", {"a": "Jürg"}),
        ('<?xml version="1.0" encoding="UTF-16"?><a>Jürg</a>'.encode("utf-16"), "", {"a": "Jürg"}),
        ('["Jürg"]'.encode("utf-32"), "application/json", ["Jürg"]),
        (b"a: 2024-01-31\n1: no", "text/yaml", {"a": "2024-01-31", "1": "no"}),
        (b"---\na: 1\n---\n---\nb: 2\n", "application/yaml", [{"a": 1}, {"b": 2}]),
        (b"# nothing\n", "application/yaml", None),
        (b'{"a": 12345678901234567890}', "application/yaml", {"a": 12345678901234567890}),
    ],
)  # fmt: skip
def test_a_format_is_recognized(content: bytes, content_type: str, body: Json) -> None:
    assert parse_body(content, content_type) == body


@pytest.mark.parametrize(
    ("content", "chosen", "body"),
    [
        (b"1;J\xfcrg", BodyFormat("csv", "latin-1", CsvOptions(";", False, ("id", "name"))), JÜRG),  # noqa: FBT003
        (b"1;2\n3;4", BodyFormat("csv"), [{"1": "3", "2": "4"}]),
        (b"[1]\n2\n", BodyFormat("lines"), [[1], 2]),
        (b"<a><b/></a>", BodyFormat("xml", lists=(("b",),)), {"a": {"b": [None]}}),
        (b"a: [1, x]", BodyFormat("yaml"), {"a": [1, "x"]}),
        (b"up 1\ndown 0\n", BodyFormat("text"), "up 1\ndown 0\n"),
        (b"<a/>", BodyFormat("text"), "<a/>"),
        (b'{"a": 1}', BodyFormat("text"), '{"a": 1}'),
    ],
)
def test_a_chosen_format_is_used_for_any_content_type(content: bytes, chosen: BodyFormat, body: Json) -> None:
    for content_type in ("", "application/json", "application/octet-stream"):
        assert parse_body(content, content_type, chosen) == body


@pytest.mark.parametrize("name", ["lines", "csv", "xml", "yaml", "text"])
def test_a_web_page_is_never_data(name: FormatName) -> None:
    with pytest.raises(ValueError, match="the response is a web page"):
        parse_body(b"<!DOCTYPE html>\n<html><body>a,b</body></html>", "text/plain", BodyFormat(name))


def test_aliases_of_yaml_expand_to_a_limit() -> None:
    lines = [f"x{number}: &x{number} [{f'*x{number - 1},' * 9}]" for number in range(1, 9)]
    bomb = "\n".join(["x0: &x0 [1]", *lines])
    with pytest.raises(ValueError, match="the anchors expand to more than 314,572 values"):
        parse_body(bomb.encode(), "application/yaml")


def test_a_byte_without_a_meaning_is_an_error_of_the_charset() -> None:
    with pytest.raises(CharsetError, match=r"^byte 0xfc at position 4 is not utf-8$"):
        parse_body(b"a,b\n\xfc,2", "text/csv")
    assert decoded(b"\xfc", "", BodyFormat("text", "latin-1")) == "ü"
    assert decoded(b"\xff\xfea\0", "", RECOGNIZED) == "a"
