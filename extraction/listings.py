"""Listings that several resources or parameters use. They are requested once and kept on disk."""

import asyncio
import json
import os
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import IO, Protocol

from configuration.answer_rules import NO_RULES, AnswerRules
from rest.errors import ItemsError
from rest.origin import Redactor
from rest.request import Request
from rest.response import Response

# The disk is finite and shared.
_MAX_BYTES = 4 * 2**30
# A larger body stays in its own file. Few bodies are that large, so few files are open.
_MAX_COPIED_BYTES = 64 * 2**20
_MAX_IN_MEMORY = 2**20
_START_BYTES = 4096
_CHUNK_BYTES = 2**20


class Sender(Protocol):
    """Sends requests: the HTTP client, or a cache in front of it."""

    async def send(self, request: Request, rules: AnswerRules = NO_RULES) -> Response:
        """Return the response, which has a success status."""
        ...


class ListingCache:
    """Responses by request, in one file without a name. The system removes it when the process ends."""

    def __init__(self, sender: Sender, directory: Path | None = None) -> None:
        self._sender = sender
        self._file = tempfile.TemporaryFile(dir=directory)  # noqa: SIM115 - closed by close()
        self._stored: dict[bytes, _StoredResponse] = {}
        self._large: dict[bytes, Response] = {}
        self._redact = Redactor()
        self._locks: dict[bytes, asyncio.Lock] = {}
        self._bytes = 0

    @asynccontextmanager
    async def for_walk(self) -> AsyncIterator["CachedSender"]:
        """Open a sender for one walk. If the walk fails, the responses that it added are removed."""
        sender = CachedSender(self)
        try:
            yield sender
        except BaseException:
            for key in sender.added:
                self._stored.pop(key, None)
                self._large.pop(key, None)
            raise

    def close(self) -> None:
        """Free the disk space."""
        self._large.clear()
        self._file.close()

    async def response(
        self, request: Request, rules: AnswerRules, added: set[bytes], repetition: int = 1
    ) -> Response:
        """Return the cached response, or send the request and cache it. Concurrent callers wait for it.

        added: receives the keys of new responses.
        repetition: 1 when a walk first sends this request, 2 when it sends it again to see changes.
        Raises ItemsError: the cache has more than 4 GiB.
        """
        key = sha256(f"{repetition} {request.key}".encode()).digest()
        async with self._locks.setdefault(key, asyncio.Lock()):
            if large := self._large.get(key):
                return replace(large, format=rules.format)
            if stored := self._stored.get(key):
                return replace(self._read(stored), format=rules.format)
            response = await self._sender.send(request, rules)
            self._reserve(response.stored.size)
            if response.large and response.large.size > _MAX_COPIED_BYTES:
                self._large[key] = replace(response, kept=None)  # it is on disk already
            else:
                self._stored[key] = self._write(response)
            added.add(key)
            return response

    def _reserve(self, size: int) -> None:
        self._bytes += size
        if self._bytes > _MAX_BYTES:
            raise ItemsError(
                f"the listings that are used more than once take more than {_MAX_BYTES // 2**20} MiB",
                hint="Request fewer items, or less data for each item, with query_params. Or split the "
                "mapping between several integrations",
            )

    def _write(self, response: Response) -> "_StoredResponse":
        head = json.dumps([response.status, dict(response.headers), response.action]).encode()
        self._redact = response.redact
        start = self._file.seek(0, 2)
        self._file.write(head)
        reader = response.stored.reader()
        while chunk := reader.read(_CHUNK_BYTES):
            self._file.write(chunk)
        return _StoredResponse(start, len(head), response.stored.size)

    def _read(self, stored: "_StoredResponse") -> Response:
        self._file.seek(stored.start)
        status, headers, meaning = json.loads(self._file.read(stored.head_bytes))
        if stored.body_bytes <= _MAX_IN_MEMORY:
            body = self._file.read(stored.body_bytes)
            return Response(status, headers, body, self._redact, action=meaning)
        large = _FileSection(self._file, self._file.tell(), stored.body_bytes)
        return Response(status, headers, large.reader().read(_START_BYTES), self._redact, large, meaning)


class CachedSender:
    """Sends the requests of one walk through the cache. added: the keys of responses that it added."""

    def __init__(self, cache: ListingCache) -> None:
        self._cache = cache
        self.added: set[bytes] = set()
        self._repetitions: Counter[str] = Counter()

    async def send(self, request: Request, rules: AnswerRules = NO_RULES) -> Response:
        """Return the cached or new response. A walk that repeats a request gets another response."""
        self._repetitions[request.key] += 1
        return await self._cache.response(request, rules, self.added, self._repetitions[request.key])


@dataclass(frozen=True, slots=True)
class _FileSection:
    """A body that is a section of the cache's file."""

    file: IO[bytes]
    start: int
    size: int

    def reader(self) -> "_SectionReader":
        """Return a reader at the start of the body."""
        self.file.flush()
        return _SectionReader(self.file.fileno(), self.start, self.start + self.size)


@dataclass(slots=True)
class _SectionReader:
    descriptor: int
    position: int
    end: int

    def read(self, size: int = -1, /) -> bytes:
        left = self.end - self.position
        chunk = os.pread(self.descriptor, left if size < 0 else min(size, left), self.position)
        self.position += len(chunk)
        return chunk


@dataclass(frozen=True, slots=True)
class _StoredResponse:
    start: int
    head_bytes: int
    body_bytes: int
