"""Which list of a response is the listing, and whether it is one at all."""

from dataclasses import dataclass, field

from builder.inference import lists_found
from rest.bodies import Json
from rest.page import Item


@dataclass(frozen=True, slots=True)
class Listed:
    """The listing in a body. data_path: jq, None where the body itself is the list."""

    data_path: str | None
    items: list[Item] = field(repr=False)


def listed(body: Json, path: str) -> Listed | None:
    """The listing in the response to a path; None: the response is one thing, or nothing."""
    found = lists_found(body, path)
    if not found or found[0].holds == "object":
        return None
    best = found[0]
    return Listed(None if best.data_path == "." else best.data_path, best.items)
