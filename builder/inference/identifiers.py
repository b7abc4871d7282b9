"""Propose jq expressions for the entity identifier: one field, or several fields joined."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from builder.inference.identifier_candidates import (
    IdentifierCandidate,
    ItemGroups,
    are_unique,
    find_candidates,
    replace_illegal,
)
from builder.inference.identifier_combinations import (
    are_a_series,
    has_meaningful_names,
    is_parent,
    joined_texts,
    unique_combinations,
)
from builder.inference.identifier_names import NameRank
from builder.inference.property_names import Keys
from builder.inference.type_coercion import AS_TEXT, ILLEGAL_TO_UNDERSCORE, null_safe
from builder.inference.value_columns import ValueColumn, path_expression
from builder.inference.words import split_words
from builder.inference.wrappers import Wrappers

_MAX_PROPOSALS = 5
# What a DNS record says. Several records may have one name and type.
_RECORD_DATA = frozenset({"value", "data", "content", "rdata", "target", "answer", "destination"})
# Nouns of DNS record sets, which are addressed by name and type.
_RECORDS = frozenset({"record", "rrset", "recordset", "dnsrecord", "resourcerecordset"})
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
    if not sure and (local := _keys_under_a_parent(candidates, groups)):
        return local[:_MAX_PROPOSALS]
    combined = [] if sure else unique_combinations(candidates, groups)
    named = [_from_fields(parts) for parts in combined if has_meaningful_names(parts)]
    others = [found for rank, found in single if rank > NameRank.HASH]
    series = [_from_fields(parts) for parts in combined if are_a_series(parts)]
    return [*sure, *named, *others, *([] if named or others else series)][:_MAX_PROPOSALS]


def _natural_keys(candidates: Sequence[IdentifierCandidate], groups: ItemGroups) -> list[FoundIdentifier]:
    """Return name and type of DNS records, or name, type and data where a name has several of a type.

    A name alone is unique only by chance in a short sample.
    """
    own = [each for each in candidates if not each.nested]
    names = [each for each in own if each.rank is NameRank.NAME]
    types = [each for each in own if each.is_qualifier and _last_word(each) == "type"]
    data = [each for each in own if _last_word(each) in _RECORD_DATA]
    pairs = list(zip(names[:1], types[:1], strict=False))
    keys = [*pairs, *((*pair, each) for pair in pairs for each in data[:1])]
    return [_from_fields(parts) for parts in keys if are_unique(joined_texts(parts, groups))][:1]


def _last_word(candidate: IdentifierCandidate) -> str:
    return (split_words(candidate.column.keys[-1]) or [""])[-1].lower()


def _keys_under_a_parent(
    candidates: Sequence[IdentifierCandidate], groups: ItemGroups
) -> list[FoundIdentifier]:
    """Return the versions of a package or the languages of a text, where the path has a parent."""
    if not any(groups.parents) or len(set(groups.contents)) < 2:
        return []
    keys = [each for each in candidates if each.is_key_under_a_parent]
    return [
        _proposal(each, is_local=True) for each in keys if are_unique(_joined(groups.parents, each.texts))
    ]


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


def _from_fields(parts: Sequence[IdentifierCandidate]) -> FoundIdentifier:
    # The parent comes first, then text, then the number (shop-17), then a type or version.
    ordered = sorted(
        parts, key=lambda part: (not is_parent(part), part.is_time, part.is_qualifier, -part.rank)
    )
    is_legal = all(part.is_legal for part in parts)
    together = " and ".join(path_expression(part.column.keys) for part in ordered)
    is_doubtful = not has_meaningful_names(parts)
    doubt = f". {_DOUBT}" if is_doubtful else ""
    return FoundIdentifier(
        join_expression([part.column.path for part in ordered], is_legal=is_legal),
        f"no single field is unique, but {together} are together{doubt}",
        tuple(part.column.keys for part in ordered),
        is_local=True,
        is_legal=is_legal,
        is_doubtful=is_doubtful,
    )
