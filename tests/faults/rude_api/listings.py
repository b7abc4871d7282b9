"""The listings behind the URLs: which page of which walk a request is for, and what goes wrong with it."""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from tests.faults.rude_api.changes import CHANGES
from tests.faults.rude_api.faults import FAULTS, Fault
from tests.faults.rude_api.pages import CHILD_ITEMS, ITEMS, STYLES, Query, Walk
from tests.faults.rude_api.wire import Answer, Asked, Line

PARENTS = (1, 2, 3)
STRUCK_PARENT = 2
_FIRST_IDS = 1000
_NOTHING: Fault = FAULTS["right"]
# /style/fault@page/walk/items, or below parents; the fault is on that page, the first is 0.
_LISTING = re.compile(
    r"(?P<base>/(?P<style>\w+)/(?P<fault>\w+)@(?P<page>\d+)/[\w-]+)"
    r"(?P<rest>/items|/parents|/parents/(?P<parent>\d+)/items)"
)


@dataclass(slots=True)
class Listings:
    """Every walk by the path of its listing. is_armed: faults happen."""

    is_armed: bool = True
    walks: dict[str, Walk] = field(default_factory=dict)

    async def answer(self, asked: Asked, origin: str, line: Line) -> None:
        """A page, or what the fault makes of it; 404 where no listing is."""
        address = urlsplit(asked.target)
        found = _LISTING.fullmatch(address.path)
        if found is None or found["style"] not in STYLES:
            await line.send(Answer({"error": "not found"}, 404).whole)
        elif found["rest"] == "/parents":
            await line.send(Answer([{"id": parent} for parent in PARENTS]).whole)
        else:
            await self._page(found, dict(parse_qsl(address.query)), origin, line)

    async def _page(self, found: re.Match[str], query: Query, origin: str, line: Line) -> None:
        walk = self._walk(found, origin)
        style = STYLES[found["style"]]
        index = style.index(walk, query)
        walk.requests += 1
        asked = walk.asked.get(index, 0)
        walk.asked[index] = asked + 1
        is_struck = index == int(found["page"]) and found["parent"] in (None, str(STRUCK_PARENT))
        name = found["fault"] if self.is_armed else "right"
        if change := CHANGES.get(name):
            query = await change(walk, query, index)
        right = style.page(walk, query)
        fault = _NOTHING if change else FAULTS[name]
        happens = fault.happens(is_struck=is_struck, asked=asked, requests=walk.requests)
        await (fault if happens else _NOTHING).play(line, right)
        walk.note_answer(index)

    def _walk(self, found: re.Match[str], origin: str) -> Walk:
        path = found[0]
        if path not in self.walks or not self.is_armed:
            first = int(found["parent"] or 0) * _FIRST_IDS
            ids = [*range(first, first + (CHILD_ITEMS if found["parent"] else ITEMS))]
            self.walks[path] = Walk(origin + path, first, ids)
        return self.walks[path]
