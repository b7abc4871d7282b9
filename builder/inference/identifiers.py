"""Propose jq expressions for the entity identifier: one field, or several fields joined."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from builder.inference.identifier_candidates import (
    IdentifierCandidate,
    ItemGroups,
    are_unique,
    find_candidates,
    replace_illegal,
)
from builder.inference.identifier_names import NameRank
from builder.inference.property_names import Keys
from builder.inference.type_coercion import AS_TEXT, ILLEGAL_TO_UNDERSCORE, null_safe
from builder.inference.value_columns import ValueColumn, path_expression
from builder.inference.words import split_words, squash_name
from builder.inference.wrappers import Wrappers

_MAX_PROPOSALS = 5
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
# Nouns of DNS record sets, which are addressed by name and type.
_RECORDS = frozenset({"record", "rrset", "recordset", "dnsrecord", "resourcerecordset"})
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
_DOUBT = "Doubtful: check that no two items have the same value"


@dataclass(frozen=True, slots=True)
class FoundIdentifier:
    """A jq expression that returns a unique identifier that Port accepts, or null if the field is missing.

    A number stays a number: the integration converts it to text with all digits. `tostring` would turn a
    missing value into the text "null".
    keys: the paths that the identifier is made of. is_local: the value may repeat under another parent.
    is_legal: no characters are replaced. is_doubtful: only the sample suggests it, not the field's name.
    why: the reason for the proposal.
    """

    expression: str
    why: str
    keys: tuple[Keys, ...] = ()
    is_local: bool = False
    is_legal: bool = True
    is_doubtful: bool = False


def find_identifiers(
    columns: Sequence[ValueColumn], nouns: frozenset[str], groups: ItemGroups, wrappers: Wrappers
) -> list[FoundIdentifier]:
    """Return up to five proposals, the best first. The list is empty if no fields identify the items.

    columns: the values of distinct items, without what the integration adds to them. nouns: what the items
    are called.
    """
    candidates = find_candidates(columns, nouns, wrappers)
    single = [found for each in candidates if (found := _from_field(each, groups))]
    sure = [found for rank, found in single if rank <= NameRank.HASH]
    is_named = not single or single[0][0] > NameRank.NUMBER
    if is_named and not nouns.isdisjoint(_RECORDS) and (keys := _natural_keys(candidates, groups)):
        return [*keys, *sure][:_MAX_PROPOSALS]
    combined = [] if sure else _unique_combinations(candidates, groups)
    named = [_from_fields(parts) for parts in combined if _has_meaningful_names(parts)]
    others = [found for rank, found in single if rank > NameRank.HASH]
    series = [_from_fields(parts) for parts in combined if _are_a_series(parts)]
    return [*sure, *named, *others, *([] if named or others else series)][:_MAX_PROPOSALS]


def _natural_keys(candidates: Sequence[IdentifierCandidate], groups: ItemGroups) -> list[FoundIdentifier]:
    """Return name and type of DNS records. A name alone is unique only by chance in a short sample."""
    names = [each for each in candidates if each.rank is NameRank.NAME and not each.nested]
    types = [each for each in candidates if each.is_qualifier and not each.nested]
    types = [each for each in types if split_words(each.column.keys[-1])[-1].lower() == "type"]
    pairs = zip(names[:1], types[:1], strict=False)
    return [_from_fields(pair) for pair in pairs if are_unique(_joined_texts(pair, groups))]


def join_expression(paths: Sequence[str], *, is_legal: bool) -> str:
    """Return jq that joins the values with dashes, or returns null if one of them is missing."""
    legal = "" if is_legal else f" | {ILLEGAL_TO_UNDERSCORE}"
    return f'[{", ".join(paths)}] | if any(. == null) then null else map(tostring) | join("-"){legal} end'


def _from_field(
    candidate: IdentifierCandidate, groups: ItemGroups
) -> tuple[NameRank, FoundIdentifier] | None:
    """Return the field's rank and proposal, None if it does not identify the items."""
    is_other_entity = candidate.nested > 0
    if is_other_entity or candidate.is_descriptive or not candidate.has_evidence:
        return None
    texts = candidate.texts if candidate.is_legal else [replace_illegal(text) for text in candidate.texts]
    is_global = not candidate.is_local and _distinguish(texts, groups.contents)
    if not is_global and not are_unique(_joined(groups.parents, texts)):
        return None
    if len(set(groups.contents)) == 1 and candidate.rank > NameRank.SELF:
        return None  # the only item proves nothing
    return candidate.rank, _proposal(candidate, is_local=not is_global)


