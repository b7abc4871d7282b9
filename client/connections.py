"""The connections to the API: one of httpx's transports for each request in flight.

httpx's pool examines each of its connections several times for each request. With 20 connections, that is
more processor time than the rest of the request. The gate bounds the requests in flight, so nothing has to
wait in a pool, and each transport can have a single connection.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator
from urllib.request import getproxies

import httpx

_ONE = httpx.Limits(max_connections=1, max_keepalive_connections=1)

type _Place = tuple[str, str, int | None]


class Connections(httpx.AsyncBaseTransport):
    """Sends each request on the idle connection that was used last, or on a new one.

    verify: as in httpx.
    limit: the most connections that are open. Above it, idle ones are closed, but no request waits.
    """

    def __init__(self, *, verify: bool | ssl.SSLContext, limit: int) -> None:
        self._verify = verify
        self._tls: asyncio.Task[ssl.SSLContext] | None = None
        self._limit = limit
        # The one that became idle first is the first one.
        self._idle: deque[tuple[_Place, httpx.AsyncHTTPTransport]] = deque()
        self._open: set[httpx.AsyncHTTPTransport] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return its response before the body is read."""
        place = (request.url.scheme, request.url.host, request.url.port)
        transport: httpx.AsyncHTTPTransport | None = None
        try:
            transport = self._idle_at(place) or await self._new(place)
            response = await transport.handle_async_request(request)
        except BaseException:
            if transport:
                await self.discard(transport)
            raise
        response.stream = _Body(self, place, transport, response.stream)
        return response

    def release(self, place: _Place, transport: httpx.AsyncHTTPTransport) -> None:
        """Keep a connection for the next request."""
        if transport in self._open:
            self._idle.append((place, transport))

    async def discard(self, transport: httpx.AsyncHTTPTransport) -> None:
        """Close a connection that cannot serve another request."""
        self._open.discard(transport)
        await transport.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        if self._tls:
            await asyncio.wait([self._tls])
        self._idle.clear()
        for transport in list(self._open):
            await self.discard(transport)

    def _idle_at(self, place: _Place) -> httpx.AsyncHTTPTransport | None:
        """Return the transport that was last used for a server."""
        for index in range(len(self._idle) - 1, -1, -1):
            other, transport = self._idle[index]
            if other == place:
                del self._idle[index]
                return transport
        return None

    async def _new(self, place: _Place) -> httpx.AsyncHTTPTransport:
        while self._idle and len(self._open) >= self._limit:
            await self.discard(self._idle.popleft()[1])
        verify = await self._context() if place[0] == "https" else False
        transport = httpx.AsyncHTTPTransport(verify=verify, limits=_ONE)
        self._open.add(transport)
        return transport

    async def _context(self) -> ssl.SSLContext:
        """Return the TLS context, which is created once: to read the authorities takes a while."""
        if self._tls is None:
            # Every connection waits for it, so none of them may cancel it.
            create = asyncio.to_thread(httpx.create_ssl_context, verify=self._verify)
            self._tls = asyncio.create_task(create)
        return await asyncio.shield(self._tls)


class _Body(httpx.AsyncByteStream):
    """The body of a response. Once it is closed, its connection serves other requests."""

    def __init__(
        self,
        connections: Connections,
        place: _Place,
        transport: httpx.AsyncHTTPTransport,
        stream: httpx.SyncByteStream | httpx.AsyncByteStream,
    ) -> None:
        self._connections = connections
        self._place = place
        self._transport = transport
        self._stream = stream
        self._is_closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:  # type: ignore[union-attr] # an async transport's
            yield chunk

    async def aclose(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            try:
                await self._stream.aclose()  # type: ignore[union-attr] # an async transport's
            except BaseException:  # cancelled: the transport would wait for this response to be closed
                await self._connections.discard(self._transport)
                raise
            self._connections.release(self._place, self._transport)


def has_proxies() -> bool:
    """Return whether the environment names a proxy. httpx then has to decide which requests it gets."""
    return any(map(getproxies().get, ("http", "https", "all")))
