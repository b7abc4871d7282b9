"""A paginator seen from the server's side: a listing and a request in, one page out."""

import base64
import binascii
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from starlette.datastructures import URL

from sandbox.sample_api.data import Item, Json

DEFAULT_SIZE = 20
LARGEST_SIZE = 100


class PagingError(ValueError):
    """The request's paging parameters make no sense; the text says which."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What a request asks for: its URL, and its paging parameters from the query, or from a JSON body.

    id_field: the field that names an item of this listing.
    """

    url: URL
    query: Mapping[str, str]
    body: Mapping[str, Json]
    id_field: str = "id"

    def integer(self, name: str, default: int, least: int) -> int:
        """A parameter that is a whole number: digits in a query, a JSON integer in a body."""
        value: Json = self.body.get(name, default)
        if name in self.query:
            text = self.query[name]
            value = int(text) if text.isascii() and text.removeprefix("-").isdigit() else text
        if not isinstance(value, int) or isinstance(value, bool):
            raise PagingError(f"{name} must be an integer, not {value!r:.80}")
        if value < least:
            raise PagingError(f"{name} must be at least {least}, not {value}")
        return value

    def size(self, name: str) -> int:
        """How many items the page may hold. More than the most is cut without a word."""
        return min(self.integer(name, DEFAULT_SIZE, least=1), LARGEST_SIZE)

    def cursor_position(self, name: str) -> int:
        """The position that an opaque cursor stands for; 0 without one."""
        value = self.query.get(name, self.body.get(name))
        return 0 if value is None else _read_cursor(name, value)

    def link(self, **params: str | int) -> URL:
        """This request's URL with other paging parameters. It never holds the credential."""
        return self.url.remove_query_params("api_key").include_query_params(**params)


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a listing, and what tells the client how to go on.

    fields: stand beside the items, at the top of the body.
    """

    items: Sequence[Item]
    fields: Mapping[str, Json] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


class Paging(ABC):
    """One way of serving a listing in pages. Settings only; where a client stands is in its request.

    params: the names that it reads.
    signals: what the answer says about further pages, for people.
    enveloped: it adds fields to the body, so that a bare array has to become {"data": [...]}.
    follows_links: it gives whole URLs, so that their query counts for a POST too.
    strict: a parameter that nobody knows is an error.
    """

    params: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[str]
    enveloped: ClassVar[bool] = False
    follows_links: ClassVar[bool] = False
    strict: ClassVar[bool] = False

    @abstractmethod
    def page(self, listing: Sequence[Item], ask: Ask) -> Page:
        """The page asked for; past the end it is empty. Raises PagingError."""


class Whole(Paging):
    """All items in one answer."""

    signals = "all items at once"

    def page(self, listing: Sequence[Item], ask: Ask) -> Page:  # noqa: ARG002 - it reads no parameter
        return Page(listing)


def cursor_at(position: int) -> str:
    """An opaque cursor for a position in a listing."""
    return base64.urlsafe_b64encode(f"position:{position}".encode()).decode()


def _read_cursor(name: str, value: Json) -> int:
    try:
        label, _, digits = base64.urlsafe_b64decode(str(value)).decode().partition(":")
    except (binascii.Error, ValueError):
        label, digits = "", ""
    if label != "position" or not digits.isdigit():
        raise PagingError(f"{name} is no cursor of this API: {value!r:.80}")
    return int(digits)
