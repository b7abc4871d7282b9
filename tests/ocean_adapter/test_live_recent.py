"""What live events wrote in the last minute."""

from datetime import UTC, datetime, timedelta

from ocean_adapter.live_recent import RecentUpserts
from ocean_adapter.write_response import entity_key

NOW = datetime(2026, 1, 1, tzinfo=UTC)
T1, T2 = entity_key("task", "t1"), entity_key("task", "t2")


def test_an_entity_is_kept_for_a_minute_from_other_changes() -> None:
    recent = RecentUpserts()
    recent.note(["b/t1"], [T1], NOW)
    assert recent.is_of_another_change("a/t1", T1, NOW + timedelta(seconds=60))
    assert not recent.is_of_another_change("a/t1", T1, NOW + timedelta(seconds=61))
    assert not recent.is_of_another_change("b/t1", T1, NOW)
    assert not recent.is_of_another_change("a/t2", T2, NOW)


def test_old_and_excess_entries_are_forgotten() -> None:
    recent = RecentUpserts(max_entries=1)
    recent.note(["a"], [T1], NOW)
    recent.note(["b"], [T2], NOW)
    assert not recent.is_of_another_change("x", T1, NOW)
    assert recent.is_of_another_change("x", T2, NOW)
    later = NOW + timedelta(seconds=61)
    recent.note(["c"], [T1], later)
    assert not recent.is_of_another_change("x", T2, NOW)
