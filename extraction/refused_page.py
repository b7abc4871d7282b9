"""A page that the API refuses: the end of the listing, or a failure?"""

from loguru import logger

from extraction.second_page import NOT_GIVEN, PAST_THE_END
from extraction.walk_state import Position, Walk
from pagination import NextPage, OffsetPaginator, PageNumberPaginator
from rest.errors import RefusedError, RequestError

# Elasticsearch refuses items after the 10,000th, GitHub's search those after the 1,000th.
_WINDOWS_ADVICE = (
    "If the API limits how many items of a listing can be read, set selector.windows, with size_min"
)


def check_refusal(walk: Walk, position: Position, following: NextPage, error: RequestError) -> None:
    """Raise the error, with the name of its doubt, unless it shows that the listing has ended."""
    if not isinstance(error, RefusedError) or error.status not in NOT_GIVEN:
        raise error
    counts = isinstance(position.paginator, PageNumberPaginator | OffsetPaginator)
    is_past_the_end = error.status in PAST_THE_END and counts and not following.promise
    # Where the API sends data, an HTML page comes from a proxy in front of it.
    is_from_the_api = "html" not in error.content_type
    if not (is_past_the_end or _is_total_read(walk, position)) or not is_from_the_api:
        error.doubt = "refused_page"
        if is_from_the_api and error.status not in PAST_THE_END:
            error.hint = f"{error.hint}. {_WINDOWS_ADVICE}"
        raise error
    logger.warning(
        "{}: status {} after page {} is taken as the end",
        walk.endpoint.path,
        error.status,
        position.page.number + 1,
    )


def _is_total_read(walk: Walk, position: Position) -> bool:
    """Tell whether the total was reached, so that the next page was only requested to be sure."""
    page = position.page
    _, items = position.paginator.counts(page)
    total = walk.progress.reported.items if items is None else items
    return total is not None and page.count < total <= page.items_so_far - walk.progress.repeated
