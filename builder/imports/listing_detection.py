"""Detect whether a request or a response is that of a listing, and which list has the items."""

import re
from dataclasses import dataclass, field

from builder.inference import find_lists
from pagination.vocabulary import role_of
from rest.bodies import Json
from rest.page import Item

# Last segments of the paths of POST requests that read: search, _msearch, getUsers, list-users.
_READS_BY_POST = re.compile(
    r"(?i:_?m?search|query|find|filter|(?:get|fetch)?_?lists?|lookup|browse|page|graphql|gql)"
    r"|(?i:search|query|find|filter|list|get|fetch|load|read)(?:[A-Z_-].*)"
)


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


def reads_by_post(path: str, body: Json) -> bool:
    """Return whether a POST request reads, by the end of its path, also after a colon (`/items:search`), or
    because its body selects a page.
    """
    last = path.rstrip("/").rpartition("/")[2].rpartition(":")[2]
    return bool(_READS_BY_POST.fullmatch(last)) or _selects_pages(body)


def _selects_pages(body: Json) -> bool:
    """Return whether a body has a page number, an offset, or a page size."""
    if not isinstance(body, dict):
        return False
    inner = [body, *(each for each in body.values() if isinstance(each, dict))]
    return any(role_of(name) for each in inner for name in each)
