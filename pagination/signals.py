"""Stop rules: what an API says of its pages, as configured, then as recognised."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from pagination.link_header import links_of
from pagination.places import found
from pagination.values import is_blank, is_true, whole_number
from rest.bodies import Json
from rest.pagination_settings import PaginationSettings
from rest.paths import ABSENT, Path
from rest.request import Page, Response


class Outlook(Enum):
    """What follows a page. ASK: the API did not say; the next page tells."""

    MORE = "more"
    END = "end"
    ASK = "ask"


_MORE_FLAGS = (
    "has_more",
    "hasMore",
    "has_next",
    "hasNext",
    "has_next_page",
    "hasNextPage",
    "more",
    "hasMorePages",
)
_LAST_FLAGS = ("last", "isLast", "is_last", "isLastPage", "is_last_page", "lastPage")
_NEXT = (
    "next",
    "next_page",
    "nextPage",
    "next_link",
    "nextLink",
    "@odata.nextLink",
    "next_url",
    "nextUrl",
    "next_page_url",
)
_TOTAL_PAGES = (
    "total_pages",
    "totalPages",
    "page_count",
    "pageCount",
    "last_page",
    "lastPage",
    "pages",
    "num_pages",
)
_TOTALS = (
    "total",
    "total_count",
    "totalCount",
    "totalElements",
    "total_results",
    "totalResults",
    "total_items",
    "totalItems",
    "total_records",
    "totalRecords",
    "totalSize",
    "count",
)
_TOTAL_HEADERS = ("x-total-count", "x-total", "total-count")
_TOTAL_PAGES_HEADERS = ("x-total-pages", "x-wp-totalpages")
_NEXT_PAGE_HEADER = "x-next-page"


@dataclass(frozen=True, slots=True)
class ConfiguredSignals:
    """The paths that the user named, in the order in which they decide; what a page lacks says nothing."""

    has_more: Path | None = None
    last_page: Path | None = None
    total_pages: Path | None = None
    total: Path | None = None

    @classmethod
    def of(cls, settings: PaginationSettings) -> "ConfiguredSignals":
        """The signals of an endpoint's pagination."""
        return cls(
            settings.has_more_path, settings.last_page_path, settings.total_pages_path, settings.total_path
        )

    def outlook(self, page: Page, reach: int) -> Outlook | None:
        """What the configured signals say of a page, None where they say nothing.

        reach: the position in the listing up to which this page was asked for.
        """
        body = page.response.body
        if self.has_more and (more := self.has_more.find(body)) is not ABSENT:
            return Outlook.MORE if is_true(more) else Outlook.END
        if self.last_page and (last := self.last_page.find(body)) is not ABSENT:
            return Outlook.END if is_true(last) else Outlook.MORE
        if self.total_pages and (pages := _count_at(self.total_pages, page)) is not None:
            return _by_page_count(page, pages)
        if self.total and (total := _count_at(self.total, page)) is not None:
            return _by_total(page, total, reach)
        return None


def recognised_outlook(page: Page, reach: int, *, full: bool) -> Outlook | None:
    """What the usual signals say of a page, None where there are none.

    full: the page holds as many items as a page can.
    """
    readers: tuple[Callable[[Page], Outlook | None], ...] = (
        _by_more_flag,
        _by_last_flag,
        _by_next,
        _by_recognised_page_count,
    )
    for reader in readers:
        if outlook := reader(page):
            return outlook
    return _by_recognised_total(page, reach, full=full)


def more_flag(response: Response) -> bool | None:
    """The usual flag that says whether there is more, None where a response has none."""
    flag = next((flag.value for flag in found(response, _MORE_FLAGS) if _is_flag(flag.value)), None)
    return None if flag is None else is_true(flag)


def _is_flag(value: Json) -> bool:
    # Under these names some APIs put links and page numbers.
    return isinstance(value, bool) or (isinstance(value, str) and value.strip().lower() in ("true", "false"))


def _by_more_flag(page: Page) -> Outlook | None:
    more = more_flag(page.response)
    if more is None:
        return None
    return Outlook.MORE if more else Outlook.END


def _by_last_flag(page: Page) -> Outlook | None:
    for flag in found(page.response, _LAST_FLAGS):
        if _is_flag(flag.value):
            return Outlook.END if is_true(flag.value) else Outlook.MORE
    return None


def _by_next(page: Page) -> Outlook | None:
    """`next` says more by being there; by being null or gone it says the end, where it was there before."""
    now = _has_next(page.response)
    if now:
        return Outlook.MORE
    before = page.previous is not None and _has_next(page.previous)
    return Outlook.END if now is False or before else None


def _has_next(response: Response) -> bool | None:
    """True: a link or number of a next page is there; False: its place is empty; None: no such place."""
    for link in found(response, _NEXT):
        if not isinstance(link.value, dict | list):
            return not is_blank(link.value)
        if isinstance(link.value, dict) and ("href" in link.value or "url" in link.value):
            return True
    if _NEXT_PAGE_HEADER in response.headers:
        return bool(response.headers[_NEXT_PAGE_HEADER].strip())
    relations = {relation for relation, _ in links_of(response.headers.get("link", ""))}
    if relations & {"next", "prev", "previous", "first", "last"}:
        return "next" in relations
    return None


def _by_recognised_page_count(page: Page) -> Outlook | None:
    numbers = (whole_number(count.value) for count in found(page.response, _TOTAL_PAGES))
    pages = next((number for number in numbers if number is not None), None)
    if pages is None:
        pages = _number_in_headers(page.response, _TOTAL_PAGES_HEADERS)
    return None if pages is None else _by_page_count(page, pages)


def _by_page_count(page: Page, pages: int) -> Outlook:
    return Outlook.MORE if page.number + 1 < pages else Outlook.END


def _by_recognised_total(page: Page, reach: int, *, full: bool) -> Outlook | None:
    numbers = (whole_number(count.value) for count in found(page.response, _TOTALS))
    total = next((number for number in numbers if number is not None), None)
    if total is None:
        total = _number_in_headers(page.response, _TOTAL_HEADERS)
    # Some APIs report the page's own count as the total: one that fits this page alone, or that was
    # passed before, proves nothing, and the page's length decides as where there is no total.
    if total is None or total == len(page.items) or total < page.items_so_far:
        return None
    outlook = _by_total(page, total, reach)
    return Outlook.ASK if outlook is Outlook.END and full else outlook


def _by_total(page: Page, total: int, reach: int) -> Outlook:
    """Everything was seen; or nothing came, though all was asked for that the total speaks of."""
    done = page.items_so_far >= total or (not page.items and reach >= total)
    return Outlook.END if done else Outlook.MORE


def _count_at(path: Path, page: Page) -> int | None:
    value = path.find(page.response.body)
    return None if value is ABSENT else whole_number(value)


def _number_in_headers(response: Response, names: tuple[str, ...]) -> int | None:
    numbers = (whole_number(response.headers.get(name)) for name in names)
    return next((number for number in numbers if number is not None), None)
