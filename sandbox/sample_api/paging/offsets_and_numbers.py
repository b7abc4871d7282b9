"""Paging styles in which the client counts: offsets and page numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from sandbox.sample_api.paging.base import Page, PageRequest, Paging
from sandbox.sample_api.sample_data import Item, Json


class Offset(Paging):
    """?offset=20&limit=20 returns items only: [...]"""

    params = ("offset", "limit")
    signals: ClassVar[str] = "none: a short or an empty page is the end"

    def page(self, listing: Sequence[Item], page_request: PageRequest) -> Page:
        start = page_request.integer("offset", 0, least=0)
        end = start + page_request.size("limit")
        return Page(listing[start:end], self._fields(end, len(listing)))

    def _fields(self, end: int, total: int) -> dict[str, Json]:  # noqa: ARG002
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
    """The requested page number, the page size and the total number of items."""

    page: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        return -(-self.total // self.size)


class PageNumber(Paging):
    """?page=2&size=20 returns items only: [...]"""

    params = ("page", "size")
    signals: ClassVar[str] = "none: a short or an empty page is the end"
    first: ClassVar[int] = 1

    def page(self, listing: Sequence[Item], page_request: PageRequest) -> Page:
        size = page_request.size(self.params[1])
        numbers = Numbers(page_request.integer("page", self.first, least=self.first), size, len(listing))
        start = (numbers.page - self.first) * size
        return Page(
            listing[start : start + size], self._fields(numbers), self._headers(numbers, page_request)
        )

    def _fields(self, numbers: Numbers) -> dict[str, Json]:  # noqa: ARG002
        return {}

    def _headers(self, numbers: Numbers, page_request: PageRequest) -> dict[str, str]:  # noqa: ARG002
        return {}


class PageZero(PageNumber):
    """Spring's style: {"data": [...], "last": false, "totalPages": 6}. The first page is 0."""

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

    def _headers(self, numbers: Numbers, page_request: PageRequest) -> dict[str, str]:  # noqa: ARG002
        return {"X-Total-Count": str(numbers.total)}


class PageHeader(PageNumber):
    """GitHub's style. Link: <…?page=1>; rel="prev", <…?page=3>; rel="next", … (RFC 8288)

    There is no Link header if there is only one page, and no `next` on the last page.
    """

    params = ("page", "per_page")
    signals = "header: Link with prev, next, last and first"
    follows_links = True

    def _headers(self, numbers: Numbers, page_request: PageRequest) -> dict[str, str]:
        number, last = numbers.page, max(numbers.pages, 1)
        targets: dict[str, int] = {}
        if number > 1:
            targets["prev"] = min(number - 1, last)
        if number < last:
            targets |= {"next": number + 1, "last": last}
        if number > 1:
            targets["first"] = 1
        links = {rel: page_request.link(page=page, per_page=numbers.size) for rel, page in targets.items()}
        line = ", ".join(f'<{url}>; rel="{rel}"' for rel, url in links.items())
        return {"Link": line} if line else {}
