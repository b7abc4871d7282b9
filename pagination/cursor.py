"""Paginators that send back a cursor."""

from collections.abc import Iterator
from dataclasses import dataclass

from expressions.paths import ABSENT, Path
from pagination.base import NextPage, Paginator
from pagination.links import is_link
from pagination.places import Found, found
from pagination.signals import Continuation, is_echo, more_flag
from pagination.values import is_blank, is_true, whole_number
from pagination.vocabulary import Meaning, meaning_of
from rest.bodies import Json
from rest.errors import PaginationError
from rest.origin import cut
from rest.page import Page
from rest.request import Location, Request


@dataclass(frozen=True, slots=True)
class CursorPaginator(Paginator):
    """Sends back the cursor that each page carries: {"items": [...], "next_cursor": "b2Zmc2V0"}.

    cursor, header: where it stands; with neither, the usual places are tried, and where a flag says that
    there is more, the last item's id is the cursor. Null, empty or absent ends the listing.
    more: the API's own flag; when present and false, it ends the listing too.
    """

    cursor: Path | None = None
    header: str | None = None
    more: Path | None = None
    param: str = "cursor"
    size_param: str | None = "limit"
    page_size: int = 100
    location: Location = "query"

    def first(self, request: Request) -> Request:
        """Without a cursor; the size goes where the cursor will."""
        if self.size_param and request.value(self.size_param, self.location) is None:
            return request.with_param(self.size_param, self.page_size, self.location)
        return request

    def next(self, page: Page) -> NextPage | None:
        """Raises PaginationError: the API says that there is more but not where, or its cursor is none."""
        more = self._more(page)
        if more is False:
            self._check_total(page)
            return None
        cursor = self._cursor(page, more=more)
        if cursor is None:
            return None
        request = page.request.with_param(self.param, cursor, self.location)
        if str(cursor) == str(page.request.value(self.param, self.location)):
            # The end, for some APIs; for others a scroll, in which each request with it gives the next page.
            return NextPage(request, promise=None, is_scroll=True) if page.count else None
        return NextPage(request)

    @property
    def continues_by(self) -> str:
        """The parameter, as a message names it."""
        return f"the parameter {self.param!r}"

    def is_full(self, page: Page) -> bool:  # noqa: ARG002 - the same page twice means that the cursor is ignored
        """True."""
        return True

    def _more(self, page: Page) -> bool | None:
        if said := self.signals.flagged(page):
            return said.continuation is Continuation.MORE
        if self.more is None:
            return None if self.signals.has_flags else more_flag(page)
        flag = self.more.find(page.response.body)
        return None if flag is ABSENT else is_true(flag)

    def _cursor(self, page: Page, *, more: bool | None) -> str | int | None:
        value = self._configured(page) if self._is_configured else recognised_cursor(page)
        if not is_blank(value):
            return self._usable(value)
        if more and not self._is_configured:
            return self._last_id(page)
        self._check_that_it_ends(page, more=more)
        return None

    def _configured(self, page: Page) -> Json:
        if self.header:
            return page.response.headers.get(self.header.lower())
        value = self.cursor.find(page.response.body) if self.cursor else None
        return None if value is ABSENT else value

    def _usable(self, value: Json) -> str | int:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise PaginationError(
                f"no cursor but {cut(str(value), 80)!r} stands at {self._place}",
                hint="Set cursorPath to where the text or number is that the next request takes",
            )
        return value

    def _last_id(self, page: Page) -> str | int:
        last = page.items[-1] if page.items else None
        found_id = last.get("id") if isinstance(last, dict) else None
        if is_blank(found_id):
            raise PaginationError(
                "the API says that there is more, but the response has no cursor and its last item no id",
                hint="Set cursorPath (it may take the last item: .data[-1].key), or cursorHeader",
                doubt="unread_signal",
            )
        return self._usable(found_id)

    def _check_that_it_ends(self, page: Page, *, more: bool | None) -> None:
        """No cursor is the end, unless the response itself, or a full first page, speaks against it."""
        if more:
            raise PaginationError(
                f"the API says that there is more, but no cursor stands at {self._place}",
                hint="Correct cursorPath or cursorHeader",
                doubt="unread_signal",
            )
        if self._is_configured and self._is_there(page):
            self._check_total(page)
            return
        elsewhere = _cursor_elsewhere(page) if page.number == 0 else None
        if where := elsewhere.where if elsewhere else self.recognised.evidence_of_more(page):
            raise PaginationError(
                f"no cursor stands at {self._place}, but the response goes on ({where})",
                hint=f"Set cursorPath to {where} if the cursor is there, or another paginationType",
                doubt="unread_signal",
            )
        is_first = page.number == 0 and more is None
        if is_first and self._fills_the_page(page) and not self._is_there(page):
            raise PaginationError(
                f"the first page is full ({page.count} items) and no cursor stands at {self._place}: "
                "nothing tells whether there is more",
                hint="Correct cursorPath, or set hasMorePath, or pagination: {type: none} if it has no pages",
                doubt="unproven_end",
            )

    def _check_total(self, page: Page) -> None:
        if where := self.recognised.missing_of_total(page):
            raise PaginationError(
                f"the cursors end after {page.items_so_far} items, but {where} speaks of more",
                hint="If that number is only an estimate, set pagination.total_path to -",
                doubt="unread_signal",
            )

    def _fills_the_page(self, page: Page) -> bool:
        asked = whole_number(page.request.value(self.size_param, self.location)) if self.size_param else None
        return page.count == asked

    def _is_there(self, page: Page) -> bool:
        """True when the cursor's key stands in the response, with nothing in it."""
        if self.header:
            return self.header.lower() in page.response.headers
        if self.cursor:
            return self.cursor.find(page.response.body) is not ABSENT
        return any(found(page, Meaning.CURSOR, Meaning.NEXT))

    @property
    def _is_configured(self) -> bool:
        return self.cursor is not None or self.header is not None

    @property
    def _place(self) -> str:
        if self.header:
            return f"the header {self.header}"
        return str(self.cursor) if self.cursor else "any of the usual places"


def cursors_in(page: Page) -> Iterator[Found]:
    """Every cursor: {"next_cursor": "x"}, {"paging": {"next": {"after": "x"}}}."""
    for item in found(page, Meaning.CURSOR, Meaning.NEXT):
        value = item.value
        if isinstance(value, bool) or not isinstance(value, str | int) or is_blank(value):
            continue
        # Base64 begins with a slash now and then, so it is only no cursor where links stand as well.
        may_be_link = meaning_of(item.name) is Meaning.NEXT
        if not (may_be_link and is_link(value)):
            yield item


def recognised_cursor(page: Page) -> Json:
    """The first cursor that is not the one that was sent; else that one; None: none stands there."""
    cursors = list(cursors_in(page))
    new = (item.value for item in cursors if not is_echo(page, item.value))
    return next(new, cursors[0].value if cursors else None)


def _cursor_elsewhere(page: Page) -> Found | None:
    """A cursor or a link where the usual ones stand."""
    places = found(page, Meaning.CURSOR, Meaning.NEXT)
    return next((item for item in places if isinstance(item.value, str) and not is_blank(item.value)), None)
