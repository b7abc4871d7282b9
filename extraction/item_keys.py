"""What tells one item of a listing from the others."""

import json
from collections.abc import Iterable

from rest.bodies import Json

SURE_NAMES = ("id", "_id", "uuid", "guid", "identifier", "sid", "sha")
# More of a page than these say no more about whether it is another one.
TELLING_ITEMS = 10_000


def item_keys(items: Iterable[Json]) -> list[int]:
    """What each item is told by in the whole listing."""
    return [item_key(item) for item in items]


def item_key(item: Json) -> int:
    """A sure name of its own, else all of it."""
    if isinstance(item, dict):
        for name in SURE_NAMES:
            value = item.get(name)
            if isinstance(value, str):
                return hash((name, value))
            if isinstance(value, int) and not isinstance(value, bool):
                return hash((name, str(value)))
    return hash(text_of_all(item))


def text_of_all(value: Json) -> str:
    """The same text for the same value, whatever the order of its keys."""
    return json.dumps(value, sort_keys=True)
