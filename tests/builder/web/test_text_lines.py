"""Pairs as lines, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.web.text_lines import json_of, json_text, lines_of, object_of, pairs_of

_names = st.text(st.characters(categories=["L", "N"]), min_size=1)
_texts = st.text(st.characters(categories=["L", "N", "P"])).map(str.strip)


@given(st.dictionaries(_names, st.one_of(_texts, st.lists(_texts, min_size=2))))
def test_pairs_survive_being_lines(pairs: dict[str, str | list[str]]) -> None:
    assert pairs_of(lines_of(pairs, "="), "=") == pairs  # type: ignore[arg-type]  # a list of texts is JSON too
    assert pairs_of(lines_of(pairs, ":"), ":") == pairs  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["a=1\nb", "=1", "a"], ids=["no sign", "no name", "a word"])
def test_a_line_that_is_no_pair_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"line \d is no name=value"):
        pairs_of(text, "=")


@pytest.mark.parametrize("text", ["{", "[1]", "1", "nul"])
def test_what_is_no_object_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        object_of(text)


def test_nothing_is_null_and_an_empty_object() -> None:
    assert json_of(" ") is None
    assert object_of("") == {}
    assert json_text({}) == json_text(None) == ""
    assert json_of(json_text({"a": [1, "ü"]})) == {"a": [1, "ü"]}
