"""One listing, served in each way of paging; what stands in it can change while it is read."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tests.faults.rude_api.wire import Answer, Json

PAGE_ITEMS = 10
# So that every 10th request is one of them; parents and children have fewer.
ITEMS = 120
CHILD_ITEMS = 30

type Query = Mapping[str, str]


@dataclass(slots=True)
class Walk:
    """One client's way through a listing.

    url: of the listing; first: the lowest id at the start; ids: what is in it now.
    asked: how often each page was asked for.
    """

    url: str
    first: int
    ids: list[int]
    asked: dict[int, int] = field(default_factory=dict)
    requests: int = 0
    _answered: dict[int, asyncio.Event] = field(default_factory=dict)

    def note_answer(self, index: int) -> None:
        """A page was sent."""
        self._answered.setdefault(index, asyncio.Event()).set()

    async def answered(self, index: int) -> None:
        """Returns when a page has been sent."""
        await self._answered.setdefault(index, asyncio.Event()).wait()

    def items(self, ids: list[int]) -> list[Json]:
        return [{"id": number, "name": f"item {number}"} for number in ids]


class Style(ABC):
    """A way of paging."""

    @abstractmethod
    def index(self, walk: Walk, query: Query) -> int:
        """Which page a request is for, the first is 0."""

    @abstractmethod
    def page(self, walk: Walk, query: Query) -> Answer:
        """The page."""


class Whole(Style):
    """{"items": [all]}."""

    def index(self, walk: Walk, query: Query) -> int:  # noqa: ARG002 - there is one
        return 0

    def page(self, walk: Walk, query: Query) -> Answer:  # noqa: ARG002
        return Answer({"items": walk.items(walk.ids)})


class Offset(Style):
    """A bare array, and nothing that tells of more: ?offset=20."""

    def index(self, walk: Walk, query: Query) -> int:  # noqa: ARG002
        return int(query.get("offset", 0)) // PAGE_ITEMS

    def page(self, walk: Walk, query: Query) -> Answer:
        start = int(query.get("offset", 0))
        return Answer(walk.items(walk.ids[start : start + PAGE_ITEMS]))


class Page(Style):
    """{"items": [], "total": 120}: ?page=3."""

    def index(self, walk: Walk, query: Query) -> int:  # noqa: ARG002
        return int(query.get("page", 1)) - 1

    def page(self, walk: Walk, query: Query) -> Answer:
        start = self.index(walk, query) * PAGE_ITEMS
        return Answer({"items": walk.items(walk.ids[start : start + PAGE_ITEMS]), "total": len(walk.ids)})


class Echo(Page):
    """What `auto` recognises, and fetches ahead: {"items": [], "page": 3, "total_pages": 12}."""

    def page(self, walk: Walk, query: Query) -> Answer:
        pages = -(-len(walk.ids) // PAGE_ITEMS)
        listing = super().page(walk, query).body["items"]
        return Answer({"items": listing, "page": self.index(walk, query) + 1, "total_pages": pages})


class Keyset(Style):
    """What follows the id that the client gives back, so that no page moves with the others."""

    def index(self, walk: Walk, query: Query) -> int:
        return (self._after(walk, query) + 1 - walk.first) // PAGE_ITEMS

    def page(self, walk: Walk, query: Query) -> Answer:
        left = [number for number in walk.ids if number > self._after(walk, query)]
        shown = left[:PAGE_ITEMS]
        following = str(shown[-1]) if len(left) > PAGE_ITEMS else None
        return self.shown(walk, walk.items(shown), following)

    def _after(self, walk: Walk, query: Query) -> int:
        return int(query.get("after", walk.first - 1))

    @abstractmethod
    def shown(self, walk: Walk, items: list[Json], following: str | None) -> Answer:
        """The page with its way to the next one."""


class Cursor(Keyset):
    """{"items": [], "next_cursor": "29"}."""

    def shown(self, walk: Walk, items: list[Json], following: str | None) -> Answer:  # noqa: ARG002
        return Answer({"items": items, "next_cursor": following})


class NextLink(Keyset):
    """{"items": [], "next": "http://.../items?after=29"}."""

    def shown(self, walk: Walk, items: list[Json], following: str | None) -> Answer:
        return Answer({"items": items, "next": following and f"{walk.url}?after={following}"})


class HeaderLink(Keyset):
    """A bare array and a header Link."""

    def shown(self, walk: Walk, items: list[Json], following: str | None) -> Answer:
        link = {"Link": f'<{walk.url}?after={following}>; rel="next"'} if following else {}
        return Answer(items, headers=link)


STYLES: Mapping[str, Style] = MappingProxyType(
    {
        "none": Whole(),
        "offset": Offset(),
        "page": Page(),
        "cursor": Cursor(),
        "next_link": NextLink(),
        "header_link": HeaderLink(),
        "auto": Echo(),
    }
)
