"""Whether items are the same, page by page and one by one."""

import json
from collections.abc import Sequence
from hashlib import sha256
from itertools import islice

from extraction.item_keys import SURE_NAMES, TELLING_ITEMS, text_of_all
from extraction.large import LargeItems
from rest.bodies import Json
from rest.response import Response

# What tells items apart, the surest first, and how many items must differ in it to be believed.
_NAMES_OF_ITEMS = {**dict.fromkeys(SURE_NAMES, 1), **dict.fromkeys(("key", "number", "slug", "name"), 3)}

# With fewer, items that look alike may be so by chance.
_FEWEST_ALIKE = 2
_CHUNK_BYTES = 2**20


def identity(items: Sequence[Json], response: Response) -> bytes:
    """The same for the same items, also where a field of theirs, like a signed URL, is new each time."""
    if not items:  # data_path takes none of them
        return _digest_of(response)
    if isinstance(items, LargeItems):
        return items.census.mark
    count, items = len(items), list(islice(items, TELLING_ITEMS))
    if named := _named(items):
        return digest(json.dumps([count, *named]))
    return digest(json.dumps([count, items], sort_keys=True))


def are_equal(some: Sequence[Json], others: Sequence[Json]) -> bool:
    """True for the same items in the same order."""
    return len(some) == len(others) and all(one == other for one, other in zip(some, others, strict=True))


def are_alike(some: Sequence[Json], others: Sequence[Json]) -> bool:
    """True for pages of items without a sure name that look like the same ones, but for fields that are new
    each time: some field is the same in each place, and another one in each item.
    """
    if len(some) != len(others) or len(some) < _FEWEST_ALIKE or isinstance(others, LargeItems):
        return False
    if isinstance(some[0], dict) and _has_sure_name(some[0]):
        return False
    pairs = [
        (one, other)
        for one, other in zip(some, others, strict=True)
        if isinstance(one, dict) and isinstance(other, dict) and not _has_sure_name(one)
    ]
    if len(pairs) < len(some):
        return False
    steady = (name for name in pairs[0][0] if all(name in a and a[name] == b.get(name) for a, b in pairs))
    return any(len({text_of_all(item[name]) for item, _ in pairs}) == len(pairs) for name in steady)


def moved_up(read: Sequence[Json], again: Sequence[Json]) -> list[Json] | None:
    """The items of a page read again that were not on it before.

    None: it has none of those that were, so that others may have passed unseen between the two.
    """
    before, now = _named(read), _named(again)
    known: set[str | int]
    names: Sequence[str | int]
    if before and now and before[0] == now[0]:
        known, names = set(before[1]), now[1]
    else:
        known, names = set(map(text_of_all, read)), list(map(text_of_all, again))
    if known.isdisjoint(names):
        return None
    return [item for item, name in zip(again, names, strict=True) if name not in known]


def _has_sure_name(item: dict[str, Json]) -> bool:
    return any(isinstance(item.get(name), str | int) for name in SURE_NAMES)


def digest(text: str) -> bytes:
    """A text in 32 bytes."""
    return sha256(text.encode()).digest()


def _digest_of(response: Response) -> bytes:
    found = sha256()
    reader = response.stored.reader()
    while chunk := reader.read(_CHUNK_BYTES):
        found.update(chunk)
    return found.digest()


def _named(items: Sequence[Json]) -> tuple[str, list[str | int]] | None:
    """The field that tells these items apart, and what each has there; None: no field does."""
    for name, least in _NAMES_OF_ITEMS.items():
        if len(items) < least:
            continue
        names = [
            value
            for item in items
            # To Python, true is 1.
            if isinstance(item, dict)
            and isinstance(value := item.get(name), str | int)
            and value is not True
            and value is not False
        ]
        if len(names) == len(items) == len(set(names)):
            return name, names
    return None
