"""Pairs and JSON as text, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.web.page.text_formats import (
    format_json,
    format_pairs,
    parse_array,
    parse_json_text,
    parse_object,
    parse_pairs,
)

_names = st.text(st.characters(categories=["L", "N"]), min_size=1)
_texts = st.text(st.characters(categories=["L", "N", "P"])).map(str.strip)


@given(st.dictionaries(_names, st.one_of(_texts, st.lists(_texts, min_size=2))))
def test_formatted_pairs_are_parsed_back(pairs: dict[str, str | list[str]]) -> None:
    assert parse_pairs(format_pairs(pairs, "="), "=") == pairs  # type: ignore[arg-type]  # a list of texts is JSON too
    assert parse_pairs(format_pairs(pairs, ":"), ":") == pairs  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["a=1\nb", "=1", "a"], ids=["no separator", "no name", "one word"])
def test_a_line_without_a_pair_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"Line \d must have the form name=value"):
        parse_pairs(text, "=")


@pytest.mark.parametrize("text", ["{", "[1]", "1", "nul"])
def test_text_other_than_a_json_object_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"Enter a JSON object|Invalid JSON"):
        parse_object(text)


def test_blank_text_is_none_and_an_empty_object() -> None:
    assert parse_json_text(" ") is None
    assert parse_object("") == {}
    assert parse_array(" ") == []
    assert format_json({}) == format_json(None) == ""
    assert parse_json_text(format_json({"a": [1, "ü"]})) == {"a": [1, "ü"]}


@pytest.mark.parametrize("text", ["{}", "1", "["])
def test_text_other_than_a_json_array_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"Enter a JSON array|Invalid JSON"):
        parse_array(text)
