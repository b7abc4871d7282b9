"""What a page says of its continuation by the usual names of flags, links and totals."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from pagination.places import Found, found
from pagination.signals import (
    Continuation,
    PageVerdict,
    by_next,
    by_next_cursor,
    by_page_count,
    by_total,
    flagged,
    is_named_last,
    is_number_of_page,
    more_flag,
    what_remains,
)
from pagination.values import is_flag, whole_number
from pagination.vocabulary import Meaning
from rest.page import Page


@dataclass(frozen=True, slots=True)
class RecognisedSignals:
    """What the usual names for flags, totals and next pages say of a page.

    trusts_totals: False where the totals of this API are only estimates and prove nothing.
    """

    trusts_totals: bool = True

    def counts(self, page: Page) -> tuple[int | None, int | None]:
        """The number of pages and of items, by their usual names; None: not told."""
        pages = (whole_number(count.value) for count in self._page_counts(page))
        total = self.total(page)
        return next((number for number in pages if number), None), whole_number(
            total.value
        ) if total else None

    def verdict(self, page: Page, reach: int, *, full: bool) -> PageVerdict | None:
        """What the usual signals say of a page, None where there are none.

        reach: the position in the listing up to which this page was asked for.
        full: the page holds as many items as a page can.
        """
        readers: tuple[Callable[[Page], PageVerdict | None], ...] = (
            flagged,
            by_next,
            partial(self._by_page_count, full=full),
        )
        for reader in readers:
            if said := reader(page):
                return said
        return self._by_total(page, reach, full=full) or self.by_earlier_pages(page, full=full)

    def by_earlier_pages(self, page: Page, *, full: bool = False) -> PageVerdict | None:
        """What pages before said of the listing's length, where this one is silent about it."""
        at_the_end = Continuation.ASK if full else Continuation.END
        items, pages = page.reported.items, page.reported.pages
        if not page.count:  # an empty page is judged by what was promised
            return None
        if items is not None and self.counts(page)[1] is None:
            continuation = Continuation.MORE if page.items_so_far < items else at_the_end
            return PageVerdict(continuation, f"the total of an earlier page, {items}")
        if pages is not None and self.counts(page)[0] is None:
            continuation = Continuation.MORE if page.number + 1 < pages else at_the_end
            return PageVerdict(continuation, f"the number of pages on an earlier page, {pages}")
        return None

    def evidence_of_more(self, page: Page) -> str | None:
        """Where a page says that it is not the last, for those that end without having looked; None: nowhere."""
        if is_named_last(page) and not more_flag(page):
            return None
        missing = self.missing_of_total(page)
        signals = (
            flagged(page),
            by_next(page),
            self._by_page_count(page, full=False),
            by_next_cursor(page),
        )
        for said in signals:
            if said and said.continuation is Continuation.MORE:
                return said.where
            if said and said.continuation is Continuation.END:
                return missing
        return missing or what_remains(page)

    def missing_of_total(self, page: Page) -> str | None:
        """Where a total stands that a first page does not reach; None: nowhere. Later ones are looked at when the
        listing has ended: it may have moved meanwhile.
        """
        if page.number > 0:
            return None
        count = self.total(page)
        total = whole_number(count.value) if count else None
        if count and total is not None:
            return count.where if total > page.items_so_far and total != page.count else None
        said = self.by_earlier_pages(page)
        return said.where if said and said.continuation is Continuation.MORE else None

    def is_own_total(self, page: Page) -> bool:
        """True where a total is just the number of this page's items; `count` alone may be no more than that."""
        total = self.total(page)
        return total is not None and "total" in total.name.lower() and whole_number(total.value) == page.count

    def total(self, page: Page) -> Found | None:
        """The number of all items, by its usual names; None: there is none."""
        if not self.trusts_totals:
            return None
        counts = [count for count in found(page, Meaning.TOTAL) if whole_number(count.value) is not None]
        # Beside `count`, which may be the page's own, `total` is what it says.
        named = (count for count in counts if "total" in count.name.lower())
        return next(named, next(iter(counts), None))

    def _by_page_count(self, page: Page, *, full: bool) -> PageVerdict | None:
        for count in self._page_counts(page):
            pages = whole_number(count.value)
            if pages is None or (pages == 0 and page.count):
                continue
            continuation = by_page_count(page, pages)
            # Counted from 0, or by a size that the API does not keep to, it falls short of the truth.
            total = self.total(page)
            items = whole_number(total.value) if total else None
            is_short = items is not None and items > page.items_so_far
            is_sure = continuation is Continuation.MORE or not (full or is_short)
            return PageVerdict(continuation if is_sure else Continuation.ASK, count.where)
        return None

    def _page_counts(self, page: Page) -> tuple[Found, ...]:
        if not self.trusts_totals:
            return ()
        # `last_page` is a flag here and a number there; a flag under the name of a number says nothing.
        counts = (*found(page, Meaning.PAGES), *found(page, Meaning.LAST))
        return tuple(count for count in counts if not is_flag(count.value) or is_number_of_page(count))

    def _by_total(self, page: Page, reach: int, *, full: bool) -> PageVerdict | None:
        count = self.total(page)
        total = whole_number(count.value) if count else None
        # Some APIs report the page's own count as the total: one that fits this page alone, or that was
        # passed before, proves nothing, and the page's length decides as where there is no total.
        if count is None or total is None or total == page.count or total < page.items_so_far:
            return None
        continuation = by_total(page, total, reach)
        return PageVerdict(
            Continuation.ASK if continuation is Continuation.END and full else continuation, count.where
        )
