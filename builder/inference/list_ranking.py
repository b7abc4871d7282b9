"""Rank the lists and objects of a response by how likely they hold the items."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from builder.inference.resource_names import (
    ends_with_one_item,
    path_nouns,
    resource_name,
    squash_resource_name,
)
from builder.inference.singular import singular
from builder.inference.words import split_words

type ContentKind = Literal["objects", "scalars", "lists", "nothing", "object"]

_ITEM_LIST_NAMES = frozenset(
    {
        *("data", "items", "results", "result", "value", "values", "records", "rows", "entries", "entities"),
        *("elements", "content", "nodes", "edges", "objects", "list", "hits", "docs", "documents", "graph"),
        *("resources", "collection", "response", "payload", "output"),
    }
)
# Names of objects around the items, which name no thing of their own.
_WRAPPER_WORDS = frozenset(
    {
        *("d", "embedded", "page", "body", "answer", "query", "search", "viewer", "envelope", "root", "feed"),
        *("channel", "return", "message", "payload", "info", "set", "array", "ret", "rsp", "wrapper"),
    }
)
# Names of lists and objects that accompany the items.
_METADATA_NAMES = frozenset(
    {
        *("errors", "error", "warnings", "warning", "links", "link", "included", "includes", "facets"),
        *("aggregations", "aggs", "headers", "columns", "schema", "tags", "labels", "breadcrumbs", "sort"),
        *("sorts", "filters", "orderby", "meta", "metadata", "pagination", "paging", "pageable", "related"),
        *(
            "notifications",
            "actions",
            "permissions",
            "suggestions",
            "debug",
            "context",
            "pages",
            "page",
            "fields",
        ),
    }
)
# Keys that an envelope has and an item hardly. The vocabulary of pagination also has names such as number
# and size, which are fields of items.
_ENVELOPE_KEYS = frozenset(
    {
        *("total", "count", "totalcount", "page", "pages", "pagesize", "next", "previous", "prev", "links"),
        *("meta", "ok", "success", "hasmore", "cursor", "nextcursor", "paging", "pagination", "errors"),
        *("offset", "limit", "nextpage", "nextpagetoken", "statuscode", "requestid", "took"),
    }
)
_ID_KEYS = frozenset({"id", "uuid", "guid", "key", "sid", "slug", "identifier", "uid"})
_TITLE_KEYS = frozenset({"name", "title", "displayname", "login", "username", "email"})
_SCORE_BY_CONTENT = {"objects": 40, "nothing": 15, "scalars": -30, "lists": -40, "object": 0}


def is_common_list_name(name: str) -> bool:
    """Return whether APIs commonly give this name to their list of items."""
    return squash_resource_name(name) in _ITEM_LIST_NAMES


@dataclass(frozen=True, slots=True)
class ListTraits:
    """The traits of a list or object that determine its rank.

    names: the keys of its path. lists: the number of lists on its path. keys: the keys of a single object.
    is_second: another path to the same items is preferred. beside_paging: fields of pagination
    are beside it.
    """

    names: Sequence[str]
    holds: ContentKind
    count: int
    lists: int = 0
    keys: Sequence[str] = ()
    is_second: bool = False
    beside_paging: bool = False


@dataclass(frozen=True, slots=True)
class ListRanker:
    """Scores the lists and objects of one response.

    resource: the resource name of the endpoint, empty if its path is unknown. ends_with_one: the path ends
    like the path of a single item. nouns: what the segments of the path name.
    """

    resource: tuple[str, ...] = ()
    ends_with_one: bool = False
    nouns: frozenset[str] = frozenset()

    @classmethod
    def of(cls, path: str) -> "ListRanker":
        """Return the ranker for an endpoint's responses. The path may be empty."""
        return cls(resource_name(path).words, ends_with_one_item(path), path_nouns(path)) if path else cls()

    def score(self, traits: ListTraits) -> float:
        """Return a score. Higher is likelier; only the order of scores has a meaning."""
        score = _SCORE_BY_CONTENT[traits.holds] - 2 * len(traits.names) - 45 * traits.lists
        score -= 15 * traits.is_second
        if any(
            squash_resource_name(name) in _METADATA_NAMES and not self._is_resource(name)
            for name in traits.names
        ):
            score -= 35
        if traits.holds == "object":
            return score + self._score_object(traits)
        is_named = bool(traits.names) and self._is_resource(traits.names[-1])
        # A GraphQL connection belongs to an object by design.
        is_connection = traits.names[-1:] in (("nodes",), ("edges",))
        in_other_object = not (is_named or is_connection) and any(
            map(self._is_other_object, traits.names[:-1])
        )
        score += -15 if in_other_object else 12 * traits.beside_paging
        return score + self._score_names(traits.names) + min(10.0, 2 * math.log2(1 + traits.count))

    def reason(self, traits: ListTraits) -> str:
        """Return why this could hold the items, in words."""
        if traits.holds == "object":
            return "one object, which can be the only item"
        counted = f"{traits.count} {traits.holds}" if traits.count else "empty"
        if traits.names and self._is_resource(traits.names[-1]):
            return f"{counted}, named like the endpoint"
        if not traits.names:
            return f"{counted}: the whole response"
        return (
            f"{counted}, under a common name for items" if is_common_list_name(traits.names[-1]) else counted
        )

    def _score_names(self, names: Sequence[str]) -> int:
        if not names:
            return 30
        is_below_resource = any(self._is_resource(name) for name in names[:-1])
        if self._is_resource(names[-1]):
            return 50
        has_common_name = is_common_list_name(names[-1]) or names[0] == "_embedded"
        is_connection = names[-1] in ("nodes", "edges")
        if has_common_name and not is_connection and any(map(self._is_other_object, names[:-1])):
            has_common_name = False
        words = split_words(names[-1])
        is_in_path = bool(words) and singular(words[-1].lower()) in self.nouns
        return 30 * has_common_name + 10 * is_below_resource + 10 * is_in_path

    def _is_other_object(self, name: str) -> bool:
        """True for the name of one thing that has lists of its own: `firstBuild`, `changeSet`, `owner`."""
        words = [word.lower() for word in split_words(name)]
        last = words[-1] if words else ""
        is_wrapper = singular(last) != last or last in _ITEM_LIST_NAMES or last in _WRAPPER_WORDS
        return bool(last) and not is_wrapper and last not in self.nouns and not self._is_resource(name)

    def _score_object(self, traits: ListTraits) -> int:
        keys = {squash_resource_name(key) for key in traits.keys}
        envelope_keys = min(3, len(keys & _ENVELOPE_KEYS))
        is_named = bool(traits.names) and self._is_resource(traits.names[-1])
        is_whole = not traits.names or is_named or is_common_list_name(traits.names[-1])
        own_id = "".join(self.resource) + "id" if self.resource else "id"
        return (
            30 * (not keys.isdisjoint(_ID_KEYS | {own_id}))
            + 15 * (not keys.isdisjoint(_TITLE_KEYS))
            + 25 * (self.ends_with_one and is_whole)
            + 25 * is_named
            - 15 * envelope_keys
            - 10 * (not is_whole)
        )

    def _is_resource(self, name: str) -> bool:
        """True for `users` and `user` under /api/users."""
        words = [word.lower() for word in split_words(name)]
        return bool(words) and (*words[:-1], singular(words[-1])) == self.resource
