"""The walk through one endpoint's pages: ask, check, hand out, ask for the next."""

from collections.abc import AsyncGenerator
from hashlib import sha256

from loguru import logger

from extraction.habits import TemplateHabits
from extraction.items import raw_items
from extraction.listings import Sender
from pagination import NextPage, Paginator, paginator_for
from rest.errors import PaginationError, RequestError
from rest.request import Page, Request
from rest.resource import Endpoint

# A listing that the API filters after cutting can have many empty pages; one without end has more.
_MOST_EMPTY_PAGES = 1000
# What APIs answer to a page past the end, where they do not answer with an empty one.
_PAST_THE_END = frozenset({400, 404})


async def walk(
    endpoint: Endpoint, request: Request, sender: Sender, habits: TemplateHabits
) -> AsyncGenerator[Page]:
    """Every page of a bound endpoint, in order; none where on_status calls the answer empty.

    Raises RequestError and ItemsError as the pages do, PaginationError when nobody can say that the
    listing is complete: it goes in circles, repeats itself, or has more than max_pages.
    """
    paginator = paginator_for(endpoint.pagination)
    track = _Track(endpoint)
    page = await _first(endpoint, paginator.first(request), sender, habits)
    while page:
        track.at(page)
        yield page
        following = paginator.next(page)
        if following is None:
            return
        track.before(following, page)
        page = await _after(page, following, _Walk(endpoint, paginator, sender, habits))


async def _first(endpoint: Endpoint, request: Request, sender: Sender, habits: TemplateHabits) -> Page | None:
    try:
        response = await sender.send(request, endpoint.on_status)
    except RequestError as error:
        if error.status is not None and endpoint.on_status.get(error.status) == "empty":
            logger.info("{}: status {} taken as no items, as on_status says", endpoint.path, error.status)
            return None
        raise
    return Page(request, response, raw_items(response, endpoint.data_path), habits=habits.known)


class _Walk:
    """What stays the same from page to page."""

    def __init__(
        self, endpoint: Endpoint, paginator: Paginator, sender: Sender, habits: TemplateHabits
    ) -> None:
        self.endpoint = endpoint
        self.paginator = paginator
        self.sender = sender
        self.habits = habits


async def _after(page: Page, following: NextPage, walk: _Walk) -> Page | None:
    """The page after this one; None where it proves that this one was the last."""
    was_short = bool(page.items) and not walk.paginator.is_full(page)
    try:
        response = await walk.sender.send(following.request, walk.endpoint.on_status)
    except RequestError as error:
        if following.promised or error.status not in _PAST_THE_END:
            raise
        logger.info(
            "{}: status {} after page {} ends the listing", walk.endpoint.path, error.status, page.number + 1
        )
        if was_short:
            walk.habits.short_page_was_last()
        return None
    items = raw_items(response, walk.endpoint.data_path)
    if items and items == page.items:
        _check_that_it_has_no_pages(page, following, walk)
        walk.habits.short_page_was_last()
        return None
    if was_short and not following.promised:
        _learn(walk.habits, page, went_on=bool(items))
    return Page(
        following.request,
        response,
        items,
        number=page.number + 1,
        items_before=page.items_so_far,
        largest_before=page.largest,
        previous=page.response,
        habits=walk.habits.known,
    )


def _learn(habits: TemplateHabits, page: Page, *, went_on: bool) -> None:
    if went_on:
        habits.short_page_went_on(page)
    else:
        habits.short_page_was_last()


def _check_that_it_has_no_pages(page: Page, following: NextPage, walk: _Walk) -> None:
    """The same page twice: an endpoint without pages, or one that ignores the parameter."""
    if following.promised or walk.paginator.is_full(page):
        raise PaginationError(
            f"{walk.endpoint.path}: page {page.number + 2} is page {page.number + 1} once more "
            f"({len(page.items)} items), so the rest would be lost",
            hint=f"Does the API know {walk.paginator.continues_by}? "
            "If the endpoint has no pages, set selector.pagination: {type: none}",
        )
    logger.warning(
        "{}: asked for page {}, the API gave page {} again; taken as an endpoint without pages. "
        "If it has pages, correct {}",
        walk.endpoint.path,
        page.number + 2,
        page.number + 1,
        walk.paginator.continues_by,
    )


class _Track:
    """Where a walk has been, so that it neither goes in circles nor on for ever."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._seen: set[bytes] = set()
        self._empty = 0

    def at(self, page: Page) -> None:
        """Raises PaginationError: more pages, or more empty ones in a row, than a listing may have."""
        self._seen.add(_digest(page.request))
        self._empty = 0 if page.items else self._empty + 1
        if self._empty > _MOST_EMPTY_PAGES:
            raise PaginationError(
                f"{self._endpoint.path}: {self._empty} pages in a row have no items, yet there is more",
                hint="Check data_path, and the path that says whether there is more",
            )
        if page.items:
            self._check_bound(page.number)

    def before(self, following: NextPage, page: Page) -> None:
        """Raises PaginationError: the next request was made before, or there is more than max_pages."""
        if _digest(following.request) in self._seen:
            raise PaginationError(
                f"{self._endpoint.path}: page {page.number + 1} leads back to an earlier page",
                hint="Check the path of the cursor or link: the API repeats one that was used before",
            )
        if following.promised:
            self._check_bound(page.number + 1)

    def _check_bound(self, number: int) -> None:
        bound = self._endpoint.pagination.max_pages
        if bound is not None and number >= bound:
            raise PaginationError(
                f"{self._endpoint.path}: there are more than {bound} pages",
                hint="Raise maxPages, or take it out",
            )


def _digest(request: Request) -> bytes:
    return sha256(request.key.encode()).digest()
