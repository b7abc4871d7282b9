"""The walk through one endpoint's pages: ask, check, hand out, ask for the next."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from itertools import chain

from loguru import logger

from extraction.ahead import Ahead, ahead
from extraction.contradictions import check_body, check_shape, check_that_nothing_follows
from extraction.habits import TemplateHabits
from extraction.items import Extracted, received
from extraction.listings import Sender
from extraction.sameness import identity, moved_up
from extraction.track import Track
from pagination import NextPage, paginator_for
from rest.errors import PaginationError, RequestError
from rest.jq_program import JqError
from rest.request import Page, Request, Response
from rest.resource import Endpoint

# What APIs answer to a page past the end, where they do not answer with an empty one.
_PAST_THE_END = frozenset({400, 404})
# A listing that is changed more often than this between two of its pages is not read in pages.
_MOST_READS_AGAIN = 5


async def walk(
    endpoint: Endpoint, request: Request, sender: Sender, habits: TemplateHabits, width: int = 1
) -> AsyncGenerator[Page]:
    """Every page of a bound endpoint, in order; none where on_status calls the answer empty.

    width: how many pages are fetched at once where their number is known; else it is the next one.

    Raises RequestError and ItemsError as the pages do, PaginationError when nobody can say that the
    listing is complete: it goes in circles, repeats itself, or has more than max_pages.
    """
    async with ahead(sender, width) as looking:
        steps = _Steps(endpoint, looking, habits)
        try:
            page = await steps.first(request)
            while page:
                steps.look_ahead(page)
                yield page
                page = await steps.after(page)
        finally:
            habits.has_confirmed(steps)


class _Steps:
    """From page to page of one walk."""

    def __init__(self, endpoint: Endpoint, sender: Ahead, habits: TemplateHabits) -> None:
        self._endpoint = endpoint
        self._sender = sender
        self._habits = habits
        self._paginator = paginator_for(endpoint.pagination)
        self._track = Track(endpoint)
        self._following: NextPage | PaginationError | None = None
        self._waits = False
        self._has_moved = False

    async def first(self, request: Request) -> Page | None:
        """None: a status that on_status calls empty."""
        asked = self._paginator.first(request)
        try:
            response = await self._sender.send(asked, self._endpoint.on_status)
        except RequestError as error:
            if error.status is not None and self._endpoint.on_status.get(error.status) == "empty":
                logger.info("{}: status {} taken as no items", self._endpoint.path, error.status)
                return None
            raise
        response, found = await received(response, self._endpoint.data_path)
        page = Page(
            asked,
            response,
            found.values,
            found.count,
            found.is_list,
            believes_totals=self._endpoint.pagination.believes_totals,
        )
        return self._at(page, identity(page.items, response))

    def look_ahead(self, page: Page) -> None:
        """Asks for the pages after this one before it is read. An error waits until it is."""
        try:
            self._following = self._next(page)
        except PaginationError as error:
            self._following = error
            return
        self._waits = self._confirms(page) and not self._habits.may_confirm(self)
        # What is under way was asked for when the listing was of another length, and may lack what has moved.
        is_expected = (
            not self._has_moved and self._following and self._sender.expects(self._following.request)
        )
        if self._following and not self._waits and not is_expected:
            requests = self._paginator.rest(page) if page.number == 0 else iter(())
            first = next(requests, None)
            if first is None or first.key != self._following.request.key:
                first, requests = self._following.request, iter(())
            self._sender.expect(chain([first], requests), self._endpoint.on_status)

    async def after(self, page: Page) -> Page | None:
        """The page after this one; None where this one was the last, or proves to have been."""
        if self._waits:
            await self._habits.confirmation()
            self._following = self._next(replace(page, habits=self._habits.known))
        following = self._following
        if isinstance(following, PaginationError):
            raise following
        if following is None:
            return None
        try:
            response = await self._sender.send(following.request, self._endpoint.on_status)
        except RequestError as error:
            if following.promise or error.status not in _PAST_THE_END:
                raise
            logger.warning(
                "{}: status {} after page {} is taken for the end",
                self._endpoint.path,
                error.status,
                page.number + 1,
            )
            self._learn(page, following, went_on=False)
            return None
        check_body(self._endpoint.path, page, following, response)
        response, found = await received(response, self._endpoint.data_path)
        if self._endpoint.data_path is None:
            check_shape(self._endpoint.path, page, response, found)
        arrived = self._arrived(page, following, response, found)
        return await self._whole(page, arrived) if arrived else None

    def _confirms(self, page: Page) -> bool:
        """True when the page after this one is asked for only to see whether a short page is the last."""
        following = self._following
        return isinstance(following, NextPage) and self._tells_of_short_pages(page, following)

    def _tells_of_short_pages(self, page: Page, following: NextPage) -> bool:
        return bool(page.count) and not following.promise and not self._paginator.is_full(page)

    def _next(self, page: Page) -> NextPage | None:
        try:
            if page.number == 0:
                self._settle(page)
            following = self._paginator.next(page)
            if following:
                self._track.check_next(following, page)
        except PaginationError as error:
            if not error.message.startswith(self._endpoint.path):
                error.message = f"{self._endpoint.path}: {error.message}"
            raise
        except JqError as error:
            raise PaginationError(
                f"{self._endpoint.path}: a path of the pagination fails on page {page.number + 1}: {error}",
                hint="Correct the path",
            ) from error
        return following

    def _settle(self, page: Page) -> None:
        settled = self._paginator.settled(page)
        if settled is not self._paginator and self._habits.is_new(settled):
            logger.info("{}: pages by {}", self._endpoint.path, settled.continues_by)
        self._paginator = settled

    async def _whole(self, page: Page, arrived: Page) -> Page:
        """The page that arrived. Where the listing has become shorter since the one before was read, what
        moved up past it comes first: both are read once more, until they agree on the length.

        Raises PaginationError: they do not, or nothing shows that no item is missing between them.
        """
        before, now = self._paginator.told(page), self._paginator.told(arrived)
        if before is None or now is None:
            return arrived
        self._has_moved = now != before
        if now >= before:
            return arrived
        self._sender.expect(iter(()), ())
        for _ in range(_MOST_READS_AGAIN):
            again, arrived = await self._again(page), await self._again(arrived)
            moved = moved_up(page.items, again.items)
            if moved is not None and self._paginator.told(again) == self._paginator.told(arrived):
                logger.info(
                    "{}: the listing became shorter while it was read; page {} was read again",
                    self._endpoint.path,
                    page.number + 1,
                )
                # Places in the listing are still counted by pages.
                return replace(arrived, items=[*moved, *arrived.items], given=arrived.count)
        raise PaginationError(
            f"{self._endpoint.path}: the listing became shorter while it was read "
            f"({before}, then {now}), and may have skipped what moved",
            hint="The next resync tries again; cursors and links do not mind. "
            "If the API's number is only an estimate, set pagination.total_path to -",
        )

    async def _again(self, page: Page) -> Page:
        response = await self._sender.send(page.request, self._endpoint.on_status)
        response, found = await received(response, self._endpoint.data_path)
        return replace(page, response=response, items=found.values, given=found.count, is_list=found.is_list)

    def _arrived(self, page: Page, following: NextPage, response: Response, found: Extracted) -> Page | None:
        mark = identity(found.values, response)
        if found.count and self._track.has_seen(mark):
            check_that_nothing_follows(self._endpoint.path, self._paginator, page, following, found.values)
            return None
        self._learn(page, following, went_on=bool(found.count))
        arrived = Page(
            following.request,
            response,
            found.values,
            found.count,
            found.is_list,
            number=page.number + 1,
            items_before=page.items_so_far,
            largest_before=page.largest,
            previous=page.response,
            promise=following.promise,
            believes_totals=page.believes_totals,
        )
        return self._at(arrived, mark)

    def _at(self, page: Page, mark: bytes) -> Page:
        self._track.check(page, mark)
        self._habits.page_seen(page)
        return replace(page, habits=self._habits.known)

    def _learn(self, page: Page, following: NextPage, *, went_on: bool) -> None:
        if not self._tells_of_short_pages(page, following):
            return
        if went_on:
            self._habits.short_page_went_on(page)
        else:
            self._habits.short_page_was_last()
        self._habits.has_confirmed(self)
