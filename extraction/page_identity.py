"""Comparing pages and items: fingerprints, equality, and items that moved."""

import json
from collections.abc import Sequence
from hashlib import sha256
from itertools import islice

from extraction.item_keys import ID_FIELDS, MAX_FINGERPRINTED_ITEMS, canonical_text
from extraction.large_bodies import LargeItems
from rest.bodies import Json
from rest.response import Response

# Fields that identify items, the most reliable first, and how many items must differ in one to trust it.
_NAMES_OF_ITEMS = {**dict.fromkeys(ID_FIELDS, 1), **dict.fromkeys(("key", "number", "slug", "name"), 3)}

# Fewer items may look alike by chance.
_FEWEST_ALIKE = 2
_CHUNK_BYTES = 2**20


def identity(items: Sequence[Json], response: Response) -> bytes:
    """Return a fingerprint of a page's items that ignores volatile fields, such as signed URLs."""
    if not items:  # data_path selects none of them
        return _digest_of(response)
    if isinstance(items, LargeItems):
        return items.census.fingerprint
    count, items = len(items), list(islice(items, MAX_FINGERPRINTED_ITEMS))
    if named := _named(items):
        return digest(json.dumps([count, *named]))
    return digest(json.dumps([count, items], sort_keys=True))


def are_equal(some: Sequence[Json], others: Sequence[Json]) -> bool:
    """Tell whether two pages have equal items in the same order."""
    return len(some) == len(others) and all(one == other for one, other in zip(some, others, strict=True))


def are_alike(some: Sequence[Json], others: Sequence[Json]) -> bool:
    """Tell whether two pages of items without an identifier have the same items with volatile fields.

    They do if some field is equal at each position and different from item to item.
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
    return any(len({canonical_text(item[name]) for item, _ in pairs}) == len(pairs) for name in steady)


def moved_up(read: Sequence[Json], again: Sequence[Json]) -> list[Json] | None:
    """Return the items of a page read again that were not on it before.

    None: the two readings share no item, so others may have passed between them unseen.
    """
    before, now = _named(read), _named(again)
    known: set[str | int]
    names: Sequence[str | int]
    if before and now and before[0] == now[0]:
        known, names = set(before[1]), now[1]
    else:
        known, names = set(map(canonical_text, read)), list(map(canonical_text, again))
    if known.isdisjoint(names):
        return None
    return [item for item, name in zip(again, names, strict=True) if name not in known]


def _has_sure_name(item: dict[str, Json]) -> bool:
    return any(isinstance(item.get(name), str | int) for name in ID_FIELDS)


def digest(text: str) -> bytes:
    """Return the SHA-256 of a text."""
    return sha256(text.encode()).digest()


def _digest_of(response: Response) -> bytes:
    found = sha256()
    reader = response.stored.reader()
    while chunk := reader.read(_CHUNK_BYTES):
        found.update(chunk)
    return found.digest()


def _named(items: Sequence[Json]) -> tuple[str, list[str | int]] | None:
    """Return the field that identifies these items, and its values; None: no field does."""
    for name, least in _NAMES_OF_ITEMS.items():
        if len(items) < least:
            continue
        names = [
            value
            for item in items
            # In Python, true equals 1.
            if isinstance(item, dict)
            and isinstance(value := item.get(name), str | int)
            and value is not True
            and value is not False
        ]
        if len(names) == len(items) == len(set(names)):
            return name, names
    return None
