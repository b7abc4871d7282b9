"""JSON with a prefix, in a call, and as several values."""

import pytest

from rest.bodies import Json
from rest.body_format import BodyFormat
from rest.body_parsing import parse_body


@pytest.mark.parametrize(
    "text",
    [
        ")]}',\n[1]",
        ")]}'\n[1]",
        "\ufeff)]}[1]",
        "while(1);[1]",
        "while ( true ) ; [1]",
        "for (;;); [1]",
        "{}&& [1]",
        "{} &&\n[1]",
        "throw 1; [1]",
        "&&&START&&&[1]",
        "callback([1])",
        "/**/ngx.cb_1([1]);\n",
        "/**/typeof cb === 'function' && 1;cb([1])",
    ],
)
def test_json_behind_a_prefix_or_in_a_call_is_read(text: str) -> None:
    assert parse_body(text.encode(), "application/json") == [1]


@pytest.mark.parametrize("text", [")]}'\n<html>", "callback(oops)", "while(1);", "x([1]); y([2])", ""])
def test_other_text_with_a_prefix_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="Expecting value: line 1 column 1"):
        parse_body(text.encode(), "application/json")


def test_a_prefix_is_also_removed_from_a_chosen_format() -> None:
    assert parse_body(b")]}'\n[1]", "", BodyFormat("json")) == [1]
    with pytest.raises(ValueError, match="Extra data"):
        parse_body(b'{"a": 1}\n{"a": 2}', "", BodyFormat("json"))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"a": 1}\n{"a": 2}', [{"a": 1}, {"a": 2}]),
        ('\n{\n"a": 1}\r\n\r\n{"a": 2}\n', [{"a": 1}, {"a": 2}]),
        ("[1]\n[2]", [[1], [2]]),
    ],
)
@pytest.mark.parametrize("content_type", ["application/json", "text/plain", ""])
def test_values_on_several_lines_are_json_lines(text: str, values: Json, content_type: str) -> None:
    assert parse_body(text.encode(), content_type) == values


@pytest.mark.parametrize(
    "text",
    ['{"a": 1} {"a": 2}', '{"a": 1}\n2', "1\n2", '{"a": 1}\n{"a": ', '{"a": 1},\n{"a": 2}', "[" * 9999],
)
def test_other_sequences_of_values_are_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_body(text.encode(), "application/json")


def test_records_with_separators_are_json_lines() -> None:
    """RFC 7464."""
    content = b'\x1e{"a": "x\xe2\x80\xa8y"}\n\x1e{"a": 2}\n'
    assert parse_body(content, "application/json-seq") == [{"a": "x\u2028y"}, {"a": 2}]
