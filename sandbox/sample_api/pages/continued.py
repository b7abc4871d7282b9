"""Styles whose server says where to go on: cursors and links."""

from collections.abc import Sequence
from typing import ClassVar

from sandbox.sample_api.data import Item, Json
from sandbox.sample_api.pages.base import Ask, Page, Paging, PagingError, cursor_at


class Continued(Paging):
    """Serves from an opaque position, and gives the next one until the end is reached."""

    cursor_param: ClassVar[str] = "cursor"
    params = ("cursor", "limit")

    def page(self, listing: Sequence[Item], ask: Ask) -> Page:
        start = ask.cursor_position(self.cursor_param)
        end = start + ask.size("limit")
        following = cursor_at(end) if end < len(listing) else None
        return Page(listing[start:end], self._fields(following, ask), self._headers(following, ask))

    def _fields(self, following: str | None, ask: Ask) -> dict[str, Json]:  # noqa: ARG002
        return {}

    def _headers(self, following: str | None, ask: Ask) -> dict[str, str]:  # noqa: ARG002
        return {}


class Cursor(Continued):
    """{"data": [...], "meta": {"after_cursor": "cG9z…", "has_more": true}}"""

    signals = "body: meta.after_cursor, null at the end, and meta.has_more"
    enveloped = True

    def _fields(self, following: str | None, ask: Ask) -> dict[str, Json]:  # noqa: ARG002
        return {"meta": {"after_cursor": following, "has_more": following is not None}}


class CursorNext(Continued):
    """{"data": [...], "next_cursor": "cG9z…"}"""

    signals = "body: next_cursor, null at the end"
    enveloped = True

    def _fields(self, following: str | None, ask: Ask) -> dict[str, Json]:  # noqa: ARG002
        return {"next_cursor": following}


class CursorHeader(Continued):
    """X-Next-Cursor: cG9z…"""

    signals = "header: X-Next-Cursor, absent at the end"

    def _headers(self, following: str | None, ask: Ask) -> dict[str, str]:  # noqa: ARG002
        return {"X-Next-Cursor": following} if following else {}


class CursorLastId(Paging):
    """Stripe's way: {"data": [...], "has_more": true}, and ?starting_after takes the last item's id."""

    params = ("starting_after", "limit")
    signals = "body: has_more; the next starting_after is the last item's id"
    enveloped = True
    strict = True

    def page(self, listing: Sequence[Item], ask: Ask) -> Page:
        start = self._start(listing, ask)
        end = start + ask.size("limit")
        return Page(listing[start:end], {"has_more": end < len(listing)})

    def _start(self, listing: Sequence[Item], ask: Ask) -> int:
        last = ask.query.get("starting_after", ask.body.get("starting_after"))
        if last is None:
            return 0
        for position, item in enumerate(listing, start=1):
            if str(item[ask.id_field]) == str(last):
                return position
        raise PagingError(f"starting_after: no such item: {last!r:.80}")


class NextLink(Continued):
    """{"data": [...], "links": {"next": "http://127.0.0.1:3020/…?token=cG9z…"}}"""

    cursor_param = "token"
    params = ("token", "limit")
    signals = "body: links.next, an absolute URL, null at the end"
    enveloped = True
    follows_links = True

    def _fields(self, following: str | None, ask: Ask) -> dict[str, Json]:
        return {"links": {"next": str(ask.link(token=following)) if following else None}}


class NextLinkRelative(NextLink):
    """{"data": [...], "next": "/bearer/next-link-relative/api/tickets?token=cG9z…"}"""

    signals = "body: next, a path with its query, null at the end"

    def _fields(self, following: str | None, ask: Ask) -> dict[str, Json]:
        if following is None:
            return {"next": None}
        link = ask.link(token=following)
        return {"next": f"{link.path}?{link.query}"}


class LinkHeader(Continued):
    """Link: <…>; rel="self", <…>; rel="first", <…?token=cG9z…>; rel="next" (RFC 8288)"""

    cursor_param = "token"
    params = ("token", "limit")
    signals = "header: Link, without next at the end"
    follows_links = True

    def _headers(self, following: str | None, ask: Ask) -> dict[str, str]:
        links = {"self": ask.link(), "first": ask.link().remove_query_params("token")}
        if following:
            links["next"] = ask.link(token=following)
        return {"Link": ", ".join(f'<{url}>; rel="{rel}"' for rel, url in links.items())}
