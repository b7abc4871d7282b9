"""Stop rules: what an API says of its pages, as configured, then as recognised."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import partial

from pagination.link_header import links_of
from pagination.places import Found, found
from pagination.values import is_blank, is_flag, is_true, whole_number
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
_NEXT_CURSORS = ("next_cursor", "nextCursor", "next_page_token", "nextPageToken", "next_token", "nextToken")
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
class Said:
    """What an API says of its pages, and where."""

    outlook: Outlook
    where: str


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
        total = None if settings.total_path == "-" else settings.total_path
        return cls(settings.has_more_path, settings.last_page_path, settings.total_pages_path, total)

    def counts(self, page: Page) -> tuple[int | None, int | None]:
        """The number of pages and of items, as far as they are configured."""
        pages = _count_at(self.total_pages, page) if self.total_pages else None
        return pages, _count_at(self.total, page) if self.total else None

    def said(self, page: Page, reach: int) -> Said | None:
        """What the configured signals say of a page, None where they say nothing.

        reach: the position in the listing up to which this page was asked for.
        """
        body = page.response.body
        if self.has_more and (more := self.has_more.find(body)) is not ABSENT:
            return Said(Outlook.MORE if is_true(more) else Outlook.END, str(self.has_more))
        if self.last_page and (last := self.last_page.find(body)) is not ABSENT:
            return Said(Outlook.END if is_true(last) else Outlook.MORE, str(self.last_page))
        if self.total_pages and (pages := _count_at(self.total_pages, page)) is not None:
            return Said(_by_page_count(page, pages), str(self.total_pages))
        if self.total and (total := _count_at(self.total, page)) is not None:
            return Said(_by_total(page, total, reach), str(self.total))
        return None


def says_that_it_ends(page: Page) -> bool:
    """True when a usual signal says that nothing follows the page."""
    said = recognised(page, page.items_so_far, full=False) or _by_next_cursor(page)
    return said is not None and said.outlook is Outlook.END


def recognised_counts(page: Page) -> tuple[int | None, int | None]:
    """The number of pages and of items, by their usual names; None: not told."""
    pages = (whole_number(count.value) for count in _page_counts(page))
    total = recognised_total(page)
    return next((number for number in pages if number), None), whole_number(total.value) if total else None


def recognised(page: Page, reach: int, *, full: bool) -> Said | None:
    """What the usual signals say of a page, None where there are none.

    reach: the position in the listing up to which this page was asked for.
    full: the page holds as many items as a page can.
    """
    readers: tuple[Callable[[Page], Said | None], ...] = (
        _by_more_flag,
        _by_last_flag,
        _by_next,
        partial(_by_recognised_page_count, full=full),
    )
    for reader in readers:
        if said := reader(page):
            return said
    return _by_recognised_total(page, reach, full=full)


def evidence_of_more(page: Page) -> str | None:
    """Where a page says that it is not the last, for those that end without having looked; None: nowhere.

    Counts are believed on the first page alone: later they speak of what may be gone by now.
    """
    said = recognised(page, page.items_so_far, full=False) or _by_next_cursor(page)
    if said is None or said.outlook is not Outlook.MORE:
        return None
    is_count = said.where.rpartition(".")[2].lower() in {name.lower() for name in (*_TOTALS, *_TOTAL_PAGES)}
    return None if is_count and page.number > 0 else said.where


def recognised_total(page: Page) -> Found | None:
    """The number of all items, by its usual names; None: there is none."""
    if not page.believes_totals:
        return None
    counts = (*found(page.response, _TOTALS), *_in_headers(page.response, _TOTAL_HEADERS))
    return next((count for count in counts if whole_number(count.value) is not None), None)


def more_flag(response: Response) -> bool | None:
    """The usual flag that says whether there is more, None where a response has none."""
    flag = _flag(response, _MORE_FLAGS)
    return None if flag is None else is_true(flag.value)


def _flag(response: Response, names: tuple[str, ...]) -> Found | None:
    # Under these names some APIs put links and page numbers.
    return next((flag for flag in found(response, names) if is_flag(flag.value)), None)


def _by_more_flag(page: Page) -> Said | None:
    flag = _flag(page.response, _MORE_FLAGS)
    return Said(Outlook.MORE if is_true(flag.value) else Outlook.END, flag.where) if flag else None


def _by_last_flag(page: Page) -> Said | None:
    flag = _flag(page.response, _LAST_FLAGS)
    return Said(Outlook.END if is_true(flag.value) else Outlook.MORE, flag.where) if flag else None


def _by_next(page: Page) -> Said | None:
    """`next` says more by being there; by being null or gone it says the end, where it was there before."""
    before = _next_page(page.previous) if page.previous else None
    return _by_presence(_next_page(page.response), before)


def _by_next_cursor(page: Page) -> Said | None:
    """A cursor speaks too to those who count."""
    before = _next_cursor(page.previous) if page.previous else None
    return _by_presence(_next_cursor(page.response), before)


def _next_cursor(response: Response) -> Found | None:
    return next(found(response, _NEXT_CURSORS), None)


def _by_presence(now: Found | None, before: Found | None) -> Said | None:
    if now is not None:
        return Said(Outlook.END if is_blank(now.value) else Outlook.MORE, now.where)
    return Said(Outlook.END, before.where) if before and not is_blank(before.value) else None


def _next_page(response: Response) -> Found | None:
    """The place of the next page's link or number: one that holds something, else one that is empty.

    None: no such place.
    """
    places = [*_next_in_body(response), *_next_in_headers(response)]
    return next((place for place in places if not is_blank(place.value)), next(iter(places), None))


def _next_in_body(response: Response) -> Iterator[Found]:
    for link in found(response, _NEXT):
        if isinstance(link.value, dict) and ("href" in link.value or "url" in link.value):
            yield Found(link.where, link.value.get("href", link.value.get("url")))
        elif not isinstance(link.value, list):
            yield link if link.value != {} else Found(link.where, None)


def _next_in_headers(response: Response) -> Iterator[Found]:
    if _NEXT_PAGE_HEADER in response.headers:
        yield Found("the header X-Next-Page", response.headers[_NEXT_PAGE_HEADER].strip())
    relations = dict(links_of(response.headers.get("link", "")))
    # First and last alone say nothing: some APIs leave out next on their first page.
    if relations.keys() & {"next", "prev", "previous"}:
        yield Found("the Link header", relations.get("next"))


def _by_recognised_page_count(page: Page, *, full: bool) -> Said | None:
    for count in _page_counts(page):
        pages = whole_number(count.value)
        if pages is None or (pages == 0 and page.count):
            continue
        outlook = _by_page_count(page, pages)
        # Counted from 0, or by a size that the API does not keep to, it falls short of the truth.
        total = recognised_total(page)
        is_short = total is not None and (whole_number(total.value) or 0) > page.items_so_far
        is_sure = outlook is Outlook.MORE or not (full or is_short)
        return Said(outlook if is_sure else Outlook.ASK, count.where)
    return None


def _page_counts(page: Page) -> tuple[Found, ...]:
    if not page.believes_totals:
        return ()
    return (*found(page.response, _TOTAL_PAGES), *_in_headers(page.response, _TOTAL_PAGES_HEADERS))


def _by_page_count(page: Page, pages: int) -> Outlook:
    return Outlook.MORE if page.number + 1 < pages else Outlook.END


def _by_recognised_total(page: Page, reach: int, *, full: bool) -> Said | None:
    count = recognised_total(page)
    total = whole_number(count.value) if count else None
    # Some APIs report the page's own count as the total: one that fits this page alone, or that was
    # passed before, proves nothing, and the page's length decides as where there is no total.
    if count is None or total is None or total == page.count or total < page.items_so_far:
        return None
    outlook = _by_total(page, total, reach)
    return Said(Outlook.ASK if outlook is Outlook.END and full else outlook, count.where)


def _by_total(page: Page, total: int, reach: int) -> Outlook:
    """Everything was seen; or nothing came, though all was asked for that the total speaks of."""
    done = page.items_so_far >= total or (not page.count and reach >= total)
    return Outlook.END if done else Outlook.MORE


def _in_headers(response: Response, names: tuple[str, ...]) -> Iterator[Found]:
    for name in names:
        if name in response.headers:
            yield Found(f"the header {name}", response.headers[name])


def _count_at(path: Path, page: Page) -> int | None:
    value = path.find(page.response.body)
    return None if value is ABSENT else whole_number(value)
