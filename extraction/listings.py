"""Listings that several resources or parameters need: asked for once, kept on disk."""

import asyncio
import json
import os
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Protocol

from configuration.answer_rules import NO_RULES, AnswerRules
from rest.errors import ItemsError
from rest.origin import Redactor
from rest.request import Request
from rest.response import Response

# A disk is not without end, and others need it too.
_MOST_BYTES = 4 * 2**30
# Each larger one has a file of its own, and of those there are few.
_MOST_TO_COPY = 64 * 2**20
_MOST_IN_MEMORY = 2**20
_START_BYTES = 4096
_CHUNK_BYTES = 2**20


class Sender(Protocol):
    """What answers requests: the client, or what was kept of its answers."""

    async def send(self, request: Request, rules: AnswerRules = NO_RULES) -> Response:
        """The answer, of a success status."""
        ...


class Listings:
    """Answers by request, in one file that has no name: nothing is left behind, however the process ends."""

    def __init__(self, sender: Sender, directory: Path | None = None) -> None:
        self._sender = sender
        self._file = tempfile.TemporaryFile(dir=directory)  # noqa: SIM115 - close() is ours
        self._places: dict[bytes, _Place] = {}
        self._large: dict[bytes, Response] = {}
        self._redact = Redactor()
        self._asking: dict[bytes, asyncio.Lock] = {}
        self._bytes = 0

    @asynccontextmanager
    async def recording(self) -> AsyncIterator["Recording"]:
        """A sender for one walk, whose answers are kept when it ends well and forgotten when not."""
        recording = Recording(self)
        try:
            yield recording
        except BaseException:
            for key in recording.asked:
                self._places.pop(key, None)
                self._large.pop(key, None)
            raise

    def close(self) -> None:
        """Frees the disk."""
        self._large.clear()
        self._file.close()

    async def answer(
        self, request: Request, rules: AnswerRules, asked: set[bytes], time: int = 1
    ) -> Response:
        """The kept answer, or a new one, which is kept; who asks for the same meanwhile waits for it.

        time: 1 where a walk asks for it first, 2 where it looks again at what may have changed.
        """
        key = sha256(f"{time} {request.key}".encode()).digest()
        async with self._asking.setdefault(key, asyncio.Lock()):
            if large := self._large.get(key):
                return large
            if place := self._places.get(key):
                return self._read(place)
            response = await self._sender.send(request, rules)
            self._make_room(response.stored.size)
            if response.large and response.large.size > _MOST_TO_COPY:
                self._large[key] = response  # it is on disk already
            else:
                self._places[key] = self._written(response)
            asked.add(key)
            return response

    def _make_room(self, size: int) -> None:
        self._bytes += size
        if self._bytes > _MOST_BYTES:
            raise ItemsError(
                f"the listings that are needed more than once have more than {_MOST_BYTES // 2**20} MiB",
                hint="Ask for fewer items, or for less of each, by query_params; or read them in several "
                "integrations",
            )

    def _written(self, response: Response) -> "_Place":
        told = [response.status, dict(response.headers), response.meaning]
        head = json.dumps(told).encode()
        self._redact = response.redact
        start = self._file.seek(0, 2)
        self._file.write(head)
        reader = response.stored.reader()
        while chunk := reader.read(_CHUNK_BYTES):
            self._file.write(chunk)
        return _Place(start, len(head), response.stored.size)

    def _read(self, place: "_Place") -> Response:
        self._file.seek(place.start)
        status, headers, meaning = json.loads(self._file.read(place.head_bytes))
        if place.body_bytes <= _MOST_IN_MEMORY:
            body = self._file.read(place.body_bytes)
            return Response(status, headers, body, self._redact, meaning=meaning)
        large = _Part(self._file, self._file.tell(), place.body_bytes)
        return Response(status, headers, large.reader().read(_START_BYTES), self._redact, large, meaning)


class Recording:
    """One walk's way to the listings."""

    def __init__(self, listings: Listings) -> None:
        self._listings = listings
        self.asked: set[bytes] = set()
        self._times: Counter[str] = Counter()

    async def send(self, request: Request, rules: AnswerRules = NO_RULES) -> Response:
        """The answer, kept or new. The same request once more is another one: what it asks for may move."""
        self._times[request.key] += 1
        return await self._listings.answer(request, rules, self.asked, self._times[request.key])


@dataclass(frozen=True, slots=True)
class _Part:
    """A body in the file, which is read from there."""

    file: IO[bytes]
    start: int
    size: int

    def reader(self) -> "_PartReader":
        """Reads it from the start."""
        self.file.flush()
        return _PartReader(self.file.fileno(), self.start, self.start + self.size)


@dataclass(slots=True)
class _PartReader:
    descriptor: int
    at: int
    end: int

    def read(self, size: int = -1, /) -> bytes:
        left = self.end - self.at
        chunk = os.pread(self.descriptor, left if size < 0 else min(size, left), self.at)
        self.at += len(chunk)
        return chunk


@dataclass(frozen=True, slots=True)
class _Place:
    start: int
    head_bytes: int
    body_bytes: int
