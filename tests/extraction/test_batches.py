"""Batches: small pages are joined and large ones cut."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.batches import BATCH_SIZE, WeighedItems, to_batches
from rest.page import Item
from rest.weight import MOST_WEIGHT


async def pages(
    *lengths: int, failure: Exception | None = None, weight: int = 0
) -> AsyncGenerator[WeighedItems]:
    start = 0
    for length in lengths:
        yield WeighedItems(({"id": number} for number in range(start, start + length)), weight)
        start += length
    if failure:
        raise failure


async def lengths_of(stream: AsyncGenerator[WeighedItems], size: int = 10) -> list[int]:
    return [len(batch) async for batch in to_batches(stream, size)]


@pytest.mark.parametrize(
    ("lengths", "batches"),
    [
        ((), []),
        ((0, 0), []),
        ((3,), [3]),
        ((3, 3, 3), [9]),
        ((3, 3, 3, 3), [10, 2]),
        ((10,), [10]),
        ((10, 10), [10, 10]),
        ((25,), [10, 10, 5]),
        ((4, 0, 27), [10, 10, 10, 1]),
    ],
)
async def test_small_pages_are_joined_and_large_ones_cut(
    lengths: tuple[int, ...], batches: list[int]
) -> None:
    assert await lengths_of(pages(*lengths)) == batches


async def test_batches_of_heavy_items_are_smaller() -> None:
    """Each page has one item, and two of them exceed the weight of a batch."""
    assert await lengths_of(pages(*[1] * 5, weight=MOST_WEIGHT // 2 + 1)) == [2, 2, 1]
    assert await lengths_of(pages(*[1] * 5, weight=MOST_WEIGHT // 5)) == [5]


async def test_default_batch_size() -> None:
    assert [len(batch) async for batch in to_batches(pages(*[100] * 7))] == [BATCH_SIZE, 200]


async def test_items_read_before_an_error_are_yielded() -> None:
    received: list[Item] = []

    async def read() -> None:
        async for batch in to_batches(pages(3, 10, failure=ValueError("cut short")), 10):
            received.extend(batch)

    with pytest.raises(ValueError, match="cut short"):
        await read()
    assert [item["id"] for item in received] == list(range(13))


async def test_error_before_the_first_page_is_raised() -> None:
    with pytest.raises(ValueError, match="at once"):
        await lengths_of(pages(failure=ValueError("at once")))


async def test_closing_the_batches_closes_the_pages() -> None:
    stream = pages(10, 10)
    async with aclosing(to_batches(stream, 5)) as batches:
        first = await anext(batches)
    assert [item["id"] for item in first] == [0, 1, 2, 3, 4]
    with pytest.raises(StopAsyncIteration):
        await anext(stream)


async def test_small_batch_is_yielded_after_the_maximum_hold_time() -> None:
    """The maximum is zero here, so each page with items is a batch."""
    batches = [len(batch) async for batch in to_batches(pages(3, 0, 4, 12), 10, max_hold_s=-1)]
    assert batches == [3, 4, 10, 2]


@given(lengths=st.lists(st.integers(0, 30), max_size=8), size=st.integers(1, 12))
async def test_items_keep_their_number_and_order(lengths: list[int], size: int) -> None:
    batches = [batch async for batch in to_batches(pages(*lengths), size)]
    assert [item["id"] for batch in batches for item in batch] == list(range(sum(lengths)))
    assert all(len(batch) == size for batch in batches[:-1])


async def test_slow_consumer_does_not_make_batches_small() -> None:
    """The consumer takes longer than the hold time, and the pages come at once."""
    sizes = []
    async for batch in to_batches(pages(*[7] * 10), 10, max_hold_s=0.02):
        sizes.append(len(batch))
        await asyncio.sleep(0.03)
    assert sizes == [10] * 7


async def test_batches_have_the_weight_of_their_items() -> None:
    batches = [batch async for batch in to_batches(pages(25, 5, weight=1000), 10)]
    assert [batch.weight for batch in batches] == [400, 400, 1200]
