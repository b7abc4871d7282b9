"""Stop rules: what an API says of its pages, as configured, then as recognised."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import partial

from pagination.link_header import links_of
from pagination.places import Found, found, link_of
from pagination.values import is_blank, is_flag, is_true, whole_number
from pagination.vocabulary import Meaning, meaning_of
from rest.bodies import Json
from rest.origin import resolved
from rest.pagination_settings import PaginationSettings
from rest.paths import ABSENT, Path
from rest.request import Page, text_of, url_query


class Outlook(Enum):
    """What follows a page. ASK: the API did not say; the next page tells."""

    MORE = "more"
    END = "end"
    ASK = "ask"


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

    @property
    def has_flags(self) -> bool:
        """True where the user named a flag."""
        return self.has_more is not None or self.last_page is not None

    def counts(self, page: Page) -> tuple[int | None, int | None]:
        """The number of pages and of items, as far as they are configured."""
        pages = _count_at(self.total_pages, page) if self.total_pages else None
        return pages, _count_at(self.total, page) if self.total else None

    def said(self, page: Page, reach: int) -> Said | None:
        """What the configured signals say of a page, None where they say nothing.

        reach: the position in the listing up to which this page was asked for.
        """
        if flagged := self.flagged(page):
            return flagged
        if self.total_pages and (pages := _count_at(self.total_pages, page)) is not None:
            return Said(_by_page_count(page, pages), str(self.total_pages))
        if self.total and (total := _count_at(self.total, page)) is not None:
            return Said(_by_total(page, total, reach), str(self.total))
        return None

    def flagged(self, page: Page) -> Said | None:
        """What the configured flags say, None where there are none."""
        body = page.response.body
        if self.has_more and (more := self.has_more.find(body)) is not ABSENT:
            return Said(Outlook.MORE if is_true(more) else Outlook.END, str(self.has_more))
        if self.last_page and (last := self.last_page.find(body)) is not ABSENT:
            return Said(Outlook.END if is_true(last) else Outlook.MORE, str(self.last_page))
        return None


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
        flagged,
        _by_next,
        partial(_by_recognised_page_count, full=full),
    )
    for reader in readers:
        if said := reader(page):
            return said
    return _by_recognised_total(page, reach, full=full) or by_reported(page, full=full)


def flagged(page: Page) -> Said | None:
    """What the usual flags say: more to come, or the last page."""
    more = _flag(page, Meaning.MORE)
    if more:
        return Said(Outlook.MORE if is_true(more.value) else Outlook.END, more.where)
    last = _flag(page, Meaning.LAST)
    return Said(Outlook.END if is_true(last.value) else Outlook.MORE, last.where) if last else None


def by_reported(page: Page, *, full: bool = False) -> Said | None:
    """What pages before said of the listing's length, where this one is silent about it."""
    at_the_end = Outlook.ASK if full else Outlook.END
    items, pages = page.reported.items, page.reported.pages
    if not page.count:  # an empty page is judged by what was promised
        return None
    if items is not None and recognised_counts(page)[1] is None:
        outlook = Outlook.MORE if page.items_so_far < items else at_the_end
        return Said(outlook, f"the total of an earlier page, {items}")
    if pages is not None and recognised_counts(page)[0] is None:
        outlook = Outlook.MORE if page.number + 1 < pages else at_the_end
        return Said(outlook, f"the number of pages on an earlier page, {pages}")
    return None


def evidence_of_more(page: Page) -> str | None:
    """Where a page says that it is not the last, for those that end without having looked; None: nowhere."""
    if is_named_last(page) and not more_flag(page):
        return None
    missing = missing_of_total(page)
    signals = (
        flagged(page),
        _by_next(page),
        _by_recognised_page_count(page, full=False),
        _by_next_cursor(page),
    )
    for said in signals:
        if said and said.outlook is Outlook.MORE:
            return said.where
        if said and said.outlook is Outlook.END:
            return missing
    return missing or what_remains(page)


def missing_of_total(page: Page) -> str | None:
    """Where a total stands that a first page does not reach; None: nowhere. Later ones are looked at when the
    listing has ended: it may have moved meanwhile.
    """
    if page.number > 0:
        return None
    count = recognised_total(page)
    total = whole_number(count.value) if count else None
    if count and total is not None:
        return count.where if total > page.items_so_far and total != page.count else None
    said = by_reported(page)
    return said.where if said and said.outlook is Outlook.MORE else None


