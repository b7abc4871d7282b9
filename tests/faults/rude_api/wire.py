"""Responses as bytes on a connection: they can be cut, delayed and changed anywhere."""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

type Json = Any

_NO_LINGER = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Request:
    """A request: its target, and its head as received."""

    method: str
    target: str
    head: str


@dataclass(frozen=True, slots=True)
class Response:
    """A correct response."""

    body: Json = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """The body's bytes."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()

    def head(self, *framing: str) -> bytes:
        """Return the status line and headers. framing: header lines that delimit the body."""
        named = {"Content-Type": "application/json", **self.headers}
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in named.items()]
        return "\r\n".join([*lines, *framing, "", ""]).encode()

    @property
    def whole(self) -> bytes:
        """The whole response with its correct length."""
        return self.head(f"Content-Length: {len(self.content)}") + self.content


class Connection:
    """The connection to one client.

    stranger: URL of a server that no client of the API may call. request: the current request.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stranger: str) -> None:
        self._reader = reader
        self._writer = writer
        self.stranger = stranger
        self.request = Request("", "", "")

    async def requests(self) -> AsyncIterator[Request]:
        """Yield requests until either side closes the connection."""
        while not self._writer.is_closing():
            try:
                raw = await self._reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                return
            head = raw.decode("latin-1")
            method, target, _ = head.split(" ", 2)
            await self._reader.readexactly(_length(head))
            self.request = Request(method, target, head)
            yield self.request

    async def send(self, data: bytes) -> None:
        """Send bytes. Raises ConnectionError: the client has closed the connection."""
        self._writer.write(data)
        await self._writer.drain()

    async def until_gone(self) -> None:
        """Send nothing until the client closes the connection."""
        await self._reader.read()

    def close(self) -> None:
        """Close in order. Data that was sent still arrives."""
        self._writer.close()

    def reset(self) -> None:
        """Reset the connection at once (RST, RFC 9293 §3.5.2)."""
        connection: socket.socket = self._writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._writer.transport.abort()


def _length(head: str) -> int:
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            return int(value)
    return 0
