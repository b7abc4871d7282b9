"""Facts about the items of a large body, collected in one pass."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from extraction.body_errors import errors_in_items
from extraction.item_keys import MAX_FINGERPRINTED_ITEMS, item_key
from rest.bodies import Json
from rest.errors import ItemsError

# A walk keeps a key in memory for each item of its listing.
_MAX_ITEMS = 2_000_000


@dataclass(frozen=True, slots=True)
class Census:
    """Facts about the items of one body.

    nulls: how many items are null.
    error_positions: the positions, from 0, of items that are error objects.
    first_error: what the first of them reports.
    fingerprint: equal for bodies with the same items.
    """

    count: int = 0
    nulls: int = 0
    error_positions: frozenset[int] = frozenset()
    first_error: str = ""
    fingerprint: bytes = b""


def take_census(items: Iterator[Json]) -> Census:
    """Read all items once and return the facts about them.

    Raises ItemsError: there are more than two million items.
    """
    nulls = count = 0
    error_positions: list[int] = []
    first_error = ""
    fingerprint = sha256()
    for count, item in enumerate(items, start=1):
        if count > _MAX_ITEMS:
            raise ItemsError(
                f"the body has more than {_MAX_ITEMS:,} items",
                hint="Request pages, or fewer items: see paginationType and selector.query_params",
            )
        nulls += item is None
        if isinstance(item, dict):
            for _, text in errors_in_items([item]):
                error_positions.append(count - 1)
                first_error = first_error or text
        if count <= MAX_FINGERPRINTED_ITEMS:
            fingerprint.update(item_key(item).to_bytes(8, "big", signed=True))
    digest = fingerprint.digest() + count.to_bytes(4, "big")
    return Census(count, nulls, frozenset(error_positions), first_error, digest)
