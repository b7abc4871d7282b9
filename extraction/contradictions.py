"""What a page may not be after the one before it."""

from collections.abc import Sequence
from http import HTTPStatus

from loguru import logger

from extraction.items import Extracted
from extraction.sameness import are_equal
from pagination import USUAL_SIZES, NextPage, Paginator, evidence_of_more
from rest.bodies import Json
from rest.errors import PaginationError
from rest.request import Page, Response


def check_body(path: str, page: Page, following: NextPage, response: Response) -> None:
    """Raises PaginationError: a page without a body, which is none that the API can mean."""
    if response.is_empty and response.status != HTTPStatus.NO_CONTENT and (following.promise or page.count):
        more = f"the page before said that there is more ({following.promise})"
        raise PaginationError(
            f"{path}: page {page.number + 2} has no body, but "
            + (more if following.promise else "the page before had items"),
            hint="The API failed without saying so; the next resync tries again",
        )


def check_shape(path: str, page: Page, response: Response, found: Extracted) -> None:
    """Raises PaginationError: an object, where the body of the page before was the list."""
    if page.is_list and not found.is_list:
        raise PaginationError(
            f"{path}: page {page.number + 2} is one object, and the page before was a "
            f"list: {response.excerpt!r}",
            hint="The API failed without saying so; the next resync tries again",
        )


def check_that_nothing_follows(
    path: str, paginator: Paginator, page: Page, following: NextPage, again: Sequence[Json]
) -> None:
    """An earlier page once more: an endpoint without pages, or one that repeats its last, is complete
    with a short page; others ignore the parameter.
    """
    may_have_more = (
        following.promise
        or paginator.is_full(page)
        or not are_equal(again, page.items)
        or (page.number == 0 and page.count in USUAL_SIZES)
        or evidence_of_more(page)
    )
    continues_by = paginator.continues_by
    if may_have_more:
        raise PaginationError(
            f"{path}: page {page.number + 2} has the items of an earlier page once more "
            f"({page.count}), so the rest would be lost",
            hint=f"Does the API know {continues_by}? "
            "If the endpoint has no pages, set selector.pagination: {type: none}",
        )
    logger.warning(
        "{}: asked for page {}, the API gave page {} again, which is taken for all there is. "
        "If it is not, correct {}",
        path,
        page.number + 2,
        page.number + 1,
        continues_by,
    )
