"""Paths: dot notation, plain jq paths and jq expressions."""

import pytest

from expressions.paths import ABSENT, Absent, jq_path, setting_path
from rest.bodies import Json
from rest.errors import JqError


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
def test_a_plain_path_is_missing_if_its_key_does_not_exist(text: str, body: Json, *, missing: bool) -> None:
    assert jq_path(text).is_missing(body) is missing


def test_dot_notation_is_never_reported_as_missing() -> None:
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
    ("text", "optional"),
    [(".a?", True), (".a[]?", True), (".a?.b", True), (".a", False), (".", False), (".a | .b?", False)],
)
def test_a_question_mark_makes_a_path_optional(text: str, *, optional: bool) -> None:
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
def test_a_setting_path_is_dot_notation_or_jq(text: str, body: Json, found: Json | Absent) -> None:
    result = setting_path(text).find(body)
    assert result == found
    assert (result is ABSENT) == (found is ABSENT)


@pytest.mark.parametrize("text", ["", '"', '"open', 'a"', ".a[", '"\\q"'])
def test_a_text_that_is_not_a_path_is_rejected(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        setting_path(text)


def test_a_path_is_shown_as_it_was_written() -> None:
    assert str(jq_path(".a[].b")) == ".a[].b"
    assert str(setting_path(" meta.next ")) == "meta.next"


def test_dot_notation_has_no_outputs() -> None:
    with pytest.raises(JqError, match=r"meta\.next is not a jq expression"):
        setting_path("meta.next").outputs({})


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
def test_leading_list_length_is_the_length_before_jq_filters(
    text: str, body: Json, length: int | None
) -> None:
    """The number of outputs is not the number of items on the page."""
    assert jq_path(text).leading_list_length(body) == length
