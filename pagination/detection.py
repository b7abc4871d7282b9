"""Pagination type `auto`: recognises from the first page how the API continues."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

from configuration.pagination import PaginationSettings
from expressions.paths import setting_path
from pagination.base import NextPage, Paginator, size_param_of
from pagination.configured import ConfiguredSignals
from pagination.counted import OffsetPaginator, PageNumberPaginator
from pagination.cursor import CursorPaginator
from pagination.cursor_source import cursors_in
from pagination.detected_params import (
    cursor_param,
    header_cursor_param,
    is_offset_beside_echo,
    location_of,
    offset_echo,
    page_echo,
)
from pagination.detected_params import page_param as page_param_of
from pagination.link_header import links_of
from pagination.links import HeaderLinkPaginator, NextLinkPaginator, is_link
from pagination.places import Found, found, in_headers
from pagination.signals import Continuation, is_echo, more_flag
from pagination.single import SinglePage
from pagination.values import is_blank, whole_number
from pagination.vocabulary import Meaning, key_of
from rest.bodies import Json
from rest.errors import PaginationError
from rest.origin import Origin, resolved
from rest.page import Page
from rest.request import Request
from rest.steps import quoted_key


@dataclass(frozen=True, slots=True)
class AutoPaginator(Paginator):
    """Becomes another paginator when it has seen the first page.

    size_param: sent with the first request if the user knows its name.
    """

    size_param: str | None = None
    page_size: int = 100

    @classmethod
    def of(cls, settings: PaginationSettings) -> Self:
        """Return the paginator that the settings describe."""
        return cls(size_param_of(settings, None), settings.page_size, signals=ConfiguredSignals.of(settings))

    def first(self, request: Request) -> Request:
        """Return the request as it is, with the size if its parameter is known."""
        location = location_of(request)
        if self.size_param and request.value(self.size_param, location) is None:
            return request.with_param(self.size_param, self.page_size, location)
        return request

    def detected(self, page: Page) -> Paginator:
        """Return the paginator that fits the page.

        Raises PaginationError: the page says that there is more, and nothing in it can be followed.
        """
        flag = self.signals.flagged(page)
        if flag and flag.continuation is Continuation.END:
            return SinglePage(signals=self.signals)
        for detect in _DETECTORS:
            if paginator := detect(page):
                return replace(paginator, signals=self.signals)
        if page.is_list and (where := self.recognised.evidence_of_more(page)):
            raise PaginationError(
                f"the response says that there is more ({where}), but not how to request it",
                hint="Set paginationType instead of auto",
                doubt="unread_signal",
            )
        return SinglePage(chosen=False, signals=self.signals)

    def next(self, page: Page) -> NextPage | None:
        """Return what the detected paginator returns."""
        return self.detected(page).next(page)


def _by_link_header(page: Page) -> Paginator | None:
    relations = dict(links_of(page.response.headers.get("link", "")))
    return HeaderLinkPaginator() if "next" in relations else None


def _by_next_link(page: Page) -> Paginator | None:
    return NextLinkPaginator() if _link_is_foreign(page) is False else None


def _by_foreign_link(page: Page) -> Paginator | None:
    """A link to another origin comes last: it can only be followed if the settings allow it."""
    return NextLinkPaginator() if _link_is_foreign(page) else None


def _link_is_foreign(page: Page) -> bool | None:
    """Tell whether the next link leads to another origin. None: there is no link."""
    link = NextLinkPaginator().link_in(page)
    if not isinstance(link, str) or not is_link(link):
        return None
    here = page.request.full_url
    try:
        return Origin.of(resolved(link, here)) != Origin.of(here)
    except ValueError:
        return False  # an invalid URL is reported later


def _by_header_cursor(page: Page) -> Paginator | None:
    for cursor in in_headers(page.response.headers, Meaning.CURSOR):
        if cursor.name in page.response.headers and not is_blank(cursor.value):
            param = header_cursor_param(cursor.name)
            return CursorPaginator(header=cursor.name, param=param, size_param=None)
    return None


def _by_cursor(page: Page) -> Paginator | None:
    for cursor in cursors_in(page):
        if not cursor.keys or _is_page_number(cursor) or is_echo(page, cursor.value):
            continue
        if is_offset_beside_echo(page, cursor):
            continue
        prefix = "".join(quoted_key(str(key)) for key in cursor.keys[:-1])
        flag = _sibling_flag(page.response.body, cursor.keys)
        return CursorPaginator(
            cursor=setting_path(prefix + quoted_key(cursor.name)),
            more=setting_path(prefix + quoted_key(flag)) if flag else None,
            param=cursor_param(page, cursor),
            size_param=None,
            location=location_of(page.request),
        )
    return None


def _by_last_id(page: Page) -> Paginator | None:
    """Stripe's way: a flag says that there is more, and the last item's id is the cursor."""
    last = page.items[-1] if page.items else None
    has_id = isinstance(last, dict) and not is_blank(last.get("id"))
    if not has_id or more_flag(page) is not True or offset_echo(page) or page_echo(page):
        return None
    return CursorPaginator(param="starting_after", size_param=None, location=location_of(page.request))


def _by_offset(page: Page) -> Paginator | None:
    echo = offset_echo(page)
    return OffsetPaginator(param=echo, size_param=None, location=location_of(page.request)) if echo else None


def _by_page_number(page: Page) -> Paginator | None:
    echo = page_echo(page)
    if echo is None:
        return None
    start = whole_number(echo.value) or 0
    param = page_param_of(page, echo)
    location = location_of(page.request)
    return PageNumberPaginator(param=param, size_param=None, start_page=start, location=location)


def _by_next_number(page: Page) -> Paginator | None:
    """X-Next-Page: 2, or {"next": 2}."""
    numbers = (whole_number(place.value) for place in found(page, Meaning.NEXT))
    if next((number for number in numbers if number), None) is None:
        return None
    return PageNumberPaginator(param="page", size_param=None, location=location_of(page.request))


_DETECTORS: tuple[Callable[[Page], Paginator | None], ...] = (
    _by_link_header,
    _by_next_link,
    _by_header_cursor,
    _by_cursor,
    _by_offset,
    _by_page_number,
    _by_next_number,
    _by_last_id,
    _by_foreign_link,
)


def _is_page_number(cursor: Found) -> bool:
    """Tell whether `next`, `nextPage` or `next_page` holds the number of the next page."""
    return key_of(cursor.name) in ("next", "nextpage") and whole_number(cursor.value) is not None


def _sibling_flag(body: Json, keys: tuple[str | int, ...]) -> str | None:
    """Return GraphQL's flag if it stands beside the cursor. Other flags are found in the usual places."""
    for key in keys[:-1]:
        body = body.get(str(key)) if isinstance(body, dict) else None
    return "hasNextPage" if isinstance(body, dict) and "hasNextPage" in body else None
