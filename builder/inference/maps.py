"""Objects whose keys are data: maps of items by their ids, and maps of the lists that hold the items."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain, count

from builder.inference.list_ranking import is_common_list_name
from builder.inference.words import squash_name
from rest.bodies import Json

_LOOKS_LIKE_ID = re.compile(r"\d+|(?=.*\d)[\w:.@-]{6,}", re.ASCII)
# Keys that are data: dates, paths, addresses, ids, regions. Names of fields are words.
_DATE_OR_PATH = re.compile(r"\d{4}-\d\d.*|\d+|[^/]+(/[^/]+)+", re.ASCII)
_LOOKS_LIKE_DATA = re.compile(rf"{_DATE_OR_PATH.pattern}|[^@]+@[^@]+|(?=.*\d)(?=.*-).*", re.ASCII)
_ENVELOPE_NUMBERS = frozenset({"count", "total", "kind", "size", "totalcount"})
_KEY_NAMES = ("key", "_key", "map_key")


def is_map_of_ids(value: Json) -> bool:
    """True for {"17": {...}, "18": {...}}: an object whose keys are ids and whose values share their keys."""
    if not isinstance(value, dict) or not value or not all(isinstance(each, dict) for each in value.values()):
        return False
    shapes = Counter(frozenset(each) for each in value.values() if isinstance(each, dict))
    shared = frozenset.intersection(*shapes)
    keys = sum(len(shape) * count for shape, count in shapes.items())
    if len(shared) * 2 * len(value) < keys or not shared or _has_common_list(value, frozenset.union(*shapes)):
        return False
    with_ids = sum(1 for key in value if _LOOKS_LIKE_ID.fullmatch(key))
    return with_ids * 2 > len(value) or (len(value) > 2 and len(shared) > 1)


def is_map_of_lists(value: Json) -> bool:
    """True for a map whose entries are the items' lists, or objects that are nothing but an envelope of one.

    Google Compute's {"zones/a": {"instances": [...]}, "zones/b": {"warning": {...}}}; {"2024-01-01": [...]}.
    """
    if not isinstance(value, dict) or not value:
        return False
    are_lists = all(isinstance(entry, list) for entry in value.values())
    pattern = _DATE_OR_PATH if are_lists else _LOOKS_LIKE_DATA
    data_keys = sum(1 for key in value if pattern.fullmatch(key))
    if data_keys * 2 <= len(value):
        return False
    if are_lists:
        return any(_has_objects(entry) for entry in value.values())
    names = Counter(name for entry in value.values() for name in _envelope_lists(entry))
    return bool(names) and all(map(_is_envelope, value.values())) and len(names) == 1


def _envelope_lists(entry: Json) -> Iterator[str]:
    return (
        (name for name, each in entry.items() if _has_objects(each)) if isinstance(entry, dict) else iter(())
    )


def _is_envelope(entry: Json) -> bool:
    """True for an object without fields of its own, such as an id or a name."""
    return isinstance(entry, dict) and all(
        isinstance(each, dict | list) or each is None or squash_name(name) in _ENVELOPE_NUMBERS
        for name, each in entry.items()
    )


def _has_objects(value: Json) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _has_common_list(value: dict[str, Json], names: frozenset[str]) -> bool:
    """True for a GraphQL response to several queries: {"users": {"nodes": []}, "teams": {"nodes": []}}."""
    common = [name for name in names if is_common_list_name(name)]
    entries = (each for each in value.values() if isinstance(each, dict))
    return bool(common) and any(isinstance(each.get(name), list) for each in entries for name in common)


def unused_key(value: dict[str, Json]) -> str:
    """Return a name for the map's key that no item uses."""
    taken = {key for each in value.values() if isinstance(each, dict) for key in each}
    names = chain(_KEY_NAMES, (f"map_key_{number}" for number in count(2)))
    return next(name for name in names if name not in taken)
