"""Propose jq expressions for the entity identifier: one field, or several fields joined."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from builder.inference.identifier_candidates import (
    IdentifierCandidate,
    NameRank,
    are_unique,
    find_candidates,
    replace_illegal,
)
from builder.inference.property_names import Keys
from builder.inference.resource_names import ResourceName
from builder.inference.type_coercion import AS_TEXT, ILLEGAL_TO_UNDERSCORE, null_safe
from builder.inference.value_columns import ValueColumn, path_expression
from builder.inference.words import squash_name

_MAX_PROPOSALS = 5
_MAX_FIELDS_TO_COMBINE = 10
# Fields that name the parent of an item. The item's own number or name is unique within it.
_PARENT_NAMES = frozenset(
    {
        "project",
        "repository",
        "repo",
        "namespace",
        "org",
        "organization",
        "owner",
        "region",
        "parent",
        "group",
    }
)
# The cost of a field as a part of a joined identifier. Lower is better.
_PART_COST = {
    **dict.fromkeys(NameRank, 4),
    NameRank.OTHER_ID: 2,
    NameRank.NUMBER: 2,
    NameRank.NAME: 5,
    NameRank.TEXT: 6,
    NameRank.TITLE: 20,
    NameRank.ADDRESS: 30,
}
_TIME_COST, _NESTING_COST = 8, 3


@dataclass(frozen=True, slots=True)
class FoundIdentifier:
    """A jq expression that returns a unique identifier that Port accepts, or null if the field is missing.

    A number stays a number: the integration converts it to text with all digits. `tostring` would turn a
    missing value into the text "null".
    keys: the paths that the identifier is made of. is_local: the value may repeat under another parent.
    is_legal: no characters are replaced. why: the reason for the proposal.
    """

    expression: str
    why: str
    keys: tuple[Keys, ...] = ()
    is_local: bool = False
    is_legal: bool = True


def find_identifiers(columns: Sequence[ValueColumn], name: ResourceName) -> list[FoundIdentifier]:
    """Return up to five proposals, the best first. The list is empty if no fields identify the items.

    columns: the values of distinct items. name: the resource name of the items.
    """
    candidates = find_candidates(columns, name)
    single = [each for each in candidates if _is_unique(each)]
    named = [each for each in single if not each.nested and each.rank <= NameRank.OTHER_ID]
    found = [_from_field(each) for each in named]
    if not found:
        combinations_of_own = _unique_combinations([each for each in candidates if not each.nested])
        found += map(_from_fields, filter(_has_meaningful_names, combinations_of_own))
    found += [_from_field(each) for each in single if each not in named]
    return found[:_MAX_PROPOSALS] or [
        _from_fields(parts) for parts in _unique_combinations(candidates)[:_MAX_PROPOSALS]
    ]


def join_expression(paths: Sequence[str], *, is_legal: bool) -> str:
    """Return jq that joins the values with dashes, or returns null if one of them is missing."""
    legal = "" if is_legal else f" | {ILLEGAL_TO_UNDERSCORE}"
    return f'[{", ".join(paths)}] | if any(. == null) then null else map(tostring) | join("-"){legal} end'


def _is_unique(candidate: IdentifierCandidate) -> bool:
    if candidate.is_time or (candidate.rank == NameRank.TEXT and not candidate.is_single_word_text):
        return False
    texts = candidate.texts
    return are_unique(texts if candidate.is_legal else map(replace_illegal, texts))


def _from_field(candidate: IdentifierCandidate) -> FoundIdentifier:
    column = candidate.column
    steps: list[str] = []
    if not candidate.is_legal:
        is_text = all(isinstance(value, str) for value in column.values)
        steps = [ILLEGAL_TO_UNDERSCORE if is_text else f"{AS_TEXT} | {ILLEGAL_TO_UNDERSCORE}"]
    return FoundIdentifier(
        null_safe(column.path, steps),
        _reason(candidate),
        (column.keys,),
        is_local=candidate.rank >= NameRank.LOCAL,
        is_legal=candidate.is_legal,
    )


def _reason(candidate: IdentifierCandidate) -> str:
    count = len(candidate.texts)
    path = path_expression(candidate.column.keys)
    unique = f"{path} is unique in all {count} items" if count > 1 else f"the only item has {path}"
    return unique if candidate.is_legal else f"{unique}. Characters that Port rejects become underscores"


def _unique_combinations(candidates: Sequence[IdentifierCandidate]) -> list[tuple[IdentifierCandidate, ...]]:
    """Return pairs of fields that together identify the items, else triples, the best first."""
    usable = sorted(candidates, key=_part_cost)[:_MAX_FIELDS_TO_COMBINE]
    for size in (2, 3):
        ranked = sorted(combinations(usable, size), key=lambda parts: sum(map(_part_cost, parts)))
        if found := [parts for parts in ranked if are_unique(_joined_texts(parts))]:
            return found
    return []


def _has_meaningful_names(parts: Sequence[IdentifierCandidate]) -> bool:
    """True for a combination such as project and number, False for two arbitrary texts."""
    return any(_is_parent(part) or part.rank <= NameRank.NAME for part in parts) and not any(
        part.is_time for part in parts
    )


def _part_cost(candidate: IdentifierCandidate) -> int:
    if _is_parent(candidate):
        return 1
    cost = _TIME_COST if candidate.is_time else _PART_COST[candidate.rank]
    return cost + _NESTING_COST * candidate.nested


def _is_parent(candidate: IdentifierCandidate) -> bool:
    return not _PARENT_NAMES.isdisjoint(squash_name(key) for key in candidate.column.keys)


def _joined_texts(parts: Sequence[IdentifierCandidate]) -> Iterator[str]:
    return (replace_illegal("-".join(texts)) for texts in zip(*(part.texts for part in parts), strict=True))


def _from_fields(parts: Sequence[IdentifierCandidate]) -> FoundIdentifier:
    # The parent comes first, then text, then the number: shop-17.
    ordered = sorted(parts, key=lambda part: (not _is_parent(part), part.is_time, -part.rank))
    is_legal = all(part.is_legal for part in parts)
    together = " and ".join(path_expression(part.column.keys) for part in ordered)
    return FoundIdentifier(
        join_expression([part.column.path for part in ordered], is_legal=is_legal),
        f"no single field is unique, but {together} are together",
        tuple(part.column.keys for part in ordered),
        is_local=True,
        is_legal=is_legal,
    )
