"""Shortcuts give the same values as jq."""

import json
from typing import Any

import pytest

from expressions.program import JqProgram
from mapping.shortcuts import NeedsJqError, name_shortcut_for, shortcut_for

ITEM: dict[str, Any] = {
    "id": 7,
    "large": 12345678901234567890,
    "name": "Ann",
    "empty": "",
    "null": None,
    "yes": True,
    "no": False,
    "half": 0.5,
    "whole": 3.0,
    "minus": -0.0,
    "list": ["a", 1, 2.0, None],
    "owner": {"id": 1.0, "email": "a@x", "a b": {"c": "deep"}},
    "é": "ü",
    "input": 1,
}
AFTER_JQ = ITEM | {
    "whole": 3,
    "minus": 0,
    "list": ["a", 1, 2, None],
    "owner": {"id": 1, "email": "a@x", "a b": {"c": "deep"}},
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (".id", 7),
        (" .id\n", 7),
        (".large", 12345678901234567890),
        (".null", None),
        (".none", None),
        (".none.deeper[0]", None),
        (".owner.email", "a@x"),
        ('.owner."a b".c', "deep"),
        ('.owner["a b"]["c"]', "deep"),
        ('.["owner"].email', "a@x"),
        ('."é"', "ü"),
        (".input", 1),
        (".list[0]", "a"),
        (".list[-1]", None),
        (".list[9]", None),
        (".name?", "Ann"),
        (".half", 0.5),
        (".whole", 3),
        (".minus", 0),
        (".list", ["a", 1, 2, None]),
        (".owner", AFTER_JQ["owner"]),
        (".", AFTER_JQ),
        ('"task"', "task"),
        ('"a | b // c == d"', "a | b // c == d"),
        ('""', ""),
        ("true", True),
        ("false", False),
        ("null", None),
        ("0", 0),
        ("-12", -12),
        ('.none // "?"', "?"),
        ('.no // "?"', "?"),
        ('.empty // "?"', ""),
        (".none//.no//.name", "Ann"),
        (".none // .no", False),
        (".id // .name | tostring", "7"),
        (".id | tostring", "7"),
        (".large|tostring", "12345678901234567890"),
        (".name | tostring", "Ann"),
        (".null | tostring", "null"),
        (".yes | tostring", "true"),
        (".no | tostring", "false"),
        (".no | not", True),
        (".null|not", True),
        (".id | not", False),
        (".id | not | tostring", "false"),
        ('.name == "Ann"', True),
        ('.name != "Ann"', False),
        (".id == 7", True),
        (".yes == 1", False),
        (".id == true", False),
        (".none == null", True),
        ('.list == "a"', False),
        ('"a" == "a"', True),
    ],
)
def test_shortcut_gives_the_value_of_jq(expression: str, value: Any) -> None:
    shortcut = shortcut_for(expression)
    assert shortcut is not None
    assert json.dumps(shortcut(ITEM)) == json.dumps(value)
    assert JqProgram(expression).outputs(ITEM)[:1] == [value]


@pytest.mark.parametrize(
    "expression",
    [
        "",
        " ",
        "//",
        "| tostring",
        ".a // ",
        ".a // .b == 1",
        ".a == .b",
        ".a == 1 == 2",
        ".a | .b",
        ".a | length",
        ".a[]",
        ".a[]?",
        ".a?//.b",
        ".a - 1",
        ".a-1",
        ".a | tostring2",
        ".a.",
        "..",
        "a",
        "nothing",
        "007",
        "-0",
        "1.5",
        "1e3",
        "1234567890123456",
        '"a\\nb"',
        '"a\tb"',
        '"\\(.a)"',
        '"a" "b"',
        '."\\u0061"',
        "'a'",
        ".a # comment",
        ".a\n| tostring",
        "[.a]",
        "(.a)",
        "\ud800",
        '"\ud800"',
        ".a\0",
    ],
)
def test_other_expressions_need_jq(expression: str) -> None:
    assert shortcut_for(expression) is None
    assert name_shortcut_for(expression) is None


@pytest.mark.parametrize(
    ("expression", "item"),
    [
        (".id.name", ITEM),
        (".name[0]", ITEM),
        (".list.name", ITEM),
        ('.id.name // "?"', ITEM),
        (".half | tostring", ITEM),
        (".list | tostring", ITEM),
        (".half == 1", ITEM),
        (".large == 1", ITEM),
        (".a", {"a": float("inf")}),
        (".a", {"a": [float("nan")]}),
    ],
)
def test_item_needs_jq(expression: str, item: dict[str, Any]) -> None:
    shortcut = shortcut_for(expression)
    assert shortcut is not None
    with pytest.raises(NeedsJqError):
        shortcut(item)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (7, "7"),
        (12345678901234567890, "12345678901234567890"),
        ("x", "x"),
        ("", None),
        (None, None),
        (True, True),
        ([1, "a", "", None, False], ["1", "a", "", None, False]),
    ],
)
def test_name_is_a_string_and_empty_is_null(value: Any, name: Any) -> None:
    shortcut = name_shortcut_for(".id")
    assert shortcut is not None
    assert shortcut({"id": value}) == name


@pytest.mark.parametrize("value", [1.0, [1.5], {"a": 1}, [[1]]], ids=str)
def test_name_that_only_jq_can_print_needs_jq(value: Any) -> None:
    shortcut = name_shortcut_for(".id")
    assert shortcut is not None
    with pytest.raises(NeedsJqError):
        shortcut({"id": value})
