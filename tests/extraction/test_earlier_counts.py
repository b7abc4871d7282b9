"""The item counts of earlier resyncs. tests/ocean_adapter/test_previous_resyncs.py reads them from Port."""

from typing import Any

import pytest

from extraction import EarlierCounts


def record(kind: str, items: int, state: str = "completed", index: int = 0) -> dict[str, Any]:
    extract = {"object_count_type": {"raw_extracted": {"object_count": items}}}
    metrics = {"phase": {"extract": extract}}
    return {"kind": kind, "kindIndex": index, "syncState": state, "metrics": metrics}


def test_the_count_is_that_of_the_last_completed_resync() -> None:
    counts = EarlierCounts(["/tasks", "/users"])
    counts.add([record("/tasks", 1, "failed"), record("/users", 5)])
    assert (counts.of(0), counts.of(1), counts.are_complete) == (None, 5, False)
    counts.add([])
    counts.add([record("/tasks", 10), record("/users", 7)])
    assert (counts.of(0), counts.of(1), counts.are_complete) == (10, 5, True)


def test_entries_of_one_kind_are_told_apart_by_their_order() -> None:
    counts = EarlierCounts(["/tasks", "/tasks"])
    counts.add([record("/tasks", 2, index=1), record("/tasks", 1, index=0)])
    assert (counts.of(0), counts.of(1)) == (1, 2)


def test_a_kind_with_another_number_of_entries_has_no_count() -> None:
    counts = EarlierCounts(["/tasks"])
    counts.add([record("/tasks", 1, index=0), record("/tasks", 2, index=1)])
    assert (counts.of(0), counts.are_complete) == (None, True)


def test_a_record_without_a_count_is_an_error() -> None:
    with pytest.raises(LookupError):
        EarlierCounts(["/tasks"]).add([{**record("/tasks", 1), "metrics": {}}])
