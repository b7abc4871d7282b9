"""Merged streams: complete, bounded, and closed together."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import pytest

from extraction.merging import merge_streams


async def numbers(count: int, failure: Exception | None = None) -> AsyncGenerator[int]:
    for number in range(count):
        await asyncio.sleep(0)
        yield number
    if failure:
        raise failure


class Streams:
    """Streams of three values each. Counts open streams and values read."""

    def __init__(self, failing: dict[int, Exception] | None = None) -> None:
        self.failing = failing or {}
        self.open = self.most_open = self.started = self.read_values = 0

    async def read(self, source: int) -> AsyncGenerator[tuple[int, int]]:
        """Yield three values of one source. A failing source raises after the first one."""
        self.open += 1
        self.started += 1
        self.most_open = max(self.open, self.most_open)
        try:
            for part in range(3):
                await asyncio.sleep(0)
                self.read_values += 1
                yield source, part
                if source in self.failing:
                    raise self.failing[source]
        finally:
            self.open -= 1


def other_tasks() -> set[asyncio.Task[Any]]:
    return asyncio.all_tasks() - {asyncio.current_task()}


async def collect(stream: AsyncGenerator[Any], into: list[Any]) -> None:
    async for value in stream:
        into.append(value)  # noqa: PERF401 - keeps the values before an error


async def until_idle() -> None:
    for _ in range(200):
        await asyncio.sleep(0)


@pytest.mark.parametrize("limit", [1, 2, 5, 50])
@pytest.mark.parametrize("count", [0, 1, 4, 20])
async def test_each_value_of_each_stream_is_yielded_once(count: int, limit: int) -> None:
    streams = Streams()
    values = [value async for value in merge_streams(numbers(count), streams.read, limit)]
    assert sorted(values) == [(source, part) for source in range(count) for part in range(3)]
    assert not other_tasks()


async def test_values_of_one_stream_keep_their_order() -> None:
    values = [value async for value in merge_streams(numbers(10), Streams().read, 4)]
    assert all([part for source, part in values if source == one] == [0, 1, 2] for one in range(10))


@pytest.mark.parametrize("limit", [1, 3])
async def test_no_more_sources_than_the_limit_are_read_at_once(limit: int) -> None:
    streams = Streams()
    async for _ in merge_streams(numbers(20), streams.read, limit):
        assert streams.open <= limit
    assert min(limit, 2) <= streams.most_open <= limit


async def test_slow_consumer_slows_all_sources() -> None:
    """At most `limit` values wait in the queue, and one in each worker."""
    streams = Streams()
    async with aclosing(merge_streams(numbers(1000), streams.read, 3)) as values:
        taken = 0
        async for _ in values:
            taken += 1
            await until_idle()
            assert streams.read_values <= taken + 6
            if taken == 10:
                break


async def test_new_sources_are_taken_while_others_are_read() -> None:
    order: list[str] = []

    async def sources() -> AsyncGenerator[int]:
        for number in range(3):
            order.append(f"source {number}")
            yield number
            await asyncio.sleep(0)

    async for value in merge_streams(sources(), Streams().read, 3):
        order += [str(value)]
    assert order.index("source 1") < order.index("(0, 2)")


async def test_closing_early_leaves_no_stream_and_no_task() -> None:
    streams = Streams()
    async with aclosing(merge_streams(numbers(100), streams.read, 4)) as values:
        async for _ in values:
            break
    assert streams.open == 0
    assert not other_tasks()


async def test_cancelling_leaves_no_stream_and_no_task() -> None:
    streams = Streams()

    async def consume() -> None:
        async with aclosing(merge_streams(numbers(10**9), streams.read, 4)) as values:
            async for _ in values:
                await asyncio.sleep(0)

    consumer = asyncio.create_task(consume())
    await until_idle()
    consumer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await consumer
    assert streams.started > 0
    assert streams.open == 0
    assert not other_tasks()


async def test_failing_stream_ends_all_streams() -> None:
    """The error is not in a group and follows the values that were read before it."""
    streams = Streams({2: ValueError("two")})
    received: list[Any] = []
    with pytest.raises(ValueError, match="two"):
        await collect(merge_streams(numbers(100), streams.read, 3), received)
    assert (2, 0) in received
    assert streams.open == 0
    assert streams.started < 10
    assert not other_tasks()


async def test_failing_sources_end_all_streams() -> None:
    streams = Streams()
    with pytest.raises(ValueError, match="no more"):
        await collect(merge_streams(numbers(1, ValueError("no more")), streams.read, 2), [])
    assert not other_tasks()
    assert streams.open == 0


async def test_first_of_several_errors_is_raised() -> None:
    streams = Streams({0: ValueError("zero"), 1: KeyError("one")})
    with pytest.raises(ValueError, match="zero"):
        [value async for value in merge_streams(numbers(2), streams.read, 2)]


async def test_error_waits_for_a_slow_consumer() -> None:
    streams = Streams({0: ValueError("zero")})
    values = merge_streams(numbers(1), streams.read, 1)
    assert await anext(values) == (0, 0)
    await until_idle()
    with pytest.raises(ValueError, match="zero"):
        await anext(values)
    assert not other_tasks()


async def test_closing_closes_the_streams_that_provide_sources() -> None:
    """Nested parents: no task remains, and the innermost source is closed."""
    outer, inner, source = Streams(), Streams(), numbers(1000)

    async def read(value: tuple[int, int]) -> AsyncGenerator[tuple[int, int]]:
        async with aclosing(outer.read(value[0])) as values:
            async for one in values:
                yield one

    async with aclosing(merge_streams(merge_streams(source, inner.read, 3), read, 3)) as values:
        for _ in range(7):
            await anext(values)
    assert (outer.open, inner.open) == (0, 0)
    assert not other_tasks()
    with pytest.raises(StopAsyncIteration):
        await anext(source)


async def test_failing_stream_ends_the_streams_that_provide_sources() -> None:
    inner, outer = Streams(), Streams({2: ValueError("two")})

    async def read(value: tuple[int, int]) -> AsyncGenerator[tuple[int, int]]:
        async with aclosing(outer.read(value[0])) as values:
            async for one in values:
                yield one

    with pytest.raises(ValueError, match="two"):
        await collect(merge_streams(merge_streams(numbers(1000), inner.read, 3), read, 3), [])
    assert (outer.open, inner.open) == (0, 0)
    assert not other_tasks()
