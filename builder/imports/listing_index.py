"""Index the listings of a document by their collections and resources, as parents of path parameters."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from builder.imports.name_parts import item_noun, key_word, short_form, subject_noun
from builder.imports.parameter_fields import TemplateParameter
from builder.inference import parameter_names
from configuration.resource import PLACEHOLDER
from rest.bodies import Json
from rest.page import Item

# Selector keys that a path parameter copies from the selector of its parent listing.
_LISTING_KEYS = ("method", "query_params", "headers", "body", "data_path", "pagination", "format")
# What a listing's path may have behind that of its collection: /containers/json, /flows/filter, /calls.json.
_LISTING_SUFFIX = re.compile(
    r"(?:/(?:json|list|search|_search|all|query|find|filter|index|paged)|[.:](?:json|list|search|query))/?$",
    re.IGNORECASE,
)
# Segments that restrict a listing to what the account may read: /user/repos.
_OWN = frozenset({"user", "me", "self", "my", "viewer", "account", "current"})
# Segments that restrict a listing to some of the items.
_PARTIAL = frozenset(
    {
        *("archived", "deleted", "trash", "recent", "favorites", "starred", "public", "popular", "featured"),
        *("trending", "inactive", "active", "latest", "removed", "shared", "top", "draft", "drafts"),
        *("default", "defaults", "export", "history", "deprecated", "autocomplete", "suggestions"),
    }
)


@dataclass(frozen=True)
class CandidateParent:
    """A listing that may be a parent.

    items: recorded, or from the document. parameters: of the path.
    required: the query parameters that have no value, by name.
    """

    path: str
    selector: Mapping[str, Json] = field(default_factory=dict)
    items: Sequence[Item] = field(default=(), repr=False)
    parameters: Sequence[TemplateParameter] = ()
    required: Mapping[str, TemplateParameter] = field(default_factory=dict)

    @cached_property
    def noun(self) -> str:
        """The entity of the items in snake case."""
        data_path = self.selector.get("data_path")
        path = self.path.partition("?")[0]
        return item_noun(
            path.removesuffix(self.suffix) or path, data_path if isinstance(data_path, str) else "."
        )

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The distinct names of the placeholders in the path, in order."""
        return tuple(parameter_names(self.path))

    @property
    def suffix(self) -> str:
        """What follows the path of the collection: /search, .json, or the slash of Django's paths."""
        path = self.path.partition("?")[0]
        match = _LISTING_SUFFIX.search(path)
        return match[0] if match else "/" * path.endswith("/")

    @cached_property
    def template(self) -> str:
        """The path with anonymous placeholders."""
        return anonymous_template(self.path)

    @property
    def shared(self) -> dict[str, Json]:
        """The selector's keys that a path parameter copies."""
        return {name: self.selector[name] for name in _LISTING_KEYS if name in self.selector}

    @cached_property
    def is_partial(self) -> bool:
        """True if the path says that the listing has only some of the items."""
        return not _PARTIAL.isdisjoint(self.path.lower().split("/"))

    @cached_property
    def rank(self) -> tuple[bool, int, bool, bool, bool, int, str]:
        """A sort key. Complete listings that need the least come first."""
        segments = {part.lower() for part in self.path.split("/")}
        return (
            bool(self.required),
            len(self.names),
            self.is_partial,
            self.selector.get("method", "GET") != "GET",
            not segments & _OWN,
            len(self.path),
            self.path,
        )


@dataclass(frozen=True, slots=True)
class ParentListings:
    """The listings of a document, by the path of their collection, by the noun of their items, and by the
    entities that the fields of their items refer to.
    """

    by_collection: Mapping[str, CandidateParent]
    by_noun: Mapping[str, Sequence[CandidateParent]]
    by_field: Mapping[str, Sequence[CandidateParent]] = field(default_factory=dict)

    @classmethod
    def of(cls, listings: Iterable[CandidateParent]) -> "ParentListings":
        """Index listings. If several are of one collection, the one that needs the least wins."""
        by_collection: dict[str, CandidateParent] = {}
        by_noun: defaultdict[str, list[CandidateParent]] = defaultdict(list)
        by_field: defaultdict[str, list[CandidateParent]] = defaultdict(list)
        for listing in sorted(listings, key=lambda listing: (len(listing.suffix) > 1, listing.rank)):
            by_collection.setdefault(collection_of(listing.path), listing)
            by_noun[short_form(listing.noun)].append(listing)
            for noun in _referred_nouns(listing):
                by_field[noun].append(listing)
        return cls(by_collection, _ranked(by_noun), _ranked(by_field))

    def of_collection(self, path: str) -> CandidateParent | None:
        """Return the listing of a collection, the path before a placeholder."""
        return self.by_collection.get(anonymous_template(path))

    def has(self, noun: str) -> bool:
        """Return whether there is a listing of an entity."""
        return short_form(noun) in self.by_noun

    def knows(self, noun: str) -> bool:
        """Return whether the items of a listing are of an entity, or refer to it."""
        return self.has(noun) or short_form(noun) in self.by_field

    def referring_to(self, noun: str) -> Sequence[CandidateParent]:
        """Return the listings whose items have fields for an entity, the likeliest first."""
        return self.by_field.get(short_form(noun), ()) if noun else ()

    def of_noun(self, noun: str, path: str) -> Iterator[CandidateParent]:
        """Yield the listings of an entity for a path, the likeliest first.

        Exact names come before short and long forms, and paths with the same beginning before others.
        """
        same = self.by_noun.get(short_form(noun), ()) if noun else ()
        yield from sorted(
            same,
            key=lambda listing: (
                bool(listing.required),
                len(listing.names),
                listing.is_partial,
                -_shared_segments(listing.path, path),
                listing.noun != noun,
            ),
        )


def _ranked(
    listings: Mapping[str, Sequence[CandidateParent]],
) -> dict[str, Sequence[CandidateParent]]:
    return {noun: sorted(same, key=lambda listing: listing.rank) for noun, same in listings.items()}


def _referred_nouns(listing: CandidateParent) -> set[str]:
    """Return the entities of the fields: `team_id`, an object `team`, a list of objects `teams`."""
    item = listing.items[0] if listing.items else {}
    return {
        short_form(noun)
        for name, value in item.items()
        if (noun := subject_noun(name)) and (key_word(name) or _holds_objects(value))
    }


def _holds_objects(value: Json) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def collection_of(path: str) -> str:
    """Return the template of a listing's collection: `/calls/{}/parts` for `/calls/{id}/parts/list`."""
    plain = path.partition("?")[0]
    shorter = _LISTING_SUFFIX.sub("", plain)
    return anonymous_template(shorter or plain)


def anonymous_template(path: str) -> str:
    """Return the path with anonymous parameters, equal for paths that differ only in parameter names."""
    return PLACEHOLDER.sub("{}", path.partition("?")[0]).rstrip("/")


def _shared_segments(one: str, other: str) -> int:
    """Return the number of fixed segments that two paths begin with."""
    pairs = zip(one.split("/")[1:], other.split("/")[1:], strict=False)
    count = 0
    for left, right in pairs:
        if left != right or PLACEHOLDER.search(left):
            break
        count += 1
    return count
