"""The division of measured kinds into shares of about the same load."""

from typing import Any

import pytest

from builder.mapping_file import Entry, entry_of
from builder.splitting import Cost, KindCost, Measured, groups_of, relation_notes, share_mappings, split
from configuration.pagination import PaginationSettings
from rest.errors import SyncError


def kinds(*own: tuple[int, int], listings: Any = None) -> Measured:
    """Return kinds with these requests and items."""
    used = listings or {}
    found = [
        KindCost(index, f"/k{index}", Cost(*each), frozenset(used.get(index, ())))
        for index, each in enumerate(own)
    ]
    keys = {key for names in used.values() for key in names}
    return Measured(found, dict.fromkeys(sorted(keys), Cost(10)))


def shares(measured: Measured, number: int, unfit: Any = None, groups: Any = None) -> list[Any]:
    alone = [[kind.index] for kind in measured.kinds]
    found = split(measured, number, 100, groups or alone, unfit or {})
    return [(share.parts, share.cost.requests, share.cost.items) for share in found.shares]


def whole(*indexes: int) -> list[tuple[int, int, int]]:
    return [(index, 0, 1) for index in indexes]


def test_the_heaviest_kinds_are_spread() -> None:
    measured = kinds((50, 0), (40, 0), (30, 0), (20, 0))
    unfit = dict.fromkeys(range(4), "flat")
    assert shares(measured, 2, unfit) == [(whole(0, 3), 70, 0), (whole(1, 2), 70, 0)]


def test_items_weigh_as_well() -> None:
    measured = kinds((1, 5000), (20, 0), (20, 0))
    unfit = dict.fromkeys(range(3), "flat")
    assert shares(measured, 2, unfit) == [(whole(0), 1, 5000), (whole(1, 2), 40, 0)]


def test_a_kind_that_is_heavier_than_a_share_is_divided() -> None:
    assert shares(kinds((101, 1001), (10, 0)), 2) == [
        ([(0, 0, 2)], 51, 501),
        ([(0, 1, 2), (1, 0, 1)], 60, 500),
    ]


def test_partitions_of_a_kind_are_in_different_shares() -> None:
    found = shares(kinds((1000, 0), (1, 0), (1, 0)), 4)
    assert [[part for part in parts if part[0] == 0] for parts, _, _ in found] == [
        [(0, index, 4)] for index in range(4)
    ]


def test_a_kind_that_cannot_be_divided_is_named() -> None:
    found = split(kinds((100, 0), (1, 0)), 2, 100, [[0], [1]], {0: "it has no parents"})
    assert found.notes == ("/k0 is heavier than a share, and cannot be divided: it has no parents",)
    assert [share.parts for share in found.shares] == [whole(0), whole(1)]


def test_a_listing_of_parents_counts_once_in_each_share() -> None:
    """The two kinds below the same parents cost less in one share."""
    measured = kinds((5, 0), (5, 0), (12, 0), listings={0: ["p"], 1: ["p"]})
    unfit = dict.fromkeys(range(3), "small")
    assert shares(measured, 2, unfit) == [(whole(2), 12, 0), (whole(0, 1), 20, 0)]
    divided = shares(kinds((100, 0), listings={0: ["p"]}), 2)
    assert divided == [([(0, 0, 2)], 60, 0), ([(0, 1, 2)], 60, 0)]


def test_kinds_that_belong_together_are_one_part() -> None:
    measured = kinds((50, 0), (10, 0), (40, 0))
    unfit = dict.fromkeys(range(3), "flat")
    assert shares(measured, 2, unfit, [[0, 1], [2]]) == [(whole(0, 1), 60, 0), (whole(2), 40, 0)]
    with pytest.raises(SyncError, match="1 shares at most, not into 2"):
        shares(measured, 2, unfit, [[0, 1, 2]])


def test_more_shares_than_kinds_are_refused() -> None:
    with pytest.raises(SyncError) as raised:
        shares(kinds((1, 0), (1, 0)), 3, {0: "flat", 1: "flat"})
    assert "the mapping can be divided into 2 shares at most, not into 3" in str(raised.value)
    assert raised.value.hint == "Use --into 2 or less"


def test_the_parts_of_a_cost_have_all_of_it() -> None:
    for of in range(1, 9):
        assert sum((Cost(10, 103).part(index, of) for index in range(of)), Cost()) == Cost(10, 103)


def entry(kind: str, blueprint: str, relations: tuple[str, ...] = (), **selector: Any) -> Entry:
    mappings = {
        "identifier": ".id",
        "blueprint": f'"{blueprint}"',
        "relations": {name: f".{name}" for name in relations},
    }
    return entry_of(
        {"kind": kind, "selector": selector, "port": {"entity": {"mappings": mappings}}}, PaginationSettings()
    )


def measured_names(*names: Any) -> Measured:
    return Measured(
        [
            KindCost(
                index, "/k", Cost(), names=None if each is None else frozenset(("b", name) for name in each)
            )
            for index, each in enumerate(names)
        ]
    )


def test_kinds_with_the_same_entities_stay_together() -> None:
    entries = [entry("/a", "b"), entry("/b", "b"), entry("/c", "b"), entry("/d", "d")]
    assert groups_of(entries, measured_names("xy", "yz", "w", "")) == [[0, 1], [2], [3]]
    assert groups_of(entries, measured_names("xy", "z", "yz", "")) == [[0, 1, 2], [3]]


def test_kinds_of_the_same_listing_and_blueprint_stay_together() -> None:
    entries = [entry("/a", "b", query=".x"), entry("/a", "b", query=".x | not"), entry("/a", "c")]
    assert groups_of(entries, measured_names("x", "y", "")) == [[0, 1], [2]]


def test_kinds_of_a_blueprint_stay_together_where_their_entities_are_unknown() -> None:
    entries = [entry("/a", "b"), entry("/c", "c"), entry("/b", "b")]
    assert groups_of(entries, measured_names(None, None, None)) == [[0, 2], [1]]


def test_relations_between_shares_are_named() -> None:
    entries = [entry("/projects", "project"), entry("/tasks", "task", ("project", "owner")), entry("/x", "x")]
    blueprints = [
        {
            "identifier": "task",
            "relations": {"project": {"target": "project"}, "owner": {"target": "_user"}},
        }
    ]
    apart = split(kinds((1, 0), (3, 0), (1, 0)), 2, 100, [[0], [1], [2]], {1: "flat"}).shares
    (note,) = relation_notes(apart, entries, blueprints)
    assert note.startswith("share 1: the relation project of /tasks leads to entities of share 2. ")
    together = split(kinds((1, 0), (3, 0), (9, 0)), 2, 100, [[0, 1], [2]], {2: "flat"}).shares
    assert list(relation_notes(together, entries, blueprints)) == []


def test_the_mapping_of_a_share_has_its_entries_and_all_other_keys() -> None:
    mapping: dict[str, Any] = {
        "deleteDependentEntities": False,
        "resources": [
            {"kind": "/k0", "selector": {"query": "true"}, "port": {}},
            {"kind": "/k1", "port": {}},
        ],
    }
    found = split(kinds((9, 0), (1, 0)), 2, 100, [[0], [1]], {})
    first, second = share_mappings(mapping, found.shares)
    assert first == {
        "deleteDependentEntities": False,
        "resources": [
            {"kind": "/k0", "selector": {"query": "true", "partition": {"index": 0, "of": 2}}, "port": {}}
        ],
    }
    assert [each["kind"] for each in second["resources"]] == ["/k0", "/k1"]
    assert "selector" not in mapping["resources"][1]
