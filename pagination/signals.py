"""Single signals in a response about the pages that follow: flags, `next`, cursors, links, totals."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import chain

from pagination.detected_params import page_echo
from pagination.link_header import links_of
from pagination.places import Found, found, link_of
from pagination.values import is_blank, is_flag, is_true, whole_number
from pagination.vocabulary import Meaning, meaning_of, role_of
from rest.bodies import Json
from rest.origin import resolved
from rest.page import Page
from rest.request import text_of, url_query


class Continuation(Enum):
    """What follows a page. ASK: the API does not say, and the next page shows."""

    MORE = "more"
    END = "end"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class PageVerdict:
    """What follows a page, and where the API says so."""

    continuation: Continuation
    where: str


def flagged(page: Page) -> PageVerdict | None:
    """Return what the usual flags say ("has more", "is last"); None: there is no flag."""
    if more := _flag(page, Meaning.MORE):
        return PageVerdict(Continuation.MORE if is_true(more.value) else Continuation.END, more.where)
    if last := _flag(page, Meaning.LAST):
        return PageVerdict(Continuation.END if is_true(last.value) else Continuation.MORE, last.where)
    return None


def more_flag(page: Page) -> bool | None:
    """Return whether the usual flags say that there is more; None: there is no flag."""
    flag = flagged(page)
    return None if flag is None else flag.continuation is Continuation.MORE


def by_next(page: Page) -> PageVerdict | None:
    """Judge by `next`: present means more; empty, or gone after an earlier page had it, means the end."""
    return _by_presence(_next_page(page), _next_page(page.previous) if page.previous else None)


def by_next_cursor(page: Page, ignored: Collection[str] = ()) -> PageVerdict | None:
    """Judge by the next cursor, as by `next`. It counts for APIs that are read by page numbers, too.

    ignored: places that do not count.
    """
    before = _next_cursor(page.previous, ignored) if page.previous else None
    return _by_presence(_next_cursor(page, ignored), before)


def by_page_count(page: Page, pages: int) -> Continuation:
    """Judge by the number of pages."""
    number = page.number if page.ordinal is None else page.ordinal
    return Continuation.MORE if number + 1 < pages else Continuation.END


def by_total(page: Page, total: int, reach: int) -> Continuation:
    """Judge by the total: the end when all items were read, or when nothing came up to the total.

    reach: the position in the listing up to which this page was requested.
    """
    is_done = page.items_so_far >= total or (not page.count and reach >= total)
    return Continuation.END if is_done else Continuation.MORE


def page_counts(page: Page) -> tuple[Found, ...]:
    """Return everything that may be the number of pages."""
    counts = (count for count in found(page, Meaning.PAGES) if not isinstance(count.value, bool))
    # `last_page` is a flag in some APIs and a number in others.
    numbers = (last for last in found(page, Meaning.LAST) if not is_flag(last.value) or _is_page_number(last))
    return (*counts, *numbers)


def echoed_size(page: Page) -> int | None:
    """Return the page size that the response repeats; None: none, or the page has more items than that."""
    sizes = (whole_number(size.value) for size in found(page, Meaning.SIZE))
    return next((size for size in sizes if size and size >= page.count), None)


def is_named_last(page: Page) -> bool:
    """Tell whether the link to the last page, in the Link header or the body, leads to this page."""
    header = page.response.headers.get("link", "")
    links = [target for relation, target in links_of(header) if relation == "last" and target]
    links += [link for place in found(page, Meaning.LAST) if isinstance(link := link_of(place.value), str)]
    return page.number > 0 and any(_leads_here(page, link) for link in links)


def is_numbered_last(page: Page, pages: int) -> bool:
    """Tell whether the page says that it is page 3 of 3, counted from 1, by the API's own page size.

    An API may cap the size of a request, and report how many pages of the requested size there are.
    """
    echo = page_echo(page)
    is_last = echo is not None and whole_number(echo.value) == pages == page.number + 1
    return is_last and _has_own_size(page)


def is_below_own_size(page: Page) -> bool:
    """Tell whether the page has fewer items than the size that the API chose by itself, and repeats."""
    return _has_own_size(page) and (echoed_size(page) or 0) > page.count > 0


def _has_own_size(page: Page) -> bool:
    """Tell whether the API chose the page size, because the request has none."""
    return page.request.body is None and not any(role_of(name) == "size" for name, _ in page.request.query)


def is_echo(page: Page, value: Json) -> bool:
    """Tell whether a value is one that the request itself sent.

    A page size does not count: with `limit=25`, the first page's `nextPageStart` is 25 as well.
    """
    params = (*page.request.params, *url_query(page.request.url))
    sent = {text for name, text in params if role_of(name) != "size"}
    return text_of(value) in sent if isinstance(value, str | int) else False


def what_remains(page: Page) -> str | None:
    """Return where a page says that items are left without a way to them; None: nowhere."""
    left = (each for each in found(page, Meaning.REMAINING) if each.value is True or whole_number(each.value))
    # LogicMonitor: a negative total says how many items there are at least.
    least = (
        each
        for each in found(page, Meaning.TOTAL)
        if type(each.value) is int and -each.value > page.items_so_far
    )
    others = (
        flag for flag in found(page, Meaning.MORE) if not is_flag(flag.value) and not is_blank(flag.value)
    )
    place = next(chain(left, least, others), None)
    return place.where if place else None


def object_cursor(page: Page) -> str | None:
    """Return where an object is a cursor, as DynamoDB's LastEvaluatedKey, and holds none; None: nowhere."""
    for cursor in found(page, Meaning.CURSOR):
        if isinstance(cursor.value, dict) and cursor.value and not any(map(meaning_of, cursor.value)):
            return cursor.where
    return None


