"""Each resync has its own scope, which closes what the resync opened."""

import asyncio

import pytest

from ocean_adapter.resync_scope import ResyncScope, current_scope, open_scope


async def test_resources_are_closed_if_the_resync_fails() -> None:
    closed: list[str] = []

    async def resync() -> None:
        async with open_scope() as scope:
            scope.resources.callback(closed.append, "extractor")
            raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        await resync()
    assert closed == ["extractor"]


async def test_overlapping_resyncs_have_different_scopes() -> None:
    first_is_open, second_is_open = asyncio.Event(), asyncio.Event()

    async def first() -> tuple[ResyncScope, ResyncScope]:
        async with open_scope() as scope:
            first_is_open.set()
            await second_is_open.wait()
            return scope, current_scope()

    async def second() -> ResyncScope:
        await first_is_open.wait()
        async with open_scope() as scope:
            second_is_open.set()
            return scope

    (opened, current), other = await asyncio.gather(first(), second())
    assert opened is current
    assert opened is not other


async def test_outside_a_resync_there_is_no_scope() -> None:
    with pytest.raises(LookupError):
        current_scope()
