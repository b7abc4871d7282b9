"""Batches: pages joined or cut to the size that Ocean loads efficiently."""

import time
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing

from rest.page import Item
from rest.weight import MOST_WEIGHT

# Each batch has a fixed cost in Ocean, and Ocean opens one connection for every 20 entities in it.
BATCH_SIZE = 500
_MAX_HOLD_S = 3.0


class WeighedItems(list[Item]):
    """The items of a page or of a chunk of it. weight: the memory in bytes that they take at most."""

    def __init__(self, items: Iterable[Item], weight: int = 0) -> None:
        super().__init__(items)
        self.weight = weight


async def to_batches(
    pages: AsyncGenerator[WeighedItems], size: int = BATCH_SIZE, max_hold_s: float = _MAX_HOLD_S
) -> AsyncGenerator[WeighedItems]:
    """Yield the items in order, in batches of `size`. Batches of heavy items are smaller.

    max_hold_s: seconds of waiting for pages after which a batch is yielded even if it is small.
    Items that were read before an exception are yielded before it is raised, so that Ocean loads them.
    """
    held: list[Item] = []
    since = time.monotonic()
    weight = 0
    failure: Exception | None = None
    try:
        async with aclosing(pages):
            async for page in pages:
                since = since if held else time.monotonic()
                weight = page.weight + (weight if held else 0)
                held += page
                while len(held) >= size:
                    each = weight // len(held)
                    yield WeighedItems(held[:size], each * size)
                    held, weight = held[size:], weight - each * size
                    since = time.monotonic()  # the time that the consumer took does not count
                if held and (weight > MOST_WEIGHT or time.monotonic() - since > max_hold_s):
                    yield WeighedItems(held, weight)
                    held = []
    except Exception as error:
        failure = error
    if held:
        yield WeighedItems(held, weight)
    if failure:
        raise failure
