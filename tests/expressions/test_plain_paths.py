"""Plain paths give exactly the outputs that jq gives."""

import json

import jq
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from expressions.paths import ABSENT, jq_path
from rest.bodies import Json
from rest.errors import JqError
from rest.steps import quoted_key

_NAMES = ["a", "b", "and", "_x1", "a b", "a.b", 'q"q', "é", "😀", "", "\\(1)", "\\", "/", "\n", "[]", "0"]

bodies: st.SearchStrategy[Json] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    # jq writes larger whole numbers without an exponent: the same number, but another text.
    | st.floats(-1e15, 1e15)
    | st.sampled_from(["", "text", "é"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from(_NAMES)
steps = (
    names.map(quoted_key)
    | names.map(lambda name: f"[{json.dumps(name)}]")
    | names.map(lambda name: f".[{json.dumps(name, ensure_ascii=False)}]")
    | st.integers(-5, 5).map(lambda index: f"[{index}]")
    | st.integers(-5, 5).map(lambda index: f".[{index}]")
    | st.just("[]")
    | st.just(".[]")
)
jq_paths = st.lists(st.tuples(steps, st.sampled_from(["", "", "?"])), min_size=1, max_size=5).map(
    lambda parts: "." + "".join(step + mark for step, mark in parts).removeprefix(".")
)


def by_jq(text: str, body: Json) -> list[Json] | None:
    """Return jq's outputs, or None if jq fails."""
    try:
        program = jq.compile(f"({text}) | tojson")
        return [json.loads(found) for found in program.input_text(json.dumps(body)).all()]
    except ValueError:
        return None


def by_us(text: str, body: Json) -> list[Json] | None:
    try:
        return jq_path(text).outputs(body)
    except JqError:
        return None


@settings(max_examples=settings().max_examples * 6, deadline=None)
@given(jq_paths, bodies)
def test_plain_paths_give_what_jq_gives(text: str, body: Json) -> None:
    assert json.dumps(by_us(text, body)) == json.dumps(by_jq(text, body))


@settings(max_examples=settings().max_examples * 3, deadline=None)
@given(jq_paths, bodies)
def test_find_returns_jq_s_first_output_or_absent(text: str, body: Json) -> None:
    """ABSENT replaces a null for a missing key, and an error. It never replaces an existing value."""
    path = jq_path(text)
    assume(path.program is None)
    found, theirs = path.find(body), by_jq(text, body)
    if found is ABSENT:
        assert not theirs or None in theirs
    else:
        assert theirs is None or theirs[0] == found


@pytest.mark.parametrize(
    "text",
    [
        ".",
        ".a",
        ".a.b",
        ".a[0]",
        ".a[-1].b",
        ".a[]",
        ".[]?",
        ".a?.b",
        '."a b"',
        '.["a b"]',
        '.a["b"]',
        '."\\u00e9"',
        " .a ",
        ".if",
    ],
)
def test_plain_paths_need_no_jq(text: str) -> None:
    assert jq_path(text).program is None


@pytest.mark.parametrize("text", ["..", ".a | .b", ".a[1:]", '."\\(1)"', ".a // 1", "[.a]", ".[ 0 ]", ".a??"])
def test_other_expressions_need_jq(text: str) -> None:
    assert jq_path(text).program is not None


@pytest.mark.parametrize("text", ["", "a", ".a..b", ".é", ".a b", ".a[", '."\\x"', ".$a", ".a-", '.."a"'])
def test_a_text_that_jq_rejects_is_rejected(text: str) -> None:
    with pytest.raises(JqError):
        jq_path(text)


@pytest.mark.parametrize(
    ("text", "body", "message"),
    [
        (".a", [1], "cannot read .a of a list"),
        ('."a b"', "x", 'cannot read ."a b" of a string'),
        (".[0]", True, "cannot read element 0 of a boolean"),
        (".[]", None, "cannot read the elements of a null"),
        (".[]", 1.5, "cannot read the elements of a number"),
    ],
)
def test_a_plain_path_that_fails_names_the_type_it_found(text: str, body: Json, message: str) -> None:
    with pytest.raises(JqError) as caught:
        jq_path(text).outputs(body)
    assert str(caught.value) == message


def test_numbers_keep_their_digits() -> None:
    body: Json = {"a": [{"id": 9007199254740993}]}
    assert jq_path(".a[].id").outputs(body) == [9007199254740993]


def test_outputs_are_in_order() -> None:
    assert jq_path(".[].a").outputs([{"a": 1}, {}, {"a": 3}]) == [1, None, 3]


@pytest.mark.parametrize("text", [r'."a\\(b"', r'.["a\\(b"]', r'."\\(1)"'])
def test_an_escaped_backslash_before_a_bracket_is_part_of_the_key(text: str) -> None:
    """It does not start an interpolation."""
    body: Json = {r"a\(b": 1, r"\(1)": 2}
    assert jq_path(text).program is None
    assert by_us(text, body) == by_jq(text, body) != [None]
