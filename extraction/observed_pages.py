"""What the pages of one endpoint template have shown, so that later walks need not find it out again."""

import asyncio
from dataclasses import replace

from pagination import Paginator
from pagination.vocabulary import Meaning, meaning_of
from rest.errors import RETRIED, DoubtError, SyncError
from rest.page import ObservedPageSizes, Page


class TemplateObservations:
    """Learns from the pages of all walks of one endpoint template.

    sizes: the page sizes seen so far. gives_lists: a response had a list.
    is_single: a second page was requested, and there is none, or the listing is a file.
    """

    def __init__(self, *, is_single: bool = False) -> None:
        self.sizes = ObservedPageSizes()
        self._recognised = ""
        self._first_to_confirm: object = None
        self._confirmed = asyncio.Event()
        self.gives_lists = False
        self.is_single = is_single

    def may_confirm(self, walk: object) -> bool:
        """Tell whether this walk may find out if a short page is the last one. The others wait for it."""
        if self._first_to_confirm is None:
            self._first_to_confirm = walk
        return self._first_to_confirm is walk or self._confirmed.is_set()

    async def confirmation(self) -> None:
        """Wait until the first walk has found that out, or has ended."""
        await self._confirmed.wait()

    def has_confirmed(self, walk: object) -> None:
        """Note that a walk has found that out, or has ended."""
        if self._first_to_confirm is walk:
            self._confirmed.set()

    def is_new(self, paginator: Paginator) -> bool:
        """Tell whether this is the first walk that detected this paginator."""
        before, self._recognised = self._recognised, repr(paginator)
        return before != self._recognised

    def shape_doubt(self, page: Page) -> SyncError | None:
        """Return a doubt where an object or null stands in place of a list; None: the page has a list."""
        if page.is_list and not page.is_null:
            self.gives_lists = True
            return None
        if page.response.is_empty or _says_zero(page):
            return None
        there = "null" if page.is_null else "one object"
        return DoubtError(
            f"{there} stands where other responses of this endpoint have a list: {page.response.excerpt!r}",
            next_resync=RETRIED,
            doubt="changed_shape",
        )

    def page_seen(self, page: Page) -> None:
        """Note the size of a page."""
        if page.count > self.sizes.longest:
            self.sizes = replace(self.sizes, longest=page.count)
        if self.sizes.page_size and page.count > self.sizes.page_size:
            # The size was no cap after all: the API varies its page sizes.
            self.sizes = replace(self.sizes, page_size=page.count, short_is_last=False)

    def short_page_was_last(self) -> None:
        """Note that nothing followed a short page."""
        if self.sizes.short_is_last is None:
            self.sizes = replace(self.sizes, short_is_last=True)

    def short_page_went_on(self, page: Page) -> None:
        """Note that more followed a short page: the API caps its pages, or varies their sizes."""
        if page.count < self.sizes.longest:
            self.sizes = replace(self.sizes, short_is_last=False)
        else:
            self.sizes = replace(self.sizes, page_size=page.count)


def _says_zero(page: Page) -> bool:
    """Tell whether a total of 0 explains the missing list: {"items": null, "total": 0}."""
    counts = (place for place in page.envelope if meaning_of(place.name) is Meaning.TOTAL)
    return any(place.value == 0 for place in counts)
