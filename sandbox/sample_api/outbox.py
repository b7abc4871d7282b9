"""Sends events to the webhook in the background, in no guaranteed order."""

import asyncio
import heapq
import uuid
from collections import Counter, deque
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from itertools import count

import httpx

from sandbox.sample_api.deliveries import (
    Delivery,
    State,
    Webhook,
    is_delivered,
    is_transient,
    pause_after,
)
from sandbox.webhooks.sending import Answer, client_for, post
from sandbox.webhooks.signing import Message, SecretError, signed_headers

_CONCURRENT = 16
_KEPT = 500
_MAX_WAITING = 20_000

type WallClock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


class Outbox:
    """The deliveries to the webhook. Without a webhook, events are not kept.

    clock: seconds, monotonic; transport: instead of connections, for tests.
    max_waiting: further events are dropped and counted.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        wall_clock: WallClock = utc_now,
        transport: httpx.AsyncBaseTransport | None = None,
        max_waiting: int = _MAX_WAITING,
    ) -> None:
        self._clock = clock
        self._wall_clock = wall_clock
        self._transport = transport
        self._max_waiting = max_waiting
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._attempts: set[asyncio.Task[None]] = set()
        self._numbers = count()
        self._clear()

    def _clear(self) -> None:
        self.webhook: Webhook | None = None
        self.latest: deque[Delivery] = deque(maxlen=_KEPT)
        self.counts: Counter[str] = Counter()
        self._queue: list[tuple[float, int, Delivery]] = []
        self._in_flight: set[int] = set()
        self.statuses: Counter[int | None] = Counter()

    @property
    def waiting(self) -> int:
        """The number of deliveries that have not ended."""
        return len(self._queue) + len(self._in_flight)

    def use(self, webhook: Webhook | None) -> None:
        """Send to another webhook from now on, waiting events included. None: stop, and drop them."""
        self.webhook = webhook
        if webhook is None:
            self._drop(len(self._queue))
            self._queue.clear()
        self._wake.set()

    def put(self, event: str, action: str, body: bytes, *, delay_s: float = 0) -> Delivery | None:
        """Send an event in the background, after a delay. Return None if there is no webhook."""
        delivery = Delivery(str(uuid.uuid4()), event, action, body, self._wall_clock())
        return self._start(delivery, delay_s)

    def repeat(self, delivery: Delivery, *, delay_s: float = 0, same_id: bool = True) -> Delivery | None:
        """Send an event once more, as vendors do by mistake or on request."""
        new_id = delivery.id if same_id else str(uuid.uuid4())
        again = Delivery(new_id, delivery.event, delivery.action, delivery.body, self._wall_clock())
        return self._start(again, delay_s)

    def find(self, delivery_id: str) -> Delivery | None:
        """Return the newest kept delivery with this id."""
        return next((each for each in reversed(self.latest) if each.id == delivery_id), None)

    def stop(self) -> None:
        """Stop sending and forget everything."""
        for attempt in self._attempts:
            attempt.cancel()
        self._clear()
        self._wake.set()

    async def close(self) -> None:
        """Stop sending, and wait until all connections are closed."""
        self.stop()
        if self._task is not None:
            await asyncio.wait([self._task])

    def _start(self, delivery: Delivery, delay_s: float) -> Delivery | None:
        if self.webhook is None:
            return None
        self.counts["made"] += 1
        if self.waiting >= self._max_waiting:
            self._drop(1)
            return None
        self.latest.append(delivery)
        self._push(delivery, delay_s)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())
        return delivery

    def _drop(self, number: int) -> None:
        if number:
            self.counts["dropped"] += number

    def _push(self, delivery: Delivery, delay_s: float) -> None:
        heapq.heappush(self._queue, (self._clock() + delay_s, next(self._numbers), delivery))
        self._wake.set()

    async def _run(self) -> None:
        """Send until nothing waits. It is never cancelled, because that would leave connections open."""
        while self.waiting:
            await self._send_all()

    async def _send_all(self) -> None:
        async with AsyncExitStack() as clients, asyncio.TaskGroup() as group:
            url, client = "", None
            while self.waiting:
                webhook = self.webhook
                due = self._next_due() if webhook else None
                if webhook is None or due is None:
                    await self._sleep()
                    continue
                if client is None or webhook.url != url:
                    url = webhook.url
                    client = await clients.enter_async_context(client_for(url, self._transport))
                attempt = group.create_task(self._attempt(client, webhook, *due))
                self._attempts.add(attempt)
                attempt.add_done_callback(self._attempts.discard)

    def _next_due(self) -> tuple[int, Delivery] | None:
        """Take the next delivery whose time has come, unless too many are in flight."""
        if not self._queue or len(self._in_flight) >= _CONCURRENT or self._queue[0][0] > self._clock():
            return None
        _, number, delivery = heapq.heappop(self._queue)
        self._in_flight.add(number)
        return number, delivery

    async def _sleep(self) -> None:
        """Sleep until the next delivery is due, or until something changes."""
        self._wake.clear()
        is_full = len(self._in_flight) >= _CONCURRENT
        timeout = None if is_full or not self._queue else max(0.0, self._queue[0][0] - self._clock())
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), timeout)

    async def _attempt(
        self, client: httpx.AsyncClient, webhook: Webhook, number: int, delivery: Delivery
    ) -> None:
        delivery.state = "sending"
        delivery.attempts += 1
        now = self._wall_clock()
        message = Message(delivery.body, delivery.id, delivery.event, int(now.timestamp()))
        try:
            headers = _headers_of(webhook, message)
        except SecretError as error:
            self._end(delivery, "refused", Answer(None, str(error)))
        else:
            self._settle(webhook, delivery, await post(client, webhook.url, delivery.body, headers))
        self._in_flight.discard(number)
        self._wake.set()

    def _settle(self, webhook: Webhook, delivery: Delivery, answer: Answer) -> None:
        """End a delivery, or let it wait for its next attempt."""
        self.statuses[answer.status] += 1
        if is_delivered(answer):
            self._end(delivery, "delivered", answer)
        elif not is_transient(answer):
            self._end(delivery, "refused", answer)
        elif delivery.attempts >= webhook.max_attempts or self.webhook is None:
            self._end(delivery, "failed", answer)
        else:
            delivery.state, delivery.answer = "waiting", answer
            delivery.retry_in_s = pause_after(answer, delivery.attempts, webhook, self._wall_clock())
            self._push(delivery, delivery.retry_in_s)

    def _end(self, delivery: Delivery, state: State, answer: Answer) -> None:
        delivery.state, delivery.answer = state, answer
        delivery.ended_after_s = (self._wall_clock() - delivery.made_at).total_seconds()
        self.counts[state] += 1


def _headers_of(webhook: Webhook, message: Message) -> dict[str, str]:
    """Return the headers of an event. Raises SecretError."""
    return {
        "Content-Type": "application/json",
        "X-Sample-Event": message.event,
        "X-Sample-Delivery": message.id,
        **signed_headers(webhook.scheme, message, webhook.secret),
    }
