"""When a counted listing ends: by configured signals, by recognised signals, by the lengths of its pages."""

from dataclasses import dataclass

from pagination.configured import ConfiguredSignals
from pagination.recognised import RecognisedSignals
from pagination.signals import Continuation, PageVerdict, flagged
from pagination.values import USUAL_SIZES, whole_number
from rest.errors import PaginationError
from rest.page import Page


@dataclass(frozen=True, slots=True)
class StopRules:
    """The rules for paginators that count items or pages.

    may_miss_first_page: pages are counted from 1 or higher, while the API may count them from 0.
    """

    signals: ConfiguredSignals
    may_miss_first_page: bool = False

    @property
    def _recognised(self) -> RecognisedSignals:
        return RecognisedSignals(self.signals.trusts_totals)

    def verdict(self, page: Page, reach: int, full_size: int | None) -> PageVerdict:
        """Return what follows the page.

        reach: the position in the listing up to which this page was requested.
        full_size: how many items a full page has; None: unknown.

        Raises PaginationError: the API contradicts itself, so the end cannot be trusted.
        """
        if configured := self.signals.verdict(page, reach):
            self._check_that_something_came(page, configured)
            return configured
        is_full = bool(page.count) and is_full_page(page, full_size)
        may_be_full = is_full or (page.number == 0 and page.count in USUAL_SIZES)
        verdict = self._recognised.verdict(page, reach, full=may_be_full) or _by_length(page, is_full=is_full)
        self._check_that_something_came(page, verdict)
        if verdict.continuation is not Continuation.END:
            return verdict
        if self._is_below_reported_total(page):
            return PageVerdict(Continuation.ASK, verdict.where)
        if self.may_miss_first_page:
            self._check_first_page(page, full_size)
        return verdict

    def reported_total(self, page: Page) -> int | None:
        """Return the reported number of items, if it exceeds what was read; else the number of pages."""
        least = max(page.count + 1, page.items_so_far if page.count else 0)
        reported_pages = None
        for pages, items in (self.signals.counts(page), self._recognised.counts(page)):
            if items is not None and items >= least:
                return items
            reported_pages = reported_pages or pages
        return reported_pages or None

    def page_count(self, first: Page, reach: int) -> int:
        """Return how many pages the first page reports; 0: it does not say that there is more."""
        verdict = self.signals.verdict(first, reach) or self._recognised.verdict(first, reach, full=True)
        if verdict is None or verdict.continuation is not Continuation.MORE or not first.count:
            return 0
        pages, items = self.signals.counts(first)
        if pages is not None or items is not None:
            return pages or -(-(items or 0) // first.count)
        pages, items = self._recognised.counts(first)
        # One page more than a recognised total fills: if the last page is full, that one will be requested.
        return pages or (items or 0) // first.count + 1

    def _check_that_something_came(self, page: Page, verdict: PageVerdict) -> None:
        if verdict.continuation is not Continuation.END or page.number == 0 or page.items_so_far:
            return
        total = self.signals.counts(page)[1] or self._recognised.counts(page)[1]
        if total:
            raise PaginationError(
                f"{page.number + 1} pages have no items, though the API counts {total}",
                hint="Check data_path, and the path of the total",
                doubt="empty_after_more",
            )

    def _is_below_reported_total(self, page: Page) -> bool:
        """Tell whether an earlier page reported more than was read, where this page reports nothing."""
        if not page.count or flagged(page):
            return False
        pages, items = self._recognised.counts(page)
        reported = page.reported
        is_below_items = items is None and reported.items is not None and page.items_so_far < reported.items
        is_below_pages = pages is None and reported.pages is not None and page.number + 1 < reported.pages
        return is_below_items or is_below_pages

    def _check_first_page(self, page: Page, full_size: int | None) -> None:
        """A total that leaves a whole page unread: does the API count pages from 0?"""
        total = self._recognised.total(page)
        if total is None or not page.items_so_far:
            return
        missing = (whole_number(total.value) or 0) - page.items_so_far
        if missing >= (full_size or page.largest):
            raise PaginationError(
                f"the listing ends after {page.items_so_far} items, but {total.where} says {total.value}",
                hint="Is startPage 0? If the API's number is wrong, set lastPagePath or totalPagesPath",
                doubt="unread_signal",
            )


def is_full_page(page: Page, full_size: int | None) -> bool:
    """Tell whether the page is as long as a full page, or as the longest page before it."""
    return not full_size or page.count >= full_size or (page.number > 0 and page.count >= page.largest_before)


def _by_length(page: Page, *, is_full: bool) -> PageVerdict:
    if not page.count and page.announced_by:
        raise PaginationError(
            f"page {page.number + 1} is empty, but the previous page says that there is more "
            f"({page.announced_by})",
            hint="If the API is wrong there, set hasMorePath, lastPagePath or totalPath",
            doubt="empty_after_more",
        )
    ends = not page.count or (not is_full and _are_short_pages_last(page))
    return PageVerdict(Continuation.END if ends else Continuation.ASK, "the length of the page")


def _are_short_pages_last(page: Page) -> bool:
    """Tell whether earlier short pages were the last ones. A usual page size may be a cap of the API."""
    may_be_cap = page.count in USUAL_SIZES and page.count >= page.observed.longest
    return bool(page.observed.short_is_last) and not may_be_cap