def _distinguish(texts: Sequence[str], contents: Sequence[int]) -> bool:
    """Return whether different items have different texts. Equal items under two parents are one entity."""
    pairs = dict.fromkeys(zip(texts, contents, strict=True))
    return are_unique(text for text, _ in pairs)


def _joined(parents: Sequence[str], texts: Sequence[str]) -> Iterator[str]:
    return (
        f"{parent}-{text}" if parent and text else text for parent, text in zip(parents, texts, strict=True)
    )


def _proposal(candidate: IdentifierCandidate, *, is_local: bool) -> FoundIdentifier:
    column = candidate.column
    steps: list[str] = []
    if not candidate.is_legal:
        is_text = all(isinstance(value, str) for value in column.values)
        steps = [ILLEGAL_TO_UNDERSCORE if is_text else f"{AS_TEXT} | {ILLEGAL_TO_UNDERSCORE}"]
    return FoundIdentifier(
        null_safe(column.path, steps),
        _reason(candidate),
        (column.keys,),
        is_local=is_local,
        is_legal=candidate.is_legal,
        is_doubtful=candidate.is_doubtful,
    )


def _reason(candidate: IdentifierCandidate) -> str:
    count = len(candidate.texts)
    path = path_expression(candidate.column.keys)
    reason = f"{path} is unique in all {count} items" if count > 1 else f"the only item has {path}"
    reason += "" if candidate.is_legal else ". Characters that Port rejects become underscores"
    return f"{reason}. {_DOUBT}" if candidate.is_doubtful else reason


def _unique_combinations(
    candidates: Sequence[IdentifierCandidate], groups: ItemGroups
) -> list[tuple[IdentifierCandidate, ...]]:
    """Return pairs of fields that together identify the items, else triples, the best first."""
    if len(groups.contents) < 2:
        return []
    usable = [each for each in candidates if each.is_time or each.is_qualifier or not each.is_descriptive]
    usable = sorted(usable, key=_part_cost)[:_MAX_FIELDS_TO_COMBINE]
    # A field that is unique alone makes any combination unique: that proves nothing about the others.
    own = [each for each in usable if not _is_parent(each) and not each.is_qualifier]
    alone = {each.column.keys for each in own if are_unique(_joined_texts([each], groups))}
    for size in (2, 3):
        ranked = sorted(combinations(usable, size), key=lambda parts: sum(map(_part_cost, parts)))
        unique = [parts for parts in ranked if are_unique(_joined_texts(parts, groups))]
        if found := [
            parts
            for parts in unique
            if _are_references(parts) or alone.isdisjoint(part.column.keys for part in parts)
        ]:
            return found
    return []


def _has_meaningful_names(parts: Sequence[IdentifierCandidate]) -> bool:
    """True for a combination such as project and number, False for two arbitrary texts."""
    own = [part for part in parts if not _is_parent(part)]
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


def _are_a_series(parts: Sequence[IdentifierCandidate]) -> bool:
    """True for a combination with enough items as evidence, such as a sensor and a time."""
    return len(parts[0].texts) >= _MIN_ITEMS_TO_COMBINE and not all(part.is_time for part in parts)


def _part_cost(candidate: IdentifierCandidate) -> int:
    if _is_parent(candidate):
        return 1
    cost = _TIME_COST if candidate.is_time else _PART_COST[candidate.rank]
    if candidate.is_qualifier and not candidate.is_time:
        cost = _QUALIFIER_COST
    return cost + _NESTING_COST * candidate.nested


def _is_parent(candidate: IdentifierCandidate) -> bool:
    return not _PARENT_NAMES.isdisjoint(squash_name(key) for key in candidate.column.keys)


def _joined_texts(parts: Sequence[IdentifierCandidate], groups: ItemGroups) -> Iterator[str]:
    rows = zip(groups.parents, *(part.texts for part in parts), strict=True)
    return (replace_illegal("-".join(texts)) for texts in rows)


def _from_fields(parts: Sequence[IdentifierCandidate]) -> FoundIdentifier:
    # The parent comes first, then text, then the number (shop-17), then a type or version.
    ordered = sorted(
        parts, key=lambda part: (not _is_parent(part), part.is_time, part.is_qualifier, -part.rank)
    )
    is_legal = all(part.is_legal for part in parts)
    together = " and ".join(path_expression(part.column.keys) for part in ordered)
    is_doubtful = not _has_meaningful_names(parts)
    doubt = f". {_DOUBT}" if is_doubtful else ""
    return FoundIdentifier(
        join_expression([part.column.path for part in ordered], is_legal=is_legal),
        f"no single field is unique, but {together} are together{doubt}",
        tuple(part.column.keys for part in ordered),
        is_local=True,
        is_legal=is_legal,
        is_doubtful=is_doubtful,
    )
