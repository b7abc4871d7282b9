"""The paginator for listings that come in one response."""

from dataclasses import dataclass
from typing import Self

from loguru import logger

from configuration.pagination import PaginationSettings
from pagination.base import NextPage, Paginator
from pagination.configured import ConfiguredSignals
from pagination.signals import Continuation
from rest.errors import PaginationError
from rest.page import Page


@dataclass(frozen=True, slots=True)
class SinglePage(Paginator):
    """Reads one response: [{"id": 1}, {"id": 2}].

    chosen: the user asked for this type. If nobody did, a response that has more is an error.
    """

    chosen: bool = True

    @classmethod
    def of(cls, settings: PaginationSettings) -> Self:
        """Return the paginator. It is chosen if the settings name the type."""
        return cls(chosen="type" in settings.model_fields_set, signals=ConfiguredSignals.of(settings))

    @property
    def continues_by(self) -> str:
        """Nothing."""
        return "no further page"

    def next(self, page: Page) -> NextPage | None:
        """Return None. Raises PaginationError: the response has more, and the type was not chosen."""
        flag = self.signals.flagged(page)
        if flag:
            more = flag.where if flag.continuation is Continuation.MORE else None
        else:
            more = self.recognised.evidence_of_more(page) if page.is_list else None
        if more and not self.chosen:
            raise PaginationError(
                f"the response has {page.count} items and says that there is more ({more})",
                hint="Set pagination, or pagination: {type: none} if this page is all you want",
                doubt="unread_signal",
            )
        if more:
            logger.warning(
                "{}: {} says that there is more than this page, and pagination type none does not read it",
                page.request.url,
                more,
            )
        return None
