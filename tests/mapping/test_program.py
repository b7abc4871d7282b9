"""Expressions run together give what each gives alone."""

import json
from typing import Any

import pytest

from mapping.program import NO_ENVIRONMENT, Expression, Program, Task


def program(*texts: str, prelude: str = "", **rules: bool) -> Program:
    return Program.of(Task([Expression(text) for text in texts], **rules), prelude)


def rows(program: Program, *items: Any) -> Any:
    return json.loads(program.run(json.dumps(items)))


@pytest.mark.parametrize(
    ("expression", "outcome"),
    [
        (".a", [1]),
        (".a, 2", [1]),
        ("empty", []),
        ("null", [None]),
        ("1, error", [1]),
        ("repeat(.a)", [1]),
        ("error", {"error": {"a": 1}}),
        ("error(null)", {"error": None}),
        (".a.b", {"error": 'Cannot index number with string ("b")'}),
        (".a # comment", [1]),
        (".a # )", [1]),
        (".a # \\", [1]),
        (".a # \\\n + 1", [1]),
        ('"\\(.a)"', ["1"]),
        ("def f: .a; f", [1]),
        ("label $done | .a, break $done", [1]),
        ("1 as $passes | $passes", [1]),
        ('.type // "module"', ["module"]),
        (".__project", [None]),
        ("env", [{}]),
        ("$ENV", [{}]),
    ],
)
def test_outcome_is_the_first_output_or_the_error(expression: str, outcome: Any) -> None:
    several = program(expression, ".a + 1", expression, prelude=NO_ENVIRONMENT)
    assert several.together is not None
    assert rows(several, {"a": 1}, {"a": 1}) == [[outcome, [2], outcome]] * 2


@pytest.mark.parametrize(
    ("expression", "outcome"),
    [
        ("halt", []),
        ("1, halt", [1]),
        ("input", {"error": "break"}),
        ("input_line_number", {"error": "Unknown input line number"}),
        ("$__loc__", [{"file": "<top-level>", "line": 1}]),
        ("module {}; 12345678901234567890", [12345678901234567168]),
        (". as [$a] ?// {a: $b} | $a", [None]),
        ("error({__jq: 0})", {"error": '{"__jq": 0}'}),
        ('.a # "\n| halt # "', []),
        ('"\\n" + halt + "\\n"', []),
    ],
)
def test_what_would_disturb_others_runs_alone_and_so_do_they(expression: str, outcome: Any) -> None:
    several = program(expression, ".a + 1")
    assert several.together is None
    assert rows(several, {"a": 1}, {"a": 2}) == [[outcome, [2]], [outcome, [3]]]


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("1) | (2", "syntax error"),
        ("(.a", "syntax error"),
        ("$passes", "$passes is not defined"),
        ("break $done", "$*label-done is not defined"),
        ("# nothing", "Top-level program not given"),
        ("\ud800", "surrogates not allowed"),
        (".a halt", "syntax error"),
    ],
)
def test_broken_expression_fails_for_each_item_and_leaves_the_others(expression: str, words: str) -> None:
    several = program(expression, ".a")
    ((first, second),) = rows(several, {"a": 1})
    assert words in first["error"]
    assert second == [1]


def test_item_that_jq_cannot_read_fails_by_itself() -> None:
    (good, bad) = rows(program(".a"), {"a": 1}, {"a": "\ud800"})
    assert good == [[1]]
    assert bad[0]["error"].startswith("parse error: Invalid")


@pytest.mark.parametrize("text", [".a", ".a // halt"], ids=["together", "alone"])
def test_numbers_keep_their_digits(text: str) -> None:
    assert program(text).run('[{"a": 12345678901234567890}]') == "[[[12345678901234567890]]]"


@pytest.mark.parametrize("other", ["1", "halt"], ids=["together", "alone"])
def test_no_number_is_no_name(other: str) -> None:
    named = Program.of(
        Task([Expression("nan, 1", is_name=True), Expression("[nan]", is_name=True), Expression(other)])
    )
    assert rows(named, {})[0][:2] == [[None], [[None]]]


@pytest.mark.parametrize("other", ["1", "halt"], ids=["together", "alone"])
@pytest.mark.parametrize(
    ("value", "name"),
    [
        (1, "1"),
        (1.0, "1.0"),
        (12345678901234567890, "12345678901234567890"),
        ([1, "a", None, [2]], ["1", "a", None, [2]]),
        ("", None),
        ("x", "x"),
        (None, None),
        ({"a": 1}, {"a": 1}),
    ],
)
def test_names_are_text(other: str, value: Any, name: Any) -> None:
    named = Program.of(Task([Expression(".id # its", is_name=True), Expression(other)]))
    assert rows(named, {"id": value})[0][0] == [name]


@pytest.mark.parametrize("other", [".b", "halt"], ids=["together", "alone"])
@pytest.mark.parametrize(
    ("every", "expected"),
    [
        (False, [[[True], [1]], [[False]], [["yes"]], [[]], [{"error": "no"}]]),
        (True, [[[True], [1]], [[False], [2]], [["yes"]], [[]], [{"error": "no"}]]),
    ],
    ids=["passing", "every"],
)
def test_query_says_which_items_are_mapped(other: str, expected: Any, *, every: bool) -> None:
    query = 'if .q == 0 then empty elif .q == "no" then error("no") else .q end'
    asked = program(query, ".b", other, has_query=True, every=every)
    items = [{"q": True, "b": 1}, {"q": False, "b": 2}, {"q": "yes"}, {"q": 0}, {"q": "no"}]
    assert [row[:2] for row in rows(asked, *items)] == expected


def test_what_cannot_be_closed_runs_alone_and_so_do_others() -> None:
    """C ends a text at a zero."""
    several = program(".a\0", ".a + 1")
    assert several.together is None
    assert rows(several, {"a": 1}) == [[[1], [2]]]


def test_broken_query_fails_for_each_item() -> None:
    ((only,), _) = rows(program("(", ".a", has_query=True), {}, {})
    assert "syntax error" in only["error"]


def test_query_may_stand_alone() -> None:
    assert rows(program(".a", has_query=True), {"a": True}) == [[[True]]]


@pytest.mark.parametrize("text", ["env.SECRET", "$ENV.SECRET"])
@pytest.mark.parametrize("other", ["1", "halt"], ids=["together", "alone"])
def test_environment_is_seen_only_where_that_is_wanted(
    text: str, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "hunter22")
    assert rows(program(text, other), {})[0][0] == ["hunter22"]
    assert rows(program(text, other, prelude=NO_ENVIRONMENT), {})[0][0] == [None]