def echoed_size(page: Page) -> int | None:
    """The page size as the answer repeats it, where this page has no more items; None: it does not."""
    sizes = (whole_number(size.value) for size in found(page, Meaning.SIZE))
    return next((size for size in sizes if size and size >= page.count), None)


def tells_its_own_total(page: Page) -> bool:
    """True where a total is just the number of this page's items; `count` alone may be no more than that."""
    total = recognised_total(page)
    return total is not None and "total" in total.name.lower() and whole_number(total.value) == page.count


def is_named_last(page: Page) -> bool:
    """True where the link to the last page, in the Link header or the body, leads to this one."""
    links = [
        target for relation, target in links_of(page.response.headers.get("link", "")) if relation == "last"
    ]
    links += [link for place in found(page, Meaning.LAST) if isinstance(link := link_of(place.value), str)]
    return page.number > 0 and any(_leads_here(page, link) for link in links)


def _leads_here(page: Page, link: str) -> bool:
    try:
        return page.request.at(resolved(link, page.request.full_url)).key == page.request.key
    except ValueError:
        return False


def recognised_total(page: Page) -> Found | None:
    """The number of all items, by its usual names; None: there is none."""
    if not page.believes_totals:
        return None
    counts = [count for count in found(page, Meaning.TOTAL) if whole_number(count.value) is not None]
    # Beside `count`, which may be the page's own, `total` is what it says.
    named = (count for count in counts if "total" in count.name.lower())
    return next(named, next(iter(counts), None))


def more_flag(page: Page) -> bool | None:
    """The usual flag that says whether there is more, None where a response has none."""
    said = flagged(page)
    return None if said is None else said.outlook is Outlook.MORE


def _flag(page: Page, meaning: Meaning) -> Found | None:
    # Under these names some APIs put links and page numbers.
    flags = [flag for flag in found(page, meaning) if is_flag(flag.value) and not _is_number_of_page(flag)]
    # One that contradicts the others says more: a page of several listings is not over with the first.
    wanted = meaning is Meaning.MORE
    return next((flag for flag in flags if is_true(flag.value) == wanted), next(iter(flags), None))


def _is_number_of_page(flag: Found) -> bool:
    """`last_page: 1` is a number; `is_last: 1` is a flag."""
    is_number = not isinstance(flag.value, bool) and whole_number(flag.value) is not None
    return is_number and flag.name.lower().lstrip("_").startswith(("last", "end", "final"))


def _by_next(page: Page) -> Said | None:
    """`next` says more by being there; by being null or gone it says the end, where it was there before."""
    return _by_presence(_next_page(page), _next_page(page.before) if page.before else None)


def _by_next_cursor(page: Page) -> Said | None:
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


def _by_presence(now: Found | None, before: Found | None) -> Said | None:
    if now is not None:
        return Said(Outlook.END if is_blank(now.value) else Outlook.MORE, now.where)
    return Said(Outlook.END, before.where) if before and not is_blank(before.value) else None


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


def _by_recognised_page_count(page: Page, *, full: bool) -> Said | None:
    for count in _page_counts(page):
        pages = whole_number(count.value)
        if pages is None or (pages == 0 and page.count):
            continue
        outlook = _by_page_count(page, pages)
        # Counted from 0, or by a size that the API does not keep to, it falls short of the truth.
        total = recognised_total(page)
        items = whole_number(total.value) if total else None
        is_short = items is not None and items > page.items_so_far
        is_sure = outlook is Outlook.MORE or not (full or is_short)
        return Said(outlook if is_sure else Outlook.ASK, count.where)
    return None


def _page_counts(page: Page) -> tuple[Found, ...]:
    if not page.believes_totals:
        return ()
    # `last_page` is a flag here and a number there; a flag under the name of a number says nothing.
    counts = (*found(page, Meaning.PAGES), *found(page, Meaning.LAST))
    return tuple(count for count in counts if not is_flag(count.value) or _is_number_of_page(count))


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


def what_remains(page: Page) -> str | None:
    """Where a count of what is still to come stands, or something under the name of a flag that is none."""
    counts = (count for count in found(page, Meaning.REMAINING) if whole_number(count.value))
    others = (
        flag for flag in found(page, Meaning.MORE) if not is_flag(flag.value) and not is_blank(flag.value)
    )
    place = next(counts, next(others, None))
    return place.where if place else None


def _count_at(path: Path, page: Page) -> int | None:
    value = path.find(page.response.body)
    return None if value is ABSENT else whole_number(value)