def _leads_here(page: Page, link: str) -> bool:
    try:
        return page.request.with_url(resolved(link, page.request.full_url)).key == page.request.key
    except ValueError:
        return False


def _flag(page: Page, meaning: Meaning) -> Found | None:
    # Some APIs put links and page numbers under these names.
    flags = [flag for flag in found(page, meaning) if is_flag(flag.value) and not _is_page_number(flag)]
    # If flags contradict each other, the one that says "more" counts: a page may carry several listings.
    wanted = meaning is Meaning.MORE
    return next((flag for flag in flags if is_true(flag.value) == wanted), next(iter(flags), None))


def _is_page_number(flag: Found) -> bool:
    """`last_page: 1` is a page number; `is_last: 1` is a flag."""
    is_number = not isinstance(flag.value, bool) and whole_number(flag.value) is not None
    return is_number and flag.name.lower().lstrip("_").startswith(("last", "end", "final"))


def _by_presence(now: Found | None, before: Found | None) -> PageVerdict | None:
    if now is not None:
        return PageVerdict(Continuation.END if is_blank(now.value) else Continuation.MORE, now.where)
    return PageVerdict(Continuation.END, before.where) if before and not is_blank(before.value) else None


def _next_page(page: Page) -> Found | None:
    """Return the place of the next page's link or number, a filled one before an empty one; None: none."""
    places = [*_next_in_body(page), *_next_in_headers(page)]
    return next((place for place in places if not is_blank(place.value)), next(iter(places), None))


def _next_in_body(page: Page) -> Iterator[Found]:
    for link in found(page, Meaning.NEXT):
        target = link_of(link.value)
        if not isinstance(target, list):
            yield Found(link.where, target)


def _next_in_headers(page: Page) -> Iterator[Found]:
    relations = dict(links_of(page.response.headers.get("link", "")))
    # `first` and `last` alone say nothing: some APIs leave out `next` on their first page.
    if relations.keys() & {"next", "prev", "previous"}:
        yield Found("the Link header", relations.get("next"))


def _next_cursor(page: Page, ignored: Collection[str]) -> Found | None:
    places = (cursor for cursor in found(page, Meaning.CURSOR) if cursor.where not in ignored)
    cursors = [cursor for cursor in places if not isinstance(cursor.value, bool | dict)]
    filled = (
        cursor for cursor in cursors if not is_blank(cursor.value) and not _is_own_position(page, cursor)
    )
    return next(filled, next((cursor for cursor in cursors if is_blank(cursor.value)), None))


def _is_own_position(page: Page, cursor: Found) -> bool:
    """Tell whether a cursor was sent with the request, or marks where this first page begins and ends.

    A pair of cursors with one that leads back marks a position: nothing lies before a first page.
    """
    if is_echo(page, cursor.value):
        return True
    siblings = (place for place in page.envelope if cursor.keys and place.keys[:-1] == cursor.keys[:-1])
    back = [place for place in siblings if meaning_of(place.name) is Meaning.BACK]
    return page.number == 0 and any(isinstance(each.value, str) and not is_blank(each.value) for each in back)
