"""Paginators that count: items (offset) or pages (page number)."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from configuration.pagination import USUAL_NAMES, PaginationSettings
from pagination.base import NextPage
from pagination.param_paginator import ParamPaginator, param_settings
from pagination.signals import Continuation, echoed_size
from pagination.stop_rules import StopRules, is_full_page
from pagination.values import whole_number
from rest.bodies import Json
from rest.page import Page
from rest.request import Request, text_of


@dataclass(frozen=True, slots=True)
class CountedPaginator(ParamPaginator):
    """What both ways of counting share. The stop rules end the listing.

    param: the name of the offset or page number.
    """

    def first(self, request: Request) -> Request:
        """Return the request with position and size; values that the mapping sets itself stay."""
        if request.value(self.param, self.location) is None:
            request = at_position(self, request, self._start())
        # dataclass creates a class with slots anew, so super() without arguments fails.
        return super(CountedPaginator, self).first(request)

    def next(self, page: Page) -> NextPage | None:
        """Return the request with the next position, until the stop rules end the listing."""
        verdict = self._rules().verdict(page, self._reach(page), full_size(self, page))
        if verdict.continuation is Continuation.END:
            return None
        request = at_position(self, page.request, self._next_position(page))
        return NextPage(request, promise=verdict.where if verdict.continuation is Continuation.MORE else None)

    def rest(self, page: Page) -> Iterator[Request]:
        """Yield the requests for the pages that the first page reports."""
        for number in range(1, self._rules().page_count(page, self._reach(page))):
            yield at_position(self, page.request, self._position_of(page, number))

    def reported_total(self, page: Page) -> int | None:
        """Return how many items (or else pages) the page reports."""
        return self._rules().reported_total(page)

    def is_full(self, page: Page) -> bool:
        """Tell whether the page is as long as the requested size, the observed cap or the longest page."""
        return is_full_page(page, full_size(self, page))

    def requested_size(self, request: Request) -> int | None:
        """Return the page size that the request names, in the parameter or by itself."""
        if self.format is None or not self.format.has_size:
            return super(CountedPaginator, self).requested_size(request)
        numbers = self.format.read(text_of(request.value(self.param, self.location)))
        return numbers.get("size") or (numbers["end"] - numbers["start"] + 1 if "end" in numbers else None)

    def with_size(self, request: Request, size: int) -> Request:
        """Return the request for the same position with another page size."""
        request = super(CountedPaginator, self).with_size(request, size)
        return at_position(self, request, position_of(self, request, self._start()), size)

    def _rules(self) -> StopRules:
        return StopRules(self.signals)

    @abstractmethod
    def _start(self) -> int: ...

    @abstractmethod
    def _next_position(self, page: Page) -> int: ...

    @abstractmethod
    def _position_of(self, page: Page, number: int) -> int: ...

    @abstractmethod
    def _reach(self, page: Page) -> int: ...


def at_position(
    paginator: CountedPaginator, request: Request, position: int, size: int | None = None
) -> Request:
    """Return the request with a position. size: what a format writes; None: the size of the request."""
    value: Json = position
    if paginator.format:
        length = size or paginator.requested_size(request) or paginator.page_size
        numbers = {"start": position, "end": position + length - 1, "size": length, "page": position}
        value = paginator.format.write(numbers)
    return request.with_param(paginator.param, value, paginator.location)


def full_size(paginator: CountedPaginator, page: Page) -> int | None:
    """Return how many items a full page has; None: unknown yet."""
    requested = paginator.requested_size(page.request) or echoed_size(page)
    capped = page.observed.page_size
    if paginator.smallest and capped and requested:  # the page may have been made smaller
        return min(capped, requested)
    return capped or requested or page.largest_before or None


def position_of(paginator: CountedPaginator, request: Request, start: int) -> int:
    """Return the position that the request names; start: the position of the first page."""
    value = request.value(paginator.param, paginator.location)
    if paginator.format:
        numbers = paginator.format.read(text_of(value))
        return numbers.get("start", numbers.get("page", start))
    position = whole_number(value)
    return start if position is None else position


@dataclass(frozen=True, slots=True)
class OffsetPaginator(CountedPaginator):
    """Counts items: ?offset=0&limit=100, then ?offset=100&limit=100."""

    @classmethod
    def of(cls, settings: PaginationSettings) -> Self:
        """Return the paginator; offset and limit unless the settings name the parameters."""
        return cls(**param_settings(settings, *USUAL_NAMES["offset"]))

    def _start(self) -> int:
        return 0

    def _next_position(self, page: Page) -> int:
        return self._reach(page)

    def _position_of(self, page: Page, number: int) -> int:
        return position_of(self, page.request, self._start()) + number * page.count

    def _reach(self, page: Page) -> int:
        # A page whose items were all filtered out still stands for a page.
        full = full_size(self, page) or 1
        length = page.count or min(page.largest or full, full)
        return position_of(self, page.request, self._start()) + length


@dataclass(frozen=True, slots=True)
class PageNumberPaginator(CountedPaginator):
    """Counts pages: ?page=1&size=100, then ?page=2&size=100."""

    start_page: int = 1

    @classmethod
    def of(cls, settings: PaginationSettings) -> Self:
        """Return the paginator; page and size unless the settings name the parameters."""
        return cls(**param_settings(settings, *USUAL_NAMES["page"]), start_page=settings.start_page)

    def smaller(self, request: Request, before: Page | None) -> Request | None:
        """Return the request for a part of the page that begins with the same item.

        None also where pages of another length than requested came before it: they do not show where the page
        begins.
        """
        size, place = self.requested_size(request), self.ordinal(request)
        reduced = largest_part(size, self.smallest) if size and self.smallest else None
        items_before = before.items_so_far if before else 0
        if not size or not reduced or items_before != place * size:
            return None
        start = self.start_page + place * size // reduced
        return at_position(self, self.with_size(request, reduced), start, reduced)

    def larger(self, request: Request) -> Request:
        """Return the request unchanged: larger pages would begin with another item."""
        return request

    def ordinal(self, request: Request) -> int:
        """Return how many pages of the same size come before the requested one."""
        return position_of(self, request, self.start_page) - self.start_page

    def _rules(self) -> StopRules:
        return StopRules(self.signals, may_miss_first_page=self.start_page > 0)

    def _start(self) -> int:
        return self.start_page

    def _next_position(self, page: Page) -> int:
        return position_of(self, page.request, self.start_page) + 1

    def _position_of(self, page: Page, number: int) -> int:
        return position_of(self, page.request, self.start_page) + number

    def _reach(self, page: Page) -> int:
        return (page.number + 1) * (page.largest or self.requested_size(page.request) or 1)


def largest_part(size: int, smallest: int) -> int | None:
    """Return the largest page size that divides another one; None: there is none.

    Pages of this size begin where the larger ones begin.
    """
    return next((part for part in range(size // 2, smallest - 1, -1) if size % part == 0), None)
