"""Paginators that count: items (offset) or pages (page number)."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from configuration.pagination import PaginationSettings
from pagination.base import NextPage, Paginator, size_param_of
from pagination.configured import ConfiguredSignals
from pagination.signals import Continuation, echoed_size
from pagination.stop_rules import StopRules, is_full_page
from pagination.values import whole_number
from rest.page import Page
from rest.request import Location, Request


@dataclass(frozen=True, slots=True)
class CountedPaginator(Paginator):
    """What both ways of counting share. The stop rules end the listing.

    param: the name of the offset or page number. size_param: None sends no page size.
    """

    param: str
    size_param: str | None
    page_size: int = 100
    location: Location = "query"

    @property
    def continues_by(self) -> str:
        """The parameter."""
        return f"the parameter {self.param!r}"

    def first(self, request: Request) -> Request:
        """Return the request with position and size; values that the mapping sets itself stay."""
        if request.value(self.param, self.location) is None:
            request = request.with_param(self.param, self._start(), self.location)
        if self.size_param and request.value(self.size_param, self.location) is None:
            request = request.with_param(self.size_param, self.page_size, self.location)
        return request

    def next(self, page: Page) -> NextPage | None:
        """Return the request with the next position, until the stop rules end the listing."""
        verdict = self._rules().verdict(page, self._reach(page), full_size(self, page))
        if verdict.continuation is Continuation.END:
            return None
        request = page.request.with_param(self.param, self._next_position(page), self.location)
        return NextPage(request, promise=verdict.where if verdict.continuation is Continuation.MORE else None)

    def rest(self, page: Page) -> Iterator[Request]:
        """Yield the requests for the pages that the first page reports."""
        for number in range(1, self._rules().page_count(page, self._reach(page))):
            yield page.request.with_param(self.param, self._position_of(page, number), self.location)

    def reported_total(self, page: Page) -> int | None:
        """Return how many items (or else pages) the page reports."""
        return self._rules().reported_total(page)

    def is_full(self, page: Page) -> bool:
        """Tell whether the page is as long as the requested size, the observed cap or the longest page."""
        return is_full_page(page, full_size(self, page))

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


def requested_size(paginator: CountedPaginator, page: Page) -> int | None:
    """Return the page size that the request named; None: it named none."""
    if paginator.size_param is None:
        return None
    return whole_number(page.request.value(paginator.size_param, paginator.location))


def full_size(paginator: CountedPaginator, page: Page) -> int | None:
    """Return how many items a full page has; None: unknown yet."""
    requested = requested_size(paginator, page) or echoed_size(page)
    return page.observed.page_size or requested or page.largest_before or None


def position_of(paginator: CountedPaginator, page: Page, start: int) -> int:
    """Return the position that the request named; start: the position of the first page."""
    position = whole_number(page.request.value(paginator.param, paginator.location))
    return start if position is None else position


@dataclass(frozen=True, slots=True)
class OffsetPaginator(CountedPaginator):
    """Counts items: ?offset=0&limit=100, then ?offset=100&limit=100."""

    @classmethod
    def of(cls, settings: PaginationSettings) -> Self:
        """Return the paginator; offset and limit unless the settings name the parameters."""
        return cls(
            param=settings.param or "offset",
            size_param=size_param_of(settings, "limit"),
            page_size=settings.page_size,
            location=settings.param_location,
            signals=ConfiguredSignals.of(settings),
        )

    def _start(self) -> int:
        return 0

    def _next_position(self, page: Page) -> int:
        return self._reach(page)

    def _position_of(self, page: Page, number: int) -> int:
        return position_of(self, page, self._start()) + number * page.count

    def _reach(self, page: Page) -> int:
        # A page whose items were all filtered out still stands for a page.
        length = page.count or page.largest or full_size(self, page) or 1
        return position_of(self, page, self._start()) + length


@dataclass(frozen=True, slots=True)
class PageNumberPaginator(CountedPaginator):
    """Counts pages: ?page=1&size=100, then ?page=2&size=100."""

    start_page: int = 1

    @classmethod
    def of(cls, settings: PaginationSettings) -> Self:
        """Return the paginator; page and size unless the settings name the parameters."""
        return cls(
            param=settings.param or "page",
            size_param=size_param_of(settings, "size"),
            page_size=settings.page_size,
            location=settings.param_location,
            signals=ConfiguredSignals.of(settings),
            start_page=settings.start_page,
        )

    def _rules(self) -> StopRules:
        return StopRules(self.signals, may_miss_first_page=self.start_page > 0)

    def _start(self) -> int:
        return self.start_page

    def _next_position(self, page: Page) -> int:
        return position_of(self, page, self.start_page) + 1

    def _position_of(self, page: Page, number: int) -> int:
        return position_of(self, page, self.start_page) + number

    def _reach(self, page: Page) -> int:
        return (page.number + 1) * (page.largest or requested_size(self, page) or 1)
