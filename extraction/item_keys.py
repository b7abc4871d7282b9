"""Keys that identify the items of one listing."""

import json
from collections.abc import Iterable

from rest.bodies import Json

ID_FIELDS = ("id", "_id", "uuid", "guid", "identifier", "sid", "sha")
# Further items of a page do not help to tell it from other pages.
MAX_FINGERPRINTED_ITEMS = 10_000


def item_keys(items: Iterable[Json]) -> list[int]:
    """Return the key of each item."""
    return [item_key(item) for item in items]


def item_key(item: Json) -> int:
    """Return a hash of the item's ID field, or of the whole item if it has none."""
    if isinstance(item, dict):
        for name in ID_FIELDS:
            value = item.get(name)
            if isinstance(value, str):
                return hash((name, value))
            if isinstance(value, int) and not isinstance(value, bool):
                return hash((name, str(value)))
    return hash(canonical_text(item))


def canonical_text(value: Json) -> str:
    """Return a JSON text that does not depend on the order of keys."""
    return json.dumps(value, sort_keys=True)
