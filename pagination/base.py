"""The paginator: how an API continues a listing."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

from configuration.pagination import PaginationSettings
from pagination.configured import ConfiguredSignals
from pagination.recognised import RecognisedSignals
from rest.page import Page
from rest.request import Request

_NO_SIZE = "-"


@dataclass(frozen=True, slots=True)
class NextPage:
    """The request for the next page.

    promise: where the API said that there is more. None: it did not say so. The page may then be empty,
    refused, or a repetition of the page before, and the listing is still complete.
    is_scroll: the request is the same as the one before. The same page again ends the listing; another page
    shows that the API scrolls.
    """

    request: Request
    promise: str | None = "the link or cursor to it"
    is_scroll: bool = False


class PageSizes:
    """How the size of a page can be changed. By default, it cannot."""

    __slots__ = ()

    def smaller(self, request: Request, before: Page | None) -> Request | None:  # noqa: ARG002 - for subclasses
        """Return a request for fewer items that begins with the same item; None: it cannot be smaller.

        before: the page before the requested one.
        """
        return None

    def larger(self, request: Request) -> Request:
        """Return a request for more items that begins with the same item, if it can be larger."""
        return request

    def ordinal(self, request: Request) -> int | None:  # noqa: ARG002 - for page numbers
        """Return the page's number in the API's own counting, from 0; None: it does not count pages."""
        return None


@dataclass(frozen=True, slots=True)
class Paginator(PageSizes, ABC):
    """Settings only. Where a listing stands is in its pages, so one paginator serves any number of walks.

    signals: the paths of flags and totals that the user configured.
    """

    signals: ConfiguredSignals = field(default_factory=ConfiguredSignals, kw_only=True)

    @classmethod
    @abstractmethod
    def of(cls, settings: PaginationSettings) -> Self:
        """Return the paginator that the settings describe."""

    @property
    def recognised(self) -> RecognisedSignals:
        """How to read a page where the user configured nothing."""
        return RecognisedSignals(self.signals.trusts_totals)

    @property
    def continues_by(self) -> str:
        """What the API is asked to continue by, for a message."""
        return "the link that it gives itself"

    def first(self, request: Request) -> Request:
        """Return the request for the first page."""
        return request

    @abstractmethod
    def next(self, page: Page) -> NextPage | None:
        """Return the request for the next page, or None after the last one.

        Raises PaginationError: the page contradicts itself, so nothing shows whether there is more.
        """

    def detected(self, page: Page) -> "Paginator":  # noqa: ARG002 - for paginators that decide by the first page
        """Return the paginator to use after the first page."""
        return self

    def rest(self, page: Page) -> Iterator[Request]:  # noqa: ARG002 - for paginators that count
        """Yield the requests for all pages after the first, where it reports how many there are."""
        return iter(())

    def reported_total(self, page: Page) -> int | None:  # noqa: ARG002 - for paginators that count
        """Return how many items (or else pages) the page reports for the listing; None: it reports none."""
        return None

    def counts(self, page: Page) -> tuple[int | None, int | None]:
        """Return the numbers of pages and items that the page reports: as configured, else as recognised."""
        pages, items = self.signals.counts(page)
        recognised_pages, recognised_items = self.recognised.counts(page)
        return recognised_pages if pages is None else pages, recognised_items if items is None else items

    def is_full(self, page: Page) -> bool:  # noqa: ARG002 - for paginators that count
        """Tell whether the page holds as many items as a page can hold."""
        return True


def size_param_of(settings: PaginationSettings, default: str | None) -> str | None:
    """Return the name of the page size parameter; None: no size is sent."""
    return None if settings.size_param == _NO_SIZE else settings.size_param or default
