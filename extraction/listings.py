"""Listings that several resources or parameters need: asked for once, kept on disk."""

import asyncio
import json
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from rest.answer_rules import NO_RULES, AnswerRules
from rest.origin import Redactor
from rest.request import Request, Response


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
            if response.large:
                self._large[key] = response  # it is on disk already
            else:
                self._places[key] = self._written(response)
            asked.add(key)
            return response

    def _written(self, response: Response) -> "_Place":
        told = [response.status, dict(response.headers), response.meaning]
        head = json.dumps(told).encode()
        self._redact = response.redact
        start = self._file.seek(0, 2)
        self._file.write(head)
        self._file.write(response.content)
        return _Place(start, len(head), len(response.content))

    def _read(self, place: "_Place") -> Response:
        self._file.seek(place.start)
        status, headers, meaning = json.loads(self._file.read(place.head_bytes))
        body = self._file.read(place.body_bytes)
        return Response(status, headers, body, self._redact, meaning=meaning)


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
class _Place:
    start: int
    head_bytes: int
    body_bytes: int
