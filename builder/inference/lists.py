"""Where a response may hold its items: every list, maps of ids, and objects that are one item."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, count, islice

from builder.inference.columns import is_text
from builder.inference.ranking import Holds, Ranker, Seen, is_usual
from extraction.items import as_items
from rest.bodies import Json
from rest.page import Item
from rest.steps import quoted_key

_DEEPEST = 32
_MOST = 50
# Objects deeper than that are parts of something.
_DEEPEST_ITEM = 3
# Enough to see whether they are an item's, or an envelope's.
_MOST_KEYS = 100
_LOOKS_LIKE_ID = re.compile(r"\d+|(?=.*\d)[\w:.@-]{6,}", re.ASCII)
_KEY_NAMES = ("key", "_key", "map_key")


@dataclass(frozen=True, slots=True)
class FoundList:
    """A place that may hold the items.

    data_path: jq, as the mapping takes it. holds: what its elements are; `object` is one item.
    items: as the integration reads them there: a scalar is {"value": ...}, null is none.
    why: what speaks for it, in words.
    """

    data_path: str
    count: int
    holds: Holds
    why: str
    items: list[Item] = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Place:
    """The objects and lists that stand at one path: one, or one of each element of the lists on the way.

    lists: how many of these there are. mixed: something else stands there too, where jq would fail.
    """

    path: str
    names: tuple[str, ...]
    values: Sequence[Json] = field(repr=False)
    lists: int = 0
    mixed: bool = False

    @property
    def all_lists(self) -> bool:
        return all(isinstance(value, list) for value in self.values)

    @property
    def all_objects(self) -> bool:
        return all(isinstance(value, dict) for value in self.values)


@dataclass(frozen=True, slots=True)
class _Candidate:
    data_path: str
    seen: Seen
    values: Sequence[Json] = field(repr=False)


def lists_found(body: Json, path: str = "") -> list[FoundList]:
    """Where the items may be, at most 50 places, the likeliest first; path: the endpoint's, which helps.

    Empty for a body that is a scalar or null.
    """
    ranker = Ranker.of(path)
    candidates = [candidate for place in _places(body) for candidate in _candidates(place)]
    ranked = sorted(candidates, key=lambda candidate: -ranker.score(candidate.seen))
    return [_found(each, ranker) for each in ranked[:_MOST]]


def _found(candidate: _Candidate, ranker: Ranker) -> FoundList:
    seen = candidate.seen
    return FoundList(
        candidate.data_path, seen.count, seen.holds, ranker.why(seen), list(as_items(candidate.values))
    )


def _places(body: Json) -> Iterator[_Place]:
    level = [_Place("", (), [body])] if isinstance(body, dict | list) else []
    for _ in range(_DEEPEST):
        yield from level
        level = [child for place in level for child in _children(place)]


def _children(place: _Place) -> Iterator[_Place]:
    if place.all_lists:
        yield from _in_lists(place)
    elif place.all_objects and not (place.lists == 0 and is_map_of_ids(place.values[0])):
        yield from _in_objects(place)


def _in_lists(place: _Place) -> Iterator[_Place]:
    elements = list(chain.from_iterable(_lists(place.values)))
    inner = [value for value in elements if isinstance(value, dict | list)]
    if inner:
        mixed = any(value is not None and not isinstance(value, dict | list) for value in elements)
        yield _Place(_elements_path(place), place.names, inner, place.lists + 1, mixed)


def _in_objects(place: _Place) -> Iterator[_Place]:
    children: dict[str, list[Json]] = {}
    others: set[str] = set()
    for each in place.values:
        for key, value in each.items() if isinstance(each, dict) else ():
            if isinstance(value, dict | list) and is_text(key):
                children.setdefault(key, []).append(value)
            elif value is not None:
                others.add(key)
    for key, values in children.items():
        path = place.path + quoted_key(key) + "?" * place.mixed
        yield _Place(path, (*place.names, key), values, place.lists, key in others)


def _elements_path(place: _Place) -> str:
    """Lists inside of items are missing in some of them, now or on a later page: that is forgiven."""
    return f"{place.path or '.'}[]{'?' * bool(place.lists)}"


def _lists(values: Sequence[Json]) -> Iterator[list[Json]]:
    return (value for value in values if isinstance(value, list))


def _candidates(place: _Place) -> Iterator[_Candidate]:
    if place.all_lists:
        yield from _of_lists(place)
    elif place.lists == 0 and isinstance(place.values[0], dict):
        yield from _of_object(place, place.values[0])


def _of_lists(place: _Place) -> Iterator[_Candidate]:
    values = list(chain.from_iterable(_lists(place.values)))
    data_path = _elements_path(place) if place.lists else place.path or "."
    nodes = [value["node"] for value in values if isinstance(value, dict) and "node" in value]
    are_edges = place.names[-1:] == ("edges",) and bool(values) and len(nodes) == len(values)
    seen = Seen(place.names, _holds(values), len(values), place.lists, is_second=are_edges)
    yield _Candidate(data_path, seen, values)
    if are_edges:  # GraphQL: the edges themselves have cursors besides
        seen = Seen(place.names, _holds(nodes), len(nodes), place.lists)
        yield _Candidate(f"{_elements_path(place)}.node", seen, nodes)


def _of_object(place: _Place, value: dict[str, Json]) -> Iterator[_Candidate]:
    if is_map_of_ids(value):
        name = _free_name(value)
        entries: list[Json] = [{**each, name: key} for key, each in value.items() if isinstance(each, dict)]
        opened = f"{place.path} | to_entries" if place.path else "to_entries"
        seen = Seen(place.names, "objects", len(entries), is_second=True)
        yield _Candidate(f"{opened} | map(.value + {{{name}: .key}})", seen, entries)
    if len(place.names) <= _DEEPEST_ITEM:
        yield _Candidate(
            place.path or ".", Seen(place.names, "object", 1, keys=tuple(islice(value, _MOST_KEYS))), [value]
        )


def _holds(values: Sequence[Json]) -> Holds:
    if not values:
        return "nothing"
    objects = sum(1 for value in values if isinstance(value, dict))
    lists = sum(1 for value in values if isinstance(value, list))
    return "objects" if objects * 2 >= len(values) else "lists" if lists * 2 >= len(values) else "scalars"


def is_map_of_ids(value: Json) -> bool:
    """True for {"17": {...}, "18": {...}}: an object whose keys are ids and whose values are alike."""
    if not isinstance(value, dict) or not value or not all(isinstance(each, dict) for each in value.values()):
        return False
    shapes = Counter(frozenset(each) for each in value.values() if isinstance(each, dict))
    shared = frozenset.intersection(*shapes)
    keys = sum(len(shape) * count for shape, count in shapes.items())
    if len(shared) * 2 * len(value) < keys or not shared or _has_usual_list(value, frozenset.union(*shapes)):
        return False
    with_ids = sum(1 for key in value if _LOOKS_LIKE_ID.fullmatch(key))
    return with_ids * 2 > len(value) or (len(value) > 2 and len(shared) > 1)


def _has_usual_list(value: dict[str, Json], names: frozenset[str]) -> bool:
    """GraphQL answers several questions at once: {"users": {"nodes": []}, "teams": {"nodes": []}}."""
    usual = [name for name in names if is_usual(name)]
    entries = (each for each in value.values() if isinstance(each, dict))
    return bool(usual) and any(isinstance(each.get(name), list) for each in entries for name in usual)


def _free_name(value: dict[str, Json]) -> str:
    """A name for the map's key that no item has."""
    taken = {key for each in value.values() if isinstance(each, dict) for key in each}
    names = chain(_KEY_NAMES, (f"map_key_{number}" for number in count(2)))
    return next(name for name in names if name not in taken)
