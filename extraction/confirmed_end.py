"""A listing that ends on a page which a 304 confirmed: is that still its end?

A validator speaks for the body. Whether there is a next page may stand in headers, which a 304 need not
repeat (RFC 9110 §15.4.5). A full page stays as it is while a page after it comes or goes.
"""

import asyncio
from dataclasses import replace

from extraction.next_request import find_next
from extraction.page_identity import identity
from extraction.second_page import may_be_full
from extraction.walk_state import Position, Walk
from pagination import CursorPaginator, HeaderLinkPaginator, NextLinkPaginator, Paginator, paginator_for
from rest.errors import SyncError
from rest.page import Page


async def is_end_outdated(position: Position) -> bool:
    """Tell whether the end of a listing rests on headers that the 304 did not repeat."""
    page, paginator = position.page, position.paginator
    kept = page.response.kept
    if kept is None or not page.response.is_confirmed or not may_be_full(page):
        return False
    if header := _header_of(paginator):
        return header not in kept.repeated
    headers = {name: text for name, text in page.response.headers.items() if name in kept.repeated}
    content_type = {"content-type": page.response.headers.get("content-type", "")}
    without = replace(page, response=replace(page.response, headers=content_type | headers))
    return await asyncio.to_thread(_goes_on, paginator, without)


async def read_whole(walk: Walk, position: Position) -> Position:
    """Return a position on the same page, which the API sends whole, with what follows now.

    Within one resync, a request has a condition only the first time.
    """
    page = await walk.source.once_more(position.page)
    is_first = page.number == 0
    settings = walk.endpoint.pagination
    paginator = paginator_for(settings, walk.source.then) if is_first else position.paginator
    paginator, following = await find_next(walk, paginator, page)
    return replace(position, page=page, paginator=paginator, following=following)


def has_other_items(before: Position, now: Position) -> bool:
    """Tell whether a page has other items when it is read whole."""
    return identity(before.page.items, before.page.response) != identity(now.page.items, now.page.response)


def _header_of(paginator: Paginator) -> str | None:
    if isinstance(paginator, HeaderLinkPaginator):
        return "link"
    header = paginator.header if isinstance(paginator, CursorPaginator | NextLinkPaginator) else None
    return header.lower() if header else None


def _goes_on(paginator: Paginator, page: Page) -> bool:
    try:
        return paginator.next(page) is not None
    except SyncError:
        return True
