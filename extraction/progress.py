"""What a walk knows: the requests it made, the items it saw, the totals that pages reported."""

from collections.abc import Sequence
from dataclasses import dataclass

from configuration.resource import Endpoint
from extraction.item_keys import item_key, item_keys
from extraction.large_bodies import LargeItems
from extraction.limits import WalkLimits
from extraction.page_identity import are_alike, digest
from pagination import NextPage
from rest.bodies import Json
from rest.errors import PaginationError
from rest.page import Page, ReportedTotals


@dataclass(frozen=True, slots=True)
class News:
    """What a page brought.

    new, repeated: how many items this walk saw for the first time, and how many again.
    repeated_at_start: the repeated ones come first, as after an item was added on top of the listing.
    """

    new: int
    repeated: int = 0
    repeated_at_start: bool = True


class Progress:
    """The requests, pages and items of one walk, and the guard against endless listings."""

    def __init__(self, endpoint: Endpoint, limits: WalkLimits) -> None:
        self.limits = limits
        max_pages = endpoint.pagination.max_pages
        self._max_pages = limits.pages if max_pages is None else max_pages
        self._has_own_bound = bool(max_pages)
        self._notices_removals = endpoint.pagination.type in ("offset", "page")
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
        """How many distinct items the API sent, with those that data_path leaves out.

        0 on the first page, whose items are not examined until there is a second one.
        """
        return len(self._items) + self._left_out

    def knows(self, key: int) -> bool:
        """Tell whether an item was seen."""
        return key in self._items

    def learn(self, key: int) -> None:
        """Note an item as seen."""
        self._items.add(key)

    def learn_all(self, items: Sequence[Json]) -> None:
        """Note items as seen."""
        self._items.update(item_keys(items))

    def check(self, page: Page, fingerprint: bytes) -> None:
        """Note a page. fingerprint: of its items.

        Raises PaginationError: there are more pages, or more empty pages in a row, than a listing can have.
        """
        self._asked.add(digest(page.request.key))
        if page.count:
            self._pages.add(fingerprint)
            self._check_bound(page.number)
            # After an empty page in the middle, missing items need not be at the top.
            self.pushed_down = self.pushed_down and not self._empty
        self._empty = 0 if page.count else self._empty + 1
        if self._empty > self.limits.empty_pages:
            raise PaginationError(
                f"{self._empty} pages in a row have no items, but there is more",
                hint="Check data_path, and the path that says whether there is more",
            )

    def has_seen(self, fingerprint: bytes) -> bool:
        """Tell whether an earlier page had the same items."""
        return fingerprint in self._pages

    def note_counts(self, page: Page, pages: int | None, items: int | None) -> None:
        """Note the totals that a page reports. The latest one counts.

        A total that equals the length of the page may be only that, and is not kept.
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
        """Tell whether as many distinct items were seen as every page reported.

        If the total never changed, no new item can stand in for a missing one.
        """
        is_steady = self._is_total_fresh and len(set(self._totals)) == 1
        return is_steady and self.distinct >= self._totals[0]

    @property
    def is_below_the_total(self) -> bool:
        """Tell whether fewer items were seen than reported.

        The latest total counts where removals are noticed page by page, and otherwise the highest one.
        """
        reported = self.reported.items if self._notices_removals else max(self._totals, default=None)
        return reported is not None and 0 < self.distinct < reported

    @property
    def has_shrunk(self) -> bool:
        """Tell whether the total fell. Removed items may have moved others up, past the edge of a page."""
        return bool(self._totals) and 0 < self.distinct < self._totals[-1] > (self.reported.items or 0)

    def news(self, page: Page) -> News:
        """Return what is new on a page, and note its items as seen."""
        self._left_out += page.count - len(page.items)
        if isinstance(page.items, LargeItems):
            return self._news_of(page.items)
        keys = item_keys(page.items)
        known = [key in self._items for key in keys]
        self._items.update(keys)
        self.first_keys += keys[: self.limits.first_keys - len(self.first_keys)]
        repeated = sum(known)
        return News(len(keys) - repeated, repeated, not any(known[repeated:]))

    def _news_of(self, items: LargeItems) -> News:
        """Do the same with one item in memory at a time. Items repeated on the page count as seen before."""
        new = repeated = 0
        is_at_start = True
        for item in items:
            key = item_key(item)
            is_known = key in self._items
            is_at_start = is_at_start and not (is_known and new)
            new, repeated = new + (not is_known), repeated + is_known
            self._items.add(key)
            if len(self.first_keys) < self.limits.first_keys:
                self.first_keys.append(key)
        return News(new, repeated, is_at_start)

    def note_news(self, page: Page, news: News) -> None:
        """Count the repeated items. Raises PaginationError: several pages in a row brought nothing new."""
        self.repeated += news.repeated
        self.pushed_down = self.pushed_down and news.repeated_at_start
        is_stale = len(page.items) > 0 and (not news.new or are_alike(self._last_items, page.items))
        self._last_items = page.items
        self._stale = self._stale + 1 if is_stale else 0
        if self._stale >= self.limits.stale_pages:
            raise PaginationError(
                f"{self._stale} pages in a row have no new items",
                hint="Does the API know the pagination parameter? If the endpoint has no pages, "
                "set selector.pagination: {type: none}",
                doubt="repeated_items",
            )

    def check_next(self, following: NextPage, page: Page) -> None:
        """Raises PaginationError: the next request was sent before, or there are more than max_pages."""
        if not following.is_scroll and digest(following.request.key) in self._asked:
            raise PaginationError(
                f"page {page.number + 1} leads back to an earlier page",
                hint="Check the path of the cursor or link: the API repeats one that was used before",
                doubt="repeated_items",
            )
        if following.promise:
            self._check_bound(page.number + 1)

    def _check_bound(self, number: int) -> None:
        if number >= self._max_pages:
            raise PaginationError(
                f"there are more than {self._max_pages} pages",
                hint="Raise maxPages, or remove it"
                if self._has_own_bound
                else "Set maxPages, if it has an end",
            )
        if len(self._items) > self.limits.items:
            raise PaginationError(
                f"there are more than {self.limits.items:,} items",
                hint="Request fewer items with query_params, or split the kind. maxPages stops earlier",
            )
