"""Values that jq computes."""

import pytest

from configuration.computed import ComputedInput, split_computed, with_values
from rest.bodies import Json
from rest.errors import ResourceError

NOON = ComputedInput(1_767_268_800, None, {"pageSize": 50})


def value(expression: str, given: ComputedInput = NOON) -> Json:
    _, (computed,) = split_computed({"jq": expression}, "claims")
    return computed.value(given)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("now", 1_767_268_800),
        (".now", 1_767_268_800),
        ("now - 30 * 86400 | todate", "2025-12-02T12:00:00Z"),
        ('now | strftime("%Y-%m-%d")', "2026-01-01"),
        ("{from: (now - 60), to: now}", {"from": 1_767_268_740, "to": 1_767_268_800}),
        ("{now} # a comment", {"now": 1_767_268_800}),
        (".since // (now - 10)", 1_767_268_790),
        (".settings.pageSize", 50),
        (".settings.apiToken", None),
        ("[range(3)] | map(. * 2)", [0, 2, 4]),
        ("env", {}),
    ],
)
def test_expression_is_evaluated(expression: str, expected: Json) -> None:
    assert value(expression) == expected


def test_since_is_the_cursor_of_an_incremental_run() -> None:
    assert value(".since | todate", ComputedInput(10, 0)) == "1970-01-01T00:00:00Z"


def test_computed_values_are_found_at_any_depth() -> None:
    plain, found = split_computed(
        {"a": [1, {"jq": "now"}], "b": {"c": {"jq": '"x"'}}, "d": {"jq": "1", "other": 2}}, "selector.body"
    )
    assert plain == {"a": [1, None], "b": {"c": None}, "d": {"jq": "1", "other": 2}}
    assert [computed.name for computed in found] == ["selector.body.a.1", "selector.body.b.c"]
    filled = with_values(plain, [(computed.keys, computed.value(NOON)) for computed in found])
    assert filled == {"a": [1, 1_767_268_800], "b": {"c": "x"}, "d": {"jq": "1", "other": 2}}


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("now |", "selector.body.from: got 'now |', accepts a jq expression (syntax error"),
        ("now) | (1", "selector.body.from: got 'now) | (1', accepts a jq expression (syntax error"),
        (5, "selector.body.from: got 5, accepts a jq expression"),
    ],
)
def test_wrong_expression_is_refused_at_the_start(expression: Json, reason: str) -> None:
    with pytest.raises(ResourceError) as caught:
        split_computed({"from": {"jq": expression}}, "selector.body")
    assert str(caught.value).startswith(reason)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("now + {}", "the expression fails: number (1767268800) and object ({}) cannot be added"),
        ("1, 2", "the expression returns 2 values, but needs to return one"),
        ("empty", "the expression returns 0 values, but needs to return one"),
    ],
)
def test_failing_expression_names_its_key(expression: str, reason: str) -> None:
    with pytest.raises(ResourceError) as caught:
        value(expression)
    assert (
        str(caught.value) == f"claims: {reason}. Correct {expression}. Its input is {{now, since, settings}}"
    )
