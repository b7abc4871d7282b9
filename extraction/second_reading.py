"""Reading a listing again that moved while it was read: its first pages, or all of them."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from itertools import pairwise

from client import check_rereading
from extraction.item_keys import item_key
from extraction.large_bodies import LargeItems
from extraction.page_checks import check_shape, without_errors
from extraction.page_source import PageSource
from extraction.progress import Progress
from pagination import Paginator
from rest.bodies import Json
from rest.errors import DoubtError
from rest.page import Page
from rest.request import Request
from rest.response import Response

# How often a listing is read again from its beginning.
_MOST_READINGS = 5
# This many items in their old order show unmoved ground: items move to the top one by one.
_TELLING_RUN = 10
# Smaller pages show too little of an order.
_SMALLEST_PAGE = 4


async def read_again(
    source: PageSource, paginator: Paginator, progress: Progress, first: Request, last: Page
) -> AsyncGenerator[tuple[Page, list[Json]]]:
    """Yield each page that is read again, with its new items: they were added or moved to the top meanwhile.

    first: the request for the first page. last: the last page that was read.

    Raises DoubtError: the listing has another order on each reading, or must not be read again.
    """
    check_rereading(first)
    order: Sequence[int] = progress.first_keys
    for _ in range(_MOST_READINGS):
        reading = _Reading(progress, order, last.largest)
        totals: set[int | None] = set()
        page: Page | None = None
        request: Request | None = first
        while request and not reading.is_on_known_ground:
            request, response = await source.fetch(paginator, request, page)
            page = await _read(source, progress, request, response, before=page, last=last)
            totals.add(_note_counts(paginator, progress, page))
            yield page, await _new_items(reading, page)
            # An empty page may come before others.
            following = paginator.next(page) if page.number <= 2 * last.number else None
            request = following.request if following else None
        # If the total changes, new items may stand in for missing ones.
        is_reached = progress.is_total_reached and len(totals) == 1
        if is_reached or reading.is_conclusive(is_whole=request is None):
            return
        order = reading.order
    raise _no_order(progress)


def _no_order(progress: Progress) -> DoubtError:
    return DoubtError(
        f"the listing changes while it is read ({progress.repeated} items came twice), and each reading "
        "has another order",
        hint="Request a fixed order with query_params, such as sort=id",
        doubt="repeated_items",
    )


async def _read(
    source: PageSource,
    progress: Progress,
    request: Request,
    response: Response,
    *,
    before: Page | None,
    last: Page,
) -> Page:
    page = await source.page(request, response, before)
    check_shape(before or last, page)
    return replace(page, items=without_errors(page.items), reported=progress.reported)


def _note_counts(paginator: Paginator, progress: Progress, page: Page) -> int | None:
    pages, items = paginator.counts(page)
    progress.note_counts(page, pages, items)
    return items


async def _new_items(reading: "_Reading", page: Page) -> list[Json]:
    # The items of a large page are read from disk.
    is_large = isinstance(page.items, LargeItems)
    return await asyncio.to_thread(reading.new_items, page) if is_large else reading.new_items(page)


class _Reading:
    """One more reading of the listing.

    order: the item keys in the order of the reading before. page_size: the length of the longest page.
    """

    def __init__(self, progress: Progress, order: Sequence[int], page_size: int) -> None:
        self._progress = progress
        self._known_before = progress.distinct
        self._after = dict(pairwise(order))
        # At most half a page, so that one request suffices for a listing that gained a few items.
        self._enough = min(_TELLING_RUN, page_size // 2) if page_size >= _SMALLEST_PAGE else _TELLING_RUN
        self._is_ordered = progress.pushed_down and not progress.has_shrunk
        self._seen: set[int] = set()
        self._run = 0
        self._longest_run = 0
        self._found = 0
        self._has_moved = False
        self.order: list[int] = []

    def new_items(self, page: Page) -> list[Json]:
        """Return the items of a page that no reading has seen."""
        new: list[Json] = []
        for item in page.items:
            if item is None:
                continue
            key = item_key(item)
            if key in self._seen:  # it moved while this reading goes on
                self._has_moved = True
                continue
            is_next = bool(self.order) and self._after.get(self.order[-1]) == key
            self._run = self._run + 1 if is_next else 1
            self._longest_run = max(self._longest_run, self._run)
            self._seen.add(key)
            self.order.append(key)
            if not self._progress.knows(key):
                self._found += 1
                most = self._progress.limits.new_items
                if isinstance(page.items, LargeItems) and len(new) >= most:
                    raise DoubtError(
                        f"more than {most} of the {page.count} items of a page are new when read again",
                        hint="Request smaller pages, or a fixed order with query_params, such as sort=id",
                        doubt="repeated_items",
                    )
                new.append(item)
                self._progress.learn(key)
        return new

    @property
    def is_on_known_ground(self) -> bool:
        """Tell whether items come in their old order. Whatever moved is above them; nothing moved below."""
        return self._is_ordered and self._longest_run >= self._enough

    def is_conclusive(self, *, is_whole: bool) -> bool:
        """Tell whether nothing moved during this reading and nothing can be missing after it.

        is_whole: the reading went on to the end of the listing.
        """
        if self._has_moved:
            return False
        total = self._progress.reported.items
        if self.is_on_known_ground:
            # New items may stand in for missing ones as long as the total is not reached.
            return not self._found or total is None or self._progress.distinct >= total
        # Items may be gone by now. A total above that is judged when the walk ends.
        expected = self._known_before if total is None else min(total, self._known_before)
        return is_whole and not self._found and len(self._seen) >= expected
