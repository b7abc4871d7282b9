"""Pages made into the batches that a load is efficient with."""

import time
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing

from rest.page import Item
from rest.weight import MOST_WEIGHT

# Ocean pays a fixed price for each batch, and opens one connection for every 20 entities of it.
BATCH_ITEMS = 500
_LONGEST_HOLD_S = 3.0


class Part(list[Item]):
    """Items that came together. weight: the bytes that they take in memory, or more."""

    def __init__(self, items: Iterable[Item], weight: int = 0) -> None:
        super().__init__(items)
        self.weight = weight


async def joined(
    pages: AsyncGenerator[Part], size: int = BATCH_ITEMS, longest_hold_s: float = _LONGEST_HOLD_S
) -> AsyncGenerator[list[Item]]:
    """The same items in the same order: small pages joined up to `size` items, large ones cut; fewer of
    those that fill the memory.

    longest_hold_s: seconds after which a batch is handed out though it is small.
    What has been read is handed out before an exception is raised: it is good, and will be loaded.
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
                    yield held[:size]
                    held = held[size:]
                if held and (weight > MOST_WEIGHT or time.monotonic() - since > longest_hold_s):
                    yield held
                    held = []
    except Exception as error:
        failure = error
    if held:
        yield held
    if failure:
        raise failure
