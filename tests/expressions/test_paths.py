"""Paths: dot notation, and plain jq paths that give without jq exactly what jq gives."""

import json

import jq
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from expressions.paths import ABSENT, Absent, jq_path, lists_in, paths_shown, setting_path, type_name
from rest.bodies import Json
from rest.errors import JqError
from rest.steps import quoted_key

_NAMES = ["a", "b", "and", "_x1", "a b", "a.b", 'q"q', "é", "😀", "", "\\(1)", "\\", "/", "\n", "[]", "0"]

bodies: st.SearchStrategy[Json] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    # Beyond that jq writes a whole number without its exponent: the same number, another text.
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
    """What jq gives, None where it fails."""
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
def test_the_one_value_found_is_jq_s_first_or_absent(text: str, body: Json) -> None:
    """ABSENT stands for a null that jq makes up, and for jq's errors; never for a value that is there."""
    path = jq_path(text)
    assume(path.program is None)
    found, theirs = path.find(body), by_jq(text, body)
    if found is ABSENT:
        assert not theirs or None in theirs
    else:
        assert theirs is None or theirs[0] == found


@settings(deadline=None)
@given(bodies)
def test_every_list_that_is_listed_is_found_under_its_path(body: Json) -> None:
    for path, length in lists_in(body):
        (found,) = by_jq(path, body) or [None]
        assert isinstance(found, list)
        assert len(found) == length


@given(names)
def test_a_quoted_key_is_that_key_for_jq(name: str) -> None:
    assert by_jq(quoted_key(name), {name: 1}) == [1]


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
def test_everything_else_is_left_to_jq(text: str) -> None:
    assert jq_path(text).program is not None


@pytest.mark.parametrize("text", ["", "a", ".a..b", ".é", ".a b", ".a[", '."\\x"', ".$a", ".a-", '.."a"'])
def test_what_jq_refuses_is_refused(text: str) -> None:
    with pytest.raises(JqError):
        jq_path(text)


@pytest.mark.process
@pytest.mark.parametrize(
    ("text", "body", "found"),
    [
        (".a", {}, ABSENT),
        (".a", {"a": None}, None),
        (".a", None, ABSENT),
        (".a", 5, ABSENT),
        (".a", [1], ABSENT),
        (".a.b", {"a": None}, ABSENT),
        (".a[0]", {"a": None}, None),
        (".a.b", {"a": 5}, ABSENT),
        (".a[0]", {"a": [7]}, 7),
        (".a[-1]", {"a": [7, 8]}, 8),
        (".a[5]", {"a": [7]}, None),
        (".[0]", {}, ABSENT),
        (".[0]", None, None),
        (".a[]", {"a": [7, 8]}, 7),
        (".a[]", {"a": []}, ABSENT),
        (".[]", {"x": 7}, 7),
        (".[]", "text", ABSENT),
        (".a?", 5, ABSENT),
        (".a", {"a": False}, False),
        (".a", {"a": ""}, ""),
        (".", 0, 0),
        ("empty", 1, ABSENT),
        (".a // 3", {}, 3),
        (".a | .b", {}, None),
    ],
)
def test_absent_is_not_null(text: str, body: Json, found: Json | Absent) -> None:
    result = jq_path(text).find(body)
    assert result is found or result == found
    assert (result is ABSENT) == (found is ABSENT)


@pytest.mark.parametrize(
    ("text", "body", "missing"),
    [
        (".a", {}, True),
        (".a", None, True),
        (".a.b", {"a": None}, True),
        (".a[].b", {"a": [{"b": 1}, {}]}, True),
        (".a", {"a": None}, False),
        (".a", 5, False),
        (".", None, False),
        (".a[5]", {"a": []}, True),
        (".a?", {}, False),
        (".a | .b", {}, False),
    ],
)
def test_a_plain_path_is_missing_where_no_such_key_is(text: str, body: Json, *, missing: bool) -> None:
    assert jq_path(text).is_missing(body) is missing


def test_dot_notation_is_never_told_to_be_missing() -> None:
    assert not setting_path("meta.next").is_missing({})


@pytest.mark.parametrize(
    ("text", "iterates"), [(".a[]", True), (".[]?.b", True), (".a[0]", False), (".", False), ("..", False)]
)
def test_a_plain_path_with_brackets_iterates(text: str, *, iterates: bool) -> None:
    assert jq_path(text).iterates is iterates


def test_a_jq_expression_that_fails_on_the_body_is_an_error() -> None:
    with pytest.raises(JqError, match="Cannot index number"):
        jq_path(".a | .b").find({"a": 5})


@pytest.mark.parametrize(
    ("text", "body", "message"),
    [
        (".a", [1], "cannot take .a of a list"),
        ('."a b"', "x", 'cannot take ."a b" of a string'),
        (".[0]", True, "cannot take element 0 of a boolean"),
        (".[]", None, "cannot take the elements of a null"),
        (".[]", 1.5, "cannot take the elements of a number"),
    ],
)
def test_a_plain_path_that_fails_says_what_it_met(text: str, body: Json, message: str) -> None:
    with pytest.raises(JqError) as caught:
        jq_path(text).outputs(body)
    assert str(caught.value) == message


def test_numbers_keep_their_digits() -> None:
    body: Json = {"a": [{"id": 9007199254740993}]}
    assert jq_path(".a[].id").outputs(body) == [9007199254740993]


def test_several_outputs_come_in_order() -> None:
    assert jq_path(".[].a").outputs([{"a": 1}, {}, {"a": 3}]) == [1, None, 3]


