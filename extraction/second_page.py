"""Probing for a second page, where the first one has a usual page size and says nothing about more."""

from http import HTTPStatus

from extraction.page_checks import without_errors
from extraction.page_identity import identity
from extraction.page_source import PageSource
from pagination import PAGE_SIZES, Continuation, Paginator, SinglePage, flagged
from pagination.signals import is_numbered_last, page_counts
from pagination.values import whole_number
from pagination.vocabulary import Meaning, key_of, meaning_of
from rest.errors import PaginationError, RefusedError, RequestError, SyncError
from rest.page import Page
from rest.request import Request, url_query

# Statuses of a page past the end, from APIs that do not send an empty page.
PAST_THE_END = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE})
# Statuses that only say that this page is not available.
NOT_GIVEN = PAST_THE_END | {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}
_OTHER_SIZES = frozenset({"pagesize", "top", "take", "first", "rows", "max", "count", "results", "perpage"})


def may_go_on(page: Page, paginator: Paginator) -> bool:
    """Tell whether a single page may have a successor: a usual page size, no signal, no chosen type."""
    return (
        isinstance(paginator, SinglePage)
        and not paginator.chosen
        and page.is_list
        and page.number == 0
        and page.request.method == "GET"
        and page.count in PAGE_SIZES
        and not _says_last(page)
        and not _is_short(page)
    )


async def has_second_page(source: PageSource, paginator: Paginator, page: Page) -> str:
    """Request a second page, and return what shows that there is none.

    Raises PaginationError: there is one, or the API does not say.
    """
    # Most APIs know one of these two names.
    asked = page.request.with_param("page", 2).with_param("offset", page.count)
    try:
        second = await source.page(asked, await source.answer(asked))
    except SyncError as error:
        status = error.status if isinstance(error, RequestError) else None
        if isinstance(error, RefusedError) and status in PAST_THE_END:
            return "there is no second page"
        if isinstance(error, RefusedError) and paginator.recognised.is_own_total(page):
            return "the total is that of this page"
        raise _unproven(asked, page, error) from error
    if not second.count:
        return "the second page is empty"
    if identity(without_errors(second.items), second.response) == identity(page.items, page.response):
        return "asked for a second page, the API gives this one again"
    raise PaginationError(
        f"the API sends other items for {asked.full_url}, so there are more than these {page.count}",
        hint="Set paginationType: page, or offset",
        doubt="unproven_end",
    )


def _unproven(asked: Request, page: Page, error: SyncError) -> PaginationError:
    return PaginationError(
        f"nothing shows whether there are more than these {page.count} items, and the request for a second "
        f"page ({asked.full_url}) failed",
        because=error,
        hint="Set paginationType, or to none if these are all",
        doubt="unproven_end",
    )


def _says_last(page: Page) -> bool:
    flag = flagged(page)
    pages = (whole_number(count.value) for count in page_counts(page))
    is_flagged = flag is not None and flag.continuation is Continuation.END
    return is_flagged or any(number is not None and is_numbered_last(page, number) for number in pages)


def may_be_full(page: Page) -> bool:
    """Tell whether a page has as many items as were asked for, or else a usual number of them."""
    sizes = _requested_sizes(page)
    return page.count >= min(sizes) if sizes else page.count in PAGE_SIZES


def _is_short(page: Page) -> bool:
    """Tell whether the request asked for more items than came."""
    return any(size > page.count for size in _requested_sizes(page))


def _requested_sizes(page: Page) -> list[int]:
    asked = dict([*url_query(page.request.url), *page.request.params])
    sizes = [
        whole_number(text)
        for name, text in asked.items()
        if meaning_of(name) is Meaning.SIZE or key_of(name) in _OTHER_SIZES
    ]
    return [size for size in sizes if size is not None]
