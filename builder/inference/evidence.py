"""How far the values of a field are the identifiers of an endpoint's items, and whether to believe it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from builder.draft import Source
from builder.inference.candidates import made_legal
from builder.inference.mending import ILLEGAL_TO_UNDERSCORE
from builder.inference.naming import Keys
from builder.inference.resource_names import resource_name
from builder.inference.singular import singular
from builder.inference.words import words_of
from rest.bodies import Json

# Numbers below that are identifiers of many things at once.
_SMALL = 10_000
_SHORT = 3
_ID_WORDS = frozenset({"id", "ids", "key", "uuid", "ref", "sid", "slug", "login", "by"})
# Who may stand behind a person's part in something.
_PERSON = frozenset({"user", "person", "member", "employee", "account", "contact", "people"})
_PARTS = frozenset(
    {
        *("owner", "assignee", "author", "creator", "requester", "reporter", "manager", "lead", "approver"),
        *("created", "updated", "submitter", "reviewer", "committer", "maintainer", "responsible", "sender"),
    }
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a relation may lead. outputs: each item's identifier; ids: the same, as text."""

    source: Source
    ids: frozenset[str] = field(repr=False)
    outputs: Sequence[Json] = field(repr=False)

    @property
    def is_mended(self) -> bool:
        """True when its identifiers are not always as the API has them."""
        return ILLEGAL_TO_UNDERSCORE in self.source.identifier

    def has(self, text: str) -> bool:
        """True when an item has this identifier."""
        return (made_legal(text) if self.is_mended else text) in self.ids


@dataclass(frozen=True, slots=True)
class Overlap:
    """Of the different values of a field, how many are identifiers of the target's items.

    is_sure: the values are no small numbers, which are identifiers of anything.
    """

    target: Target
    keys: Keys
    hits: int
    total: int
    is_sure: bool

    @property
    def rate(self) -> float:
        """From 0 to 1."""
        return self.hits / self.total

    @property
    def is_named(self) -> bool:
        """True when the field's name says what the target's items are called."""
        words = {singular(word.lower()) for key in self.keys for word in words_of(key)}
        names = {resource_name(self.target.source.kind).words[-1]}
        names |= {word.lower() for word in words_of(self.target.source.blueprint.identifier)[-1:]}
        return not names.isdisjoint(words) or (not names.isdisjoint(_PERSON) and not words.isdisjoint(_PARTS))


def overlap(keys: Keys, texts: Collection[str], target: Target) -> Overlap | None:
    """None: no value is an identifier of the target."""
    hits = sum(1 for text in texts if target.has(text))
    are_sure = any(not _is_small(text) for text in texts)
    return Overlap(target, keys, hits, len(texts), are_sure) if hits else None


def believed(overlaps: Sequence[Overlap]) -> Overlap | None:
    """The one that is more than chance; None: none is."""
    ranked = sorted(overlaps, key=lambda each: (each.is_named, each.rate), reverse=True)
    if not ranked:
        return None
    best = ranked[0]
    is_half = best.rate >= 0.5
    if best.is_named or best.is_sure:
        return best if is_half or (best.hits > 2 and best.rate >= 0.2) else None
    is_only = not any(other.rate >= 0.5 for other in ranked[1:])
    is_id = not {word.lower() for key in best.keys for word in words_of(key)}.isdisjoint(_ID_WORDS)
    return best if is_id and is_only and best.hits > 1 and best.rate >= 0.8 else None


def _is_small(text: str) -> bool:
    return len(text) < _SHORT or (text.isdecimal() and int(text) < _SMALL)
