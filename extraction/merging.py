"""Merging: several streams that are read concurrently as one."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Final


class _End:
    """Marks the end of the queue."""


_END: Final = _End()


async def merge_streams[S, T](
    sources: AsyncGenerator[S], read: Callable[[S], AsyncGenerator[T]], limit: int
) -> AsyncGenerator[T]:
    """Yield the values that `read` returns for each source, in order of arrival.

    `limit` sources are read at a time, and new sources are taken meanwhile. At most `limit` values wait in
    the queue, so a slow consumer slows down all sources. Closing the generator closes every stream.
    The first exception of a stream ends all of them and is raised.
    """
    ready: asyncio.Queue[T | _End] = asyncio.Queue(limit)
    workers = asyncio.create_task(_run_workers(sources, read, limit, ready))
    try:
        while not isinstance(value := await ready.get(), _End):
            yield value
        await workers
    finally:
        workers.cancel()
        await asyncio.gather(workers, return_exceptions=True)
        await sources.aclose()


async def _run_workers[S, T](
    sources: AsyncGenerator[S],
    read: Callable[[S], AsyncGenerator[T]],
    limit: int,
    ready: asyncio.Queue[T | _End],
) -> None:
    """Run `limit` workers and mark the end. Raise the first exception alone, not in a group."""
    next_source = asyncio.Lock()
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(limit):
                group.create_task(_work(sources, next_source, read, ready))
    except BaseExceptionGroup as errors:
        await ready.put(_END)
        raise errors.exceptions[0] from None
    await ready.put(_END)


async def _work[S, T](
    sources: AsyncGenerator[S],
    next_source: asyncio.Lock,
    read: Callable[[S], AsyncGenerator[T]],
    ready: asyncio.Queue[T | _End],
) -> None:
    """Read one source after another until there are none left."""
    while True:
        async with next_source:
            try:
                source = await anext(sources)
            except StopAsyncIteration:
                return
        async with aclosing(read(source)) as values:
            async for value in values:
                await ready.put(value)
