"""Detect whether a response is a listing, and which list has its items."""

from dataclasses import dataclass, field

from builder.inference import find_lists
from rest.bodies import Json
from rest.page import Item


@dataclass(frozen=True, slots=True)
class DetectedListing:
    """The listing in a body. data_path: jq, None if the body itself is the list."""

    data_path: str | None
    items: list[Item] = field(repr=False)


def detect_listing(body: Json, path: str) -> DetectedListing | None:
    """Return the listing in the response of a path, None for a single item or an empty response."""
    found = find_lists(body, path)
    if not found or found[0].holds == "object":
        return None
    best = found[0]
    return DetectedListing(None if best.data_path == "." else best.data_path, best.items)
