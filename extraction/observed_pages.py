"""What the pages of an endpoint have shown, so that its children need not be asked to show it again."""

import asyncio
from dataclasses import replace

from pagination import Paginator
from pagination.vocabulary import Meaning, meaning_of
from rest.errors import DoubtError, SyncError
from rest.page import ObservedPageSizes, Page


class TemplateObservations:
    """Learns from the pages of all walks of one endpoint template.

    gives_lists: an answer had a list.
    is_single: the API was asked for a second page, and gave the first one again.
    """

    def __init__(self) -> None:
        self.sizes = ObservedPageSizes()
        self._recognised = ""
        self._first_to_confirm: object = None
        self._confirmed = asyncio.Event()
        self.gives_lists = False
        self.is_single = False

    def may_confirm(self, walk: object) -> bool:
        """True for the walk that may ask whether a short page is the last: the others wait for its answer."""
        if self._first_to_confirm is None:
            self._first_to_confirm = walk
        return self._first_to_confirm is walk or self._confirmed.is_set()

    async def confirmation(self) -> None:
        """Returns when the first walk to confirm has its answer, or has ended without one."""
        await self._confirmed.wait()

    def has_confirmed(self, walk: object) -> None:
        """That walk has its answer, or has ended."""
        if self._first_to_confirm is walk:
            self._confirmed.set()

    def is_new(self, paginator: Paginator) -> bool:
        """True for the first walk that recognises this way of continuing."""
        before, self._recognised = self._recognised, repr(paginator)
        return before != self._recognised

    def shape_doubt(self, page: Page) -> SyncError | None:
        """An object, or null, where other answers of this template may have a list; None: this one has it."""
        if page.is_list and not page.is_null:
            self.gives_lists = True
            return None
        if page.response.is_empty or _says_zero(page):
            return None
        there = "null" if page.is_null else "one object"
        return DoubtError(
            f"{there} stands where other answers of this endpoint have a list: {page.response.excerpt!r}",
            hint="The next resync tries again",
            doubt="changed_shape",
        )

    def page_seen(self, page: Page) -> None:
        """A page of any length."""
        if page.count > self.sizes.longest:
            self.sizes = replace(self.sizes, longest=page.count)
        if self.sizes.page_size and page.count > self.sizes.page_size:
            # What looked like a cap was none: pages are cut at will.
            self.sizes = replace(self.sizes, page_size=page.count, short_is_last=False)

    def short_page_was_last(self) -> None:
        """The page after a short one held nothing."""
        if self.sizes.short_is_last is None:
            self.sizes = replace(self.sizes, short_is_last=True)

    def short_page_went_on(self, page: Page) -> None:
        """The page after a short one held more: the API caps its pages, or cuts them at will."""
        if page.count < self.sizes.longest:
            self.sizes = replace(self.sizes, short_is_last=False)
        else:
            self.sizes = replace(self.sizes, page_size=page.count)


def _says_zero(page: Page) -> bool:
    """True where a count explains that the list is missing: {"items": null, "total": 0}."""
    counts = (place for place in page.envelope if meaning_of(place.name) is Meaning.TOTAL)
    return any(place.value == 0 for place in counts)
