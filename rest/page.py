"""One answer of a listing and its position in the walk, as a plain value."""

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
    """What the pages of one endpoint template have shown so far.

    page_size: the most items that a page can hold, where the API was seen to cap what was asked for.
    short_is_last: True where a short page was confirmed to be the last, False where it was not.
    longest: the length of the longest page.
    """

    page_size: int | None = None
    short_is_last: bool | None = None
    longest: int = 0


@dataclass(frozen=True, slots=True)
class ReportedTotals:
    """The most that the pages of a walk before this one said of the listing's length. None: nothing."""

    items: int | None = None
    pages: int | None = None


@dataclass(frozen=True)
class Page:
    """One answer of a listing, and where in the walk it stands.

    items: the items as the API sent them, before any is dropped or changed.
    given: how many items the API sent. None: as many as there are items. A jq expression may keep fewer.
    is_list: False for a single object. is_null: null stands where the list should be.
    is_item: the whole body is the item.
    steps: the way from the body to the items. What lies beside it is the envelope. None: unknown.
    number: 0 for the first page. items_before: how many items all earlier pages had.
    previous: the response before this one, None for the first page.
    promise: where the previous page said that this one exists.
    observed: page sizes seen so far. reported: totals that earlier pages gave.
    """

    request: Request
    response: Response
    items: Sequence[Json]
    given: int | None = None
    is_list: bool = True
    number: int = 0
    items_before: int = 0
    largest_before: int = 0
    previous: Response | None = None
    promise: str | None = None
    is_null: bool = False
    is_item: bool = False
    steps: tuple[Step, ...] | None = None
    observed: ObservedPageSizes = ObservedPageSizes()
    reported: ReportedTotals = ReportedTotals()

    @cached_property
    def envelope(self) -> tuple[EnvelopeField, ...]:
        """What the body says beside the items."""
        return envelope_of(self.response.body, self.steps)

    @cached_property
    def before(self) -> "Page | None":
        """The page before this one, without its items; None for the first page."""
        if self.previous is None:
            return None
        return Page(self.request, self.previous, (), steps=self.steps)

    @property
    def count(self) -> int:
        """How many items the API gave: what stop rules count."""
        return len(self.items) if self.given is None else self.given

    @property
    def items_so_far(self) -> int:
        """Items of this page and all before it."""
        return self.items_before + self.count

    @property
    def largest(self) -> int:
        """The length of the longest page so far, this one included."""
        return max(self.largest_before, self.count)
