"""Work that ends when nobody waits for it any more."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

# Nobody reads it: as nginx says that the client went away.
_NOBODY_WAITS = 499


async def while_connected[T](request: Request, work: Coroutine[Any, Any, T]) -> T:
    """What the work gives; it is cancelled when the browser closes the connection, as Cancel does.

    The request's body has been read. Raises HTTPException: the browser is gone.
    """
    task = asyncio.create_task(work)
    gone = asyncio.create_task(_gone(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise HTTPException(_NOBODY_WAITS)
        return task.result()
    finally:
        task.cancel()
        gone.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
