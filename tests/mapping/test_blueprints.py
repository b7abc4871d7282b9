"""Which blueprints nothing is deleted from."""

from typing import Any

import pytest

from mapping import Withheld, named_blueprint, withheld


@pytest.mark.parametrize("expression", ['"task"', "'task'", ' "task" ', '"t\\u0061sk"'])
def test_text_alone_names_its_blueprint(expression: str) -> None:
    assert named_blueprint(expression) == "task"


@pytest.mark.parametrize(
    "expression",
    [
        ".kind",
        '"\\(.kind)"',
        '"a" + .kind',
        'if .x then "a" else "b" end',
        "",
        "'",
        '"a',
        "3",
        "null",
        '["a"]',
        None,
    ],
)
def test_what_depends_on_the_item_names_none(expression: Any) -> None:
    assert named_blueprint(expression) is None


def test_named_blueprints_are_held_and_no_others() -> None:
    held = withheld(['"task"', "'user'"])
    assert held == Withheld(frozenset({"task", "user"}))
    assert (held.holds("task"), held.holds("team"), bool(held)) == (True, False, True)


def test_one_that_depends_on_the_item_holds_all() -> None:
    held = withheld(['"task"', ".kind"])
    assert (held.holds("team"), bool(held)) == (True, True)


def test_nothing_is_held_without_a_reason() -> None:
    held = withheld([])
    assert (held.holds("task"), bool(held)) == (False, False)
