"""Which blueprints keep their entities."""

from typing import Any

import pytest

from mapping import EntryEnd, named_blueprint, withheld


@pytest.mark.parametrize("expression", ['"task"', "'task'", ' "task" ', '"t\\u0061sk"'])
def test_literal_names_its_blueprint(expression: str) -> None:
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
def test_expression_that_depends_on_the_item_names_none(expression: Any) -> None:
    assert named_blueprint(expression) is None


def test_failed_entry_and_disabled_deletion_keep_entities() -> None:
    ends = [EntryEnd('"task"', has_failed=True), EntryEnd("'user'", enable_delete=False), EntryEnd('"team"')]
    held = withheld(ends)
    assert [held.holds(name) for name in ("task", "user", "team")] == [True, True, False]
    assert held


def test_failed_entry_keeps_blueprints_that_no_complete_entry_names() -> None:
    """The failed entry may have written to them before the mapping was changed."""
    held = withheld([EntryEnd('"job"', has_failed=True), EntryEnd(".kind"), EntryEnd('"team"')])
    assert [held.holds(name) for name in ("task", "job", "team")] == [True, True, False]


def test_blueprint_of_a_failed_and_a_complete_entry_is_kept() -> None:
    assert withheld([EntryEnd('"task"', has_failed=True), EntryEnd('"task"')]).holds("task")


def test_without_a_failed_entry_other_blueprints_are_not_kept() -> None:
    held = withheld([EntryEnd('"user"', enable_delete=False), EntryEnd('"team"')])
    assert [held.holds(name) for name in ("task", "user", "team")] == [False, True, False]


@pytest.mark.parametrize("end", [EntryEnd(".kind", has_failed=True), EntryEnd(".kind", enable_delete=False)])
def test_blueprint_that_depends_on_the_item_keeps_all(end: EntryEnd) -> None:
    held = withheld([end, EntryEnd('"team"')])
    assert (held.holds("team"), bool(held)) == (True, True)


def test_complete_entries_keep_nothing() -> None:
    held = withheld([EntryEnd('"task"'), EntryEnd(".kind")])
    assert (held.holds("task"), bool(held)) == (False, False)
