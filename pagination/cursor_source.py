"""Where a response has its cursor: at a configured path or header, or in the usual places."""

from collections.abc import Iterator
from dataclasses import dataclass

from expressions.paths import ABSENT, Path
from pagination.links import is_link
from pagination.places import Found, found
from pagination.signals import is_echo
from pagination.values import is_blank
from pagination.vocabulary import Meaning, meaning_of
from rest.bodies import Json
from rest.errors import PaginationError
from rest.origin import cut
from rest.page import Page


@dataclass(frozen=True, slots=True)
class CursorSource:
    """A path in the body, a header, or, without either, the usual names."""

    path: Path | None = None
    header: str | None = None

    def __str__(self) -> str:
        if self.header:
            return f"the header {self.header}"
        return str(self.path) if self.path else "any of the usual places"

    @property
    def is_configured(self) -> bool:
        """Tell whether the user said where the cursor is."""
        return self.path is not None or self.header is not None

    def value(self, page: Page) -> Json:
        """Return what stands there; None: nothing."""
        if self.header:
            return page.response.headers.get(self.header.lower())
        if self.path is None:
            return recognised_cursor(page)
        value = self.path.find(page.response.body)
        return None if value is ABSENT else value

    def checked(self, value: Json) -> str | int:
        """Return the cursor. Raises PaginationError: it is neither text nor a whole number."""
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise PaginationError(
                f"the value at {self} is {cut(str(value), 80)!r}, which is not a cursor",
                hint="Set cursorPath to where the text or number is that the next request takes",
            )
        return value

    def is_present(self, page: Page) -> bool:
        """Tell whether the response has the cursor's key, even if it is empty."""
        if self.header:
            return self.header.lower() in page.response.headers
        if self.path:
            return self.path.find(page.response.body) is not ABSENT
        return any(found(page, Meaning.CURSOR, Meaning.NEXT))

    @staticmethod
    def elsewhere(page: Page) -> Found | None:
        """Return a cursor or link in one of the usual places."""
        places = found(page, Meaning.CURSOR, Meaning.NEXT)
        return next(
            (item for item in places if isinstance(item.value, str) and not is_blank(item.value)), None
        )


def cursors_in(page: Page) -> Iterator[Found]:
    """Yield every cursor: {"next_cursor": "x"}, {"paging": {"next": {"after": "x"}}}."""
    for item in found(page, Meaning.CURSOR, Meaning.NEXT):
        value = item.value
        if isinstance(value, bool) or not isinstance(value, str | int) or is_blank(value):
            continue
        # A Base64 cursor may begin with a slash, so a link is only excluded under a name that links have.
        may_be_link = meaning_of(item.name) is Meaning.NEXT
        if not (may_be_link and is_link(value)):
            yield item


def recognised_cursor(page: Page) -> Json:
    """Return the first cursor that the request did not send, else the one it sent; None: no cursor."""
    cursors = list(cursors_in(page))
    new = (item.value for item in cursors if not is_echo(page, item.value))
    return next(new, cursors[0].value if cursors else None)
