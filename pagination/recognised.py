"""What a page says about the pages that follow, by the usual names of flags, links and totals."""

from collections.abc import Collection
from dataclasses import dataclass

from pagination.places import Found, found
from pagination.signals import (
    Continuation,
    PageVerdict,
    by_next,
    by_next_cursor,
    by_total,
    flagged,
    is_below_own_size,
    is_named_last,
    is_numbered_last,
    more_flag,
    object_cursor,
    page_counts,
    what_remains,
)
from pagination.signals import by_page_count as by_pages
from pagination.values import whole_number
from pagination.vocabulary import Meaning
from rest.page import Page


@dataclass(frozen=True, slots=True)
class RecognisedSignals:
    """Reads the usual signals of a page.

    trusts_totals: False where the totals of this API are only estimates and prove nothing.
    """

    trusts_totals: bool = True

    def verdict(self, page: Page, reach: int, *, full: bool) -> PageVerdict | None:
        """Return what the usual signals say; None: there are none.

        reach: the position in the listing up to which this page was requested.
        full: the page holds as many items as a page can hold.
        """
        return (
            flagged(page)
            or by_next(page)
            or self._by_page_count(page, full=full)
            or self._by_total(page, reach, full=full)
            or self._by_earlier_pages(page, full=full)
        )

    def counts(self, page: Page) -> tuple[int | None, int | None]:
        """Return the reported numbers of pages and of items; None: not reported."""
        pages = (whole_number(count.value) for count in self._page_counts(page))
        total = self.total(page)
        return next((number for number in pages if number), None), whole_number(
            total.value
        ) if total else None

    def total(self, page: Page) -> Found | None:
        """Return the reported number of all items; None: not reported."""
        if not self.trusts_totals:
            return None
        counts = [count for count in found(page, Meaning.TOTAL) if whole_number(count.value) is not None]
        # `count` may be the number of items on this page, so `total` goes before it.
        named = (count for count in counts if "total" in count.name.lower())
        return next(named, next(iter(counts), None))

    def is_own_total(self, page: Page) -> bool:
        """Tell whether the total is the number of items on this page. `count` alone does not show that."""
        total = self.total(page)
        return total is not None and "total" in total.name.lower() and whole_number(total.value) == page.count

    def evidence_of_more(self, page: Page, ignored: Collection[str] = ()) -> str | None:
        """Return where a page says that it is not the last one; None: nowhere.

        ignored: places whose cursors are no evidence.
        """
        if is_named_last(page) and not more_flag(page):
            return None
        missing = self.missing_of_total(page)
        verdicts = (
            flagged(page),
            by_next(page),
            self._by_page_count(page, full=False),
            by_next_cursor(page, ignored),
        )
        for verdict in verdicts:
            if verdict and verdict.continuation is Continuation.MORE:
                return verdict.where
            if verdict and verdict.continuation is Continuation.END:
                return missing
        return missing or what_remains(page) or object_cursor(page)

    def missing_of_total(self, page: Page) -> str | None:
        """Return where a first page reports a total that it does not reach; None: nowhere.

        Later pages are judged when the listing has ended, because it may have moved meanwhile.
        """
        if page.number > 0:
            return None
        count = self.total(page)
        total = whole_number(count.value) if count else None
        if count and total is not None:
            return count.where if total > page.items_so_far and total != page.count else None
        verdict = self._by_earlier_pages(page, full=False)
        return verdict.where if verdict and verdict.continuation is Continuation.MORE else None

    def _by_earlier_pages(self, page: Page, *, full: bool) -> PageVerdict | None:
        """Judge by the totals of earlier pages, where this page reports none."""
        at_the_end = Continuation.ASK if full else Continuation.END
        items, pages = page.reported.items, page.reported.pages
        if not page.count:  # an empty page is judged by what the page before it promised
            return None
        if items is not None and self.counts(page)[1] is None:
            continuation = Continuation.MORE if page.items_so_far < items else at_the_end
            return PageVerdict(continuation, f"the total of an earlier page, {items}")
        if pages is not None and self.counts(page)[0] is None:
            continuation = Continuation.MORE if page.number + 1 < pages else at_the_end
            return PageVerdict(continuation, f"the number of pages on an earlier page, {pages}")
        return None

    def _by_page_count(self, page: Page, *, full: bool) -> PageVerdict | None:
        for count in self._page_counts(page):
            pages = whole_number(count.value)
            if pages is None or (pages == 0 and page.count):
                continue
            continuation = by_pages(page, pages)
            # A number counted from 0, or by another page size, is too small.
            total = self.total(page)
            items = whole_number(total.value) if total else None
            is_short = items is not None and items > page.items_so_far
            may_go_on = is_short or (full and not is_numbered_last(page, pages))
            is_sure = continuation is Continuation.MORE or not may_go_on
            return PageVerdict(continuation if is_sure else Continuation.ASK, count.where)
        return None

    def _by_total(self, page: Page, reach: int, *, full: bool) -> PageVerdict | None:
        count = self.total(page)
        total = whole_number(count.value) if count else None
        if count is None or total is None:
            return None
        # Some APIs report the page's own count as the total. A total that equals it, or that was passed
        # before, proves nothing, and the length of the page decides.
        if total == page.count or total < page.items_so_far:
            is_whole = total == page.items_so_far and is_below_own_size(page)
            return PageVerdict(Continuation.END, count.where) if is_whole else None
        continuation = by_total(page, total, reach)
        is_unsure = continuation is Continuation.END and full
        return PageVerdict(Continuation.ASK if is_unsure else continuation, count.where)

    def _page_counts(self, page: Page) -> tuple[Found, ...]:
        return page_counts(page) if self.trusts_totals else ()
