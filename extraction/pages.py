"""The walk through one endpoint's pages: ask, check, hand out, ask for the next."""

import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from hashlib import sha256
from http import HTTPStatus
from itertools import chain, islice

from loguru import logger

from extraction.ahead import Ahead, ahead
from extraction.habits import TemplateHabits
from extraction.items import Extracted, received
from extraction.listings import Sender
from pagination import USUAL_SIZES, NextPage, evidence_of_more, paginator_for
from rest.bodies import Json
from rest.errors import PaginationError, RequestError
from rest.jq_program import JqError
from rest.request import Page, Request, Response
from rest.resource import Endpoint

# A listing that the API filters after cutting can have many empty pages; one without end has more.
_MOST_EMPTY_PAGES = 1000
# What APIs answer to a page past the end, where they do not answer with an empty one.
_PAST_THE_END = frozenset({400, 404})
# What tells items apart, the surest first, and how many items must differ in it to be believed.
_NAMES_OF_ITEMS = {
    **dict.fromkeys(("id", "_id", "uuid", "guid", "identifier", "sid", "sha"), 1),
    **dict.fromkeys(("key", "number", "slug", "name"), 3),
}

# More of a page than these say no more about whether it is another one.
_TELLING_ITEMS = 10_000


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
        self._track = _Track(endpoint)
        self._following: NextPage | PaginationError | None = None
        self._waits = False
        self._has_grown = False

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
        return self._at(Page(asked, response, found.values, found.count, found.is_list))

    def look_ahead(self, page: Page) -> None:
        """Asks for the pages after this one before it is read. An error waits until it is."""
        try:
            self._following = self._next(page)
        except PaginationError as error:
            self._following = error
            return
        self._waits = self._confirms(page) and not self._habits.may_confirm(self)
        # What is under way was asked for when the listing was shorter, and may lack what has moved since.
        is_expected = (
            not self._has_grown and self._following and self._sender.expects(self._following.request)
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
        self._check_body(page, following, response)
        response, found = await received(response, self._endpoint.data_path)
        self._check_shape(page, response, found)
        arrived = self._arrived(page, following, response, found)
        if arrived:
            self._check_size(page, arrived)
        return arrived

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

    def _check_body(self, page: Page, following: NextPage, response: Response) -> None:
        """Raises PaginationError: a page without a body, which is none that the API can mean."""
        if (
            response.is_empty
            and response.status != HTTPStatus.NO_CONTENT
            and (following.promise or page.count)
        ):
            more = f"the page before said that there is more ({following.promise})"
            raise PaginationError(
                f"{self._endpoint.path}: page {page.number + 2} has no body, but "
                + (more if following.promise else "the page before had items"),
                hint="The API failed without saying so; the next resync tries again",
            )

    def _check_size(self, page: Page, arrived: Page) -> None:
        """Raises PaginationError: there is less than before, so that what followed has moved up."""
        before, now = self._paginator.told(page), self._paginator.told(arrived)
        if before is None or now is None:
            return
        self._has_grown = now > before
        if now < before:
            raise PaginationError(
                f"{self._endpoint.path}: the listing has become shorter while it was read ({before}, then "
                f"{now}), and may have skipped what moved",
                hint="The next resync tries again; where the API has cursors or links, they do not mind",
            )

    def _check_shape(self, page: Page, response: Response, found: Extracted) -> None:
        """Raises PaginationError: an object, where the body of the page before was the list."""
        if self._endpoint.data_path is None and page.is_list and not found.is_list:
            raise PaginationError(
                f"{self._endpoint.path}: page {page.number + 2} is one object, and the page before was a "
                f"list: {response.excerpt!r}",
                hint="The API failed without saying so; the next resync tries again",
            )

    def _arrived(self, page: Page, following: NextPage, response: Response, found: Extracted) -> Page | None:
        if found.count and self._track.has_seen(found.values, response):
            self._check_that_nothing_follows(page, following, again=found.values)
            return None
        self._learn(page, following, went_on=bool(found.count))
        return self._at(
            Page(
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
                habits=self._habits.known,
            )
        )

    def _at(self, page: Page) -> Page:
        self._track.check(page)
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

    def _check_that_nothing_follows(self, page: Page, following: NextPage, again: Sequence[Json]) -> None:
        """An earlier page once more: an endpoint without pages, or one that repeats its last, is complete
        with a short page; others ignore the parameter.
        """
        may_have_more = (
            following.promise
            or self._paginator.is_full(page)
            or not _are_equal(again, page.items)
            or (page.number == 0 and page.count in USUAL_SIZES)
            or evidence_of_more(page)
        )
        continues_by = self._paginator.continues_by
        if may_have_more:
            raise PaginationError(
                f"{self._endpoint.path}: page {page.number + 2} has the items of an earlier page once more "
                f"({page.count}), so the rest would be lost",
                hint=f"Does the API know {continues_by}? "
                "If the endpoint has no pages, set selector.pagination: {type: none}",
            )
        logger.warning(
            "{}: asked for page {}, the API gave page {} again, which is taken for all there is. "
            "If it is not, correct {}",
            self._endpoint.path,
            page.number + 2,
            page.number + 1,
            continues_by,
        )


class _Track:
    """Where a walk has been, so that it neither goes in circles nor on for ever."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._asked: set[bytes] = set()
        self._pages: set[bytes] = set()
        self._empty = 0

    def check(self, page: Page) -> None:
        """Raises PaginationError: more pages, or more empty ones in a row, than a listing may have."""
        self._asked.add(_digest(page.request.key))
        if page.count:
            self._pages.add(_identity(page.items, page.response))
            self._check_bound(page.number)
        self._empty = 0 if page.count else self._empty + 1
        if self._empty > _MOST_EMPTY_PAGES:
            raise PaginationError(
                f"{self._endpoint.path}: {self._empty} pages in a row have no items, yet there is more",
                hint="Check data_path, and the path that says whether there is more",
            )

    def has_seen(self, items: Sequence[Json], response: Response) -> bool:
        """True when an earlier page had these items."""
        return _identity(items, response) in self._pages

    def check_next(self, following: NextPage, page: Page) -> None:
        """Raises PaginationError: the next request was made before, or there is more than max_pages."""
        if _digest(following.request.key) in self._asked:
            raise PaginationError(
                f"{self._endpoint.path}: page {page.number + 1} leads back to an earlier page",
                hint="Check the path of the cursor or link: the API repeats one that was used before",
            )
        if following.promise:
            self._check_bound(page.number + 1)

    def _check_bound(self, number: int) -> None:
        bound = self._endpoint.pagination.max_pages
        if bound is not None and number >= bound:
            raise PaginationError(
                f"{self._endpoint.path}: there are more than {bound} pages",
                hint="Raise maxPages, or take it out",
            )


def _identity(items: Sequence[Json], response: Response) -> bytes:
    """The same for the same items, also where a field of theirs, like a signed URL, is new each time."""
    if not items:  # data_path takes none of them
        return sha256(response.content).digest()
    count, items = len(items), list(islice(items, _TELLING_ITEMS))
    for name, least in _NAMES_OF_ITEMS.items():
        names = [item.get(name) for item in items if isinstance(item, dict)]
        texts = [
            json.dumps(each) for each in names if isinstance(each, str | int) and not isinstance(each, bool)
        ]
        if len(items) >= least and len(texts) == len(items) == len(set(texts)):
            return _digest(json.dumps([count, name, texts]))
    return _digest(json.dumps([count, items], sort_keys=True))


def _are_equal(some: Sequence[Json], others: Sequence[Json]) -> bool:
    return len(some) == len(others) and all(one == other for one, other in zip(some, others, strict=True))


def _digest(text: str) -> bytes:
    return sha256(text.encode()).digest()
