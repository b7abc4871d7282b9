"""The listings behind the URLs. Finds a request's page and applies its fault."""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from tests.faults.rude_api.changes import CHANGES
from tests.faults.rude_api.faults import FAULTS, Fault
from tests.faults.rude_api.pages import CHILD_ITEMS, ITEMS, STYLES, Query, Walk
from tests.faults.rude_api.wire import Connection, Request, Response

PARENTS = (1, 2, 3)
FAULTY_PARENT = 2
_FIRST_IDS = 1000
_NOTHING: Fault = FAULTS["right"]
# /style/fault@page/walk/items, or below parents. The fault is on that page, counted from 0.
_LISTING = re.compile(
    r"(?P<base>/(?P<style>\w+)/(?P<fault>\w+)@(?P<page>\d+)/[\w-]+)"
    r"(?P<rest>/items|/parents|/parents/(?P<parent>\d+)/items)"
)


@dataclass(slots=True)
class Listings:
    """All walks by the path of their listing. is_armed: whether faults happen."""

    is_armed: bool = True
    walks: dict[str, Walk] = field(default_factory=dict)

    async def answer(self, request: Request, origin: str, connection: Connection) -> None:
        """Send a page, or its fault, or a 404 for an unknown path."""
        address = urlsplit(request.target)
        found = _LISTING.fullmatch(address.path)
        if found is None or found["style"] not in STYLES:
            await connection.send(Response({"error": "not found"}, 404).whole)
        elif found["rest"] == "/parents":
            await connection.send(Response([{"id": parent} for parent in PARENTS]).whole)
        else:
            await self._page(found, dict(parse_qsl(address.query)), origin, connection)

    async def _page(self, found: re.Match[str], query: Query, origin: str, connection: Connection) -> None:
        walk = self._walk(found, origin)
        style = STYLES[found["style"]]
        index = style.index(walk, query)
        walk.requests += 1
        earlier = walk.request_counts.get(index, 0)
        walk.request_counts[index] = earlier + 1
        is_fault_page = index == int(found["page"]) and found["parent"] in (None, str(FAULTY_PARENT))
        name = found["fault"] if self.is_armed else "right"
        if change := CHANGES.get(name):
            query = await change(walk, query, index)
        right = style.page(walk, query)
        fault = _NOTHING if change else FAULTS[name]
        happens = fault.happens(is_fault_page=is_fault_page, earlier=earlier, requests=walk.requests)
        await (fault if happens else _NOTHING).play(connection, right)
        walk.note_answer(index)

    def _walk(self, found: re.Match[str], origin: str) -> Walk:
        path = found[0]
        if path not in self.walks or not self.is_armed:
            first = int(found["parent"] or 0) * _FIRST_IDS
            ids = [*range(first, first + (CHILD_ITEMS if found["parent"] else ITEMS))]
            self.walks[path] = Walk(origin + path, first, ids)
        return self.walks[path]
