"""The request for the page after the current one: found from the page, and sent ahead of its turn."""

import asyncio
from dataclasses import replace
from itertools import chain

from loguru import logger

from extraction.walk_state import Position, Walk, is_confirmation
from pagination import NextPage, Paginator, SinglePage
from rest.errors import JqError, PaginationError, SyncError
from rest.page import Page


async def plan(walk: Walk, position: Position) -> Position:
    """Find the request for the next page, and send it while the current page is processed.

    An error is kept in the position: the current page is handed out before it is raised.
    """
    try:
        paginator, following = await find_next(walk, position.paginator, position.page)
    except SyncError as error:
        return replace(position, following=error, awaits_confirmation=False)
    position = replace(position, paginator=paginator, following=following)
    waits = is_confirmation(position) and not walk.observations.may_confirm(walk)
    position = replace(position, awaits_confirmation=waits)
    if following and not following.is_scroll and not waits:
        _prefetch(walk, position, following)
    return position


async def find_next(walk: Walk, paginator: Paginator, page: Page) -> tuple[Paginator, NextPage | None]:
    """Return the next page's request, and the paginator that found it, which the first page may decide.

    Raises PaginationError: a path fails, the request was sent before, or there are more than max_pages;
    ResourceError: the mapping built a link outside the base URL.
    """
    try:
        if walk.endpoint.pagination.uses_jq:
            # jq runs in another process, and a thread waits for it.
            return await asyncio.to_thread(_find_next, walk, paginator, page)
        return _find_next(walk, paginator, page)
    except JqError as error:
        raise PaginationError(f"a path of the pagination fails: {error}", hint="Correct the path") from error


def _find_next(walk: Walk, paginator: Paginator, page: Page) -> tuple[Paginator, NextPage | None]:
    if page.number == 0:
        paginator = _detected(walk, paginator, page)
    walk.progress.note_counts(page, *paginator.counts(page))
    following = paginator.next(page)
    if following:
        following = replace(following, request=walk.source.sizing.next_size(paginator, following.request))
        walk.source.check_link(following.request, page)
        walk.progress.check_next(following, page)
    return paginator, following


def _detected(walk: Walk, paginator: Paginator, page: Page) -> Paginator:
    detected = paginator.detected(page)
    is_detection = detected is not paginator and not isinstance(detected, SinglePage)
    if is_detection and walk.observations.is_new(detected):
        logger.info("{}: pages by {}", walk.endpoint.path, detected.continues_by)
    return detected


def _prefetch(walk: Walk, position: Position, following: NextPage) -> None:
    # When the listing moved, requests under way were computed from an outdated length.
    if walk.prefetch.expects(following.request) and not position.has_moved:
        return
    page = position.page
    requests = position.paginator.rest(page) if page.number == 0 else iter(())
    first = next(requests, None)
    if first is None or first.key != following.request.key:
        first, requests = following.request, iter(())
    walk.prefetch.expect(chain([first], requests), walk.source.rules)
