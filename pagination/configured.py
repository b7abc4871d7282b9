"""What a page says about the pages that follow, at the paths that the user configured."""

from dataclasses import dataclass

from configuration.pagination import PaginationSettings
from expressions.paths import ABSENT, Path
from pagination.signals import Continuation, PageVerdict, by_page_count, by_total
from pagination.values import is_true, whole_number
from rest.page import Page


@dataclass(frozen=True, slots=True)
class ConfiguredSignals:
    """The configured paths, in the order in which they decide. A path that a page lacks says nothing.

    trusts_totals: False if the user said that the API's totals are only estimates.
    """

    has_more: Path | None = None
    last_page: Path | None = None
    total_pages: Path | None = None
    total: Path | None = None
    trusts_totals: bool = True

    @classmethod
    def of(cls, settings: PaginationSettings) -> "ConfiguredSignals":
        """Return the signals of an endpoint's pagination settings."""
        return cls(
            settings.has_more_path,
            settings.last_page_path,
            settings.total_pages_path,
            None if settings.total_path == "-" else settings.total_path,
            settings.trusts_totals,
        )

    @property
    def has_flags(self) -> bool:
        """Tell whether the user configured a flag."""
        return self.has_more is not None or self.last_page is not None

    def counts(self, page: Page) -> tuple[int | None, int | None]:
        """Return the reported numbers of pages and of items; None where none is configured or reported."""
        pages = _count_at(self.total_pages, page) if self.total_pages else None
        return pages, _count_at(self.total, page) if self.total else None

    def verdict(self, page: Page, reach: int) -> PageVerdict | None:
        """Return what the configured signals say; None: nothing.

        reach: the position in the listing up to which this page was requested.
        """
        if flag := self.flagged(page):
            return flag
        if self.total_pages and (pages := _count_at(self.total_pages, page)) is not None:
            return PageVerdict(by_page_count(page, pages), str(self.total_pages))
        if self.total and (total := _count_at(self.total, page)) is not None:
            return PageVerdict(by_total(page, total, reach), str(self.total))
        return None

    def flagged(self, page: Page) -> PageVerdict | None:
        """Return what the configured flags say; None: the page has none of them."""
        body = page.response.body
        if self.has_more and (more := self.has_more.find(body)) is not ABSENT:
            return PageVerdict(Continuation.MORE if is_true(more) else Continuation.END, str(self.has_more))
        if self.last_page and (last := self.last_page.find(body)) is not ABSENT:
            return PageVerdict(Continuation.END if is_true(last) else Continuation.MORE, str(self.last_page))
        return None


def _count_at(path: Path, page: Page) -> int | None:
    value = path.find(page.response.body)
    return None if value is ABSENT else whole_number(value)
