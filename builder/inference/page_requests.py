"""What a request says of pages: its size, and the position that counts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from rest.bodies import Json
from rest.request import Location, Request, url_query

_SIZES = (
    *(
        "limit",
        "per_page",
        "perPage",
        "page_size",
        "pageSize",
        "PageSize",
        "page[size]",
        "page[limit]",
        "size",
    ),
    *("ps", "$top", "top", "first", "take", "rows", "maxResults", "max_results", "max", "count", "$limit"),
)
_PAGES = (
    *("page", "page[number]", "page_number", "pageNumber", "page_no", "pageNo", "pageIndex", "page_index"),
    *("currentPage", "current_page", "Page", "p"),
)
_OFFSETS = (
    "offset",
    "page[offset]",
    "skip",
    "$skip",
    "startAt",
    "start",
    "startIndex",
    "start_index",
    "from",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A number under a name in a request: in the query, or with dots in a JSON body."""

    param: str
    value: int
    location: Location


@dataclass(frozen=True, slots=True)
class Counting:
    """A request that says which page it wants by counting."""

    type: Literal["page", "offset"]
    asked: Asked


def size_in(request: Request) -> Asked | None:
    """The page size that a request asks for."""
    return _first(request, _SIZES)


def counting_in(request: Request) -> Counting | None:
    """The page number or the offset that a request asks for."""
    if asked := _first(request, _PAGES):
        return Counting("page", asked)
    asked = _first(request, _OFFSETS)
    return Counting("offset", asked) if asked else None


def _first(request: Request, names: Iterable[str]) -> Asked | None:
    numbers = {asked.param.rpartition(".")[2]: asked for asked in _numbers(request)}
    return next((numbers[name] for name in names if name in numbers), None)


def _numbers(request: Request) -> Iterator[Asked]:
    yield from _in_object(request.body, "")
    if isinstance(request.body, dict):
        yield from _in_object(request.body.get("variables"), "variables.")
    for name, text in (*url_query(request.url), *request.params):
        if text.isascii() and text.isdecimal() and len(text) < 10:
            yield Asked(name, int(text), "query")


def _in_object(body: Json, prefix: str) -> Iterator[Asked]:
    for name, value in body.items() if isinstance(body, dict) else ():
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            yield Asked(prefix + name, value, "body")
