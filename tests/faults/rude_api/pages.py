"""A listing in each pagination type. Its items can change during the read."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tests.faults.rude_api.wire import Json, Response

PAGE_ITEMS = 10
# Enough pages that one of them is a 10th request. Parents and children have fewer.
ITEMS = 120
CHILD_ITEMS = 30

type Query = Mapping[str, str]


@dataclass(slots=True)
class Walk:
    """A client's walk through a listing.

    url: of the listing. first: the lowest id at the start. ids: its current items.
    request_counts: number of requests for each page.
    """

    url: str
    first: int
    ids: list[int]
    request_counts: dict[int, int] = field(default_factory=dict)
    requests: int = 0
    _answered: dict[int, asyncio.Event] = field(default_factory=dict)

    def note_answer(self, index: int) -> None:
        """Record that a page was sent."""
        self._answered.setdefault(index, asyncio.Event()).set()

    async def answered(self, index: int) -> None:
        """Return when the page has been sent."""
        await self._answered.setdefault(index, asyncio.Event()).wait()

    def items(self, ids: list[int]) -> list[Json]:
        return [{"id": number, "name": f"item {number}"} for number in ids]


class Style(ABC):
    """A pagination type."""

    @abstractmethod
    def index(self, walk: Walk, query: Query) -> int:
        """Return the index of the requested page, from 0."""

    @abstractmethod
    def page(self, walk: Walk, query: Query) -> Response:
        """Return the requested page."""


class Whole(Style):
    """{"items": [all]}."""

    def index(self, walk: Walk, query: Query) -> int:  # noqa: ARG002 - there is only one page
        return 0

    def page(self, walk: Walk, query: Query) -> Response:  # noqa: ARG002
        return Response({"items": walk.items(walk.ids)})


class Offset(Style):
    """A bare array without any signal: ?offset=20."""

    def index(self, walk: Walk, query: Query) -> int:  # noqa: ARG002
        return int(query.get("offset", 0)) // PAGE_ITEMS

    def page(self, walk: Walk, query: Query) -> Response:
        start = int(query.get("offset", 0))
        return Response(walk.items(walk.ids[start : start + PAGE_ITEMS]))


class Page(Style):
    """{"items": [], "total": 120}: ?page=3."""

    def index(self, walk: Walk, query: Query) -> int:  # noqa: ARG002
        return int(query.get("page", 1)) - 1

    def page(self, walk: Walk, query: Query) -> Response:
        start = self.index(walk, query) * PAGE_ITEMS
        return Response({"items": walk.items(walk.ids[start : start + PAGE_ITEMS]), "total": len(walk.ids)})


class Echo(Page):
    """A listing that `auto` recognises and prefetches: {"items": [], "page": 3, "total_pages": 12}."""

    def page(self, walk: Walk, query: Query) -> Response:
        pages = -(-len(walk.ids) // PAGE_ITEMS)
        listing = super().page(walk, query).body["items"]
        return Response({"items": listing, "page": self.index(walk, query) + 1, "total_pages": pages})


class Keyset(Style):
    """Pages after the id that the client sends back. Other changes do not move them."""

    def index(self, walk: Walk, query: Query) -> int:
        return (self._after(walk, query) + 1 - walk.first) // PAGE_ITEMS

    def page(self, walk: Walk, query: Query) -> Response:
        left = [number for number in walk.ids if number > self._after(walk, query)]
        shown = left[:PAGE_ITEMS]
        following = str(shown[-1]) if len(left) > PAGE_ITEMS else None
        return self.shown(walk, walk.items(shown), following)

    def _after(self, walk: Walk, query: Query) -> int:
        return int(query.get("after", walk.first - 1))

    @abstractmethod
    def shown(self, walk: Walk, items: list[Json], following: str | None) -> Response:
        """Return the page with its reference to the next one."""


class Cursor(Keyset):
    """{"items": [], "next_cursor": "29"}."""

    def shown(self, walk: Walk, items: list[Json], following: str | None) -> Response:  # noqa: ARG002
        return Response({"items": items, "next_cursor": following})


class NextLink(Keyset):
    """{"items": [], "next": "http://.../items?after=29"}."""

    def shown(self, walk: Walk, items: list[Json], following: str | None) -> Response:
        return Response({"items": items, "next": following and f"{walk.url}?after={following}"})


class HeaderLink(Keyset):
    """A bare array and a Link header."""

    def shown(self, walk: Walk, items: list[Json], following: str | None) -> Response:
        link = {"Link": f'<{walk.url}?after={following}>; rel="next"'} if following else {}
        return Response(items, headers=link)


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
