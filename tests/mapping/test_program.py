"""Expressions in one program give the same outcomes as one by one."""

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
    combined = program(expression, ".a + 1", expression, prelude=NO_ENVIRONMENT)
    assert combined.combined is not None
    assert rows(combined, {"a": 1}, {"a": 1}) == [[outcome, [2], outcome]] * 2


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
def test_expression_that_affects_others_is_not_combined(expression: str, outcome: Any) -> None:
    combined = program(expression, ".a + 1")
    assert combined.combined is None
    assert rows(combined, {"a": 1}, {"a": 2}) == [[outcome, [2]], [outcome, [3]]]


@pytest.mark.parametrize(
    ("expression", "message"),
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
def test_invalid_expression_fails_for_each_item_and_does_not_affect_others(
    expression: str, message: str
) -> None:
    combined = program(expression, ".a")
    ((first, second),) = rows(combined, {"a": 1})
    assert message in first["error"]
    assert second == [1]


def test_item_that_jq_cannot_read_does_not_affect_others() -> None:
    (good, bad) = rows(program(".a"), {"a": 1}, {"a": "\ud800"})
    assert good == [[1]]
    assert bad[0]["error"].startswith("parse error: Invalid")


@pytest.mark.parametrize("text", [".a", ".a // halt"], ids=["combined", "one_by_one"])
def test_numbers_keep_their_digits(text: str) -> None:
    assert program(text).run('[{"a": 12345678901234567890}]') == "[[[12345678901234567890]]]"


@pytest.mark.parametrize("other", ["1", "halt"], ids=["combined", "one_by_one"])
def test_nan_as_a_name_is_null(other: str) -> None:
    named = Program.of(
        Task([Expression("nan, 1", is_name=True), Expression("[nan]", is_name=True), Expression(other)])
    )
    assert rows(named, {})[0][:2] == [[None], [[None]]]


@pytest.mark.parametrize("other", ["1", "halt"], ids=["combined", "one_by_one"])
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
def test_names_are_strings(other: str, value: Any, name: Any) -> None:
    named = Program.of(Task([Expression(".id # its", is_name=True), Expression(other)]))
    assert rows(named, {"id": value})[0][0] == [name]


@pytest.mark.parametrize("other", [".b", "halt"], ids=["combined", "one_by_one"])
@pytest.mark.parametrize(
    ("every", "expected"),
    [
        (False, [[[True], [1]], [[False]], [["yes"]], [[]], [{"error": "no"}]]),
        (True, [[[True], [1]], [[False], [2]], [["yes"]], [[]], [{"error": "no"}]]),
    ],
    ids=["passing", "every"],
)
def test_query_selects_items(other: str, expected: Any, *, every: bool) -> None:
    query = 'if .q == 0 then empty elif .q == "no" then error("no") else .q end'
    selecting = program(query, ".b", other, has_query=True, every=every)
    items = [{"q": True, "b": 1}, {"q": False, "b": 2}, {"q": "yes"}, {"q": 0}, {"q": "no"}]
    assert [row[:2] for row in rows(selecting, *items)] == expected


def test_expression_with_a_nul_is_not_combined() -> None:
    """A string ends at NUL in C."""
    combined = program(".a\0", ".a + 1")
    assert combined.combined is None
    assert rows(combined, {"a": 1}) == [[[1], [2]]]


def test_invalid_query_fails_for_each_item() -> None:
    ((only,), _) = rows(program("(", ".a", has_query=True), {}, {})
    assert "syntax error" in only["error"]


def test_query_without_other_expressions_runs() -> None:
    assert rows(program(".a", has_query=True), {"a": True}) == [[[True]]]


@pytest.mark.parametrize("text", ["env.SECRET", "$ENV.SECRET"])
@pytest.mark.parametrize("other", ["1", "halt"], ids=["combined", "one_by_one"])
def test_environment_is_visible_only_if_it_is_allowed(
    text: str, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "hunter22")
    assert rows(program(text, other), {})[0][0] == ["hunter22"]
    assert rows(program(text, other, prelude=NO_ENVIRONMENT), {})[0][0] == [None]
