"""Responses without items that are no empty listings: texts that say something, and files without a body."""

from http import HTTPStatus

from rest.bodies import Json
from rest.errors import RETRIED, DoubtError
from rest.page import Page


def empty_text_doubt(page: Page) -> DoubtError | None:
    """Return a doubt about a text with content but without items. It may be an error message."""
    if page.response.format.name != "text" or page.count or not _has_content(page.response.body):
        return None
    return DoubtError(
        f"data_path finds no items in the text {page.response.excerpt!r}",
        next_resync=RETRIED,
        hint="Correct data_path",
        doubt="changed_shape",
    )


def empty_file_doubt(page: Page) -> DoubtError | None:
    """Return a doubt about a job's download without a body. Tables, JSON and XML without items have one."""
    response = page.response
    is_complete = response.status == HTTPStatus.NO_CONTENT or response.format_name == "lines"
    if page.number or is_complete or not response.is_empty:
        return None
    return DoubtError(
        "the download has no body, although the job is done",
        next_resync=RETRIED,
        hint="Check the job's request. If it writes JSON lines, set format to lines",
        doubt="not_ready",
    )


def _has_content(body: Json) -> bool:
    """Tell whether a text has a line other than comments. Metrics without values have only those."""
    lines = body.splitlines() if isinstance(body, str) else []
    return any(line.strip() and not line.lstrip().startswith("#") for line in lines)
