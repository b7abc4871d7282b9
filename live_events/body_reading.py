"""Read the body of an ASGI request within limits of size, time and memory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from live_events.asgi import Receive
from live_events.delivery import DeliveryError

type Headers = list[tuple[str, str]]
_DIGITS = 20


class Disconnected(Exception):  # noqa: N818 - no error: the sender has gone
    """The sender has closed the connection before it sent the whole body."""


class BodyReader:
    """Reads bodies, each within `max_bytes` and `timeout_s`, and all at once within `max_total_bytes`."""

    def __init__(self, *, timeout_s: float, max_total_bytes: int) -> None:
        self._timeout_s = timeout_s
        self._max_total_bytes = max_total_bytes
        self._total = 0

    @asynccontextmanager
    async def read(self, receive: Receive, headers: Headers, max_bytes: int) -> AsyncIterator[bytes]:
        """Provide the body. Its memory counts until the block ends.

        Raises DeliveryError: a limit is exceeded. Raises Disconnected.
        """
        lengths = [value for name, value in headers if name.lower() == "content-length"]
        # More digits than an integer may have in Python are too many as well.
        if any(
            len(length) > _DIGITS or (length.isdecimal() and int(length) > max_bytes) for length in lengths
        ):
            raise _too_large(max_bytes)
        chunks: list[bytes] = []
        try:
            await self._receive_in_time(receive, chunks, max_bytes)
            yield b"".join(chunks)
        finally:
            self._total -= sum(map(len, chunks))

    async def _receive_in_time(self, receive: Receive, chunks: list[bytes], max_bytes: int) -> None:
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._receive(receive, chunks, max_bytes)
        except TimeoutError:
            raise DeliveryError(408, f"the body took longer than {self._timeout_s:g} s") from None

    async def _receive(self, receive: Receive, chunks: list[bytes], max_bytes: int) -> None:
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Disconnected
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > max_bytes:
                raise _too_large(max_bytes)
            chunks.append(chunk)
            self._total += len(chunk)
            if self._total > self._max_total_bytes:
                raise DeliveryError(503, "too many deliveries are being received at once")
            more = message.get("more_body", False)


def _too_large(max_bytes: int) -> DeliveryError:
    return DeliveryError(
        413, f"the body has more than {max_bytes} bytes", hint="The setting webhookMaxBytes allows more"
    )
