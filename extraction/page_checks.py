"""Checks of a page: for errors inside it, and against the page before it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

from loguru import logger

from extraction.body_errors import error_in_envelope, errors_in_items
from extraction.empty_answers import empty_text_doubt
from extraction.large_bodies import LargeItems
from extraction.page_identity import are_equal
from extraction.partial_answers import incomplete_part
from pagination import USUAL_SIZES, Continuation, NextPage, Paginator, flagged
from pagination.places import range_of
from rest.bodies import Json
from rest.body_format import FormatName
from rest.errors import RETRIED, DoubtError, PaginationError, SyncError
from rest.page import Page
from rest.response import Response


def check_body(page: Page, following: NextPage, response: Response) -> None:
    """Raises PaginationError: the page has no body, although more items were expected."""
    if response.is_empty and response.status != HTTPStatus.NO_CONTENT and (following.promise or page.count):
        more = f"the previous page said that there is more ({following.promise})"
        raise PaginationError(
            "the response has no body, but " + (more if following.promise else "the previous page had items"),
            next_resync=RETRIED,
            doubt="changed_shape",
        )


def check_shape(page: Page, arrived: Page) -> None:
    """Raises PaginationError: one page has a list, and the other an object or null."""
    if page.is_list and not arrived.is_list:
        raise PaginationError(
            f"this page is one object, but the previous page was a list: {arrived.response.excerpt!r}",
            next_resync=RETRIED,
            doubt="changed_shape",
        )
    is_null = arrived.is_null and not page.is_null and not arrived.response.is_empty
    if page.is_list and (is_null or (page.is_null and arrived.count)):
        raise PaginationError(
            f"null stands where other pages have a list: {arrived.response.excerpt!r}",
            next_resync=RETRIED,
            doubt="changed_shape",
        )


def check_that_nothing_follows(
    paginator: Paginator, page: Page, following: NextPage, again: Sequence[Json]
) -> None:
    """Judge an earlier page that came again: an endpoint without pages is complete with a short page.

    Raises PaginationError: the API ignores the parameter, so the rest of the listing would be lost.
    """
    is_last_again = are_equal(again, page.items)
    continues_by = paginator.continues_by
    may_have_more = (
        following.promise
        or paginator.is_full(page)
        or not is_last_again
        or (page.number == 0 and page.count in USUAL_SIZES)
        or paginator.recognised.evidence_of_more(page)
    )
    if may_have_more:
        raise PaginationError(
            f"the API sent the {page.count} items of an earlier page again, so the rest would be lost",
            hint=f"Does the API know {continues_by}? "
            "If the endpoint has no pages, set selector.pagination: {type: none}",
            doubt="unproven_end" if page.number == 0 else "repeated_items",
        )
    logger.warning(
        "{}: the API answered the request for page {} with page {} again. The listing is taken as complete. "
        "If it is not, correct {}",
        page.request.url,
        page.number + 2,
        page.number + 1,
        continues_by,
    )


def are_large(page: Page, arrived: Page) -> bool:
    """Tell whether the items of one of the pages are on disk."""
    return isinstance(page.items, LargeItems) or isinstance(arrived.items, LargeItems)


@dataclass(frozen=True, slots=True)
class PageFormat:
    """The format that all pages of a listing share. columns: the names that a CSV table has; None: none."""

    content_type: str
    family: FormatName | Literal["html"]
    columns: frozenset[str] | None = None

    @classmethod
    def of(cls, page: Page) -> "PageFormat":
        """Return the format of a page. JSON and JSON lines are one family."""
        response = page.response
        name = "json" if response.format_name == "lines" else response.format_name
        is_html = "html" in response.content_type and not response.format.name
        return cls(response.content_type, "html" if is_html else name, response.columns)


def check_that_it_is_done(page: Page, paginator: Paginator) -> None:
    """Raises PaginationError: the same cursor gave the same page, but a flag says that there is more."""
    flag = paginator.signals.flagged(page) or flagged(page)
    if flag and flag.continuation is Continuation.MORE:
        raise PaginationError(
            f"the API says that there is more ({flag.where}), but sends the same cursor and page again",
            hint=f"Does the API know {paginator.continues_by}?",
            doubt="unread_signal",
        )


def may_be_clamped(paginator: Paginator, page: Page, following: NextPage, again: Sequence[Json]) -> bool:
    """Tell whether the API may answer every page past the end with its last page.

    That needs earlier pages that differ from it, and no sign of more items.
    """
    if not are_equal(again, page.items) or page.number == 0 or following.promise:
        return False
    # With one item a page, an item that is added on top repeats the page before.
    return page.largest > 1 and not paginator.recognised.evidence_of_more(page)


def doubts_of(page: Page, expected: PageFormat) -> Iterator[SyncError]:
    """Yield the doubts about a page: errors, missing parts, or another format than the first page."""
    if words := error_in_envelope(page):
        yield DoubtError(
            f"the response has status {page.response.status} but reports an error: {words}",
            next_resync=RETRIED,
            doubt="error_in_answer",
        )
    yield from _errors_in_place_of_items(page)
    if words := incomplete_part(page):
        yield DoubtError(
            f"the response says that it is incomplete: {words}", next_resync=RETRIED, doubt="partial_answer"
        )
    if words := _other_format(page, expected):
        yield DoubtError(words, next_resync=RETRIED, doubt="changed_shape")
    if doubt := empty_text_doubt(page):
        yield doubt
    missing = _nulls(page.items)
    if missing:
        yield DoubtError(
            f"{missing} of {page.count} items are null", next_resync=RETRIED, doubt="skipped_items"
        )


def without_errors(items: Sequence[Json]) -> Sequence[Json]:
    """Return the items without those that have the shape of an error."""
    if isinstance(items, LargeItems):
        return items.without_errors()
    wrong = {number for number, _ in errors_in_items(items)}
    return [item for number, item in enumerate(items) if number not in wrong] if wrong else items


def _errors_in_place_of_items(page: Page) -> Iterator[SyncError]:
    if page.is_item:
        return
    wrong = _wrong(page.items)
    if wrong:
        number, words = wrong[0]
        yield DoubtError(
            f"{len(wrong)} of {page.count} items are errors; the first is item {number + 1}: {words}",
            next_resync=RETRIED,
            doubt="error_in_answer",
        )


def _nulls(items: Sequence[Json]) -> int:
    return items.census.nulls if isinstance(items, LargeItems) else sum(item is None for item in items)


def _wrong(items: Sequence[Json]) -> list[tuple[int, str]]:
    """Return the indexes of items that are errors, and their text; of a large body, the first one's text."""
    if isinstance(items, LargeItems):
        return [(number, items.census.first_error) for number in sorted(items.census.error_positions)]
    return list(errors_in_items(items))


def range_left(page: Page) -> str | None:
    """Return what status 206 or Content-Range says about items after this page; None: nothing."""
    part = range_of(page.response.headers)
    if part and part.size is not None:
        is_left = part.last + 1 < part.size and page.items_so_far < part.size
        return f"Content-Range: {page.response.headers['content-range']}" if is_left else None
    # RFC 9110 §15.3.7: a request with a Range gets 206 also for the last part.
    is_requested = page.request.value("Range", "header") is not None
    is_partial = page.response.status == HTTPStatus.PARTIAL_CONTENT and not is_requested
    return "status 206 Partial Content" if is_partial else None


def _other_format(page: Page, expected: PageFormat) -> str | None:
    """Return how the format differs from the first page's; None: it does not."""
    if page.response.is_empty:
        return None
    now = PageFormat.of(page)
    if now.family != expected.family:
        return f"the content type is {now.content_type}, but the first page had {expected.content_type}"
    if now.columns and expected.columns and now.columns != expected.columns:
        names = (", ".join(sorted(columns)) for columns in (now.columns, expected.columns))
        return "the columns are {}, but the first page had {}".format(*names)
    return None
