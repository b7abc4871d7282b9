"""Requests sent ahead, so that the next page has arrived when the current one is processed."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from configuration.answer_rules import NO_RULES, AnswerRules
from extraction.listings import Sender
from rest.request import Request
from rest.response import Response


class Prefetch:
    """A sender that sends expected requests before they are asked for.

    width: how many responses are on their way or waiting. It bounds the memory they take.
    """

    def __init__(self, sender: Sender, width: int) -> None:
        self._sender = sender
        self._width = width
        self._rules: AnswerRules = NO_RULES
        self._planned: Iterator[Request] = iter(())
        self._running: dict[str, asyncio.Task[Response]] = {}
        self._cancelled: list[asyncio.Task[Response]] = []

    def expect(self, requests: Iterator[Request], rules: AnswerRules) -> None:
        """Name the next requests, in order. Requests that were expected before are cancelled."""
        self._cancel_all()
        self._planned, self._rules = requests, rules
        self._fill()

    def expects(self, request: Request) -> bool:
        """Tell whether the request was sent already."""
        return request.key in self._running

    async def send(self, request: Request, rules: AnswerRules = NO_RULES) -> Response:
        """Return the response that is on its way, or a new one."""
        task = self._running.pop(request.key, None)
        self._fill()
        return await (task or self._sender.send(request, rules))

    async def close(self) -> None:
        """Cancel all requests that nobody asked for."""
        self._cancel_all()
        await asyncio.gather(*self._cancelled, return_exceptions=True)

    def _fill(self) -> None:
        while len(self._running) < self._width:
            request = next(self._planned, None)
            if request is None:
                return
            self._running[request.key] = asyncio.create_task(self._sent(request))

    async def _sent(self, request: Request) -> Response:
        return await self._sender.send(request, self._rules)

    def _cancel_all(self) -> None:
        for task in self._running.values():
            task.cancel()
            self._cancelled.append(task)  # close() awaits it, so that its error is retrieved
        self._running.clear()
        self._planned = iter(())


@asynccontextmanager
async def prefetching(sender: Sender, width: int) -> AsyncIterator[Prefetch]:
    """Open a prefetching sender. On exit, no request is left running."""
    prefetch = Prefetch(sender, width)
    try:
        yield prefetch
    finally:
        await prefetch.close()
