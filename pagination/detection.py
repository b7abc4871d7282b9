"""`auto`: which way of continuing a first page speaks."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pagination.base import NextPage, Paginator, SinglePage
from pagination.counted import OffsetPaginator, PageNumberPaginator
from pagination.cursor import CursorPaginator
from pagination.link_header import links_of
from pagination.links import HeaderLinkPaginator, NextLinkPaginator
from pagination.places import Found, found, places
from pagination.signals import evidence_of_more, more_flag, says_that_it_ends
from pagination.values import USUAL_SIZES, is_blank, whole_number
from rest.bodies import Json
from rest.errors import PaginationError
from rest.origin import Origin, resolved
from rest.paths import quoted_key, setting_path
from rest.request import Location, Page, Request

# What an API calls the next cursor in its answer, and what it then wants to hear it called.
_CURSOR_PARAMS: Mapping[str, str] = {
    "next_cursor": "cursor",
    "nextCursor": "cursor",
    "next_page_token": "page_token",
    "nextPageToken": "pageToken",
    "after_cursor": "after",
    "afterCursor": "after",
    "end_cursor": "after",
    "endCursor": "after",
    "next_token": "next_token",
    "nextToken": "nextToken",
    "continuation_token": "continuation_token",
    "continuationToken": "continuationToken",
}
_CURSOR_HEADERS: Mapping[str, str] = {
    "x-ms-continuationtoken": "continuationToken",
    "x-next-cursor": "cursor",
}
# What an API echoes of the request: the position, and beside it the size.
_OFFSETS: Mapping[str, tuple[str, ...]] = {
    "offset": ("limit",),
    "skip": ("limit", "take", "top"),
    "startAt": ("maxResults",),
}
_PAGE_NUMBERS: Mapping[str, str] = {
    "number": "page",
    "page": "page",
    "page_number": "page",
    "pageNumber": "page",
    "current_page": "page",
    "currentPage": "page",
    "current-page": "page[number]",
    "pageIndex": "p",
}
# Dozens are rather the listing itself.
_PAGE_SIZES = USUAL_SIZES - {12, 24}
_LINK_STARTS = ("http://", "https://", "/", "?")


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
            return request.having(self.size_param, self.page_size, location)
        return request

    def settled(self, page: Page) -> Paginator:
        """The paginator that the page speaks.

        Raises PaginationError: nothing tells whether there is more, and the page looks like a first one.
        """
        for recognise in _RECOGNISERS:
            if paginator := recognise(page):
                return paginator
        if page.is_list and (where := evidence_of_more(page)):
            raise PaginationError(
                f"the response says that there is more ({where}), but not how to ask for it",
                hint="Set paginationType instead of auto",
            )
        if page.is_list and page.count in _PAGE_SIZES and not says_that_it_ends(page):
            raise PaginationError(
                f"nothing in the response tells whether there is more than these {page.count} items",
                hint="Set paginationType instead of auto, to none if they are all",
            )
        return SinglePage()

    def next(self, page: Page) -> NextPage | None:
        """As the paginator that the page speaks."""
        return self.settled(page).next(page)


def _by_link_header(page: Page) -> Paginator | None:
    relations = dict(links_of(page.response.headers.get("link", "")))
    return HeaderLinkPaginator() if "next" in relations else None


def _by_next_link(page: Page) -> Paginator | None:
    paginator = NextLinkPaginator()
    link = paginator.link_in(page.response)
    if not isinstance(link, str) or not link.startswith(_LINK_STARTS):
        return None
    # A link to elsewhere could not be followed; a cursor beside it can.
    here = page.request.full_url
    return paginator if Origin.of(resolved(link, here)) == Origin.of(here) else None


def _by_header_cursor(page: Page) -> Paginator | None:
    for header, param in _CURSOR_HEADERS.items():
        if page.response.headers.get(header):
            return CursorPaginator(header=header, param=param, size_param=None)
    return None


def _by_cursor(page: Page) -> Paginator | None:
    for keys, value in _cursors(page.response.body):
        if is_blank(value) or isinstance(value, bool | dict | list):
            continue
        prefix = "".join(quoted_key(key) for key in keys[:-1])
        flag = _flag_beside(page.response.body, keys)
        return CursorPaginator(
            cursor=setting_path(prefix + quoted_key(keys[-1])),
            more=setting_path(prefix + quoted_key(flag)) if flag else None,
            param=_cursor_param(page, keys),
            size_param=None,
            location=_location(page.request),
        )
    return None


def _by_last_id(page: Page) -> Paginator | None:
    """Stripe's way: a flag that says more, and nothing to ask with but the last item's id."""
    last = page.items[-1] if page.items else None
    has_id = isinstance(last, dict) and not is_blank(last.get("id"))
    if not has_id or more_flag(page.response) is not True or _offset_echo(page) or _page_echo(page):
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
    param = _PAGE_NUMBERS[echo.where.rpartition(".")[2]]
    return PageNumberPaginator(
        param=param, size_param=None, start_page=start, location=_location(page.request)
    )


def _by_page_header(page: Page) -> Paginator | None:
    """X-Next-Page: 2."""
    if whole_number(page.response.headers.get("x-next-page")) is None:
        return None
    return PageNumberPaginator(param="page", size_param=None, location=_location(page.request))


_RECOGNISERS: tuple[Callable[[Page], Paginator | None], ...] = (
    _by_link_header,
    _by_next_link,
    _by_header_cursor,
    _by_cursor,
    _by_offset,
    _by_page_number,
    _by_page_header,
    _by_last_id,
)


def _cursors(body: Json) -> Iterator[tuple[tuple[str, ...], Json]]:
    """Every place of a usual cursor's name with the keys that lead there, GraphQL's pageInfo at any depth."""
    for prefix, holder in places(body):
        keys = tuple(part for part in prefix.split(".") if part)
        for name in _CURSOR_PARAMS:
            if name in holder:
                yield (*keys, name), holder[name]
        following = holder.get("next")
        if isinstance(following, dict) and "after" in following:
            yield (*keys, "next", "after"), following["after"]
    yield from _page_infos(body, ())


def _page_infos(body: Json, keys: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Json]]:
    if not isinstance(body, dict):
        return
    for name, inner in body.items():
        if name == "pageInfo" and isinstance(inner, dict) and "endCursor" in inner:
            yield (*keys, name, "endCursor"), inner["endCursor"]
        else:
            yield from _page_infos(inner, (*keys, name))


def _flag_beside(body: Json, keys: tuple[str, ...]) -> str | None:
    """GraphQL's flag stands beside its cursor; others are found where flags usually are."""
    for key in keys[:-1]:
        body = body.get(key) if isinstance(body, dict) else None
    return "hasNextPage" if isinstance(body, dict) and "hasNextPage" in body else None


def _cursor_param(page: Page, keys: tuple[str, ...]) -> str:
    body = page.response.body
    is_notion = isinstance(body, dict) and body.get("object") == "list" and "has_more" in body
    name = "start_cursor" if is_notion else _CURSOR_PARAMS.get(keys[-1], "after")
    variables = page.request.body.get("variables") if isinstance(page.request.body, dict) else None
    return f"variables.{name}" if isinstance(variables, dict) else name


def _offset_echo(page: Page) -> str | None:
    """The name under which the request's offset comes back, beside a size."""
    for _, holder in places(page.response.body):
        for name, sizes in _OFFSETS.items():
            if whole_number(holder.get(name)) is not None and any(size in holder for size in sizes):
                return name
    return None


def _page_echo(page: Page) -> Found | None:
    numbers = (echo for echo in found(page.response, _PAGE_NUMBERS) if whole_number(echo.value) is not None)
    return next(numbers, None)


def _location(request: Request) -> Location:
    return "query" if request.method == "GET" else "body"
