"""Pages made into the batches that a load is efficient with."""

import time
from collections.abc import AsyncGenerator, AsyncIterator

from rest.request import Item

# Ocean pays a fixed price for each batch, and opens one connection for every 20 entities of it.
BATCH_ITEMS = 500
_LONGEST_HOLD_S = 3.0


async def joined(pages: AsyncIterator[list[Item]], size: int = BATCH_ITEMS) -> AsyncGenerator[list[Item]]:
    """The same items in the same order: small pages joined up to `size` items, large ones cut.

    What has been read is handed out before an exception is raised: it is good, and will be loaded.
    """
    held: list[Item] = []
    since = time.monotonic()
    failure: Exception | None = None
    try:
        async for page in pages:
            if not held:
                since = time.monotonic()
            held += page
            while len(held) >= size:
                yield held[:size]
                held = held[size:]
            if held and time.monotonic() - since > _LONGEST_HOLD_S:
                yield held
                held = []
    except Exception as error:
        failure = error
    if held:
        yield held
    if failure:
        raise failure
