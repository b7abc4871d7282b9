"""Styles whose client counts: offsets and page numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from sandbox.sample_api.data import Item, Json
from sandbox.sample_api.pages.base import Ask, Page, Paging


class Offset(Paging):
    """?offset=20&limit=20 gives items alone: [...]"""

    params = ("offset", "limit")
    signals: ClassVar[str] = "none: a short or an empty page is the end"

    def page(self, listing: Sequence[Item], ask: Ask) -> Page:
        start = ask.integer("offset", 0, least=0)
        end = start + ask.size("limit")
        return Page(listing[start:end], self._fields(end, len(listing)))

    def _fields(self, end: int, total: int) -> dict[str, Json]:  # noqa: ARG002 - for the others to say
        return {}


class OffsetTotal(Offset):
    """{"data": [...], "total": 120}"""

    signals = "body: total, the number of items"
    enveloped = True

    def _fields(self, end: int, total: int) -> dict[str, Json]:  # noqa: ARG002
        return {"total": total}


class OffsetMore(Offset):
    """{"data": [...], "has_more": true}"""

    signals = "body: has_more, false on the last page"
    enveloped = True

    def _fields(self, end: int, total: int) -> dict[str, Json]:
        return {"has_more": end < total}


@dataclass(frozen=True, slots=True)
class Numbers:
    """Which page was asked for, and how many there are."""

    page: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        return -(-self.total // self.size)


class PageNumber(Paging):
    """?page=2&size=20 gives items alone: [...]"""

    params = ("page", "size")
    signals: ClassVar[str] = "none: a short or an empty page is the end"
    first: ClassVar[int] = 1

    def page(self, listing: Sequence[Item], ask: Ask) -> Page:
        size = ask.size(self.params[1])
        numbers = Numbers(ask.integer("page", self.first, least=self.first), size, len(listing))
        start = (numbers.page - self.first) * size
        return Page(listing[start : start + size], self._fields(numbers), self._headers(numbers, ask))

    def _fields(self, numbers: Numbers) -> dict[str, Json]:  # noqa: ARG002 - for the others to say
        return {}

    def _headers(self, numbers: Numbers, ask: Ask) -> dict[str, str]:  # noqa: ARG002
        return {}


class PageZero(PageNumber):
    """Spring's way: {"data": [...], "last": false, "totalPages": 6}, pages counted from 0."""

    signals = "body: last, true on the last page; totalPages. The first page is 0"
    enveloped = True
    first = 0

    def _fields(self, numbers: Numbers) -> dict[str, Json]:
        return {"last": numbers.page + 1 >= numbers.pages, "totalPages": numbers.pages}


class PageTotal(PageNumber):
    """{"data": [...], "total_count": 120}, and the same in a header."""

    params = ("page", "per_page")
    signals = "body: total_count; header: X-Total-Count"
    enveloped = True

    def _fields(self, numbers: Numbers) -> dict[str, Json]:
        return {"total_count": numbers.total}

    def _headers(self, numbers: Numbers, ask: Ask) -> dict[str, str]:  # noqa: ARG002
        return {"X-Total-Count": str(numbers.total)}


class PageHeader(PageNumber):
    """GitHub's way. Link: <…?page=1>; rel="prev", <…?page=3>; rel="next", … (RFC 8288)

    There is no Link header when one page holds everything, and no `next` on the last page.
    """

    params = ("page", "per_page")
    signals = "header: Link with prev, next, last and first"
    follows_links = True

    def _headers(self, numbers: Numbers, ask: Ask) -> dict[str, str]:
        number, last = numbers.page, max(numbers.pages, 1)
        targets: dict[str, int] = {}
        if number > 1:
            targets["prev"] = min(number - 1, last)
        if number < last:
            targets |= {"next": number + 1, "last": last}
        if number > 1:
            targets["first"] = 1
        links = {rel: ask.link(page=page, per_page=numbers.size) for rel, page in targets.items()}
        line = ", ".join(f'<{url}>; rel="{rel}"' for rel, url in links.items())
        return {"Link": line} if line else {}
