"""Paginators that count: by items (offset) or by pages. The stop rules are theirs."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

from pagination.base import NextPage, Paginator
from pagination.signals import (
    Continuation,
    PageVerdict,
    echoed_size,
    flagged,
)
from pagination.values import USUAL_SIZES, whole_number
from rest.errors import PaginationError
from rest.page import Page
from rest.request import Location, Request


@dataclass(frozen=True, slots=True)
class CountedPaginator(Paginator):
    """What both ways of counting share.

    param: the name of the offset or page number. size_param: None asks for no size.
    """

    param: str
    size_param: str | None
    page_size: int = 100
    location: Location = "query"

    def first(self, request: Request) -> Request:
        """The first page, of the size asked for; what the mapping says itself under these names stays."""
        if request.value(self.param, self.location) is None:
            request = request.with_param(self.param, self._start(), self.location)
        if self.size_param and request.value(self.size_param, self.location) is None:
            request = request.with_param(self.size_param, self.page_size, self.location)
        return request

    def next(self, page: Page) -> NextPage | None:
        """The next page, until the stop rules end the listing."""
        said = self._said(page)
        if said.continuation is Continuation.END:
            return None
        request = page.request.with_param(self.param, self._next_position(page), self.location)
        return NextPage(request, promise=said.where if said.continuation is Continuation.MORE else None)

    @property
    def continues_by(self) -> str:
        """The parameter, as a message names it."""
        return f"the parameter {self.param!r}"

    def rest(self, page: Page) -> Iterator[Request]:
        """All the pages after the first, by the number of pages or items that it tells."""
        count = self._pages_told(page)
        for number in range(1, count):
            position = self._position_of(page, number)
            yield page.request.with_param(self.param, position, self.location)

    def reported_total(self, page: Page) -> int | None:
        """The number of items, where it is more than the page's own and not passed; else that of pages."""
        least = max(page.count + 1, page.items_so_far if page.count else 0)
        told_pages = None
        for counts in (self.signals.counts, self.recognised.counts):
            pages, items = counts(page)
            if items is not None and items >= least:
                return items
            told_pages = told_pages or pages
        return told_pages or None

    def is_full(self, page: Page) -> bool:
        """True when the page has as many items as the size asked for, as the API was seen to cap it, or as
        the longest page before.
        """
        most = self._most(page)
        return not most or page.count >= most or (page.number > 0 and page.count >= page.largest_before)

    def _said(self, page: Page) -> PageVerdict:
        """The stop rules in their order: configured, recognised, an empty page, a short page."""
        reach = self._reach(page)
        full = bool(page.count) and self.is_full(page)
        if configured := self.signals.said(page, reach):
            self._check_that_something_came(page, configured)
            return configured
        may_be_full = full or (page.number == 0 and page.count in USUAL_SIZES)
        said = self.recognised.verdict(page, reach, full=may_be_full) or self._by_length(page, full=full)
        self._check_that_something_came(page, said)
        if said.continuation is Continuation.END and self._is_below_the_total(page):
            # What only earlier pages said of the listing's length holds all the same.
            return PageVerdict(Continuation.ASK, said.where)
        if said.continuation is Continuation.END:
            self._check_the_end(page)
        return said

    def _is_below_the_total(self, page: Page) -> bool:
        if not page.count or flagged(page):
            return False
        told_pages, told_items = self.recognised.counts(page)
        pages, items = page.reported.pages, page.reported.items
        is_below_items = told_items is None and items is not None and page.items_so_far < items
        return is_below_items or (told_pages is None and pages is not None and page.number + 1 < pages)

    def _check_that_something_came(self, page: Page, said: PageVerdict) -> None:
        """Raises PaginationError: the API counts items, and showed none of them."""
        if said.continuation is not Continuation.END or page.number == 0 or page.items_so_far:
            return
        total = self.signals.counts(page)[1] or self.recognised.counts(page)[1]
        if total:
            raise PaginationError(
                f"{page.number + 1} pages have no items, though the API counts {total}",
                hint="Check data_path, and the path that says how many there are",
                doubt="empty_after_more",
            )

    def _by_length(self, page: Page, *, full: bool) -> PageVerdict:
        if not page.count and page.promise:
            raise PaginationError(
                f"page {page.number + 1} is empty, but the one before says there is more ({page.promise})",
                hint="If the API is wrong there, set hasMorePath, lastPagePath or totalPath",
                doubt="empty_after_more",
            )
        ends = not page.count or (not full and self._is_trusted(page))
        return PageVerdict(Continuation.END if ends else Continuation.ASK, "the length of the page")

    def _is_trusted(self, page: Page) -> bool:
        """A short page, where short pages were the last before; not so where its length may be a cap."""
        may_be_cap = page.count in USUAL_SIZES and page.count >= page.observed.longest
        return bool(page.observed.short_is_last) and not may_be_cap

    def _check_the_end(self, page: Page) -> None:
        """Raises PaginationError: the end is none."""

    def _pages_told(self, page: Page) -> int:
        """How many pages the first one speaks of; 0 where it does not say that there is more."""
        said = self.signals.said(page, self._reach(page)) or self.recognised.verdict(
            page, self._reach(page), full=True
        )
        if said is None or said.continuation is not Continuation.MORE or not page.count:
            return 0
        pages, items = self.signals.counts(page)
        if pages is not None or items is not None:
            return pages or -(-(items or 0) // page.count)
        pages, items = self.recognised.counts(page)
        # One more page than a recognised total fills: where the last is full, it will be asked for.
        return pages or (items or 0) // page.count + 1

    def _asked_size(self, page: Page) -> int | None:
        return whole_number(page.request.value(self.size_param, self.location)) if self.size_param else None

    def _most(self, page: Page) -> int | None:
        """The items that a full page has; None: nothing tells yet."""
        asked = self._asked_size(page) or echoed_size(page)
        return page.observed.page_size or asked or page.largest_before or None

    def _position(self, page: Page) -> int:
        position = whole_number(page.request.value(self.param, self.location))
        return self._start() if position is None else position

    @abstractmethod
    def _start(self) -> int: ...

    @abstractmethod
    def _next_position(self, page: Page) -> int: ...

    @abstractmethod
    def _position_of(self, page: Page, number: int) -> int: ...

    @abstractmethod
    def _reach(self, page: Page) -> int: ...


@dataclass(frozen=True, slots=True)
class OffsetPaginator(CountedPaginator):
    """Counts items: ?offset=0&limit=100, then ?offset=100&limit=100."""

    def _start(self) -> int:
        return 0

    def _next_position(self, page: Page) -> int:
        return self._reach(page)

    def _position_of(self, page: Page, number: int) -> int:
        return self._position(page) + number * page.count

    def _reach(self, page: Page) -> int:
        # A page without items of ours, which says that there is more, still stood for a page.
        return self._position(page) + (page.count or page.largest or self._most(page) or 1)


@dataclass(frozen=True, slots=True)
class PageNumberPaginator(CountedPaginator):
    """Counts pages: ?page=1&size=100, then ?page=2&size=100."""

    start_page: int = 1

    def _start(self) -> int:
        return self.start_page

    def _next_position(self, page: Page) -> int:
        return self._position(page) + 1

    def _position_of(self, page: Page, number: int) -> int:
        return self._position(page) + number

    def _reach(self, page: Page) -> int:
        return (page.number + 1) * (page.largest or self._asked_size(page) or 1)

    def _check_the_end(self, page: Page) -> None:
        """A total that speaks of a whole page more: the first one, where pages start at 0 and not at 1?"""
        total = self.recognised.total(page)
        missing = (whole_number(total.value) or 0) - page.items_so_far if total else 0
        if (
            total
            and self.start_page > 0
            and page.items_so_far
            and missing >= (self._most(page) or page.largest)
        ):
            raise PaginationError(
                f"the listing ends after {page.items_so_far} items, but {total.where} says {total.value}",
                hint="Is startPage 0? If the API's number is wrong, set lastPagePath or totalPagesPath",
                doubt="unread_signal",
            )
