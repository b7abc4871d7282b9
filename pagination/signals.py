"""What single signals in a response say of the pages that follow."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from pagination.link_header import links_of
from pagination.places import Found, found, link_of
from pagination.values import is_blank, is_flag, is_true, whole_number
from pagination.vocabulary import Meaning, meaning_of
from rest.bodies import Json
from rest.origin import resolved
from rest.page import Page
from rest.request import text_of, url_query


class Continuation(Enum):
    """What follows a page. ASK: the API did not say; the next page tells."""

    MORE = "more"
    END = "end"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class PageVerdict:
    """What an API says of its pages, and where."""

    continuation: Continuation
    where: str


def flagged(page: Page) -> PageVerdict | None:
    """What the usual flags say: more to come, or the last page."""
    more = _flag(page, Meaning.MORE)
    if more:
        return PageVerdict(Continuation.MORE if is_true(more.value) else Continuation.END, more.where)
    last = _flag(page, Meaning.LAST)
    return (
        PageVerdict(Continuation.END if is_true(last.value) else Continuation.MORE, last.where)
        if last
        else None
    )


def echoed_size(page: Page) -> int | None:
    """The page size as the answer repeats it, where this page has no more items; None: it does not."""
    sizes = (whole_number(size.value) for size in found(page, Meaning.SIZE))
    return next((size for size in sizes if size and size >= page.count), None)


def is_named_last(page: Page) -> bool:
    """True where the link to the last page, in the Link header or the body, leads to this one."""
    links = [
        target for relation, target in links_of(page.response.headers.get("link", "")) if relation == "last"
    ]
    links += [link for place in found(page, Meaning.LAST) if isinstance(link := link_of(place.value), str)]
    return page.number > 0 and any(_leads_here(page, link) for link in links)


def _leads_here(page: Page, link: str) -> bool:
    try:
        return page.request.with_url(resolved(link, page.request.full_url)).key == page.request.key
    except ValueError:
        return False


def more_flag(page: Page) -> bool | None:
    """The usual flag that says whether there is more, None where a response has none."""
    said = flagged(page)
    return None if said is None else said.continuation is Continuation.MORE


def _flag(page: Page, meaning: Meaning) -> Found | None:
    # Under these names some APIs put links and page numbers.
    flags = [flag for flag in found(page, meaning) if is_flag(flag.value) and not is_number_of_page(flag)]
    # One that contradicts the others says more: a page of several listings is not over with the first.
    wanted = meaning is Meaning.MORE
    return next((flag for flag in flags if is_true(flag.value) == wanted), next(iter(flags), None))


def is_number_of_page(flag: Found) -> bool:
    """`last_page: 1` is a number; `is_last: 1` is a flag."""
    is_number = not isinstance(flag.value, bool) and whole_number(flag.value) is not None
    return is_number and flag.name.lower().lstrip("_").startswith(("last", "end", "final"))


def by_next(page: Page) -> PageVerdict | None:
    """`next` says more by being there; by being null or gone it says the end, where it was there before."""
    return _by_presence(_next_page(page), _next_page(page.before) if page.before else None)


def by_next_cursor(page: Page) -> PageVerdict | None:
    """A cursor speaks too to those who count."""
    return _by_presence(_next_cursor(page), _next_cursor(page.before) if page.before else None)


def _next_cursor(page: Page) -> Found | None:
    cursors = [cursor for cursor in found(page, Meaning.CURSOR) if not isinstance(cursor.value, bool | dict)]
    filled = (cursor for cursor in cursors if not is_blank(cursor.value) and not _is_position(page, cursor))
    return next(filled, next((cursor for cursor in cursors if is_blank(cursor.value)), None))


def _is_position(page: Page, cursor: Found) -> bool:
    """True for what was sent, and for one of a pair that says where this page begins and ends: before a first
    page there is nothing that the other one could lead to.
    """
    if is_echo(page, cursor.value):
        return True
    beside = (place for place in page.envelope if cursor.keys and place.keys[:-1] == cursor.keys[:-1])
    back = [place for place in beside if meaning_of(place.name) is Meaning.BACK]
    return page.number == 0 and any(isinstance(each.value, str) and not is_blank(each.value) for each in back)


def is_echo(page: Page, value: Json) -> bool:
    """True for what the request itself said, come back."""
    sent = {text for _, text in (*page.request.params, *url_query(page.request.url))}
    return text_of(value) in sent if isinstance(value, str | int) else False


def _by_presence(now: Found | None, before: Found | None) -> PageVerdict | None:
    if now is not None:
        return PageVerdict(Continuation.END if is_blank(now.value) else Continuation.MORE, now.where)
    return PageVerdict(Continuation.END, before.where) if before and not is_blank(before.value) else None


def _next_page(page: Page) -> Found | None:
    """The place of the next page's link or number: one that holds something, else one that is empty.

    None: no such place.
    """
    places = [*_next_in_body(page), *_next_in_headers(page)]
    return next((place for place in places if not is_blank(place.value)), next(iter(places), None))


def _next_in_body(page: Page) -> Iterator[Found]:
    for link in found(page, Meaning.NEXT):
        if not isinstance(link.value, list):
            yield Found(link.where, link_of(link.value))


def _next_in_headers(page: Page) -> Iterator[Found]:
    relations = dict(links_of(page.response.headers.get("link", "")))
    # First and last alone say nothing: some APIs leave out next on their first page.
    if relations.keys() & {"next", "prev", "previous"}:
        yield Found("the Link header", relations.get("next"))


def what_remains(page: Page) -> str | None:
    """Where a count of what is still to come stands, or something under the name of a flag that is none."""
    counts = (count for count in found(page, Meaning.REMAINING) if whole_number(count.value))
    others = (
        flag for flag in found(page, Meaning.MORE) if not is_flag(flag.value) and not is_blank(flag.value)
    )
    place = next(counts, next(others, None))
    return place.where if place else None


def by_page_count(page: Page, pages: int) -> Continuation:
    return Continuation.MORE if page.number + 1 < pages else Continuation.END


def by_total(page: Page, total: int, reach: int) -> Continuation:
    """Everything was seen; or nothing came, though all was asked for that the total speaks of."""
    done = page.items_so_far >= total or (not page.count and reach >= total)
    return Continuation.END if done else Continuation.MORE
