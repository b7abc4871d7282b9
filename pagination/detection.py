"""`auto`: which way of continuing a first page speaks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from expressions.paths import setting_path
from pagination.base import NextPage, Paginator, SinglePage
from pagination.counted import OffsetPaginator, PageNumberPaginator
from pagination.cursor import CursorPaginator, cursors_in
from pagination.link_header import links_of
from pagination.links import HeaderLinkPaginator, NextLinkPaginator, is_link
from pagination.places import Found, found, in_headers
from pagination.signals import Continuation, is_echo, more_flag
from pagination.values import USUAL_SIZES, is_blank, whole_number
from pagination.vocabulary import Meaning, key_of, own_words
from rest.bodies import Json
from rest.errors import PaginationError
from rest.origin import Origin, resolved
from rest.page import Page
from rest.request import Location, Request
from rest.steps import quoted_key

# What an API calls the next cursor in its answer, and what it then wants to hear it called, where that is not
# the same name without `next`: by the letters of the name.
_CURSOR_PARAMS: Mapping[str, str] = {
    "aftercursor": "after",
    "endcursor": "after",
    "nextafter": "after",
    "nexttoken": "",
    "lastevaluatedkey": "ExclusiveStartKey",
    "continuationtoken": "",
    "scrollid": "",
}
# What an API echoes of the request: the position, and beside it the size. The keys are the letters of names.
_OFFSETS: Mapping[str, tuple[str, ...]] = {
    "offset": ("limit", "count", "size"),
    "skip": ("limit", "take", "top"),
    "startat": ("maxresults",),
}
_PAGE_NUMBERS: Mapping[str, str] = {
    "number": "page",
    "page": "page",
    "pagenumber": "page",
    "pageno": "page",
    "currentpage": "page",
    "pageindex": "p",
}
# JSON:API writes `current-page`, and asks for it in brackets.
_BRACKETS = "page[number]"
# Dozens are rather the listing itself.
PAGE_SIZES = USUAL_SIZES - {12, 24}


@dataclass(frozen=True, slots=True)
class AutoPaginator(Paginator):
    """Becomes another paginator once it has seen the first page.

    size_param: sent with the first request, where the user knows its name.
    """

    size_param: str | None = None
    page_size: int = 100

    def first(self, request: Request) -> Request:
        """As it is: what the API calls its parameters is not known yet."""
        location = _location(request)
        if self.size_param and request.value(self.size_param, location) is None:
            return request.with_param(self.size_param, self.page_size, location)
        return request

    def detected(self, page: Page) -> Paginator:
        """The paginator that the page speaks.

        Raises PaginationError: it says that there is more, and nothing in it can be followed.
        """
        said = self.signals.flagged(page)
        if said and said.continuation is Continuation.END:
            return SinglePage(signals=self.signals)
        for recognise in _RECOGNISERS:
            if paginator := recognise(page):
                return replace(paginator, signals=self.signals)
        if page.is_list and (where := self.recognised.evidence_of_more(page)):
            raise PaginationError(
                f"the response says that there is more ({where}), but not how to ask for it",
                hint="Set paginationType instead of auto",
                doubt="unread_signal",
            )
        return SinglePage(chosen=False, signals=self.signals)

    def next(self, page: Page) -> NextPage | None:
        """As the paginator that the page speaks."""
        return self.detected(page).next(page)


def _by_link_header(page: Page) -> Paginator | None:
    relations = dict(links_of(page.response.headers.get("link", "")))
    return HeaderLinkPaginator() if "next" in relations else None


def _by_next_link(page: Page) -> Paginator | None:
    paginator = NextLinkPaginator()
    link = paginator.link_in(page)
    if not isinstance(link, str) or not is_link(link):
        return None
    # A link to elsewhere could not be followed; a cursor beside it can. One that is no URL is told of later.
    here = page.request.full_url
    try:
        return paginator if Origin.of(resolved(link, here)) == Origin.of(here) else None
    except ValueError:
        return paginator


def _by_header_cursor(page: Page) -> Paginator | None:
    for cursor in in_headers(page.response.headers, Meaning.CURSOR):
        if cursor.name in page.response.headers and not is_blank(cursor.value):
            param = _header_param(cursor.name)
            return CursorPaginator(header=cursor.name, param=param, size_param=None)
    return None


def _by_cursor(page: Page) -> Paginator | None:
    for cursor in cursors_in(page):
        # `next` alone may also be the number of the next page.
        is_number = meaning_is_number(cursor)
        if not cursor.keys or is_number or is_echo(page, cursor.value):
            continue
        prefix = "".join(quoted_key(str(key)) for key in cursor.keys[:-1])
        flag = _flag_beside(page.response.body, cursor.keys)
        return CursorPaginator(
            cursor=setting_path(prefix + quoted_key(cursor.name)),
            more=setting_path(prefix + quoted_key(flag)) if flag else None,
            param=_cursor_param(page, cursor),
            size_param=None,
            location=_location(page.request),
        )
    return None


def meaning_is_number(cursor: Found) -> bool:
    """True for a whole number under `next`, `nextPage` or `next_page`: the next page's own."""
    return key_of(cursor.name) in ("next", "nextpage") and whole_number(cursor.value) is not None


