"""The ledger knows what Port lists, what the resync has seen, and what entities relate to."""

from typing import Any

import pytest

from mapping import EntityLedger, key_of
from mapping.plan import Entity

T1, T2, T3 = (key_of("task", name) for name in ("t1", "t2", "t3"))


def task(identifier: Any = "t1", **fields: Any) -> Entity:
    return {"identifier": identifier, "blueprint": "task", **fields}


@pytest.mark.parametrize("is_listed_first", [True, False])
def test_the_order_of_listing_and_seeing_does_not_matter(*, is_listed_first: bool) -> None:
    ledger = EntityLedger()
    if is_listed_first:
        ledger.list([T1, T2])
    ledger.note(task("t1"), 0)
    if not is_listed_first:
        ledger.list([T1, T2])
    assert (ledger.listed, ledger.listed_and_kept, ledger.has_unseen) == (2, 1, True)
    ledger.note(task("t2"), 1)
    assert not ledger.has_unseen
    assert [ledger.is_listed(each) for each in (T1, T2, T3)] == [True, True, False]
    assert [ledger.is_seen(each) for each in (T1, T2, T3)] == [True, True, False]


def test_what_is_listed_or_seen_twice_counts_once() -> None:
    ledger = EntityLedger()
    ledger.list([T1, T1])
    ledger.list([T1])
    for entry in (0, 1, 0):
        ledger.note(task("t1", title=str(entry)), entry)
    assert (ledger.listed, ledger.listed_and_kept) == (1, 1)


def test_what_is_only_seen_is_not_unseen_by_port() -> None:
    ledger = EntityLedger()
    ledger.note(task("t1"), 0)
    assert (ledger.listed, ledger.has_unseen) == (0, False)


def test_a_target_is_kept_but_neither_seen_nor_listed() -> None:
    ledger = EntityLedger()
    ledger.list([T1, T2])
    ledger.note_targets([T2, T3])
    assert [ledger.is_kept(each) for each in (T1, T2, T3)] == [False, True, True]
    assert (ledger.is_seen(T2), ledger.is_listed(T3), ledger.listed) == (False, False, 2)
    ledger.note(task("t2"), 0)
    ledger.note_targets([T2])
    ledger.list([T2])
    assert (ledger.is_seen(T2), ledger.is_kept(T2), ledger.listed_and_kept) == (True, True, 1)


def test_only_another_item_of_the_same_entry_overwrites_an_entity() -> None:
    ledger = EntityLedger()
    noted = [
        ledger.note(task(title=title), entry)
        for title, entry in (("a", 0), ("a", 0), ("b", 0), ("c", 1), ("c", 1), ("d", 1))
    ]
    assert [each.is_overwriting for each in noted] == [False, False, True, False, False, True]
    assert len({each.key for each in noted}) == 1
    assert len({each.content for each in noted}) == 4


def test_a_search_for_an_entity_overwrites_nothing() -> None:
    """Two items may be merged into the entity that a search finds."""
    ledger = EntityLedger()
    search = {"combinator": "and", "rules": []}
    noted = [ledger.note(task(search, title=title), 0) for title in "ab"]
    assert not any(each.is_overwriting for each in noted)


def test_a_large_entry_index_and_any_content_fit() -> None:
    ledger = EntityLedger()
    contents = [bytes(16), b"\xff" * 16]
    for entry in (0, 100_000):
        for content in contents:
            assert ledger.note_seen(T1, content, entry) is (content == contents[0])
    ledger.note_targets([T1])
    ledger.list([T1])
    assert ledger.note_seen(T1, contents[1], 100_000)
    assert (ledger.is_seen(T1), ledger.listed_and_kept) == (True, 1)
