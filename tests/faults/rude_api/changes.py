"""Listings that change while they are read, or that lead in circles."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from types import MappingProxyType

from tests.faults.rude_api.pages import PAGE_ITEMS, Query, Walk

# The request for this page is when it happens.
_WHEN = 2
_FEW = 3
_WAITS_S = 0.2

type Change = Callable[[Walk, Query, int], Awaitable[Query]]


async def _shrink(walk: Walk, query: Query, index: int) -> Query:
    """Items that were read already are gone: all that follow move up."""
    if index == _WHEN and walk.asked[index] == 1:
        del walk.ids[:_FEW]
    return query


async def _shrink_ahead(walk: Walk, query: Query, index: int) -> Query:
    """The last items are gone before they are read."""
    if index == _WHEN and walk.asked[index] == 1:
        del walk.ids[-_FEW:]
    return query


async def _grow(walk: Walk, query: Query, index: int) -> Query:
    """New items come first: all others move down. A client that asks ahead has seen the next page by then."""
    if index == _WHEN and walk.asked[index] == 1:
        with suppress(TimeoutError):
            async with asyncio.timeout(_WAITS_S):
                await walk.answered(index + 1)
        walk.ids[:0] = range(walk.first - _FEW, walk.first)
    return query


async def _grow_ahead(walk: Walk, query: Query, index: int) -> Query:
    """New items come last, a page and more of them."""
    if index == _WHEN and walk.asked[index] == 1:
        last = walk.ids[-1]
        walk.ids += range(last + 1, last + 1 + PAGE_ITEMS + _FEW)
    return query


async def _circle(walk: Walk, query: Query, index: int) -> Query:
    """What follows the third page is the second, and leads to the third again."""
    if index <= _WHEN:
        return query
    return _query_for(walk, query, 1)


async def _page_again(walk: Walk, query: Query, index: int) -> Query:
    """Every page after the third is the third."""
    return _query_for(walk, query, min(index, _WHEN))


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
