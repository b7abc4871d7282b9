"""One page of a listing and its position in the walk, as a plain value."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rest.bodies import Json
from rest.envelope import EnvelopeField, envelope_of
from rest.request import Request
from rest.response import Response
from rest.steps import Step

type Item = dict[str, Json]


@dataclass(frozen=True, slots=True)
class ObservedPageSizes:
    """What the pages of one endpoint template have shown about page sizes.

    page_size: the API's maximum page size, if it is smaller than the requested one. None: not observed.
    short_is_last: True if a short page was confirmed to be the last, False if it was not. None: not observed.
    longest: the number of items on the longest page.
    """

    page_size: int | None = None
    short_is_last: bool | None = None
    longest: int = 0


@dataclass(frozen=True, slots=True)
class ReportedTotals:
    """The largest totals that earlier pages of a walk reported. None: none was reported."""

    items: int | None = None
    pages: int | None = None


@dataclass(frozen=True)
class Page:
    """One page of a listing, and its position in the walk.

    items: the items as the API sent them, before any is dropped or changed.
    sent_count: how many items the API sent. None: len(items). A jq expression may keep fewer.
    is_list: False for a single object. is_null: the value is null instead of a list.
    is_item: the whole body is the item.
    steps: the path from the body to the items. Everything else is the envelope. None: unknown.
    number: 0 for the first page. items_before: the number of items on all earlier pages.
    largest_before: the number of items on the longest earlier page.
    previous_response: the response of the page before this one, None for the first page.
    announced_by: the field, header or link of the previous page that announced this one.
    observed: page sizes seen so far. reported: totals that earlier pages reported.
    ordinal: its number in the API's own counting, if the page size changed on the way. None: number.
    """

    request: Request
    response: Response
    items: Sequence[Json]
    sent_count: int | None = None
    is_list: bool = True
    number: int = 0
    items_before: int = 0
    largest_before: int = 0
    previous_response: Response | None = None
    announced_by: str | None = None
    is_null: bool = False
    is_item: bool = False
    steps: tuple[Step, ...] | None = None
    observed: ObservedPageSizes = ObservedPageSizes()
    reported: ReportedTotals = ReportedTotals()
    ordinal: int | None = None

    @cached_property
    def envelope(self) -> tuple[EnvelopeField, ...]:
        """The fields of the body outside the items."""
        return envelope_of(self.response.body, self.steps)

    @cached_property
    def previous(self) -> "Page | None":
        """The page before this one, without its items. None for the first page."""
        if self.previous_response is None:
            return None
        return Page(self.request, self.previous_response, (), steps=self.steps)

    @property
    def count(self) -> int:
        """The number of items that the API sent. Stop rules use it."""
        return len(self.items) if self.sent_count is None else self.sent_count

    @property
    def items_so_far(self) -> int:
        """The number of items on this page and all earlier ones."""
        return self.items_before + self.count

    @property
    def largest(self) -> int:
        """The number of items on the longest page so far, including this one."""
        return max(self.largest_before, self.count)