def _by_last_id(page: Page) -> Paginator | None:
    """Stripe's way: a flag that says more, and nothing to ask with but the last item's id."""
    last = page.items[-1] if page.items else None
    has_id = isinstance(last, dict) and not is_blank(last.get("id"))
    if not has_id or more_flag(page) is not True or _offset_echo(page) or _page_echo(page):
        return None
    return CursorPaginator(param="starting_after", size_param=None, location=_location(page.request))


def _by_offset(page: Page) -> Paginator | None:
    echo = _offset_echo(page)
    return OffsetPaginator(param=echo, size_param=None, location=_location(page.request)) if echo else None


def _by_page_number(page: Page) -> Paginator | None:
    echo = _page_echo(page)
    if echo is None:
        return None
    start = whole_number(echo.value) or 0
    param = _PAGE_NUMBERS[key_of(echo.name)]
    if echo.name == "current-page":
        param = _BRACKETS
    elif echo.name[:1].isupper():  # .NET's own way: PageNumber is asked for by its name
        param = echo.name
    return PageNumberPaginator(
        param=param, size_param=None, start_page=start, location=_location(page.request)
    )


def _by_next_number(page: Page) -> Paginator | None:
    """X-Next-Page: 2, {"next": 2}."""
    numbers = (whole_number(place.value) for place in found(page, Meaning.NEXT))
    if next((number for number in numbers if number), None) is None:
        return None
    return PageNumberPaginator(param="page", size_param=None, location=_location(page.request))


_RECOGNISERS: tuple[Callable[[Page], Paginator | None], ...] = (
    _by_link_header,
    _by_next_link,
    _by_header_cursor,
    _by_cursor,
    _by_offset,
    _by_page_number,
    _by_next_number,
    _by_last_id,
)


def _flag_beside(body: Json, keys: tuple[str | int, ...]) -> str | None:
    """GraphQL's flag stands beside its cursor; others are found where flags usually are."""
    for key in keys[:-1]:
        body = body.get(str(key)) if isinstance(body, dict) else None
    return "hasNextPage" if isinstance(body, dict) and "hasNextPage" in body else None


def _cursor_param(page: Page, cursor: Found) -> str:
    body = page.response.body
    is_notion = isinstance(body, dict) and body.get("object") == "list" and "has_more" in body
    name = "start_cursor" if is_notion else _param_for(cursor.name)
    variables = page.request.body.get("variables") if isinstance(page.request.body, dict) else None
    return f"variables.{name}" if isinstance(variables, dict) else name


def _param_for(name: str) -> str:
    """What a cursor is sent back as: next_page_token as page_token, nextMarker as marker, after as after."""
    known = _CURSOR_PARAMS.get(key_of(name))
    return name.lstrip("_") if known == "" else known or own_words(name)


def _header_param(name: str) -> str:
    """x-ms-continuationtoken is sent as continuationToken, x-next-cursor as cursor."""
    last = name.lower().rpartition("-")[2]
    return "continuationToken" if last == "continuationtoken" else last


def _offset_echo(page: Page) -> str | None:
    """The name under which the request's offset comes back, beside a size."""
    numbers = [place for place in page.envelope if whole_number(place.value) is not None]
    for place in numbers:
        sizes = _OFFSETS.get(key_of(place.name), ())
        beside = {key_of(other.name) for other in numbers if other.keys[:-1] == place.keys[:-1]}
        if beside & set(sizes):
            return place.name
    return None


def _page_echo(page: Page) -> Found | None:
    echoes = (echo for echo in found(page, Meaning.PAGE_NUMBER) if key_of(echo.name) in _PAGE_NUMBERS)
    return next((echo for echo in echoes if echo.keys and whole_number(echo.value) is not None), None)


def _location(request: Request) -> Location:
    return "query" if request.method == "GET" else "body"
