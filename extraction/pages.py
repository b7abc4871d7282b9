"""The walk through one endpoint's pages: read a page, plan the next one, hand out, advance, conclude."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from configuration.resource import Endpoint
from extraction.ending import left_open, proof_of
from extraction.limits import WalkLimits
from extraction.listings import Sender
from extraction.next_page import advance
from extraction.next_request import plan
from extraction.observed_pages import TemplateObservations
from extraction.page_checks import PageFormat
from extraction.page_identity import identity
from extraction.page_source import PageSource
from extraction.prefetch import prefetching
from extraction.progress import Progress
from extraction.second_reading import read_again
from extraction.system_clock import SYSTEM_CLOCK, Clock
from extraction.verdict import Verdict
from extraction.walk_state import Ended, Position, Walk, arrive, end_by_rule, located, note_doubts
from pagination import paginator_for
from pagination.signals import is_named_last
from rest.errors import ItemsError, SyncError
from rest.page import Page
from rest.request import Request


async def walk_pages(
    endpoint: Endpoint,
    request: Request,
    sender: Sender,
    observations: TemplateObservations,
    verdict: Verdict,
    width: int = 1,
    base_url: str = "",
    limits: WalkLimits = WalkLimits(),  # noqa: B008 - frozen
    clock: Clock = SYSTEM_CLOCK,
) -> AsyncGenerator[Page]:
    """Yield every page of a bound endpoint, in order; none where a rule says that the response is empty.

    verdict: learns what shows that the listing is complete, and what speaks against it.
    width: how many pages are requested at once, where their number is known.
    base_url: links that the mapping builds must stay below it; "" sets no bound.

    Raises RequestError and ItemsError as the pages do; PaginationError: the listing goes in circles, repeats
    itself, has more than max_pages, or says that there is more but not how to request it. A doubt that the
    user accepts ends the listing instead.
    """
    async with prefetching(sender, width) as prefetch:
        source = PageSource(endpoint, prefetch, base_url, clock)
        walk = Walk(endpoint, source, prefetch, observations, verdict, Progress(endpoint, limits))
        try:
            position = await _start(walk, request)
            while isinstance(position, Position):
                position = await plan(walk, position)
                yield position.page
                position = await advance(walk, position)
            async with aclosing(_conclude(walk, position)) as missed:
                async for page in missed:
                    yield page
        finally:
            observations.has_confirmed(walk)


async def _start(walk: Walk, request: Request) -> Position | Ended:
    """Read the first page."""
    paginator = paginator_for(walk.endpoint.pagination, walk.source.then)
    request = paginator.first(request)
    try:
        request, response = await walk.source.fetch(paginator, request)
        if ended := end_by_rule(walk, None, response):
            return ended
        page = await walk.source.page(request, response)
    except SyncError as error:
        located(error, request, 0)
        if isinstance(error, ItemsError) and walk.observations.gives_lists:
            error.doubt = "changed_shape"
        if walk.verdict.accepts(error):
            return Ended(None, f"{error.doubt} accepted")
        raise
    _note_missing_list(walk, page)
    position = Position(page, paginator, request, PageFormat.of(page))
    return arrive(walk, position, identity(page.items, page.response))


def _note_missing_list(walk: Walk, page: Page) -> None:
    """Note an object where other responses of this template have a list, now or once one of them has."""
    if error := walk.observations.shape_doubt(page):
        walk.verdict.doubt_where_lists_are(walk.observations, located(error, page.request, 0))
    if walk.observations.gives_lists:
        walk.verdict.lists_are(walk.observations)


async def _conclude(walk: Walk, ended: Ended) -> AsyncGenerator[Page]:
    """Yield items that the walk missed because the listing moved; then note why it is complete, or not."""
    last = ended.last
    if last is None:
        walk.verdict.proven(ended.proof or "no items")
        return
    proof = ended.proof
    if _may_have_missed(walk, last):
        try:
            async with aclosing(_missed(walk, last)) as missed:
                async for page in missed:
                    yield page
            proof = "read again, and nothing is missing"
        except SyncError as error:
            located(error, last.first_request, 0)
            if not error.doubt:
                raise
            walk.verdict.doubt(error)
    if doubt := left_open(last.page, last.paginator, walk.progress):
        walk.verdict.doubt(located(doubt, last.page.request, last.page.number))
    walk.verdict.proven(proof or proof_of(last.page, last.paginator))


def _may_have_missed(walk: Walk, last: Position) -> bool:
    progress = walk.progress
    is_below_total = progress.is_below_the_total and not is_named_last(last.page)
    return is_below_total or (bool(progress.repeated) and not progress.is_total_reached)


async def _missed(walk: Walk, last: Position) -> AsyncGenerator[Page]:
    again = read_again(walk.source, last.paginator, walk.progress, last.first_request, last.page)
    async with aclosing(again) as pages:
        async for page, new in pages:
            note_doubts(walk, page, last.first_format)
            if new:
                yield replace(page, items=new, sent_count=len(new))
