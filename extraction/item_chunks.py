"""The items of a page in chunks, because a page can be a whole listing that is too large for memory."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from itertools import batched

from extraction.large_bodies import LargeItems
from rest.bodies import Json
from rest.page import Page
from rest.weight import MOST_WEIGHT

_CHUNK_ITEMS = 1000


async def chunks_of(page: Page) -> AsyncGenerator[tuple[Sequence[Json], int]]:
    """Yield the items of a page in chunks, each with its memory in bytes."""
    if not isinstance(page.items, LargeItems):
        weight = page.response.weight
        for chunk in batched(page.items, _CHUNK_ITEMS):
            yield chunk, weight * len(chunk) // len(page.items)
        return
    chunks = page.items.chunks(_CHUNK_ITEMS, MOST_WEIGHT // 2)
    # A thread waits for the disk.
    while chunk_and_weight := await asyncio.to_thread(next, chunks, None):
        yield chunk_and_weight
