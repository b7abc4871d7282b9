"""Work ends when nobody waits for it."""

import asyncio

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from builder.web.waiting import while_connected


class Connection:
    """A browser that goes away when it is told to."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()

    async def receive(self) -> Message:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    @property
    def request(self) -> Request:
        return Request({"type": "http", "method": "POST", "headers": []}, self.receive)


async def test_work_is_cancelled_when_the_browser_goes_away() -> None:
    connection, started, ended = Connection(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    waiting = asyncio.create_task(while_connected(connection.request, work()))
    await started.wait()
    connection.gone.set()
    with pytest.raises(HTTPException) as error:
        await waiting
    assert error.value.status_code == 499
    assert ended.is_set()


async def test_what_is_done_is_given() -> None:
    async def work() -> int:
        return 7

    assert await while_connected(Connection().request, work()) == 7


async def test_an_error_of_the_work_is_raised() -> None:
    async def work() -> int:
        raise ValueError("odd")

    with pytest.raises(ValueError, match="odd"):
        await while_connected(Connection().request, work())
