"""Which blueprints nothing is deleted from."""

from typing import Any

import pytest

from mapping import EntryEnd, named_blueprint, withheld


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


def test_what_failed_or_enables_no_deletion_is_held() -> None:
    ends = [EntryEnd('"task"', has_failed=True), EntryEnd("'user'", enable_delete=False), EntryEnd('"team"')]
    held = withheld(ends)
    assert [held.holds(name) for name in ("task", "user", "team")] == [True, True, False]
    assert held


def test_where_one_failed_what_no_complete_entry_names_is_held() -> None:
    """The failed entry may have written to it before the mapping was changed."""
    held = withheld([EntryEnd('"job"', has_failed=True), EntryEnd(".kind"), EntryEnd('"team"')])
    assert [held.holds(name) for name in ("task", "job", "team")] == [True, True, False]


def test_blueprint_that_a_failed_and_a_complete_entry_share_is_held() -> None:
    assert withheld([EntryEnd('"task"', has_failed=True), EntryEnd('"task"')]).holds("task")


def test_where_none_failed_what_no_entry_names_goes() -> None:
    held = withheld([EntryEnd('"user"', enable_delete=False), EntryEnd('"team"')])
    assert [held.holds(name) for name in ("task", "user", "team")] == [False, True, False]


@pytest.mark.parametrize("end", [EntryEnd(".kind", has_failed=True), EntryEnd(".kind", enable_delete=False)])
def test_one_that_depends_on_the_item_holds_all(end: EntryEnd) -> None:
    held = withheld([end, EntryEnd('"team"')])
    assert (held.holds("team"), bool(held)) == (True, True)


def test_nothing_is_held_without_a_reason() -> None:
    held = withheld([EntryEnd('"task"'), EntryEnd(".kind")])
    assert (held.holds("task"), bool(held)) == (False, False)
