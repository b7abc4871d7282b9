"""Cancellation of work when the browser disconnects."""

import asyncio

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from builder.web.page.cancellation import cancel_on_disconnect


class Connection:
    """A connection that the test can close."""

    def __init__(self) -> None:
        self.closed = asyncio.Event()

    async def receive(self) -> Message:
        await self.closed.wait()
        return {"type": "http.disconnect"}

    @property
    def request(self) -> Request:
        return Request({"type": "http", "method": "POST", "headers": []}, self.receive)


async def test_work_is_cancelled_when_the_browser_disconnects() -> None:
    connection, started, ended = Connection(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    waiting = asyncio.create_task(cancel_on_disconnect(connection.request, work()))
    await started.wait()
    connection.closed.set()
    with pytest.raises(HTTPException) as error:
        await waiting
    assert error.value.status_code == 499
    assert ended.is_set()


async def test_the_result_of_the_work_is_returned() -> None:
    async def work() -> int:
        return 7

    assert await cancel_on_disconnect(Connection().request, work()) == 7


async def test_an_error_of_the_work_is_raised() -> None:
    async def work() -> int:
        raise ValueError("odd")

    with pytest.raises(ValueError, match="odd"):
        await cancel_on_disconnect(Connection().request, work())
