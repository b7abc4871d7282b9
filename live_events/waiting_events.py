"""The events that wait to be matched, in order."""

import asyncio
from collections import deque

from live_events.event import Event


class WaitingEvents:
    """A queue of events. limit: how many. most_weight: bytes of memory that they take together."""

    def __init__(self, limit: int, most_weight: int) -> None:
        self._limit = limit
        self._most_weight = most_weight
        self._events: deque[Event] = deque()
        self._weight = 0
        self._is_closed = False
        self._has_news = asyncio.Event()
        self._has_room = asyncio.Event()

    def __len__(self) -> int:
        return len(self._events)

    def offer(self, event: Event) -> bool:
        """Take an event. Return False if there is no place for it."""
        is_full = len(self._events) >= self._limit or self._weight + event.weight > self._most_weight
        if self._is_closed or (is_full and self._events):
            return False
        self._events.append(event)
        self._weight += event.weight
        self._has_news.set()
        return True

    async def put(self, event: Event) -> None:
        """Take an event once there is a place for it. After `close`, there is none any more."""
        while not self.offer(event):
            self._has_room.clear()
            await self._has_room.wait()

    async def take(self) -> Event | None:
        """Return the next event. None: the queue is closed, and no event is left."""
        while not self._events:
            if self._is_closed:
                return None
            self._has_news.clear()
            await self._has_news.wait()
        event = self._events.popleft()
        self._weight -= event.weight
        self._has_room.set()
        return event

    def close(self) -> None:
        """Take no more events."""
        self._is_closed = True
        self._has_news.set()
