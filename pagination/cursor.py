"""The paginator that sends back a cursor."""

from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import quote, urlsplit

from configuration.pagination import USUAL_NAMES, PaginationSettings
from expressions.paths import ABSENT, Path
from pagination.base import NextPage
from pagination.cursor_source import CursorSource
from pagination.param_paginator import ParamPaginator, param_settings
from pagination.signals import Continuation, more_flag
from pagination.values import is_blank, is_true
from rest.bodies import Json
from rest.dot_segments import has_dot_segments
from rest.errors import PaginationError
from rest.origin import cut
from rest.page import Page
from rest.request import Request, text_of

# Where `then` takes the cursor in its path.
_IN_PATH = "{cursor}"


@dataclass(frozen=True, slots=True)
class CursorPaginator(ParamPaginator):
    """Sends back the cursor that each page carries: {"items": [...], "next_cursor": "b2Zmc2V0"}.

    cursor, header: where the cursor is. Without either, the usual places are tried, and if a flag says that
    there is more, the last item's id is the cursor. A null, empty or absent cursor ends the listing.
    more: the path of a flag; if it is present and false, it ends the listing too.
    then: the request that takes the cursors; None: the first one does.
    """

    param: str = "cursor"
    size_param: str | None = "limit"
    cursor: Path | None = None
    header: str | None = None
    more: Path | None = None
    then: Request | None = None

    @classmethod
    def of(cls, settings: PaginationSettings) -> Self:
        """Return the paginator; cursor and limit unless the settings name the parameters."""
        return cls(
            **param_settings(settings, *USUAL_NAMES["cursor"]),
            cursor=settings.cursor_path,
            header=settings.cursor_header,
        )

    def next(self, page: Page) -> NextPage | None:
        """Return the request with the cursor, or None at the end.

        Raises PaginationError: the API says that there is more but not where, or the cursor is not one.
        """
        more = _has_more(self, page)
        if more is False:
            _check_total(self, page)
            return None
        cursor = _find_cursor(self, page, more=more)
        if cursor is None or (more is None and _is_total_read(self, page)):
            return None
        request = with_cursor(self, self.then or page.request, cursor)
        if request.key == page.request.key:
            # Some APIs end so. Others scroll: each request with the same cursor gives the next page.
            return NextPage(request, promise=None, is_scroll=True) if page.count else None
        return NextPage(request)


def with_cursor(paginator: CursorPaginator, request: Request, cursor: Json) -> Request:
    """Return the request with the cursor: in its path if that has {cursor}, else as a parameter.

    Raises PaginationError: the cursor would change the path.
    """
    path, mark, query = request.url.partition("?")
    if _IN_PATH in request.url:
        encoded = quote(text_of(cursor), safe="")
        path = path.replace(_IN_PATH, encoded)
        if has_dot_segments(urlsplit(path).path):
            raise PaginationError(f"the cursor {cut(text_of(cursor), 80)!r} would change the request's path")
        return replace(request, url=path + mark + query.replace(_IN_PATH, encoded))
    value = paginator.format.write({"cursor": text_of(cursor)}) if paginator.format else cursor
    return request.with_param(paginator.param, value, paginator.location)


def _is_total_read(paginator: CursorPaginator, page: Page) -> bool:
    """Tell whether an empty page follows after all items of the reported total. Scrolls keep their cursor."""
    _, total = paginator.counts(page)
    return not page.count and total is not None and 0 < total <= page.items_so_far


def _has_more(paginator: CursorPaginator, page: Page) -> bool | None:
    """Return what the flags say; None: there is no flag."""
    if flag := paginator.signals.flagged(page):
        return flag.continuation is Continuation.MORE
    if paginator.more is None:
        return None if paginator.signals.has_flags else more_flag(page)
    value = paginator.more.find(page.response.body)
    return None if value is ABSENT else is_true(value)


def _find_cursor(paginator: CursorPaginator, page: Page, *, more: bool | None) -> Json:
    is_json = paginator.location == "body" and page.request.body_type == "json" and paginator.format is None
    source = CursorSource(paginator.cursor, paginator.header, takes_json=is_json)
    value = source.value(page)
    if not is_blank(value) and value not in ([], {}):
        return source.checked(value)
    if more and not source.is_configured:
        return source.checked(_last_id(page))
    _check_end(paginator, source, page, more=more)
    return None


def _last_id(page: Page) -> Json:
    last = page.items[-1] if page.items else None
    found_id = last.get("id") if isinstance(last, dict) else None
    if is_blank(found_id):
        raise PaginationError(
            "the API says that there is more, but the response has no cursor and its last item no id",
            hint="Set cursorPath (it may take the last item: .data[-1].key), or cursorHeader",
            doubt="unread_signal",
        )
    return found_id


def _check_end(paginator: CursorPaginator, source: CursorSource, page: Page, *, more: bool | None) -> None:
    """A missing cursor is the end, unless the response, or a full first page, contradicts that."""
    if more:
        raise PaginationError(
            f"the API says that there is more, but there is no cursor at {source}",
            hint="Correct cursorPath or cursorHeader",
            doubt="unread_signal",
        )
    if source.is_configured and source.is_present(page):
        _check_total(paginator, page)
        return
    elsewhere = source.elsewhere(page) if page.number == 0 else None
    evidence = paginator.recognised.evidence_of_more(page, source.passed_over(page))
    if where := elsewhere.where if elsewhere else evidence:
        raise PaginationError(
            f"there is no cursor at {source}, but the response goes on ({where})",
            hint=f"Set cursorPath to {where} if the cursor is there, or another paginationType",
            doubt="unread_signal",
        )
    is_undecided = page.number == 0 and more is None and not source.is_present(page)
    if is_undecided and _is_full(paginator, page):
        raise PaginationError(
            f"the first page is full ({page.count} items) and there is no cursor at {source}: "
            "nothing shows whether there is more",
            hint="Correct cursorPath, or set hasMorePath, or pagination: {type: none} if it has no pages",
            doubt="unproven_end",
        )


def _check_total(paginator: CursorPaginator, page: Page) -> None:
    if where := paginator.recognised.missing_of_total(page):
        raise PaginationError(
            f"the cursors end after {page.items_so_far} items, but {where} reports more",
            hint="If that number is only an estimate, set pagination.total_path to -",
            doubt="unread_signal",
        )


def _is_full(paginator: CursorPaginator, page: Page) -> bool:
    return page.count == paginator.requested_size(page.request)
