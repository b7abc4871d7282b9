"""Where a walk through one listing stands: what its steps share, its position, and how it ended."""

from dataclasses import dataclass, replace

from loguru import logger

from configuration.resource import Endpoint
from extraction.empty_answers import empty_file_doubt
from extraction.observed_pages import TemplateObservations
from extraction.page_checks import PageFormat, doubts_of, without_errors
from extraction.page_source import PageSource
from extraction.prefetch import Prefetch
from extraction.progress import Progress
from extraction.verdict import Verdict
from pagination import NextPage, Paginator
from rest.errors import Place, RequestError, SyncError
from rest.page import Page
from rest.request import Request
from rest.response import Response


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """What all steps of one walk share. The walk learns in `observations`, `verdict` and `progress`."""

    endpoint: Endpoint
    source: PageSource
    prefetch: Prefetch
    observations: TemplateObservations
    verdict: Verdict
    progress: Progress


@dataclass(frozen=True, slots=True)
class Position:
    """A page that was read, and what is known of the page after it.

    first_request: for the first page of the listing. first_format: what later pages must have in common with
    the first one.
    following: the request for the next page, None after the last page, or the error of looking for it.
    awaits_confirmation: another walk of this template is finding out whether a short page is the last one.
    has_moved: the reported total changed between this page and the one before it.
    """

    page: Page
    paginator: Paginator
    first_request: Request
    first_format: PageFormat
    following: NextPage | SyncError | None = None
    awaits_confirmation: bool = False
    has_moved: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a listing.

    last: where its last page was read; None where there was none.
    proof: what shows that the listing is complete; "" where the last page has to show it.
    """

    last: Position | None
    proof: str = ""


def located(error: SyncError, request: Request, number: int) -> SyncError:
    """Add the page to an error's place. A request error says itself what was requested."""
    if isinstance(error, RequestError):
        return error
    return error.at(Place(page=number + 1, request=f"{request.method} {request.shown_url}"))


def is_confirmation(position: Position) -> bool:
    """Tell whether the next page is requested only to learn if a short page is the last one."""
    page, following = position.page, position.following
    is_unannounced = isinstance(following, NextPage) and not following.promise
    return bool(page.count) and is_unannounced and not position.paginator.is_full(page)


def end_by_rule(walk: Walk, position: Position | None, response: Response) -> Ended | None:
    """Return the end, where a rule of the user says that this response is empty or the end."""
    if response.action not in ("empty", "end"):
        return None
    logger.info("{}: status {} taken as no items", walk.endpoint.path, response.status)
    return Ended(position, f"status {response.status} taken as no items")


def arrive(walk: Walk, position: Position, identity: bytes) -> Position:
    """Take a page into the walk: count it, note its doubts, and drop the items that are errors.

    Raises PaginationError: the listing has more pages, items or empty pages than a listing can have.
    """
    page = position.page
    walk.progress.check(page, identity)
    walk.observations.page_seen(page)
    walk.verdict.count_page(page.response)
    has_errors = note_doubts(walk, page, position.first_format)
    items = without_errors(page.items) if has_errors else page.items
    page = replace(page, observed=walk.observations.sizes, items=items, sent_count=page.count)
    return replace(position, page=page)


def note_doubts(walk: Walk, page: Page, first_format: PageFormat) -> bool:
    """Note what a page says against its own completeness. True: some of its items may be errors."""
    if page.response.action == "accept":
        return False
    doubts = list(doubts_of(page, first_format))
    if walk.endpoint.job and (doubt := empty_file_doubt(page)):
        doubts.append(doubt)
    for error in doubts:
        walk.verdict.doubt(located(error, page.request, page.number))
    return any(error.doubt == "error_in_answer" for error in doubts)