@pytest.mark.parametrize(
    ("text", "optional"),
    [(".a?", True), (".a[]?", True), (".a?.b", True), (".a", False), (".", False), (".a | .b?", False)],
)
def test_a_path_says_itself_that_it_may_be_missing(text: str, *, optional: bool) -> None:
    assert jq_path(text).is_optional is optional


@pytest.mark.parametrize(
    ("text", "body", "found"),
    [
        ("next", {"next": 5}, 5),
        ("meta.next", {"meta": {"next": 5}}, 5),
        ("meta.next", {"meta.next": 1, "meta": {"next": 5}}, 1),
        ("a.b.c", {"a.b": {"c": 1}, "a": {"b": {"c": 2}}}, 1),
        ("a.b.c", {"a": {"b.c": 1}}, 1),
        ("meta.next", {"meta": {"next": None}}, None),
        ("meta.next", {"meta": None}, ABSENT),
        ("meta.next", {"meta": {}}, ABSENT),
        ("meta.next", [], ABSENT),
        ("next", None, ABSENT),
        ('"@odata.nextLink"', {"@odata.nextLink": "u"}, "u"),
        ("@odata.nextLink", {"@odata.nextLink": "u"}, "u"),
        ('"a.b".c', {"a.b": {"c": 3}}, 3),
        ('"a.b"', {"a": {"b": 3}}, ABSENT),
        ('"say \\"hi\\""', {'say "hi"': 1}, 1),
        ("next-page", {"next-page": 2}, 2),
        ("größe", {"größe": 2}, 2),
        (" next ", {"next": 5}, 5),
        (".meta.next", {"meta": {"next": 5}}, 5),
        (".data[-1].id", {"data": [{"id": 1}, {"id": 2}]}, 2),
        (".meta | .next", {"meta": {"next": 5}}, 5),
        ('."@odata.nextLink"', {"@odata.nextLink": "u"}, "u"),
    ],
)
def test_settings_write_paths_in_dot_notation_or_jq(text: str, body: Json, found: Json | Absent) -> None:
    result = setting_path(text).find(body)
    assert result == found
    assert (result is ABSENT) == (found is ABSENT)


@pytest.mark.parametrize("text", ["", '"', '"open', 'a"', ".a[", '"\\q"'])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        setting_path(text)


def test_a_path_is_shown_as_it_was_written() -> None:
    assert str(jq_path(".a[].b")) == ".a[].b"
    assert str(setting_path(" meta.next ")) == "meta.next"


def test_dot_notation_finds_one_value_and_has_no_outputs() -> None:
    with pytest.raises(JqError, match=r"meta\.next is no jq expression"):
        setting_path("meta.next").outputs({})


def test_lists_are_found_outermost_first_to_a_depth() -> None:
    body: Json = {"deep": {"er": {"list": [1]}}, "odd name": [], "a": [[1], [2]], "text": "x"}
    assert list(lists_in(body)) == [('."odd name"', 0), (".a", 2), (".deep.er.list", 1)]
    assert list(lists_in(body, depth=2)) == [('."odd name"', 0), (".a", 2)]
    assert list(lists_in([1, 2])) == [(".", 2)]


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"items": [1], "meta": {"tags": []}}, ".items (1 items), .meta.tags (0 items)"),
        (
            {f"k{n}": [] for n in range(9)},
            ".k0 (0 items), .k1 (0 items), .k2 (0 items), .k3 (0 items), .k4 (0 items)",
        ),
        ({"error": 1, "odd key": 2}, '.error, ."odd key"'),
        ({f"k{n}": n for n in range(20)}, ", ".join(f".k{n}" for n in range(10))),
        ({}, "an empty object"),
        (None, "a null"),
        ("x", "a string"),
    ],
    ids=["lists", "many_lists", "keys", "many_keys", "empty", "null", "text"],
)
def test_a_message_shows_what_a_body_offers(body: Json, shown: str) -> None:
    assert paths_shown(body) == shown


def test_types_have_json_s_names() -> None:
    values: list[Json] = [True, 1, 1.5, "x", [], {}, None]
    assert [type_name(value) for value in values] == [
        "boolean",
        "number",
        "number",
        "string",
        "list",
        "object",
        "null",
    ]


@pytest.mark.parametrize(
    ("text", "body", "length"),
    [
        (".a[] | .b", {"a": [1, 2, 3]}, 3),
        (".a | map(.b)", {"a": [1, 2]}, 2),
        (".groups[].members[]", {"groups": [{"members": [1, 2]}, {"members": [3]}]}, 2),
        (".a.b[] | .c", {"a": "text"}, None),
        (".a[] | .b", {"a": {"x": 1}}, None),
        ("[.a, .b] | add", {"a": [1], "b": [2]}, None),
        (".a", {"a": [1, 2]}, None),
    ],
)
def test_length_of_the_list_that_is_read_first(text: str, body: Json, length: int | None) -> None:
    """What a jq expression makes of it afterwards is no page's length."""
    assert jq_path(text).length_read(body) == length


@pytest.mark.parametrize("text", [r'."a\\(b"', r'.["a\\(b"]', r'."\\(1)"'])
def test_an_escaped_backslash_before_a_bracket_is_part_of_the_key(text: str) -> None:
    """And no interpolation, which jq alone would know."""
    body: Json = {r"a\(b": 1, r"\(1)": 2}
    assert jq_path(text).program is None
    assert by_us(text, body) == by_jq(text, body) != [None]
