"""A listing that moved while it was read, read once more: its first pages, or all of them."""

from collections.abc import AsyncGenerator
from dataclasses import replace

from extraction.page_checks import without_errors
from extraction.page_source import PageSource
from extraction.progress import Progress
from extraction.sameness import item_keys
from pagination import Paginator
from rest.bodies import Json
from rest.errors import DoubtError
from rest.request import Page, Request

# So often is a listing read once more, from its beginning.
_MOST_READINGS = 3


async def read_again(
    source: PageSource, paginator: Paginator, progress: Progress, first: Request, last: Page
) -> AsyncGenerator[Page]:
    """What was put on top, or moved there, while the listing was read; in pages of that alone.

    last: the last page that was read.
    Raises DoubtError: the listing is in another order each time that it is read.
    """
    for _ in range(_MOST_READINGS):
        reading = _Reading(progress)
        page: Page | None = None
        request: Request | None = first
        while request and not reading.is_on_known_ground:
            page = await source.page(request, await source.answer(request), page)
            page = replace(page, items=without_errors(page.items), reported=progress.reported)
            progress.note_counts(page, *paginator.counts(page))
            if new := reading.new_items(page):
                yield replace(page, items=new, given=len(new))
            following = paginator.next(page) if page.count and page.number <= 2 * last.number else None
            request = following.request if following else None
        if reading.is_on_known_ground or reading.found_nothing or progress.is_total_reached:
            return
    raise DoubtError(
        f"the listing moves while it is read ({progress.repeated} items came on two pages), and reading it "
        "again brings others each time: it has no order of its own",
        hint="Ask for an order by query_params, like sort=id",
        doubt="repeated_items",
    )


class _Reading:
    """What one more reading brings that the walk has not seen."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._found: set[int] = set()
        self._is_in_order = progress.pushed_down and not progress.has_shrunk
        self._is_on_old_items = False
        self._has_met_old = False

    def new_items(self, page: Page) -> list[Json]:
        """The items of a page that are new."""
        new: list[Json] = []
        for item, key in zip(page.items, item_keys(page.items), strict=True):
            if key in self._found:  # pushed down once more, while this reading goes on
                continue
            self._is_on_old_items = self._progress.knows(key)
            if self._is_on_old_items:
                self._has_met_old = True
                continue
            new.append(item)
            self._found.add(key)
            self._progress.learn(key)
            # What an insertion pushed down stands below it: something new further down came another way.
            self._is_in_order = self._is_in_order and not self._has_met_old
        return new

    @property
    def found_nothing(self) -> bool:
        """True when all of it was known."""
        return not self._found

    @property
    def is_on_known_ground(self) -> bool:
        """True where all that is new stood on top, and known items follow it: below, nothing moved."""
        return self._is_in_order and self._is_on_old_items
