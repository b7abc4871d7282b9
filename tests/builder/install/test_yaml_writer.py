"""YAML that all parsers read the same way."""

import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from builder.install.yaml_writer import yaml_text
from rest.bodies import Json

_TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8")),
    st.text("\"'\\!\n\r\t #&|-?:,[]{}<>%@`~ä.\x85\u2028\ufeff0e"),
    st.sampled_from(
        ["y", "N", "on", "No", "null", "~", "1e3", "0o7", "09", "1_0", "12:30", "=", "<<", ".5", "-.inf"]
    ),
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
)


@given(_VALUES)
def test_written_values_are_read_back(value: Any) -> None:
    assert yaml.safe_load(yaml_text(value)) == value


# YAML 1.1, YAML 1.2 and Go's reader take these and nothing else for something other than text.
_NO_TEXT = re.compile(
    r"|~|null|true|false|yes|no|on|off|y|n|=|<<|[-+]?(\.inf|[0-9].*|\.[0-9].*)|\.nan",
    re.IGNORECASE | re.DOTALL,
)


@given(_TEXTS)
def test_ambiguous_texts_are_quoted(text: str) -> None:
    written = yaml_text({"a": text}).removeprefix("a: ").removesuffix("\n")
    is_plain = written == text
    assert not (is_plain and _NO_TEXT.fullmatch(text)), written


@given(_TEXTS)
def test_unusual_line_breaks_are_escaped(text: str) -> None:
    assert not set("\r\x85\u2028\u2029\ufeff\0") & set(yaml_text({"a": [text]}))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param({"a": [{"b": 1, "c": []}]}, "a:\n  - b: 1\n    c: []\n", id="lists are indented"),
        pytest.param({"b": "x", "a": "y z"}, "b: x\na: y z\n", id="order is kept"),
        pytest.param({"a": "<TOKEN>"}, 'a: "<TOKEN>"\n', id="placeholder"),
        pytest.param({"a": "true", "b": '"user"'}, "a: 'true'\nb: '\"user\"'\n", id="as the manuals quote"),
        pytest.param({"a": ".x |\n  .y\n"}, "a: |\n  .x |\n    .y\n", id="lines"),
        pytest.param({"a": " x\ny"}, 'a: " x\\ny"\n', id="lines that begin with a blank"),
        pytest.param({"a": "ä 🙂"}, "a: ä 🙂\n", id="letters"),
        pytest.param({"a": "x " * 99 + "x"}, "a: " + "x " * 99 + "x\n", id="long line"),
    ],
)
def test_the_style_is_that_of_the_manuals(value: Json, text: str) -> None:
    assert yaml_text(value) == text


def test_a_repeated_object_is_written_without_an_alias() -> None:
    same: Json = {"x": 1}
    assert yaml_text([same, same]) == "- x: 1\n- x: 1\n"
