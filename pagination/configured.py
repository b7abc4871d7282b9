"""What a page says of its continuation at the paths that the user configured."""

from dataclasses import dataclass

from configuration.pagination import PaginationSettings
from expressions.paths import ABSENT, Path
from pagination.signals import Continuation, PageVerdict, by_page_count, by_total
from pagination.values import is_true, whole_number
from rest.page import Page


@dataclass(frozen=True, slots=True)
class ConfiguredSignals:
    """The paths that the user named, in the order in which they decide; what a page lacks says nothing."""

    has_more: Path | None = None
    last_page: Path | None = None
    total_pages: Path | None = None
    total: Path | None = None
    trusts_totals: bool = True

    @classmethod
    def of(cls, settings: PaginationSettings) -> "ConfiguredSignals":
        """The signals of an endpoint's pagination."""
        total = None if settings.total_path == "-" else settings.total_path
        return cls(
            settings.has_more_path,
            settings.last_page_path,
            settings.total_pages_path,
            total,
            settings.trusts_totals,
        )

    @property
    def has_flags(self) -> bool:
        """True where the user named a flag."""
        return self.has_more is not None or self.last_page is not None

    def counts(self, page: Page) -> tuple[int | None, int | None]:
        """The number of pages and of items, as far as they are configured."""
        pages = _count_at(self.total_pages, page) if self.total_pages else None
        return pages, _count_at(self.total, page) if self.total else None

    def said(self, page: Page, reach: int) -> PageVerdict | None:
        """What the configured signals say of a page, None where they say nothing.

        reach: the position in the listing up to which this page was asked for.
        """
        if flagged := self.flagged(page):
            return flagged
        if self.total_pages and (pages := _count_at(self.total_pages, page)) is not None:
            return PageVerdict(by_page_count(page, pages), str(self.total_pages))
        if self.total and (total := _count_at(self.total, page)) is not None:
            return PageVerdict(by_total(page, total, reach), str(self.total))
        return None

    def flagged(self, page: Page) -> PageVerdict | None:
        """What the configured flags say, None where there are none."""
        body = page.response.body
        if self.has_more and (more := self.has_more.find(body)) is not ABSENT:
            return PageVerdict(Continuation.MORE if is_true(more) else Continuation.END, str(self.has_more))
        if self.last_page and (last := self.last_page.find(body)) is not ABSENT:
            return PageVerdict(Continuation.END if is_true(last) else Continuation.MORE, str(self.last_page))
        return None


def _count_at(path: Path, page: Page) -> int | None:
    value = path.find(page.response.body)
    return None if value is ABSENT else whole_number(value)
