"""The results of a resync, from Port's sync metrics."""

from typing import Any

import pytest

from builder.cli.resync import KindResult, Resync, _without_listener

_RECORD: dict[str, Any] = {
    "kind": "/tasks",
    "syncState": "completed",
    "metrics": {
        "phase": {
            "extract": {"object_count_type": {"raw_extracted": {"object_count": 3}}},
            "load": {"object_count_type": {"loaded": {"object_count": 2}, "failed": {"object_count": 1}}},
            "resync": {"duration_seconds": 1.5},
        }
    },
}


def test_a_record_becomes_a_result() -> None:
    result = KindResult.of(_RECORD)
    assert (result.kind, result.state, result.items, result.loaded) == ("/tasks", "completed", 3, 2)
    assert (result.failed, result.deleted, result.seconds) == (1, 0, 1.5)


@pytest.mark.parametrize(
    ("state", "is_final"), [("syncing", False), ("completed", True), ("failed", True), ("aborted", True)]
)
def test_a_kind_is_final_once_it_has_ended(state: str, is_final: bool) -> None:  # noqa: FBT001 - a table's column
    assert KindResult.of({**_RECORD, "syncState": state}).is_final is is_final


def test_a_resync_succeeds_if_all_kinds_complete() -> None:
    completed, failed = KindResult.of(_RECORD), KindResult.of({**_RECORD, "syncState": "failed"})
    assert Resync("completed", (completed,)).succeeded
    assert not Resync("completed", (completed, failed)).succeeded
    assert not Resync("failed", (completed,)).succeeded


def test_no_variable_makes_the_resync_wait_for_another_one() -> None:
    """Ocean reads OCEAN__EVENT_LISTENER__TYPE before OCEAN__EVENT_LISTENER."""
    given = {"OCEAN__EVENT_LISTENER__TYPE": "POLLING", "ocean__event_listener__interval": "5", "PATH": "/bin"}
    assert _without_listener(given) == {"PATH": "/bin"}
