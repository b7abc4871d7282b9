"""What did not change since the last resync is neither mapped, asked about nor written. All else is."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from port_ocean.core.models import Entity

from tests.ocean_adapter.conftest import Processors
from tests.ocean_adapter.fake_port import FakePort, entities, many, status
from tests.ocean_adapter.small_resync import HOUR, Resyncs, entry, item

pytestmark = pytest.mark.process

ITEMS = [item(name) for name in many(12)]
NAMES = list(many(12))


@pytest.fixture
def resyncs(processors: Processors, fake_port: FakePort, tmp_path: Path) -> Resyncs:
    return Resyncs(fake_port, processors, tmp_path)


@pytest.fixture
def settled(resyncs: Resyncs) -> Resyncs:
    """Two resyncs of the same items. The second one compares what the first one wrote."""
    resyncs.run([ITEMS])
    assert sorted(resyncs.port.written) == NAMES
    resyncs.run([ITEMS])
    assert (resyncs.port.written, sorted(resyncs.asked)) == ([], NAMES)
    return resyncs


def test_unchanged_items_cost_three_requests(settled: Resyncs) -> None:
    settled.run([ITEMS])
    assert sorted(each.url.path for each in settled.port.requests) == [
        "/v1/blueprints/entities/datasource-entities",
        "/v1/blueprints/task",
        "/v1/entities/search",
    ]
    assert settled.port.identifiers == set(NAMES)


def test_a_changed_item_is_written_and_a_new_one_is_not_asked_about(settled: Resyncs) -> None:
    settled.run([[*ITEMS[1:], item("t00000", "b"), item("new")]])
    assert sorted(settled.port.written) == ["new", "t00000"]
    assert settled.asked == ["t00000"]
    assert settled.port.titles["t00000"] == "b"
    settled.run([[*ITEMS[1:], item("t00000", "b"), item("new")]])
    settled.run([[*ITEMS[1:], item("t00000", "b"), item("new")]])
    assert (settled.port.written, settled.asked) == ([], [])


def test_an_item_that_changes_back_is_written(settled: Resyncs) -> None:
    for title in "bab":
        settled.run([[*ITEMS[1:], item("t00000", title)]])
        assert settled.port.titles["t00000"] == title


def test_an_entity_that_others_change_is_restored(settled: Resyncs) -> None:
    settled.port.put(*entities("task", "t00003", title="theirs"), at=settled.now + HOUR / 2)
    settled.run([ITEMS])
    assert settled.port.written == ["t00003"]
    assert settled.port.titles["t00003"] == "a"


def test_an_entity_that_others_delete_is_restored(settled: Resyncs) -> None:
    del settled.port.entities["task", "t00003"]
    settled.run([ITEMS])
    assert (settled.port.written, settled.asked) == (["t00003"], [])


def test_what_the_api_no_longer_has_is_deleted(settled: Resyncs) -> None:
    settled.run([ITEMS[2:]])
    assert settled.port.identifiers == set(NAMES[2:])
    settled.run([ITEMS])
    assert sorted(settled.port.written) == NAMES[:2]


def _change_blueprint(resyncs: Resyncs) -> None:
    resyncs.port.blueprint_updated["task"] = "2026-02-02T00:00:00.000Z"


def _wait_for_a_day(resyncs: Resyncs) -> None:
    resyncs.now += timedelta(hours=24)


def _set_the_clock_back(resyncs: Resyncs) -> None:
    resyncs.now -= timedelta(days=2)


def _damage(resyncs: Resyncs) -> None:
    (resyncs.folder / "entities.sqlite").write_bytes(bytes(range(256)) * 100)


def _delete_memory(resyncs: Resyncs) -> None:
    for file in resyncs.folder.iterdir():
        file.unlink()


def _turn_off(resyncs: Resyncs) -> None:
    resyncs.remembers = False


def _fail_search(resyncs: Resyncs) -> None:
    resyncs.port.failures["/entities/search"] = status(500)


def _fail_blueprint(resyncs: Resyncs) -> None:
    resyncs.port.failures["/blueprints/task"] = status(503)


@pytest.mark.parametrize(
    "change",
    [
        _change_blueprint,
        _wait_for_a_day,
        _set_the_clock_back,
        _damage,
        _delete_memory,
        _turn_off,
        _fail_search,
        _fail_blueprint,
    ],
    ids=lambda change: change.__name__.strip("_"),
)
def test_if_in_doubt_everything_is_compared(settled: Resyncs, change: Callable[[Resyncs], None]) -> None:
    change(settled)
    settled.run([ITEMS])
    assert (settled.port.written, sorted(settled.asked)) == ([], NAMES)
    assert settled.port.identifiers == set(NAMES)


def test_after_a_change_of_the_mapping_only_other_entities_are_compared(settled: Resyncs) -> None:
    settled.entries = [entry(title='if .id == "t00003" then "b" else .title end')]
    settled.run([ITEMS])
    assert (settled.port.written, settled.asked) == (["t00003"], ["t00003"])


def test_without_ports_list_an_entity_that_others_deleted_is_restored(settled: Resyncs) -> None:
    del settled.port.entities["task", "t00003"]
    settled.port.failures["/datasource-entities"] = status(500)
    settled.run([ITEMS])
    assert settled.port.written == ["t00003"]


def test_what_port_changes_with_a_blueprint_is_restored(settled: Resyncs) -> None:
    """A property that is removed from a blueprint, and added again, is empty. No entity has a new time."""
    settled.port.entities["task", "t00003"]["title"] = None
    _change_blueprint(settled)
    settled.run([ITEMS])
    assert settled.port.written == ["t00003"]


def test_without_ports_list_everything_is_compared(settled: Resyncs) -> None:
    settled.port.failures["/datasource-entities"] = status(500)
    settled.run([ITEMS])
    assert (settled.port.written, sorted(settled.asked)) == ([], NAMES)


def test_a_day_counts_from_the_last_full_comparison(resyncs: Resyncs) -> None:
    for hour in range(26):
        resyncs.run([ITEMS])
        if hour > 1:
            assert sorted(resyncs.asked) == (NAMES if hour == 24 else [])


@pytest.mark.parametrize(
    "mappings",
    [
        {"title": ".title | now | tostring | .[:0]"},
        {"blueprint": '"ta" + .suffix'},
        {"title": "env.X // .title"},
    ],
)
def test_a_mapping_that_depends_on_more_than_the_item_is_not_recalled(
    resyncs: Resyncs, mappings: dict[str, str]
) -> None:
    resyncs.entries = [entry(**mappings)]
    items = [{**each, "suffix": "sk"} for each in ITEMS]
    for _ in range(2):
        resyncs.run([items])
    resyncs.run([items])
    assert sorted(resyncs.asked) == NAMES


def test_an_entity_that_a_search_finds_is_not_recalled(resyncs: Resyncs) -> None:
    rules = [{"property": '"serial"', "operator": '"="', "value": ".id"}]
    resyncs.entries = [entry(identifier={"combinator": '"and"', "rules": rules})]
    for _ in range(3):
        resyncs.run([ITEMS[:1]])
        assert len(resyncs.port.written) == 1


def test_a_refused_entity_is_written_again(resyncs: Resyncs) -> None:
    resyncs.port.unwanted = "t00003"
    for _ in range(3):
        resyncs.run([ITEMS])
    assert resyncs.port.written == ["t00003"]
    resyncs.port.unwanted = "\0"
    resyncs.run([ITEMS])
    assert resyncs.port.identifiers == set(NAMES)


def test_what_live_events_change_during_a_resync_is_compared_by_the_next(settled: Resyncs) -> None:
    settled.run([ITEMS], live=["t00005"])
    settled.port.put(*entities("task", "t00005", title="live"), at=settled.now - 30 * HOUR)
    settled.run([ITEMS])
    assert (settled.asked, settled.port.written) == (["t00005"], ["t00005"])


def test_a_resync_that_does_not_end_is_not_recalled(settled: Resyncs) -> None:
    settled.is_complete = False
    settled.run([[*ITEMS[1:], item("t00000", "b")]])
    settled.is_complete = True
    settled.run([ITEMS])
    assert settled.port.titles["t00000"] == "a"


def test_after_many_writes_only_later_changes_are_asked_for(resyncs: Resyncs) -> None:
    """Entities that were written after those of the last batch cannot be told from changes."""
    items = [item(name) for name in many(1200)]
    batches = [items[start : start + 100] for start in range(0, 1200, 100)]
    resyncs.run(batches)
    asked = [each for each in resyncs.port.requests if each.method == "GET" and "/entities/" in each.url.path]
    assert len(asked) == 5
    resyncs.run(batches)
    assert resyncs.port.written == []
    assert resyncs.asked == []
    resyncs.port.put(*entities("task", "t00003", title="theirs"), at=resyncs.now + HOUR / 2)
    resyncs.run(batches)
    assert resyncs.port.titles["t00003"] == "a"


@pytest.mark.parametrize("updated", [None, "yesterday", 7])
def test_if_port_does_not_tell_when_it_wrote_all_writes_are_asked_about(
    resyncs: Resyncs, updated: Any
) -> None:
    items = [item(name) for name in many(1001)]
    resyncs.port.answers["/task/entities/t"] = lambda _: httpx.Response(
        200, json={"entity": {"updatedAt": updated}}
    )
    resyncs.run([items])
    resyncs.run([items])
    assert (len(resyncs.asked), resyncs.port.written) == (1001, [])


def test_of_items_that_become_the_same_entity_the_last_one_counts(settled: Resyncs) -> None:
    """One is unchanged. Without its place in the order, the changed one would win."""
    changed = item("t00000", "b")
    settled.run([[changed, *ITEMS]])
    assert settled.port.titles["t00000"] == "a"
    settled.run([[*ITEMS, changed]])
    assert settled.port.titles["t00000"] == "b"
    settled.run([ITEMS, [changed]])
    assert settled.port.titles["t00000"] == "b"
    settled.run([[changed], ITEMS])
    assert settled.port.titles["t00000"] == "a"


def test_an_unchanged_item_that_comes_twice_is_still_unchanged(settled: Resyncs) -> None:
    settled.run([[*ITEMS, ITEMS[0]]])
    assert (settled.port.written, settled.asked) == ([], [])
    settled.run([ITEMS, ITEMS[:1]])
    assert settled.port.written == []


def test_of_two_entries_with_the_same_entity_the_last_one_counts(resyncs: Resyncs) -> None:
    resyncs.entries = [entry(), entry(title='.title + "2"')]
    for _ in range(4):
        resyncs.run([ITEMS], [ITEMS])
        assert set(resyncs.port.titles.values()) == {"a2"}


def test_the_targets_of_unchanged_items_are_kept(resyncs: Resyncs) -> None:
    """Port has created them because an entity relates to them. No item has become them."""
    resyncs.entries = [entry(relations={"owner": ".owner"})]
    resyncs.port.targets = {"task": {"owner": "user"}}
    items = [{**each, "owner": "u1"} for each in ITEMS]
    resyncs.port.put(*entities("user", "u1", "u2"), at=resyncs.now)
    for _ in range(4):
        resyncs.run([items])
        assert ("user", "u1") in resyncs.port.entities
    assert resyncs.asked == []
    assert ("user", "u2") not in resyncs.port.entities


def test_a_relation_of_an_unchanged_item_is_compared_with_what_port_has(resyncs: Resyncs) -> None:
    resyncs.entries = [entry(relations={"owner": ".owner"})]
    resyncs.port.targets = {"task": {"owner": "user"}}
    items = [{**ITEMS[0], "owner": "u1"}]
    for _ in range(3):
        resyncs.run([items])
    theirs = Entity(identifier="t00000", blueprint="task", title="a", relations={"owner": "u9"})
    resyncs.port.put(theirs, at=resyncs.now + HOUR / 2)
    resyncs.run([items])
    assert resyncs.port.entities["task", "t00000"]["relations"] == {"owner": "u1"}


def test_if_port_cannot_be_asked_about_entities_all_are_written(settled: Resyncs, logged: list[str]) -> None:
    settled.remembers = False
    settled.port.failures["/entities/search"] = status(500)
    settled.run([ITEMS])
    assert sorted(settled.port.written) == NAMES
    assert any("Entities are written without a comparison with Port" in line for line in logged)
