"""What the pages of an endpoint have shown, so that its children need not be asked to show it again."""

import asyncio
from dataclasses import replace

from pagination import Paginator
from rest.request import Habits, Page


class TemplateHabits:
    """Learns from the pages of all walks of one endpoint template."""

    def __init__(self) -> None:
        self.known = Habits()
        self._recognised = ""
        self._first_to_confirm: object = None
        self._confirmed = asyncio.Event()

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

    def page_seen(self, page: Page) -> None:
        """A page of any length."""
        if page.count > self.known.longest:
            self.known = replace(self.known, longest=page.count)
        if self.known.page_size and page.count > self.known.page_size:
            # What looked like a cap was none: pages are cut at will.
            self.known = replace(self.known, page_size=page.count, short_is_last=False)

    def short_page_was_last(self) -> None:
        """The page after a short one held nothing."""
        if self.known.short_is_last is None:
            self.known = replace(self.known, short_is_last=True)

    def short_page_went_on(self, page: Page) -> None:
        """The page after a short one held more: the API caps its pages, or cuts them at will."""
        if page.count < self.known.longest:
            self.known = replace(self.known, short_is_last=False)
        else:
            self.known = replace(self.known, page_size=page.count)
