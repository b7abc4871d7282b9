"""Answers as bytes on a connection, so that they can be cut, delayed and falsified anywhere."""

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
class Asked:
    """A request: its target, and the head as it came."""

    method: str
    target: str
    head: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What an API that behaves would say."""

    body: Json = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """The body as it is sent."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()

    def head(self, *framing: str) -> bytes:
        """Status line and headers to their end, with the lines that say where the body ends."""
        named = {"Content-Type": "application/json", **self.headers}
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in named.items()]
        return "\r\n".join([*lines, *framing, "", ""]).encode()

    @property
    def whole(self) -> bytes:
        """All of it, with the right length."""
        return self.head(f"Content-Length: {len(self.content)}") + self.content


class Line:
    """The connection to one client.

    stranger: where no client of the API has any business. asked: the request that is to be answered.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stranger: str) -> None:
        self._reader = reader
        self._writer = writer
        self.stranger = stranger
        self.asked = Asked("", "", "")

    async def requests(self) -> AsyncIterator[Asked]:
        """Those that the client sends, until one of the two has gone."""
        while not self._writer.is_closing():
            try:
                raw = await self._reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                return
            head = raw.decode("latin-1")
            method, target, _ = head.split(" ", 2)
            await self._reader.readexactly(_length(head))
            self.asked = Asked(method, target, head)
            yield self.asked

    async def send(self, data: bytes) -> None:
        """Raises ConnectionError: the client has gone."""
        self._writer.write(data)
        await self._writer.drain()

    async def until_gone(self) -> None:
        """Says nothing more, until the client has gone."""
        await self._reader.read()

    def close(self) -> None:
        """Orderly: what was sent still arrives."""
        self._writer.close()

    def reset(self) -> None:
        """At once (RST, RFC 9293 §3.5.2)."""
        connection: socket.socket = self._writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._writer.transport.abort()


def _length(head: str) -> int:
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            return int(value)
    return 0
