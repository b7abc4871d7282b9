"""Paginators that send back a cursor."""

from dataclasses import dataclass

from pagination.base import NextPage, Paginator
from pagination.places import Found, found, places
from pagination.signals import evidence_of_more, more_flag
from pagination.values import is_blank, is_true, whole_number
from rest.bodies import Json
from rest.errors import PaginationError
from rest.paths import ABSENT, Path
from rest.request import Location, Page, Request, Response

_CURSORS = (
    "next_cursor",
    "nextCursor",
    "next_page_token",
    "nextPageToken",
    "after_cursor",
    "afterCursor",
    "end_cursor",
    "endCursor",
    "next_token",
    "nextToken",
    "continuation_token",
    "continuationToken",
    "continuation",
    "next",
    "after",
)
_LINK_STARTS = ("http://", "https://", "/", "?")


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
            return request.having(self.size_param, self.page_size, self.location)
        return request

    def next(self, page: Page) -> NextPage | None:
        """Raises PaginationError: the API says that there is more but not where, or its cursor is none."""
        more = self._more(page)
        if more is False:
            return None
        cursor = self._cursor(page, more=more)
        if cursor is None:
            return None
        if str(cursor) == str(page.request.value(self.param, self.location)):
            self._check_that_it_is_done(more=more)
            return None
        return NextPage(page.request.having(self.param, cursor, self.location))

    @property
    def continues_by(self) -> str:
        """The parameter, as a message names it."""
        return f"the parameter {self.param!r}"

    def is_full(self, page: Page) -> bool:  # noqa: ARG002 - the same page twice means that the cursor is ignored
        """True."""
        return True

    def _more(self, page: Page) -> bool | None:
        if self.more is None:
            return more_flag(page.response)
        flag = self.more.find(page.response.body)
        return None if flag is ABSENT else is_true(flag)

    def _cursor(self, page: Page, *, more: bool | None) -> str | int | None:
        value = self._configured(page.response) if self._is_configured else _recognised(page.response)
        if not is_blank(value):
            return self._usable(value)
        if more and not self._is_configured:
            return self._last_id(page)
        self._check_that_it_ends(page, more=more)
        return None

    def _configured(self, response: Response) -> Json:
        if self.header:
            return response.headers.get(self.header.lower())
        value = self.cursor.find(response.body) if self.cursor else None
        return None if value is ABSENT else value

    def _usable(self, value: Json) -> str | int:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise PaginationError(
                f"no cursor but {str(value)[:80]!r} stands at {self._place}",
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
            )
        return self._usable(found_id)

    def _check_that_it_ends(self, page: Page, *, more: bool | None) -> None:
        """No cursor is the end, unless the response itself, or a full first page, speaks against it."""
        if more:
            raise PaginationError(
                f"the API says that there is more, but no cursor stands at {self._place}",
                hint="Correct cursorPath or cursorHeader",
            )
        if page.number > 0 or (self._is_configured and self._is_there(page)):
            return
        elsewhere = _recognised_elsewhere(page.response)
        if where := elsewhere.where if elsewhere else evidence_of_more(page):
            raise PaginationError(
                f"no cursor stands at {self._place}, but the response goes on ({where})",
                hint=f"Set cursorPath to {where} if the cursor is there, or another paginationType",
            )
        if more is None and self._fills_the_page(page) and not self._is_there(page):
            raise PaginationError(
                f"the first page is full ({page.count} items) and no cursor stands at {self._place}: "
                "nothing tells whether there is more",
                hint="Correct cursorPath, or set hasMorePath, or pagination: {type: none} if it has no pages",
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
        return any(found(page.response, _CURSORS))

    def _check_that_it_is_done(self, *, more: bool | None) -> None:
        if more:
            raise PaginationError(
                f"the API says that there is more, but gives the same cursor again at {self._place}",
                hint=f"Does the API know the parameter {self.param!r}?",
            )

    @property
    def _is_configured(self) -> bool:
        return self.cursor is not None or self.header is not None

    @property
    def _place(self) -> str:
        if self.header:
            return f"the header {self.header}"
        return str(self.cursor) if self.cursor else "any of the usual places"


def _recognised(response: Response) -> Json:
    candidates = (*found(response, _CURSORS), *_nested_after(response))
    return next((item.value for item in candidates if _is_cursor(item)), None)


def _recognised_elsewhere(response: Response) -> Found | None:
    """A cursor or a link where the usual ones stand."""
    candidates = (*found(response, _CURSORS), *_nested_after(response))
    usable = (item for item in candidates if isinstance(item.value, str) and not is_blank(item.value))
    return next(usable, None)


def _nested_after(response: Response) -> list[Found]:
    """{"paging": {"next": {"after": "x"}}}: the next page as an object."""
    nested: list[Found] = []
    for prefix, holder in places(response.body):
        inner = holder.get("next")
        if isinstance(inner, dict):
            names = ("after", "cursor", "href", "url", "link")
            nested += [Found(f"{prefix}next.{name}", inner[name]) for name in names if name in inner]
    return nested


def _is_cursor(item: Found) -> bool:
    if isinstance(item.value, bool) or not isinstance(item.value, str | int) or is_blank(item.value):
        return False
    # Under `next` stand cursors and links alike; base64 begins with a slash now and then, so not elsewhere.
    may_be_link = item.where.rpartition(".")[2] in ("next", "href", "url", "link")
    return not (may_be_link and isinstance(item.value, str) and item.value.startswith(_LINK_STARTS))
