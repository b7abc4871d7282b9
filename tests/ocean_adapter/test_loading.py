"""Several batches are loaded at once, except those that have an entity in common."""

import asyncio

import pytest

from ocean_adapter.loading import Loading


class Batches:
    """Batches that are loaded as soon as they may go on."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.ended: list[str] = []
        self.may_end = asyncio.Event()

    async def load(self, name: str, error: Exception | None = None) -> None:
        self.started.append(name)
        await self.may_end.wait()
        if error:
            raise error
        self.ended.append(name)


async def rest() -> None:
    """Let all tasks run until they wait."""
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.mark.parametrize("limit", [1, 4])
async def test_only_so_many_batches_are_loaded_at_once(limit: int) -> None:
    batches, loading = Batches(), Loading(limit)

    async def read() -> None:
        for name in "abcdef":
            await loading.start(batches.load(name), [name.encode()])
        await loading.finish()

    reading = asyncio.create_task(read())
    await rest()
    assert "".join(batches.started) == "abcdef"[:limit]
    batches.may_end.set()
    await reading
    assert sorted(batches.ended) == list("abcdef")


async def test_batches_with_a_common_entity_are_loaded_one_after_another() -> None:
    batches, loading = Batches(), Loading()
    await loading.start(batches.load("first"), [b"1", b"2"])
    await loading.start(batches.load("other"), [b"3"])
    waiting = asyncio.create_task(loading.start(batches.load("second"), [b"2", b"4"]))
    await rest()
    assert batches.started == ["first", "other"]
    batches.may_end.set()
    await waiting
    await loading.finish()
    assert batches.ended == ["first", "other", "second"]


async def test_the_first_error_is_raised_once_all_batches_are_loaded() -> None:
    batches, loading = Batches(), Loading()
    batches.may_end.set()
    await loading.start(batches.load("a", ValueError("first")), [b"1"])
    await rest()
    await loading.start(batches.load("b", ValueError("second")), [b"2"])
    await loading.start(batches.load("c"), [b"3"])
    with pytest.raises(ValueError, match="first"):
        await loading.finish()
    assert batches.ended == ["c"]


async def test_a_cancelled_loading_stops_all_batches() -> None:
    batches, loading = Batches(), Loading()
    for name in "abcd":
        await loading.start(batches.load(name), [name.encode()])
    waiting = asyncio.create_task(loading.start(batches.load("e"), [b"e"]))
    await rest()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await loading.cancel()
    assert (batches.started, batches.ended) == (list("abcd"), [])
    await loading.finish()
