"""Pages joined and cut into batches."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.batches import BATCH_ITEMS, Part, joined
from rest.page import Item
from rest.weight import MOST_WEIGHT


async def pages(*lengths: int, failure: Exception | None = None, weight: int = 0) -> AsyncGenerator[Part]:
    start = 0
    for length in lengths:
        yield Part(({"id": number} for number in range(start, start + length)), weight)
        start += length
    if failure:
        raise failure


async def lengths_of(stream: AsyncGenerator[Part], size: int = 10) -> list[int]:
    return [len(batch) async for batch in joined(stream, size)]


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


async def test_batches_of_what_fills_the_memory_are_smaller() -> None:
    """Five pages of one item each, two of which are more than a batch may weigh."""
    assert await lengths_of(pages(*[1] * 5, weight=MOST_WEIGHT // 2 + 1)) == [2, 2, 1]
    assert await lengths_of(pages(*[1] * 5, weight=MOST_WEIGHT // 5)) == [5]


async def test_batches_have_the_size_that_a_load_is_efficient_with() -> None:
    assert [len(batch) async for batch in joined(pages(*[100] * 7))] == [BATCH_ITEMS, 200]


async def test_what_was_read_is_handed_out_before_the_error() -> None:
    got: list[Item] = []

    async def read() -> None:
        async for batch in joined(pages(3, 10, failure=ValueError("cut short")), 10):
            got.extend(batch)

    with pytest.raises(ValueError, match="cut short"):
        await read()
    assert [item["id"] for item in got] == list(range(13))


async def test_error_before_the_first_page_is_the_error() -> None:
    with pytest.raises(ValueError, match="at once"):
        await lengths_of(pages(failure=ValueError("at once")))


async def test_batches_can_be_left_in_the_middle() -> None:
    stream = pages(10, 10)
    async with aclosing(joined(stream, 5)) as batches:
        first = await anext(batches)
    assert [item["id"] for item in first] == [0, 1, 2, 3, 4]
    with pytest.raises(StopAsyncIteration):
        await anext(stream)


async def test_batch_that_was_held_for_long_is_handed_out_though_it_is_small() -> None:
    """Each page, where no time at all is long; a page without items is none."""
    batches = [len(batch) async for batch in joined(pages(3, 0, 4, 12), 10, longest_hold_s=-1)]
    assert batches == [3, 4, 10, 2]


@given(lengths=st.lists(st.integers(0, 30), max_size=8), size=st.integers(1, 12))
async def test_items_keep_their_number_and_order(lengths: list[int], size: int) -> None:
    batches = [batch async for batch in joined(pages(*lengths), size)]
    assert [item["id"] for batch in batches for item in batch] == list(range(sum(lengths)))
    assert all(len(batch) == size for batch in batches[:-1])
