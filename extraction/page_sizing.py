"""Pages that are too large for the API: they are requested in smaller parts."""

from http import HTTPStatus

from loguru import logger

from client import is_repeatable
from configuration.resource import Endpoint
from pagination import Paginator
from rest.errors import RequestError, TransientError
from rest.page import Page
from rest.request import Request

# A page that fails is retried once before it is made smaller.
_RETRIES = 1
# After this many pages, a larger one is tried. Each failure doubles the number.
_PAGES_BEFORE_LARGER = 5
_LARGEST_WAIT = 320


class PageSizing:
    """The page size of one walk, where the user set page_size_min.

    has_changed: whether a page was made smaller. Page numbers then no longer count the pages that were read.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._path = endpoint.path
        self.is_on = endpoint.pagination.page_size_min is not None
        self.retries = _RETRIES if self.is_on else None
        self.has_changed = False
        self._pages_before_larger = _PAGES_BEFORE_LARGER
        self._good_pages = 0

    def after_failure(
        self, paginator: Paginator, request: Request, before: Page | None, error: RequestError
    ) -> Request | None:
        """Return the request for a smaller page.

        None: the failure has another cause, or the page cannot be smaller.
        """
        if not _may_be_too_large(error, request) or not (smaller := paginator.smaller(request, before)):
            return None
        logger.warning("{}: a page fails ({}); requesting fewer items at once", self._path, error.what)
        if self.has_changed:
            self._pages_before_larger = min(2 * self._pages_before_larger, _LARGEST_WAIT)
        self.has_changed = True
        self._good_pages = 0
        return smaller

    def next_size(self, paginator: Paginator, request: Request) -> Request:
        """Return the request for the next page. After enough successful pages, it is for a larger one."""
        if not self.has_changed:
            return request
        self._good_pages += 1
        if self._good_pages < self._pages_before_larger:
            return request
        self._good_pages = 0
        return paginator.larger(request)


def _may_be_too_large(error: RequestError, request: Request) -> bool:
    """Return whether a smaller page may succeed: after a 413, a server error or a time-out."""
    if error.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return True
    is_server_error = error.status is None or error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return isinstance(error, TransientError) and is_server_error and is_repeatable(request)
