"""Paginators that count: by items (offset) or by pages. The stop rules are theirs."""

from abc import abstractmethod
from dataclasses import dataclass, field

from pagination.base import NextPage, Paginator
from pagination.signals import ConfiguredSignals, Outlook, recognised_outlook
from pagination.values import whole_number
from rest.request import Location, Page, Request


@dataclass(frozen=True, slots=True)
class CountedPaginator(Paginator):
    """What both ways of counting share.

    param: the name of the offset or page number. size_param: None asks for no size.
    """

    param: str
    size_param: str | None
    page_size: int = 100
    location: Location = "query"
    signals: ConfiguredSignals = field(default_factory=ConfiguredSignals)

    def first(self, request: Request) -> Request:
        """The first page, of the size asked for; what the mapping says itself under these names stays."""
        if request.value(self.param, self.location) is None:
            request = request.having(self.param, self._start(), self.location)
        if self.size_param and request.value(self.size_param, self.location) is None:
            request = request.having(self.size_param, self.page_size, self.location)
        return request

    def next(self, page: Page) -> NextPage | None:
        """The next page, until the stop rules end the listing."""
        outlook = self._outlook(page)
        if outlook is Outlook.END:
            return None
        request = page.request.having(self.param, self._next_position(page), self.location)
        return NextPage(request, promised=outlook is Outlook.MORE)

    @property
    def continues_by(self) -> str:
        """The parameter, as a message names it."""
        return f"the parameter {self.param!r}"

    def is_full(self, page: Page) -> bool:
        """True when the page has as many items as the size asked for, or as the API was seen to cap it."""
        most = self._most(page)
        return len(page.items) >= most if most else True

    def _outlook(self, page: Page) -> Outlook:
        """The stop rules in their order: configured, recognised, an empty page, a short page."""
        reach = self._reach(page)
        full = bool(page.items) and self.is_full(page)
        said = self.signals.outlook(page, reach) or recognised_outlook(page, reach, full=full)
        if said:
            return said
        if not page.items:
            return Outlook.END
        return Outlook.END if not full and page.habits.short_is_last else Outlook.ASK

    def _asked_size(self, page: Page) -> int | None:
        return whole_number(page.request.value(self.size_param, self.location)) if self.size_param else None

    def _most(self, page: Page) -> int | None:
        """The items that a full page has; None: nothing tells yet."""
        return page.habits.page_size or self._asked_size(page) or page.largest_before or None

    def _position(self, page: Page) -> int:
        position = whole_number(page.request.value(self.param, self.location))
        return self._start() if position is None else position

    @abstractmethod
    def _start(self) -> int: ...

    @abstractmethod
    def _next_position(self, page: Page) -> int: ...

    @abstractmethod
    def _reach(self, page: Page) -> int: ...


@dataclass(frozen=True, slots=True)
class OffsetPaginator(CountedPaginator):
    """Counts items: ?offset=0&limit=100, then ?offset=100&limit=100."""

    def _start(self) -> int:
        return 0

    def _next_position(self, page: Page) -> int:
        return self._reach(page)

    def _reach(self, page: Page) -> int:
        # A page without items of ours, which says that there is more, still stood for a page.
        return self._position(page) + (len(page.items) or self._most(page) or 1)


@dataclass(frozen=True, slots=True)
class PageNumberPaginator(CountedPaginator):
    """Counts pages: ?page=1&size=100, then ?page=2&size=100."""

    start_page: int = 1

    def _start(self) -> int:
        return self.start_page

    def _next_position(self, page: Page) -> int:
        return self._position(page) + 1

    def _reach(self, page: Page) -> int:
        return (page.number + 1) * (page.largest or self._asked_size(page) or 1)
