"""Listings that change during the read, or that lead in circles."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from types import MappingProxyType

from tests.faults.rude_api.pages import PAGE_ITEMS, Query, Walk

# The request for this page triggers the change.
_TRIGGER_PAGE = 2
_FEW = 3
_WAIT_S = 0.2

type Change = Callable[[Walk, Query, int], Awaitable[Query]]


async def _shrink(walk: Walk, query: Query, index: int) -> Query:
    """Remove items that were already read. The following items move up."""
    if index == _TRIGGER_PAGE and walk.request_counts[index] == 1:
        del walk.ids[:_FEW]
    return query


async def _shrink_ahead(walk: Walk, query: Query, index: int) -> Query:
    """Remove the last items before they are read."""
    if index == _TRIGGER_PAGE and walk.request_counts[index] == 1:
        del walk.ids[-_FEW:]
    return query


async def _grow(walk: Walk, query: Query, index: int) -> Query:
    """Insert items at the start. The others move down. Waits for the next page, which may be prefetched."""
    if index == _TRIGGER_PAGE and walk.request_counts[index] == 1:
        with suppress(TimeoutError):
            async with asyncio.timeout(_WAIT_S):
                await walk.answered(index + 1)
        walk.ids[:0] = range(walk.first - _FEW, walk.first)
    return query


async def _grow_ahead(walk: Walk, query: Query, index: int) -> Query:
    """Append more than a page of items."""
    if index == _TRIGGER_PAGE and walk.request_counts[index] == 1:
        last = walk.ids[-1]
        walk.ids += range(last + 1, last + 1 + PAGE_ITEMS + _FEW)
    return query


async def _circle(walk: Walk, query: Query, index: int) -> Query:
    """Replace each page after the third by the second one, which leads to the third again."""
    if index <= _TRIGGER_PAGE:
        return query
    return _query_for(walk, query, 1)


async def _page_again(walk: Walk, query: Query, index: int) -> Query:
    """Replace each page after the third by the third one."""
    return _query_for(walk, query, min(index, _TRIGGER_PAGE))


def _query_for(walk: Walk, query: Query, index: int) -> Query:
    places = {
        "offset": index * PAGE_ITEMS,
        "page": index + 1,
        "after": walk.first + index * PAGE_ITEMS - 1,
    }
    return {name: str(places.get(name, text)) for name, text in query.items()}


CHANGES: Mapping[str, Change] = MappingProxyType(
    {
        "shrink": _shrink,
        "shrink_ahead": _shrink_ahead,
        "grow": _grow,
        "grow_ahead": _grow_ahead,
        "circle": _circle,
        "page_again": _page_again,
    }
)
