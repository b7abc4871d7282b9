"""Paging on the server's side: from a listing and a request to one page."""

import base64
import binascii
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from starlette.datastructures import URL

from sandbox.sample_api.sample_data import Item, Json

DEFAULT_SIZE = 20
LARGEST_SIZE = 100


class PagingError(ValueError):
    """A paging parameter of the request is invalid. The message names it."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A request for a page: its URL, and its parameters from the query or a JSON body.

    id_field: the id field of the listing's items.
    """

    url: URL
    query: Mapping[str, str]
    body: Mapping[str, Json]
    id_field: str = "id"

    def integer(self, name: str, default: int, least: int) -> int:
        """Return an integer parameter: digits in a query, a JSON integer in a body. Raises PagingError."""
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
        """Return the page size. Values above the maximum are silently reduced."""
        return min(self.integer(name, DEFAULT_SIZE, least=1), LARGEST_SIZE)

    def cursor_position(self, name: str) -> int:
        """Return the position that an opaque cursor encodes, or 0 without a cursor."""
        value = self.query.get(name, self.body.get(name))
        return 0 if value is None else _read_cursor(name, value)

    def link(self, **params: str | int) -> URL:
        """Return this request's URL with other paging parameters and without the credential."""
        return self.url.remove_query_params("api_key").include_query_params(**params)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a listing, and the signals about further pages.

    fields: top-level fields of the body next to the items.
    """

    items: Sequence[Item]
    fields: Mapping[str, Json] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


class Paging(ABC):
    """A stateless paging style.

    params: the names of its parameters.
    signals: how a response announces further pages, for people.
    enveloped: it adds fields to the body, so a bare array becomes {"data": [...]}.
    follows_links: it returns URLs, so the query also applies to a POST.
    strict: unknown parameters are an error.
    """

    params: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[str]
    enveloped: ClassVar[bool] = False
    follows_links: ClassVar[bool] = False
    strict: ClassVar[bool] = False

    @abstractmethod
    def page(self, listing: Sequence[Item], page_request: PageRequest) -> Page:
        """Return the requested page. It is empty past the end. Raises PagingError."""


class SinglePage(Paging):
    """All items in one response."""

    signals = "all items at once"

    def page(self, listing: Sequence[Item], page_request: PageRequest) -> Page:  # noqa: ARG002 - it reads no parameter
        return Page(listing)


def cursor_at(position: int) -> str:
    """Return an opaque cursor for a position in a listing."""
    return base64.urlsafe_b64encode(f"position:{position}".encode()).decode()


def _read_cursor(name: str, value: Json) -> int:
    try:
        label, _, digits = base64.urlsafe_b64decode(str(value)).decode().partition(":")
    except (binascii.Error, ValueError):
        label, digits = "", ""
    if label != "position" or not digits.isdigit():
        raise PagingError(f"{name} is not a cursor of this API: {value!r:.80}")
    return int(digits)
