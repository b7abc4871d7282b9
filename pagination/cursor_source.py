"""Where a response has its cursor: at a configured path or header, or in the usual places."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from expressions.paths import ABSENT, Path
from pagination.links import is_link
from pagination.places import Found, found
from pagination.signals import is_echo
from pagination.values import is_blank
from pagination.vocabulary import Meaning, meaning_of
from rest.bodies import Json
from rest.errors import PaginationError
from rest.origin import cut
from rest.outline import type_name
from rest.page import Page
from rest.request import text_of

# The key of an element's text where XML is read as JSON. An element without text does not have it.
_XML_TEXT = "#text"


@dataclass(frozen=True, slots=True)
class CursorSource:
    """A path in the body, a header, or, without either, the usual names.

    takes_json: the request takes a cursor that is an array or object, because it has a body in JSON.
    """

    path: Path | None = None
    header: str | None = None
    takes_json: bool = False

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

    def checked(self, value: Json) -> Json:
        """Return the cursor.

        Raises PaginationError: it is a boolean, or an array or object where the request takes none.
        """
        if isinstance(value, list | dict) and not self.takes_json:
            raise PaginationError(
                f"the cursor at {self} has the type {type_name(value)}, which only a JSON body can send: "
                f"{cut(text_of(value), 80)}",
                hint="Set param_location to body, or add | tojson to cursor_path to send it as a text",
            )
        if isinstance(value, bool):
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
            return self.path.find(page.response.body) is not ABSENT or _is_empty_element(self.path, page)
        return any(found(page, Meaning.CURSOR, Meaning.NEXT))

    def passed_over(self, page: Page) -> frozenset[str]:
        """Return the places where the page before has other cursors than the one at the configured place.

        The listing went on without them. So they are no sign of more when the configured one is gone.
        """
        if page.previous is None or not self.is_configured or is_blank(followed := self.value(page.previous)):
            return frozenset()
        others = (item for item in found(page.previous, Meaning.CURSOR) if not is_blank(item.value))
        return frozenset(item.where for item in others if item.value != followed)

    @staticmethod
    def elsewhere(page: Page) -> Found | None:
        """Return a cursor or link in one of the usual places."""
        places = found(page, Meaning.CURSOR, Meaning.NEXT)
        return next(
            (item for item in places if isinstance(item.value, str) and not is_blank(item.value)), None
        )


def _is_empty_element(path: Path, page: Page) -> bool:
    """Tell whether a path leads to the text of an XML element that is there and has no text."""
    text = (_XML_TEXT,)
    if path.names[-1:] == text and len(path.names) > 1:
        element = replace(path, names=path.names[:-1])
    elif path.steps and path.steps[-1].at == _XML_TEXT:
        element = replace(path, steps=path.steps[:-1])
    else:
        return False
    return element.find(page.response.body) is not ABSENT


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
