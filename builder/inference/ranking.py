"""How likely it is that a place in a response holds the items."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from builder.inference.resource_names import ends_with_one_item, plain_name, resource_name
from builder.inference.singular import singular
from builder.inference.words import words_of

type Holds = Literal["objects", "scalars", "lists", "nothing", "object"]

_COMMON = frozenset(
    {
        *("data", "items", "results", "result", "value", "values", "records", "rows", "entries", "entities"),
        *("elements", "content", "nodes", "edges", "objects", "list", "hits", "docs", "documents", "graph"),
        *("resources", "collection", "response", "payload", "output"),
    }
)
# About the answer, or about the items, but not these.
_BESIDE = frozenset(
    {
        *("errors", "error", "warnings", "warning", "links", "link", "included", "includes", "facets"),
        *("aggregations", "aggs", "headers", "columns", "schema", "tags", "labels", "breadcrumbs", "sort"),
        *("sorts", "filters", "orderby", "meta", "metadata", "pagination", "paging", "pageable", "related"),
        *("notifications", "actions", "permissions", "suggestions", "debug", "context", "pages"),
    }
)
_ENVELOPE = frozenset(
    {
        *("total", "count", "totalcount", "page", "pages", "pagesize", "next", "previous", "prev", "links"),
        *("meta", "ok", "success", "hasmore", "cursor", "nextcursor", "paging", "pagination", "errors"),
        *("offset", "limit", "nextpage", "nextpagetoken", "statuscode", "requestid", "took"),
    }
)
_IDS = frozenset({"id", "uuid", "guid", "key", "sid", "slug", "identifier", "uid"})
_TITLES = frozenset({"name", "title", "displayname", "login", "username", "email"})
_BY_CONTENT = {"objects": 40, "nothing": 15, "scalars": -30, "lists": -40, "object": 0}


def is_usual(name: str) -> bool:
    """True for what APIs are used to call the list of their items."""
    return plain_name(name) in _COMMON


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a place.

    names: the keys on the way; lists: how many lists stand on the way; keys: of the one object there.
    is_second: the same items are likelier meant in another way.
    """

    names: Sequence[str]
    holds: Holds
    count: int
    lists: int = 0
    keys: Sequence[str] = ()
    is_second: bool = False


@dataclass(frozen=True, slots=True)
class Ranker:
    """Scores the places of one answer.

    resource: what the endpoint's items are called, empty where its path is not known. ends_with_one: the
    path ends like that of a single item.
    """

    resource: tuple[str, ...] = ()
    ends_with_one: bool = False

    @classmethod
    def of(cls, path: str) -> "Ranker":
        """The ranker for an endpoint's answers; its path may be empty."""
        return cls(resource_name(path).words, ends_with_one_item(path)) if path else cls()

    def score(self, seen: Seen) -> float:
        """More is likelier; only the order means something."""
        total = _BY_CONTENT[seen.holds] - 2 * len(seen.names) - 45 * seen.lists - 15 * seen.is_second
        if any(plain_name(name) in _BESIDE and not self._is_asked_for(name) for name in seen.names):
            total -= 35
        if seen.holds == "object":
            return total + self._as_one(seen)
        return total + self._by_name(seen.names) + min(10.0, 2 * math.log2(1 + seen.count))

    def why(self, seen: Seen) -> str:
        """What speaks for the place, in words."""
        if seen.holds == "object":
            return "one object, which can be the only item"
        counted = f"{seen.count} {seen.holds}" if seen.count else "empty"
        if seen.names and self._is_asked_for(seen.names[-1]):
            return f"{counted}, named like the endpoint"
        if not seen.names:
            return f"{counted}: the whole response"
        return f"{counted}, under a usual name for items" if is_usual(seen.names[-1]) else counted

    def _by_name(self, names: Sequence[str]) -> int:
        if not names:
            return 30
        is_under_it = any(self._is_asked_for(name) for name in names[:-1])
        if self._is_asked_for(names[-1]):
            return 50
        has_usual_name = is_usual(names[-1]) or names[0] == "_embedded"
        return 30 * has_usual_name + 10 * is_under_it

    def _as_one(self, seen: Seen) -> int:
        keys = {plain_name(key) for key in seen.keys}
        in_envelope = min(3, len(keys & _ENVELOPE))
        is_named = bool(seen.names) and self._is_asked_for(seen.names[-1])
        own_id = "".join(self.resource) + "id" if self.resource else "id"
        return (
            30 * (not keys.isdisjoint(_IDS | {own_id}))
            + 15 * (not keys.isdisjoint(_TITLES))
            + 25 * self.ends_with_one
            + 25 * is_named
            - 15 * in_envelope
        )

    def _is_asked_for(self, name: str) -> bool:
        """True for `users` and `user` under /api/users."""
        words = [word.lower() for word in words_of(name)]
        return bool(words) and (*words[:-1], singular(words[-1])) == self.resource
