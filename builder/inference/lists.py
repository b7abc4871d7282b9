"""Find where a response may hold its items: lists, maps of ids, and objects that are a single item."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from builder.inference.list_ranking import ContentKind, ListRanker, ListTraits
from builder.inference.maps import is_map_of_ids, is_map_of_lists, unused_key
from builder.inference.value_columns import is_valid_unicode
from extraction.items import as_items
from pagination.vocabulary import meaning_of
from rest.bodies import Json
from rest.page import Item
from rest.steps import quoted_key

_MAX_DEPTH = 32
_MAX_LISTS = 50
# Objects below this depth are parts of an item.
_MAX_ITEM_DEPTH = 3
# Enough to distinguish an item from an envelope.
_MAX_KEYS = 100


@dataclass(frozen=True, slots=True)
class FoundList:
    """A path that may hold the items.

    data_path: jq for the mapping. holds: the type of the elements; `object` is a single item.
    items: as the integration reads them: a scalar is {"value": ...}, null is skipped.
    why: the reason for the proposal.
    """

    data_path: str
    count: int
    holds: ContentKind
    why: str
    items: list[Item] = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Location:
    """The objects and lists at one path. Lists on the path contribute one value per element.

    lists, maps: the numbers of lists, and of maps whose entries hold lists, on the path.
    mixed: other values occur at the path, on which jq would fail.
    beside_paging: the object around it has fields for pagination.
    """

    path: str
    names: tuple[str, ...]
    values: Sequence[Json] = field(repr=False)
    lists: int = 0
    maps: int = 0
    mixed: bool = False
    beside_paging: bool = False

    @property
    def iterates(self) -> bool:
        """True when the path contains `[]`."""
        return self.lists + self.maps > 0

    @property
    def all_lists(self) -> bool:
        return all(isinstance(value, list) for value in self.values)

    @property
    def all_objects(self) -> bool:
        return all(isinstance(value, dict) for value in self.values)


@dataclass(frozen=True, slots=True)
class _ListCandidate:
    data_path: str
    traits: ListTraits
    values: Sequence[Json] = field(repr=False)


def find_lists(body: Json, path: str = "") -> list[FoundList]:
    """Return the paths that may hold the items, at most 50, the likeliest first.

    path: the endpoint's path, which improves the ranking. A scalar or null body has no lists.
    """
    ranker = ListRanker.of(path)
    candidates = [candidate for location in _locations(body) for candidate in _candidates(location)]
    ranked = sorted(candidates, key=lambda candidate: -ranker.score(candidate.traits))
    return [_found_list(each, ranker) for each in ranked[:_MAX_LISTS]]


def _found_list(candidate: _ListCandidate, ranker: ListRanker) -> FoundList:
    traits = candidate.traits
    items = list(as_items(candidate.values))
    return FoundList(candidate.data_path, traits.count, traits.holds, ranker.reason(traits), items)


def _locations(body: Json) -> Iterator[_Location]:
    level = [_Location("", (), [body])] if isinstance(body, dict | list) else []
    for _ in range(_MAX_DEPTH):
        yield from level
        level = [child for location in level for child in _children(location)]


def _children(location: _Location) -> Iterator[_Location]:
    if location.all_lists:
        yield from _list_children(location)
    elif location.all_objects and all(map(is_map_of_lists, location.values)):
        yield from _map_children(location)
    elif location.all_objects and (location.iterates or not is_map_of_ids(location.values[0])):
        yield from _object_children(location)


def _list_children(location: _Location) -> Iterator[_Location]:
    elements = list(chain.from_iterable(_lists(location.values)))
    inner = [value for value in elements if isinstance(value, dict | list)]
    if inner:
        mixed = any(value is not None and not isinstance(value, dict | list) for value in elements)
        path, lists = _elements_path(location), location.lists + 1
        yield _Location(path, location.names, inner, lists, location.maps, mixed)


def _map_children(location: _Location) -> Iterator[_Location]:
    """Yield the entries of a map as one location, because a path with a key would lose the other entries."""
    entries = [entry for value in location.values if isinstance(value, dict) for entry in value.values()]
    yield _Location(_elements_path(location), location.names, entries, location.lists, location.maps + 1)


def _object_children(location: _Location) -> Iterator[_Location]:
    children: dict[str, list[Json]] = {}
    others: set[str] = set()
    for each in location.values:
        for key, value in each.items() if isinstance(each, dict) else ():
            if isinstance(value, dict | list) and is_valid_unicode(key):
                children.setdefault(key, []).append(value)
            elif value is not None:
                others.add(key)
    beside_paging = not location.iterates and any(map(meaning_of, others))
    for key, values in children.items():
        path = location.path + quoted_key(key) + "?" * location.mixed
        names = (*location.names, key)
        yield _Location(path, names, values, location.lists, location.maps, key in others, beside_paging)


def _elements_path(location: _Location) -> str:
    """Return the path of the elements. A list inside of items is optional: some items may not have it."""
    return f"{location.path or '.'}[]{'?' * location.iterates}"


def _lists(values: Sequence[Json]) -> Iterator[list[Json]]:
    return (value for value in values if isinstance(value, list))


def _candidates(location: _Location) -> Iterator[_ListCandidate]:
    if location.all_lists:
        yield from _list_candidates(location)
    elif not location.iterates and isinstance(location.values[0], dict):
        yield from _object_candidates(location, location.values[0])


def _list_candidates(location: _Location) -> Iterator[_ListCandidate]:
    values = list(chain.from_iterable(_lists(location.values)))
    data_path = _elements_path(location) if location.iterates else location.path or "."
    nodes = [value["node"] for value in values if isinstance(value, dict) and "node" in value]
    are_edges = location.names[-1:] == ("edges",) and bool(values) and len(nodes) == len(values)
    traits = ListTraits(
        location.names,
        _content_kind(values),
        len(values),
        location.lists,
        is_second=are_edges,
        beside_paging=location.beside_paging,
    )
    yield _ListCandidate(data_path, traits, values)
    if are_edges:  # GraphQL: each edge wraps a node and has a cursor
        traits = ListTraits(location.names, _content_kind(nodes), len(nodes), location.lists)
        yield _ListCandidate(f"{_elements_path(location)}.node", traits, nodes)


def _object_candidates(location: _Location, value: dict[str, Json]) -> Iterator[_ListCandidate]:
    if is_map_of_ids(value) and not is_map_of_lists(value):
        name = unused_key(value)
        entries: list[Json] = [{**each, name: key} for key, each in value.items() if isinstance(each, dict)]
        entries_path = f"{location.path} | to_entries" if location.path else "to_entries"
        traits = ListTraits(location.names, "objects", len(entries), is_second=True)
        yield _ListCandidate(f"{entries_path} | map(.value + {{{name}: .key}})", traits, entries)
    if len(location.names) <= _MAX_ITEM_DEPTH:
        yield _ListCandidate(
            location.path or ".",
            ListTraits(location.names, "object", 1, keys=tuple(islice(value, _MAX_KEYS))),
            [value],
        )


def _content_kind(values: Sequence[Json]) -> ContentKind:
    if not values:
        return "nothing"
    objects = sum(1 for value in values if isinstance(value, dict))
    lists = sum(1 for value in values if isinstance(value, list))
    return "objects" if objects * 2 >= len(values) else "lists" if lists * 2 >= len(values) else "scalars"
