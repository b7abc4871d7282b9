"""Where a walk has been, so that it neither goes in circles nor on for ever."""

from extraction.sameness import digest
from pagination import NextPage
from rest.errors import PaginationError
from rest.request import Page
from rest.resource import Endpoint

# A listing that the API filters after cutting can have many empty pages; one without end has more.
_MOST_EMPTY_PAGES = 1000


class Track:
    """The requests and pages of one walk."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._asked: set[bytes] = set()
        self._pages: set[bytes] = set()
        self._empty = 0

    def check(self, page: Page, mark: bytes) -> None:
        """mark: the identity of its items.

        Raises PaginationError: more pages, or more empty ones in a row, than a listing may have."""
        self._asked.add(digest(page.request.key))
        if page.count:
            self._pages.add(mark)
            self._check_bound(page.number)
        self._empty = 0 if page.count else self._empty + 1
        if self._empty > _MOST_EMPTY_PAGES:
            raise PaginationError(
                f"{self._endpoint.path}: {self._empty} pages in a row have no items, yet there is more",
                hint="Check data_path, and the path that says whether there is more",
            )

    def has_seen(self, mark: bytes) -> bool:
        """True when an earlier page had the items of this identity."""
        return mark in self._pages

    def check_next(self, following: NextPage, page: Page) -> None:
        """Raises PaginationError: the next request was made before, or there is more than max_pages."""
        if digest(following.request.key) in self._asked:
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
