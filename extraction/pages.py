"""The walk through one endpoint's pages: ask, check, hand out, ask for the next, and say why it ended."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from itertools import chain

from loguru import logger

from configuration.resource import Endpoint
from extraction.ending import check_promise, left_open, proof_of
from extraction.listings import Sender
from extraction.observed_pages import TemplateObservations
from extraction.page_checks import (
    Shape,
    are_large,
    check_body,
    check_shape,
    check_that_it_is_done,
    check_that_nothing_follows,
    doubts_of,
    may_be_clamped,
    without_errors,
)
from extraction.page_identity import identity, moved_up
from extraction.page_source import PageSource
from extraction.prefetch import Prefetch, ahead
from extraction.progress import Progress
from extraction.second_page import NOT_GIVEN, PAST_THE_END, has_second_page, may_go_on
from extraction.second_reading import read_again
from extraction.verdict import Verdict
from pagination import NextPage, OffsetPaginator, PageNumberPaginator, SinglePage, paginator_for
from pagination.signals import is_named_last
from rest.errors import ItemsError, JqError, PaginationError, Place, RefusedError, RequestError, SyncError
from rest.page import Page
from rest.request import Request
from rest.response import Response

# A listing that is changed more often than this between two of its pages is not read in pages.
_MOST_READS_AGAIN = 5


async def walk(
    endpoint: Endpoint,
    request: Request,
    sender: Sender,
    habits: TemplateObservations,
    verdict: Verdict,
    width: int = 1,
    base_url: str = "",
) -> AsyncGenerator[Page]:
    """Every page of a bound endpoint, in order; none where a rule calls the answer empty.

    verdict: learns what shows that this was everything, and what speaks against it.
    width: pages fetched at once where their number is known, else one. base_url: bounds the mapping's links.

    Raises RequestError and ItemsError as the pages do, PaginationError when the listing goes in circles,
    repeats itself, has more than max_pages, or says that there is more that cannot be asked for. A doubt that
    the user accepts ends the listing instead.
    """
    async with ahead(sender, width) as looking:
        steps = _Steps(endpoint, looking, habits, verdict, base_url)
        try:
            page = await steps.first(request)
            while page:
                await steps.look_ahead(page)
                yield page
                page = await steps.after(page)
            async with aclosing(steps.missed()) as missed:
                async for page in missed:
                    yield page
            steps.conclude()
        finally:
            habits.has_confirmed(steps)


class _Steps:
    """From page to page of one walk."""

    def __init__(
        self,
        endpoint: Endpoint,
        sender: Prefetch,
        habits: TemplateObservations,
        verdict: Verdict,
        base_url: str,
    ) -> None:
        self._endpoint = endpoint
        self._sender = sender
        self._habits = habits
        self._verdict = verdict
        self._source = PageSource(endpoint, sender, base_url)
        self._paginator = paginator_for(endpoint.pagination)
        self._uses_jq = endpoint.pagination.uses_jq
        self._progress = Progress(endpoint)
        self._following: NextPage | SyncError | None = None
        self._waits = False
        self._has_moved = False
        self._first_request: Request | None = None
        self._last: Page | None = None
        self._shape: Shape | None = None
        self._proof = ""

    async def first(self, request: Request) -> Page | None:
        """None: a rule of the user's calls the answer empty, or what speaks against it is accepted."""
        asked = self._first_request = self._paginator.first(request)
        try:
            response = await self._source.answer(asked)
            if self._is_end(response):
                return None
            page = await self._source.page(asked, response)
        except SyncError as error:
            self._place(error, asked, 0)
            if isinstance(error, ItemsError) and self._habits.gives_lists:  # for other children
                error.doubt = "changed_shape"
            if self._verdict.accepts(error):
                self._proof = f"{error.doubt} accepted"
                return None
            raise
        self._shape = Shape.of(page)
        self._note_shape(page)
        return self._at(page, identity(page.items, page.response))

    def _note_shape(self, page: Page) -> None:
        if error := self._habits.shape_doubt(page):
            self._place(error, page.request, 0)
            self._verdict.doubt_where_lists_are(self._habits, error)
        if self._habits.gives_lists:
            self._verdict.lists_are(self._habits)

    async def look_ahead(self, page: Page) -> None:
        """Asks for the pages after this one before it is read. An error waits until it is."""
        try:
            self._following = await self._next(page)
        except SyncError as error:
            self._following = error
            return
        following = self._following
        self._waits = self._confirms(page) and not self._habits.may_confirm(self)
        if following is None or following.is_scroll or self._waits:
            return
        # What is under way was asked for when the listing was of another length, and may lack what has moved.
        if self._has_moved or not self._sender.expects(following.request):
            requests = self._paginator.rest(page) if page.number == 0 else iter(())
            first = next(requests, None)
            if first is None or first.key != following.request.key:
                first, requests = following.request, iter(())
            self._sender.expect(chain([first], requests), self._source.rules)

    async def after(self, page: Page) -> Page | None:
        """The page after this one; None where this one was the last, or proves to have been."""
        try:
            return await self._after(page)
        except SyncError as error:
            self._place(error, page.request, page.number)
            if self._verdict.accepts(error):
                self._proof = f"{error.doubt} accepted"
                return None
            raise

    async def missed(self) -> AsyncGenerator[Page]:
        """What a listing that moved may have hidden from the walk."""
        first, last = self._first_request, self._last
        progress = self._progress
        if first is None or last is None:
            return
        is_below = progress.is_below_the_total and not is_named_last(last)
        if not is_below and (not progress.repeated or progress.is_total_reached):
            return
        try:
            again = read_again(self._source, self._paginator, progress, first, last)
            async with aclosing(again) as pages:
                async for page, new in pages:
                    self._note_doubts(page)
                    if new:
                        yield replace(page, items=new, given=len(new))
            self._proof = "read again, and nothing is missing"
        except SyncError as error:
            self._place(error, first, 0)
            if not error.doubt:
                raise
            self._verdict.doubt(error)

    def conclude(self) -> None:
        """Notes why the listing is complete, or what the answers leave open."""
        page = self._last
        if page and (error := left_open(page, self._paginator, self._progress)):
            self._place(error, page.request, page.number)
            self._verdict.doubt(error)
        proof = proof_of(page, self._paginator) if page else "no items"
        self._verdict.proven(self._proof or proof)

    async def _after(self, page: Page) -> Page | None:
        if self._waits:
            await self._habits.confirmation()
            self._following = await self._next(replace(page, observed=self._habits.known))
        following = self._following
        if isinstance(following, SyncError):
            raise following
        if following is None:
            await self._check_single(page)
            return None
        try:
            response = await self._source.answer(following.request)
        except RequestError as error:
            self._check_refusal(page, following, error)
            self._learn(page, following, went_on=False)
            self._proof = f"status {error.status} past the end"
            return None
        try:
            return None if self._is_end(response) else await self._read(page, following, response)
        except SyncError as error:
            self._place(error, following.request, page.number + 1)
            raise

    async def _check_single(self, page: Page) -> None:
        if not may_go_on(page, self._paginator) or self._habits.is_single:
            return
        self._proof = await has_second_page(self._source, self._paginator, page)
        self._habits.is_single = True

    def _is_end(self, response: Response) -> bool:
        if response.meaning not in ("empty", "end"):
            return False
        logger.info("{}: status {} taken as no items", self._endpoint.path, response.status)
        self._proof = f"status {response.status} taken as no items"
        return True

    def _check_refusal(self, page: Page, following: NextPage, error: RequestError) -> None:
        """Raises the error, by the name of its doubt, unless it shows that the listing has ended."""
        if not isinstance(error, RefusedError) or error.status not in NOT_GIVEN:
            raise error
        counts = isinstance(self._paginator, PageNumberPaginator | OffsetPaginator)
        is_past = error.status in PAST_THE_END and counts and not following.promise
        # A page for people, where the API gives data, is a proxy's.
        is_of_the_api = "html" not in error.content_type
        if not (is_past or self._has_all(page)) or not is_of_the_api:
            error.doubt = "refused_page"
            raise error
        logger.warning(
            "{}: status {} after page {} is taken for the end",
            self._endpoint.path,
            error.status,
            page.number + 1,
        )

    def _has_all(self, page: Page) -> bool:
        """True where the total was reached, and the page after it was only asked for to be sure."""
        _, items = self._paginator.counts(page)
        total = self._progress.reported.items if items is None else items
        return total is not None and page.count < total <= page.items_so_far - self._progress.repeated

    async def _read(self, page: Page, following: NextPage, response: Response) -> Page | None:
        check_body(page, following, response)
        try:
            arrived = await self._source.page(following.request, response, page)
        except ItemsError as error:
            error.doubt = "changed_shape"
            raise
        check_shape(page, arrived)
        check_promise(page, arrived, self._paginator)
        arrived = replace(arrived, promise=following.promise, reported=self._progress.reported)
        mark = identity(arrived.items, arrived.response)
        if arrived.count and self._progress.has_seen(mark) and not following.is_scroll:
            await self._check_again(page, following, arrived, mark)
            return None
        if are_large(page, arrived):  # and read from disk
            going_on = await asyncio.to_thread(self._arrived, page, following, arrived, mark)
        else:
            going_on = self._arrived(page, following, arrived, mark)
        return await self._whole(page, going_on) if going_on else None

    async def _check_again(self, page: Page, following: NextPage, arrived: Page, mark: bytes) -> None:
        """An earlier page once more. An API that gives its last page for any after it gives it for the next
        one, too.

        Raises PaginationError: it does not, or the rest would be lost.
        """
        self._proof = f"page {page.number + 2} was page {page.number + 1} again"
        further = (
            await self._next(arrived)
            if may_be_clamped(self._paginator, page, following, arrived.items)
            else None
        )
        if further:
            third = await self._source.page(further.request, await self._source.answer(further.request))
            if identity(third.items, third.response) == mark:
                return
        check_that_nothing_follows(self._paginator, page, following, arrived.items)

    def _confirms(self, page: Page) -> bool:
        """True when the page after this one is asked for only to see whether a short page is the last."""
        following = self._following
        return isinstance(following, NextPage) and self._tells_of_short_pages(page, following)

    def _tells_of_short_pages(self, page: Page, following: NextPage) -> bool:
        return bool(page.count) and not following.promise and not self._paginator.is_full(page)

    async def _next(self, page: Page) -> NextPage | None:
        try:
            # jq runs in another process, for which a thread waits.
            return await asyncio.to_thread(self._asked_of, page) if self._uses_jq else self._asked_of(page)
        except JqError as error:
            raise PaginationError(
                f"a path of the pagination fails: {error}", hint="Correct the path"
            ) from error

    def _asked_of(self, page: Page) -> NextPage | None:
        if page.number == 0:
            self._detect(page)
        self._progress.note_counts(page, *self._paginator.counts(page))
        following = self._paginator.next(page)
        if following:
            self._source.check_link(following.request, page)
            self._progress.check_next(following, page)
        return following

    def _detect(self, page: Page) -> None:
        detected = self._paginator.detected(page)
        is_told = detected is not self._paginator and not isinstance(detected, SinglePage)
        if is_told and self._habits.is_new(detected):
            logger.info("{}: pages by {}", self._endpoint.path, detected.continues_by)
        self._paginator = detected

    async def _whole(self, page: Page, arrived: Page) -> Page:
        """The page that arrived. Where the listing has become shorter since the one before was read, what
        moved up past it comes first: both are read once more, until they agree on the length.

        Raises PaginationError: they do not, or nothing shows that no item is missing between them.
        """
        before, now = self._paginator.reported_total(page), self._paginator.reported_total(arrived)
        if before is None or now is None:
            return arrived
        self._has_moved = now != before
        if now >= before:
            return arrived
        self._sender.expect(iter(()), self._source.rules)
        # What is on disk is not put together with what moved up.
        for _ in range(0 if are_large(page, arrived) else _MOST_READS_AGAIN):
            again, arrived = await self._source.once_more(page), await self._source.once_more(arrived)
            moved = moved_up(page.items, again.items)
            if moved is not None and self._paginator.reported_total(again) == self._paginator.reported_total(
                arrived
            ):
                logger.info(
                    "{}: the listing became shorter while it was read; page {} was read again",
                    self._endpoint.path,
                    page.number + 1,
                )
                self._progress.learn_all(moved)
                # Places in the listing are still counted by pages.
                return replace(arrived, items=[*moved, *arrived.items], given=arrived.count)
        raise PaginationError(
            f"the listing became shorter while it was read ({before}, then {now}), and may have skipped what "
            "moved",
            hint="The next resync tries again; cursors and links do not mind. "
            "If the API's number is only an estimate, set pagination.total_path to -",
            doubt="repeated_items",
        )

    def _arrived(self, page: Page, following: NextPage, arrived: Page, mark: bytes) -> Page | None:
        """The page, unless it brings nothing new where it could only be the last."""
        if arrived.count and following.is_scroll and mark == identity(page.items, page.response):
            check_that_it_is_done(page, self._paginator)
            self._proof = "the cursor asked once more gave the same page"
            return None
        self._learn(page, following, went_on=bool(arrived.count))
        if page.number == 0:
            self._progress.news(page)
        self._progress.note_news(arrived, news := self._progress.news(arrived))
        if arrived.count and not news.new and not following.promise and not self._paginator.is_full(arrived):
            self._proof = "the last page brings nothing new"
            return None
        return self._at(arrived, mark)

    def _at(self, page: Page, mark: bytes) -> Page:
        self._progress.check(page, mark)
        self._habits.page_seen(page)
        self._verdict.pages += 1
        has_errors = self._note_doubts(page)
        items = without_errors(page.items) if has_errors else page.items
        page = replace(page, observed=self._habits.known, items=items, given=page.count)
        self._last = page
        return page

    def _note_doubts(self, page: Page) -> bool:
        """True where the page tells of errors, so that some of its items may be none."""
        if page.response.meaning == "accept":
            return False
        doubts = list(doubts_of(page, self._shape or Shape.of(page)))
        for error in doubts:
            self._place(error, page.request, page.number)
            self._verdict.doubt(error)
        return any(error.doubt == "error_in_answer" for error in doubts)

    def _learn(self, page: Page, following: NextPage, *, went_on: bool) -> None:
        if not self._tells_of_short_pages(page, following):
            return
        if went_on:
            self._habits.short_page_went_on(page)
        else:
            self._habits.short_page_was_last()
        self._habits.has_confirmed(self)

    def _place(self, error: SyncError, request: Request, number: int) -> None:
        if not isinstance(error, RequestError):  # which says itself what was asked
            error.at(Place(page=number + 1, request=f"{request.method} {request.full_url}"))
