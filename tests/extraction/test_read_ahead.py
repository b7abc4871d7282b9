"""Batches that are read before the consumer asks for them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from extraction.batches import WeighedItems
from extraction.read_ahead import read_ahead


class Source:
    """Batches of one item, numbered from 0. read: how many were read. is_closed: whether reading ended."""

    def __init__(self, count: int, weight: int = 0, failure: Exception | None = None) -> None:
        self._count = count
        self._weight = weight
        self._failure = failure
        self.read = 0
        self.is_closed = False

    async def batches(self) -> AsyncGenerator[WeighedItems]:
        try:
            for number in range(self._count):
                await asyncio.sleep(0)
                self.read += 1
                yield WeighedItems([{"id": number}], self._weight)
            if self._failure:
                raise self._failure
        finally:
            self.is_closed = True


async def until_idle() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


async def ids(batches: AsyncGenerator[WeighedItems], into: list[object]) -> None:
    async for batch in batches:
        into.extend(item["id"] for item in batch)


async def test_batches_keep_their_order_and_number() -> None:
    found: list[object] = []
    await ids(read_ahead(Source(20).batches()), found)
    assert found == list(range(20))


async def test_batches_wait_while_the_consumer_handles_one() -> None:
    source = Source(100)
    async with aclosing(read_ahead(source.batches(), 4)) as batches:
        for taken in range(1, 10):
            await anext(batches)
            await until_idle()
            assert source.read == taken + 4


@pytest.mark.parametrize(("weight", "waiting"), [(99, 2), (100, 1), (1000, 1), (30, 4)])
async def test_heavy_batches_are_read_ahead_up_to_a_weight(weight: int, waiting: int) -> None:
    source = Source(100, weight)
    async with aclosing(read_ahead(source.batches(), 4, 100)) as batches:
        for taken in range(1, 5):
            await anext(batches)
            await until_idle()
            assert source.read == taken + waiting


async def test_error_is_raised_after_the_batches_before_it() -> None:
    found: list[object] = []
    with pytest.raises(ValueError, match="cut short"):
        await ids(read_ahead(Source(3, failure=ValueError("cut short")).batches()), found)
    assert found == [0, 1, 2]


async def test_closing_stops_the_reader() -> None:
    source = Source(100)
    async with aclosing(read_ahead(source.batches())) as batches:
        await anext(batches)
    assert source.is_closed
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_without_batches_nothing_is_yielded() -> None:
    found: list[object] = []
    await ids(read_ahead(Source(0).batches()), found)
    assert found == []
