"""Whether items are the same, page by page and one by one."""

import json
from collections.abc import Sequence
from hashlib import sha256
from itertools import islice

from rest.bodies import Json
from rest.request import Response

# What tells items apart, the surest first, and how many items must differ in it to be believed.
_NAMES_OF_ITEMS = {
    **dict.fromkeys(("id", "_id", "uuid", "guid", "identifier", "sid", "sha"), 1),
    **dict.fromkeys(("key", "number", "slug", "name"), 3),
}

# More of a page than these say no more about whether it is another one.
_TELLING_ITEMS = 10_000


def identity(items: Sequence[Json], response: Response) -> bytes:
    """The same for the same items, also where a field of theirs, like a signed URL, is new each time."""
    if not items:  # data_path takes none of them
        return sha256(response.content).digest()
    count, items = len(items), list(islice(items, _TELLING_ITEMS))
    if named := _named(items):
        return digest(json.dumps([count, *named]))
    return digest(json.dumps([count, items], sort_keys=True))


def are_equal(some: Sequence[Json], others: Sequence[Json]) -> bool:
    """True for the same items in the same order."""
    return len(some) == len(others) and all(one == other for one, other in zip(some, others, strict=True))


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
        known, names = set(map(_text, read)), list(map(_text, again))
    if known.isdisjoint(names):
        return None
    return [item for item, name in zip(again, names, strict=True) if name not in known]


def digest(text: str) -> bytes:
    """A text in 32 bytes."""
    return sha256(text.encode()).digest()


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


def _text(value: Json) -> str:
    return json.dumps(value, sort_keys=True)
