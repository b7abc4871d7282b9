"""Paging styles in which the server returns the next position: cursors and links."""

from collections.abc import Sequence
from typing import ClassVar

from sandbox.sample_api.paging.base import Page, PageRequest, Paging, PagingError, cursor_at
from sandbox.sample_api.sample_data import Item, Json


class PositionPaging(Paging):
    """Starts at an opaque position and returns the next one, until the end."""

    cursor_param: ClassVar[str] = "cursor"
    params = ("cursor", "limit")

    def page(self, listing: Sequence[Item], page_request: PageRequest) -> Page:
        start = page_request.cursor_position(self.cursor_param)
        end = start + page_request.size("limit")
        next_cursor = cursor_at(end) if end < len(listing) else None
        return Page(
            listing[start:end],
            self._fields(next_cursor, page_request),
            self._headers(next_cursor, page_request),
        )

    def _fields(self, next_cursor: str | None, page_request: PageRequest) -> dict[str, Json]:  # noqa: ARG002
        return {}

    def _headers(self, next_cursor: str | None, page_request: PageRequest) -> dict[str, str]:  # noqa: ARG002
        return {}


class Cursor(PositionPaging):
    """{"data": [...], "meta": {"after_cursor": "cG9z…", "has_more": true}}"""

    signals = "body: meta.after_cursor, null at the end, and meta.has_more"
    enveloped = True

    def _fields(self, next_cursor: str | None, page_request: PageRequest) -> dict[str, Json]:  # noqa: ARG002
        return {"meta": {"after_cursor": next_cursor, "has_more": next_cursor is not None}}


class CursorNext(PositionPaging):
    """{"data": [...], "next_cursor": "cG9z…"}"""

    signals = "body: next_cursor, null at the end"
    enveloped = True

    def _fields(self, next_cursor: str | None, page_request: PageRequest) -> dict[str, Json]:  # noqa: ARG002
        return {"next_cursor": next_cursor}


class CursorHeader(PositionPaging):
    """X-Next-Cursor: cG9z…"""

    signals = "header: X-Next-Cursor, absent at the end"

    def _headers(self, next_cursor: str | None, page_request: PageRequest) -> dict[str, str]:  # noqa: ARG002
        return {"X-Next-Cursor": next_cursor} if next_cursor else {}


class CursorLastId(Paging):
    """Stripe's style: {"data": [...], "has_more": true}. ?starting_after takes the last item's id."""

    params = ("starting_after", "limit")
    signals = "body: has_more; the next starting_after is the last item's id"
    enveloped = True
    strict = True

    def page(self, listing: Sequence[Item], page_request: PageRequest) -> Page:
        start = self._start(listing, page_request)
        end = start + page_request.size("limit")
        return Page(listing[start:end], {"has_more": end < len(listing)})

    def _start(self, listing: Sequence[Item], page_request: PageRequest) -> int:
        last = page_request.query.get("starting_after", page_request.body.get("starting_after"))
        if last is None:
            return 0
        for position, item in enumerate(listing, start=1):
            if str(item[page_request.id_field]) == str(last):
                return position
        raise PagingError(f"starting_after: item not found: {last!r:.80}")


class NextLink(PositionPaging):
    """{"data": [...], "links": {"next": "http://127.0.0.1:3020/…?token=cG9z…"}}"""

    cursor_param = "token"
    params = ("token", "limit")
    signals = "body: links.next, an absolute URL, null at the end"
    enveloped = True
    follows_links = True

    def _fields(self, next_cursor: str | None, page_request: PageRequest) -> dict[str, Json]:
        return {"links": {"next": str(page_request.link(token=next_cursor)) if next_cursor else None}}


class NextLinkRelative(NextLink):
    """{"data": [...], "next": "/bearer/next-link-relative/api/tickets?token=cG9z…"}"""

    signals = "body: next, a path with its query, null at the end"

    def _fields(self, next_cursor: str | None, page_request: PageRequest) -> dict[str, Json]:
        if next_cursor is None:
            return {"next": None}
        link = page_request.link(token=next_cursor)
        return {"next": f"{link.path}?{link.query}"}


class LinkHeader(PositionPaging):
    """Link: <…>; rel="self", <…>; rel="first", <…?token=cG9z…>; rel="next" (RFC 8288)"""

    cursor_param = "token"
    params = ("token", "limit")
    signals = "header: Link, without next at the end"
    follows_links = True

    def _headers(self, next_cursor: str | None, page_request: PageRequest) -> dict[str, str]:
        links = {"self": page_request.link(), "first": page_request.link().remove_query_params("token")}
        if next_cursor:
            links["next"] = page_request.link(token=next_cursor)
        return {"Link": ", ".join(f'<{url}>; rel="{rel}"' for rel, url in links.items())}
