"""Requests sent before their turn, so that the next page is there when the last has been read."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from configuration.answer_rules import NO_RULES, AnswerRules
from extraction.listings import Sender
from rest.request import Request
from rest.response import Response


class Prefetch:
    """A sender that has answers to the requests it was told of.

    width: how many of them are under way or wait to be asked for; it bounds what is held in memory.
    """

    def __init__(self, sender: Sender, width: int) -> None:
        self._sender = sender
        self._width = width
        self._rules: AnswerRules = NO_RULES
        self._planned: Iterator[Request] = iter(())
        self._under_way: dict[str, asyncio.Task[Response]] = {}
        self._given_up: list[asyncio.Task[Response]] = []

    def expect(self, requests: Iterator[Request], rules: AnswerRules) -> None:
        """These will be asked for next, in this order; what was expected before is given up."""
        self._give_up()
        self._planned, self._rules = requests, rules
        self._fill()

    def expects(self, request: Request) -> bool:
        """True when the request is under way."""
        return request.key in self._under_way

    async def send(self, request: Request, rules: AnswerRules = NO_RULES) -> Response:
        """The answer that is under way, or a new one."""
        task = self._under_way.pop(request.key, None)
        self._fill()
        return await (task or self._sender.send(request, rules))

    async def close(self) -> None:
        """Gives up what was not asked for."""
        self._give_up()
        await asyncio.gather(*self._given_up, return_exceptions=True)

    def _fill(self) -> None:
        while len(self._under_way) < self._width:
            request = next(self._planned, None)
            if request is None:
                return
            self._under_way[request.key] = asyncio.create_task(self._sent(request))

    async def _sent(self, request: Request) -> Response:
        return await self._sender.send(request, self._rules)

    def _give_up(self) -> None:
        for task in self._under_way.values():
            task.cancel()
            self._given_up.append(task)  # ended, and its error looked at, when all is closed
        self._under_way.clear()
        self._planned = iter(())


@asynccontextmanager
async def prefetching(sender: Sender, width: int) -> AsyncIterator[Prefetch]:
    """A sender that looks ahead, and leaves nothing under way."""
    prefetch = Prefetch(sender, width)
    try:
        yield prefetch
    finally:
        await prefetch.close()
