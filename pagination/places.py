"""Where APIs are used to put what they say of their pages: the names, and how to look them up."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rest.bodies import Json
from rest.request import Response

# The objects that hold such names beside the items, in the order in which they are looked into.
_HOLDERS = (
    "meta",
    "metadata",
    "_metadata",
    "pagination",
    "paging",
    "page",
    "page_info",
    "pageInfo",
    "response_metadata",
    "links",
    "_links",
    "pages",
    "cursors",
    "cursor",
)
_WRAPPERS = ("data", "result", "results", "response", "payload")


@dataclass(frozen=True, slots=True)
class Found:
    """A value, and the path to it as a person would write it."""

    where: str
    value: Json


def places(body: Json) -> Iterator[tuple[str, dict[str, Json]]]:
    """The objects in which an API may speak of its pages, the outermost first, with their paths."""
    if not isinstance(body, dict):
        return
    yield "", body
    yield from _holders("", body, depth=2)
    for name in _WRAPPERS:
        wrapped = body.get(name)
        if isinstance(wrapped, dict):
            yield f"{name}.", wrapped
            yield from _holders(f"{name}.", wrapped, depth=2)


def _holders(prefix: str, holder: dict[str, Json], depth: int) -> Iterator[tuple[str, dict[str, Json]]]:
    for name in _HOLDERS:
        inner = holder.get(name)
        if isinstance(inner, dict):
            yield f"{prefix}{name}.", inner
            if depth > 1:
                yield from _holders(f"{prefix}{name}.", inner, depth - 1)


def found(response: Response, names: Iterable[str]) -> Iterator[Found]:
    """Every value that stands under one of these names where names of pages stand."""
    wanted = tuple(names)
    for prefix, holder in places(response.body):
        for name in wanted:
            if name in holder:
                yield Found(prefix + name, holder[name])
