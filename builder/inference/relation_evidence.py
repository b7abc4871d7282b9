"""Measure how many values of a field are identifiers of another endpoint's items."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from builder.draft import Source
from builder.inference.identifier_candidates import replace_illegal
from builder.inference.property_names import Keys
from builder.inference.resource_names import resource_name
from builder.inference.singular import singular
from builder.inference.type_coercion import ILLEGAL_TO_UNDERSCORE
from builder.inference.words import split_words
from rest.bodies import Json

# Smaller numbers and shorter texts occur as identifiers in many resources, so a match proves little.
_MIN_TELLING_NUMBER = 10_000
_MIN_TELLING_LENGTH = 3
# Fields that describe an item. Without the target's name, their values match identifiers by chance.
_DESCRIPTIVE_WORDS = frozenset(
    {
        *("status", "state", "type", "kind", "level", "priority", "severity", "phase", "mode", "version"),
        *("description", "message", "count", "size", "total", "date", "year", "port", "color", "result"),
    }
)
_ID_WORDS = frozenset({"id", "ids", "key", "uuid", "ref", "sid", "slug", "login", "by"})
# Resources that the fields named in _PERSON_ROLES usually refer to.
_PERSONS = frozenset({"user", "person", "member", "employee", "account", "contact", "people"})
_PERSON_ROLES = frozenset(
    {
        *("owner", "assignee", "author", "creator", "requester", "reporter", "manager", "lead", "approver"),
        *("created", "updated", "submitter", "reviewer", "committer", "maintainer", "responsible", "sender"),
    }
)


@dataclass(frozen=True, slots=True)
class RelationTarget:
    """A possible target of a relation.

    outputs: the identifier of each item. ids: the same identifiers as text.
    """

    source: Source
    ids: frozenset[str] = field(repr=False)
    outputs: Sequence[Json] = field(repr=False)

    @property
    def replaces_characters(self) -> bool:
        """True when the identifier expression replaces characters that Port rejects."""
        return ILLEGAL_TO_UNDERSCORE in self.source.identifier

    def has(self, text: str) -> bool:
        """Return whether an item has this identifier."""
        return (replace_illegal(text) if self.replaces_characters else text) in self.ids


@dataclass(frozen=True, slots=True)
class IdentifierOverlap:
    """The number of distinct values of a field that are identifiers of the target's items.

    is_distinctive: at least one matching value is more than a small number, which could identify anything.
    """

    target: RelationTarget
    keys: Keys
    hits: int
    total: int
    is_distinctive: bool

    @property
    def rate(self) -> float:
        """The share of the values that match, from 0 to 1."""
        return self.hits / self.total

    @property
    def names_target(self) -> bool:
        """True when the field's name contains the resource name of the target."""
        words = {singular(word.lower()) for key in self.keys for word in split_words(key)}
        names = {resource_name(self.target.source.kind).words[-1]}
        names |= {word.lower() for word in split_words(self.target.source.blueprint.identifier)[-1:]}
        is_person = not names.isdisjoint(_PERSONS) and not words.isdisjoint(_PERSON_ROLES)
        return is_person or not names.isdisjoint(words)

    @property
    def is_descriptive(self) -> bool:
        """True for a status, a count or a date."""
        return not _DESCRIPTIVE_WORDS.isdisjoint(word.lower() for word in split_words(self.keys[-1]))

    @property
    def is_sure(self) -> bool:
        """True when the name and a value prove the relation, however few of the targets are in the sample."""
        return self.names_target and self.is_distinctive


def measure_overlap(keys: Keys, texts: Collection[str], target: RelationTarget) -> IdentifierOverlap | None:
    """Return the overlap of a field's values with the target's identifiers, None if no value matches."""
    hits = sum(1 for text in texts if target.has(text))
    is_distinctive = any(not _is_common(text) for text in texts if target.has(text))
    return IdentifierOverlap(target, keys, hits, len(texts), is_distinctive) if hits else None


def most_plausible(overlaps: Sequence[IdentifierOverlap]) -> IdentifierOverlap | None:
    """Return the best overlap that is unlikely to be chance, None if there is none."""
    ranked = sorted(overlaps, key=lambda each: (each.names_target, each.rate), reverse=True)
    if not ranked:
        return None
    best = ranked[0]
    is_half = best.rate >= 0.5
    if best.is_sure:
        return best
    if best.names_target or (best.is_distinctive and not best.is_descriptive):
        return best if is_half or (best.hits > 2 and best.rate >= 0.2) else None
    is_only = not any(other.rate >= 0.5 for other in ranked[1:])
    is_id = not {word.lower() for key in best.keys for word in split_words(key)}.isdisjoint(_ID_WORDS)
    return best if is_id and is_only and best.hits > 1 and best.rate >= 0.8 else None


def _is_common(text: str) -> bool:
    return len(text) < _MIN_TELLING_LENGTH or (text.isdecimal() and int(text) < _MIN_TELLING_NUMBER)
