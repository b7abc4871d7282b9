"""Several streams read at once."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Final


class _End:
    """No more values."""


_END: Final = _End()


async def merged[S, T](
    sources: AsyncGenerator[S], read: Callable[[S], AsyncGenerator[T]], limit: int
) -> AsyncGenerator[T]:
    """What `read` gives for each source, `limit` of them at a time, in the order of arrival.

    New sources are taken while others are still read. At most `limit` values wait: a slow reader slows
    all. Leaving it in the middle ends every stream. An exception of one ends all.
    """
    ready: asyncio.Queue[T | _End] = asyncio.Queue(limit)
    one_at_a_time = asyncio.Lock()

    async def work() -> None:
        while True:
            async with one_at_a_time:
                try:
                    source = await anext(sources)
                except StopAsyncIteration:
                    return
            async with aclosing(read(source)) as values:
                async for value in values:
                    await ready.put(value)

    async def run() -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(limit):
                    group.create_task(work())
        except BaseExceptionGroup as errors:
            await ready.put(_END)
            raise errors.exceptions[0] from None
        await ready.put(_END)

    running = asyncio.create_task(run())
    try:
        while not isinstance(value := await ready.get(), _End):
            yield value
        await running
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await sources.aclose()


def one_ahead[T](stream: AsyncGenerator[T]) -> AsyncGenerator[T]:
    """The same values; while the reader is busy with one, the next is made, and the one after it begun."""
    return merged(_only(stream), _itself, limit=1)


async def _only[T](value: T) -> AsyncGenerator[T]:
    yield value


def _itself[T](stream: AsyncGenerator[T]) -> AsyncGenerator[T]:
    return stream
