"""How an API continues a listing."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field

from loguru import logger

from pagination.configured import ConfiguredSignals
from pagination.recognised import RecognisedSignals
from pagination.signals import Continuation
from rest.errors import PaginationError
from rest.page import Page
from rest.request import Request


@dataclass(frozen=True, slots=True)
class NextPage:
    """The request for the page after this one.

    promise: where the API said that there is more. Where it did not, None, the page may turn out to be
    empty, refused, or the page before once more, and the listing is then complete.
    is_scroll: the same request once more: the same page again ends the listing, another shows a scroll.
    """

    request: Request
    promise: str | None = "the link or cursor to it"
    is_scroll: bool = False

    @property
    def promised(self) -> bool:
        """True where the API said that there is more."""
        return self.promise is not None


@dataclass(frozen=True, slots=True)
class Paginator(ABC):
    """Settings only: where a listing stands is in its pages, so one paginator serves any number of walks.

    signals: the paths that the user named for flags and counts, whatever makes the API go on.
    """

    signals: ConfiguredSignals = field(default_factory=ConfiguredSignals, kw_only=True)

    @property
    def recognised(self) -> RecognisedSignals:
        """How pages are read where the user configured nothing."""
        return RecognisedSignals(self.signals.trusts_totals)

    def first(self, request: Request) -> Request:
        """The request for the first page."""
        return request

    @abstractmethod
    def next(self, page: Page) -> NextPage | None:
        """The request for the page after this one, or None when it was the last.

        Raises PaginationError: the page contradicts itself, so that nobody can say whether there is more.
        """

    def detected(self, page: Page) -> "Paginator":  # noqa: ARG002 - for the one that looks first
        """The paginator for the pages after the first, once that is seen."""
        return self

    def rest(self, page: Page) -> Iterator[Request]:  # noqa: ARG002 - for those that count
        """The requests for all pages after the first, where it tells how many there are; else none."""
        return iter(())

    def reported_total(self, page: Page) -> int | None:  # noqa: ARG002 - for those that count
        """How many items, or else pages, the listing has by what the page says; None: it does not say."""
        return None

    def counts(self, page: Page) -> tuple[int | None, int | None]:
        """The number of pages and of items that the page reports, as configured, else as recognised."""
        pages, items = self.signals.counts(page)
        told_pages, told_items = self.recognised.counts(page)
        return told_pages if pages is None else pages, told_items if items is None else items

    @property
    def continues_by(self) -> str:
        """What makes the API go on, in words for a message."""
        return "the link that it gives itself"

    def is_full(self, page: Page) -> bool:  # noqa: ARG002 - for those that count
        """True when the page holds all that a page can: the one after it cannot be the same."""
        return True


@dataclass(frozen=True, slots=True)
class SinglePage(Paginator):
    """The whole listing is in one response.

    chosen: the user said so. Where nobody said anything, a response that has more is an error.
    """

    chosen: bool = True

    @property
    def continues_by(self) -> str:
        """Nothing does."""
        return "no further page"

    def next(self, page: Page) -> NextPage | None:
        """None. Raises PaginationError: the response says that there is more, and nobody chose so."""
        said = self.signals.flagged(page)
        where = self.recognised.evidence_of_more(page) if page.is_list and not said else None
        if said and said.continuation is Continuation.MORE:
            where = said.where
        if where and not self.chosen:
            raise PaginationError(
                f"the response has {page.count} items and says that there is more ({where})",
                hint="Set paginationType, or to none if this page is all you want",
                doubt="unread_signal",
            )
        if where:
            logger.warning(
                "{}: {} says that there is more than this page, which pagination type none leaves",
                page.request.url,
                where,
            )
        return None
