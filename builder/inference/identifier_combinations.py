"""Fields that identify items together."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from builder.inference.identifier_candidates import (
    IdentifierCandidate,
    ItemGroups,
    are_unique,
    replace_illegal,
)
from builder.inference.identifier_names import NameRank
from builder.inference.words import squash_name

_MAX_FIELDS_TO_COMBINE = 10
# A combination of arbitrary fields is unique by chance in fewer items.
_MIN_ITEMS_TO_COMBINE = 4
# Fields that name the parent of an item. The item's own number or name is unique within it.
_PARENT_NAMES = frozenset(
    {
        *("project", "repository", "repo", "namespace", "org", "organization", "owner", "region", "parent"),
        *("group", "workspace", "account", "space", "tenant", "cluster", "projectid", "projectkey"),
    }
)
# The cost of a field as a part of a joined identifier. Lower is better.
_PART_COST = {
    **dict.fromkeys(NameRank, 4),
    NameRank.OTHER_ID: 2,
    NameRank.NUMBER: 2,
    NameRank.NAME: 5,
    NameRank.PATH: 5,
    NameRank.TEXT: 6,
    NameRank.TITLE: 20,
    NameRank.SELF: 30,
    NameRank.ADDRESS: 30,
}
_TIME_COST, _NESTING_COST, _QUALIFIER_COST = 8, 3, 4


def unique_combinations(
    candidates: Sequence[IdentifierCandidate], groups: ItemGroups
) -> list[tuple[IdentifierCandidate, ...]]:
    """Return pairs of fields that together identify the items, else triples, the best first."""
    if len(groups.contents) < 2:
        return []
    usable = [each for each in candidates if each.is_time or each.is_qualifier or not each.is_descriptive]
    usable = sorted(usable, key=_part_cost)[:_MAX_FIELDS_TO_COMBINE]
    # A field that is unique alone makes any combination unique: that proves nothing about the others.
    own = [each for each in usable if not is_parent(each) and not each.is_qualifier]
    alone = {each.column.keys for each in own if are_unique(joined_texts([each], groups))}
    for size in (2, 3):
        ranked = sorted(combinations(usable, size), key=lambda parts: sum(map(_part_cost, parts)))
        unique = [parts for parts in ranked if are_unique(joined_texts(parts, groups))]
        if found := [
            parts
            for parts in unique
            if _are_references(parts) or alone.isdisjoint(part.column.keys for part in parts)
        ]:
            return found
    return []


def has_meaningful_names(parts: Sequence[IdentifierCandidate]) -> bool:
    """True for a combination such as project and number, False for two arbitrary texts."""
    own = [part for part in parts if not is_parent(part)]
    # A login is not unique within its parent, but everywhere.
    named = (part for part in own if part.rank <= NameRank.PATH and part.rank is not NameRank.LOGIN)
    is_named = any(not part.nested for part in named)
    has_scope = len(own) < len(parts) or all(
        (part.rank <= NameRank.OTHER_ID or part.is_qualifier) and not part.nested for part in parts
    )
    return ((is_named and has_scope) or _are_references(parts)) and not any(part.is_time for part in parts)


def _are_references(parts: Sequence[IdentifierCandidate]) -> bool:
    """True for the ids of two other entities, as in a membership of a user in a group."""
    objects = {part.column.keys[:-1] for part in parts}
    return len(objects) == len(parts) and all(
        part.own_rank <= NameRank.OWN_ID and part.nested == 1 for part in parts
    )


def are_a_series(parts: Sequence[IdentifierCandidate]) -> bool:
    """True for a combination with enough items as evidence, such as a sensor and a time."""
    return len(parts[0].texts) >= _MIN_ITEMS_TO_COMBINE and not all(part.is_time for part in parts)


def _part_cost(candidate: IdentifierCandidate) -> int:
    if is_parent(candidate):
        return 1
    cost = _TIME_COST if candidate.is_time else _PART_COST[candidate.rank]
    if candidate.is_qualifier and not candidate.is_time:
        cost = _QUALIFIER_COST
    return cost + _NESTING_COST * candidate.nested


def is_parent(candidate: IdentifierCandidate) -> bool:
    """Return whether a field names the parent of the item."""
    return not _PARENT_NAMES.isdisjoint(squash_name(key) for key in candidate.column.keys)


def joined_texts(parts: Sequence[IdentifierCandidate], groups: ItemGroups) -> Iterator[str]:
    """Yield the joined identifier of each item, after the values of its parents."""
    rows = zip(groups.parents, *(part.texts for part in parts), strict=True)
    return (replace_illegal("-".join(texts)) for texts in rows)
