"""The step from one page to the next: request it, check it against the page before, or find the end."""

import asyncio
from dataclasses import replace

from extraction.confirmed_end import has_other_items, is_end_outdated, read_whole
from extraction.ending import check_promise
from extraction.moved_listing import with_items_that_moved
from extraction.next_request import find_next
from extraction.page_checks import (
    are_large,
    check_body,
    check_shape,
    check_that_it_is_done,
    check_that_nothing_follows,
    may_be_clamped,
)
from extraction.page_identity import identity
from extraction.refused_page import check_refusal
from extraction.second_page import has_second_page, may_go_on
from extraction.walk_state import Ended, Position, Walk, arrive, end_by_rule, is_confirmation, located
from pagination import NextPage
from rest.errors import ItemsError, RefusedError, RequestError, SyncError
from rest.page import Page
from rest.response import Response


async def advance(walk: Walk, position: Position) -> Position | Ended:
    """Return the position on the next page, or how the listing ended.

    Raises SyncError: the next page cannot be read, or contradicts this one. An accepted doubt ends the
    listing instead.
    """
    try:
        arrived = await _next_page(walk, position)
    except SyncError as error:
        return _end_by(walk, position, error)
    if isinstance(arrived, Ended):
        return arrived
    try:
        return await with_items_that_moved(walk, position, arrived)
    except SyncError as error:
        return _end_by(walk, arrived, error)


def _end_by(walk: Walk, position: Position, error: SyncError) -> Ended:
    located(error, position.page.request, position.page.number)
    if walk.verdict.accepts(error):
        return Ended(position, f"{error.doubt} accepted")
    raise error


async def _next_page(walk: Walk, position: Position) -> Position | Ended:
    position = await _confirmed(walk, position)
    following = position.following
    if not isinstance(following, NextPage) and await is_end_outdated(position):
        return await _read_whole(walk, position)
    if isinstance(following, SyncError):
        raise following
    if following is None:
        return await _end_of_pages(walk, position)
    try:
        request, response = await walk.source.fetch(position.paginator, following.request, position.page)
        following = replace(following, request=request)
    except RequestError as error:
        # The link to it may come from a kept header.
        if isinstance(error, RefusedError) and position.page.response.is_confirmed:
            return await _read_whole(walk, position)
        check_refusal(walk, position, following, error)
        _learn(walk, position, went_on=False)
        return Ended(position, f"status {error.status} past the end")
    try:
        return end_by_rule(walk, position, response) or await _read(walk, position, following, response)
    except SyncError as error:
        located(error, following.request, position.page.number + 1)
        raise


async def _read_whole(walk: Walk, position: Position) -> Position | Ended:
    """Return the position after a page that is read whole, or on it where it has other items by now."""
    whole = await read_whole(walk, position)
    return whole if has_other_items(position, whole) else await _next_page(walk, whole)


async def _confirmed(walk: Walk, position: Position) -> Position:
    """Wait until another walk has found out whether a short page is the last one."""
    if not position.awaits_confirmation:
        return position
    await walk.observations.confirmation()
    page = replace(position.page, observed=walk.observations.sizes)
    paginator, following = await find_next(walk, position.paginator, page)
    return replace(position, paginator=paginator, following=following)


async def _end_of_pages(walk: Walk, position: Position) -> Ended:
    if walk.observations.is_single or not may_go_on(position.page, position.paginator):
        return Ended(position)
    proof = await has_second_page(walk.source, position.paginator, position.page)
    walk.observations.is_single = True
    return Ended(position, proof)


async def _read(walk: Walk, position: Position, following: NextPage, response: Response) -> Position | Ended:
    page = position.page
    check_body(page, following, response)
    try:
        arrived = await walk.source.page(following.request, response, page)
    except ItemsError as error:
        error.doubt = "changed_shape"
        raise
    check_shape(page, arrived)
    check_promise(page, arrived, position.paginator)
    arrived = replace(
        arrived,
        announced_by=following.promise,
        reported=walk.progress.reported,
        ordinal=position.paginator.ordinal(following.request) if walk.source.sizing.has_changed else None,
    )
    fingerprint = identity(arrived.items, arrived.response)
    if arrived.count and walk.progress.has_seen(fingerprint) and not following.is_scroll:
        return await _end_by_repetition(walk, position, following, arrived, fingerprint)
    if are_large(page, arrived):  # their items are read from disk
        return await asyncio.to_thread(_compare, walk, position, following, arrived, fingerprint)
    return _compare(walk, position, following, arrived, fingerprint)


async def _end_by_repetition(
    walk: Walk, position: Position, following: NextPage, arrived: Page, fingerprint: bytes
) -> Ended:
    """An earlier page came again. An API that answers any page past the end with its last page does so for
    the page after that, too.

    Raises PaginationError: it does not, or the rest of the listing would be lost.
    """
    page, paginator = position.page, position.paginator
    ended = Ended(position, f"page {page.number + 2} was page {page.number + 1} again")
    further = None
    if may_be_clamped(paginator, page, following, arrived.items):
        _, further = await find_next(walk, paginator, arrived)
    if further:
        third = await walk.source.page(further.request, await walk.source.answer(further.request))
        if identity(third.items, third.response) == fingerprint:
            return ended
    check_that_nothing_follows(paginator, page, following, arrived.items)
    return ended


def _compare(
    walk: Walk, position: Position, following: NextPage, arrived: Page, fingerprint: bytes
) -> Position | Ended:
    """Return the position on the page that arrived, or the end where it repeats what was read."""
    page, paginator = position.page, position.paginator
    if arrived.count and following.is_scroll and fingerprint == identity(page.items, page.response):
        check_that_it_is_done(page, paginator)
        return Ended(position, "the cursor asked once more gave the same page")
    _learn(walk, position, went_on=bool(arrived.count))
    if page.number == 0:
        walk.progress.news(page)
    news = walk.progress.news(arrived)
    walk.progress.note_news(arrived, news)
    if arrived.count and not news.new and not following.promise and not paginator.is_full(arrived):
        return Ended(position, "the last page brings nothing new")
    return arrive(walk, replace(position, page=arrived), fingerprint)


def _learn(walk: Walk, position: Position, *, went_on: bool) -> None:
    """Note for other walks of this template whether a short page was the last one."""
    if not is_confirmation(position):
        return
    if went_on:
        walk.observations.short_page_went_on(position.page)
    else:
        walk.observations.short_page_was_last()
    walk.observations.has_confirmed(walk)
