"""What a walk knows: where it has been, which items it has seen, and the most that any page said."""

from collections.abc import Sequence
from dataclasses import dataclass

from configuration.resource import Endpoint
from extraction.item_keys import item_key, item_keys
from extraction.large import LargeItems
from extraction.page_identity import are_alike, digest
from pagination import NextPage
from rest.bodies import Json
from rest.errors import PaginationError
from rest.page import Page, ReportedTotals

# A listing that the API filters after cutting can have many empty pages; one without end has more.
_MOST_EMPTY_PAGES = 1000
# So many items show in which order a listing began.
_MOST_FIRST_KEYS = 200
# So many pages in a row without anything new are no accident.
_MOST_STALE_PAGES = 3
# No listing that is read page by page in a resync has so many: they take hours. One without end has more.
_MOST_PAGES = 100_000
_MOST_ITEMS = 10_000_000


@dataclass(frozen=True, slots=True)
class News:
    """What a page brought. new: how many items were not seen before in this walk. repeated: how many were.

    repeated_at_start: those stand before all others, where an item put on top pushed them down.
    """

    new: int
    repeated: int = 0
    repeated_at_start: bool = True


class Progress:
    """The requests, pages and items of one walk."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._heeds_removals = endpoint.pagination.type in ("offset", "page")
        self._asked: set[bytes] = set()
        self._pages: set[bytes] = set()
        self._empty = 0
        self._stale = 0
        self._items: set[int] = set()
        self._last_items: Sequence[Json] = ()
        self._totals: list[int] = []
        self._is_total_fresh = False
        self._left_out = 0
        self.first_keys: list[int] = []
        self.reported = ReportedTotals()
        self.repeated = 0
        self.pushed_down = True

    @property
    def distinct(self) -> int:
        """How many different items the API gave, with those that data_path leaves out; 0 on the first page,
        which is not looked at.
        """
        return len(self._items) + self._left_out

    def knows(self, key: int) -> bool:
        """True for an item that was seen."""
        return key in self._items

    def learn(self, key: int) -> None:
        """An item was seen."""
        self._items.add(key)

    def learn_all(self, items: Sequence[Json]) -> None:
        """Items were seen."""
        self._items.update(item_keys(items))

    def check(self, page: Page, mark: bytes) -> None:
        """mark: the identity of its items.

        Raises PaginationError: more pages, or more empty ones in a row, than a listing may have."""
        self._asked.add(digest(page.request.key))
        if page.count:
            self._pages.add(mark)
            self._check_bound(page.number)
            # Where a page in the middle came empty, what is missing is not at the top.
            self.pushed_down = self.pushed_down and not self._empty
        self._empty = 0 if page.count else self._empty + 1
        if self._empty > _MOST_EMPTY_PAGES:
            raise PaginationError(
                f"{self._empty} pages in a row have no items, yet there is more",
                hint="Check data_path, and the path that says whether there is more",
            )

    def has_seen(self, mark: bytes) -> bool:
        """True when an earlier page had the items of this identity."""
        return mark in self._pages

    def note_counts(self, page: Page, pages: int | None, items: int | None) -> None:
        """What a page reports of the listing's length; the latest counts, and silence changes nothing.

        A total that is the page's own length may be just that, and is not kept.
        """
        self._is_total_fresh = items is not None
        if items is not None and (items == page.count or items < page.items_so_far - self.repeated):
            items = None
        if items is not None:
            self._totals = [min([*self._totals, items]), max([*self._totals, items])]
        before = self.reported
        self.reported = ReportedTotals(
            before.items if items is None else items, before.pages if pages is None else pages
        )

    @property
    def is_total_reached(self) -> bool:
        """True when as many different items were seen as each page told of, the last one too: with a total
        that never changed, none of them is a newcomer in the place of a missing one.
        """
        is_steady = self._is_total_fresh and len(set(self._totals)) == 1
        return is_steady and self.distinct >= self._totals[0]

    @property
    def is_below_the_total(self) -> bool:
        """True where fewer items were seen than the latest page told of; or than any page did, where nobody
        looked after each page whether something was removed.
        """
        told = self.reported.items if self._heeds_removals else max(self._totals, default=None)
        return told is not None and 0 < self.distinct < told

    @property
    def has_shrunk(self) -> bool:
        """True where later pages tell of fewer items: what was removed may have moved others up, over the
        edge of a page.
        """
        return bool(self._totals) and 0 < self.distinct < self._totals[-1] > (self.reported.items or 0)

    def news(self, page: Page) -> News:
        """What of a page is new in this walk; its items count as seen from now on."""
        self._left_out += page.count - len(page.items)
        if isinstance(page.items, LargeItems):
            return self._news_of(page.items)
        keys = item_keys(page.items)
        known = [key in self._items for key in keys]
        self._items.update(keys)
        self.first_keys += keys[: _MOST_FIRST_KEYS - len(self.first_keys)]
        repeated = sum(known)
        return News(len(keys) - repeated, repeated, not any(known[repeated:]))

    def _news_of(self, items: LargeItems) -> News:
        """The same, with no more in memory than one item; its own repetitions count as seen before."""
        new = repeated = 0
        is_at_start = True
        for item in items:
            key = item_key(item)
            is_known = key in self._items
            is_at_start = is_at_start and not (is_known and new)
            new, repeated = new + (not is_known), repeated + is_known
            self._items.add(key)
            if len(self.first_keys) < _MOST_FIRST_KEYS:
                self.first_keys.append(key)
        return News(new, repeated, is_at_start)

    def note_news(self, page: Page, news: News) -> None:
        """Counts what a page repeats.

        Raises PaginationError: pages bring nothing new again and again, and would do so for ever.
        """
        self.repeated += news.repeated
        self.pushed_down = self.pushed_down and news.repeated_at_start
        is_stale = len(page.items) > 0 and (not news.new or are_alike(self._last_items, page.items))
        self._last_items = page.items
        self._stale = self._stale + 1 if is_stale else 0
        if self._stale >= _MOST_STALE_PAGES:
            raise PaginationError(
                f"{self._stale} pages in a row bring nothing new",
                hint="Does the API know the pagination parameter? If the endpoint has no pages, "
                "set selector.pagination: {type: none}",
                doubt="repeated_items",
            )

    def check_next(self, following: NextPage, page: Page) -> None:
        """Raises PaginationError: the next request was made before, or there is more than max_pages."""
        if not following.is_scroll and digest(following.request.key) in self._asked:
            raise PaginationError(
                f"page {page.number + 1} leads back to an earlier page",
                hint="Check the path of the cursor or link: the API repeats one that was used before",
                doubt="repeated_items",
            )
        if following.promise:
            self._check_bound(page.number + 1)

    def _check_bound(self, number: int) -> None:
        bound = self._endpoint.pagination.max_pages
        if number >= (_MOST_PAGES if bound is None else bound):
            raise PaginationError(
                f"there are more than {_MOST_PAGES if bound is None else bound} pages",
                hint="Raise maxPages, or take it out" if bound else "Set maxPages, if it has an end",
            )
        if len(self._items) > _MOST_ITEMS:
            raise PaginationError(
                f"there are more than {_MOST_ITEMS:,} items",
                hint="Ask for fewer of them by query_params, or in several kinds; maxPages ends it earlier",
            )
