"""Conditional requests of one resync: what is kept is asked about, and what is sent is kept."""

import asyncio
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple, Protocol

import httpx

from client.body import Body, BodyWriter, has_no_framing
from client.classification import is_success
from client.conditional.distrust import DistrustedOrigins
from client.conditional.entry import Entry, digest_of, read_kept_body
from client.conditional.folder import KeptFile, ResponseFolder
from client.conditional.keeping import may_be_conditional, may_be_kept
from client.conditional.merging import merged, storable
from client.conditional.schedule import CheckSchedule
from client.conditional.validators import validator_of
from client.limits import Limits
from rest.origin import Origin
from rest.rate_limits import is_rate_limit
from rest.request import Request
from rest.response import InMemoryBody, KeptAs, StoredBody

_DIGEST_CHARACTERS = 32


class Identity(Protocol):
    """Whose credentials requests are sent with."""

    @property
    def digest(self) -> bytes:
        """A keyed digest of the present credentials."""
        ...


class Confirmed(NamedTuple):
    """A kept response that a 304 confirms, in the form of an answer that the API sends whole."""

    answer: httpx.Response
    body: Body
    kept: KeptAs


class WallClock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the time in UTC."""
        ...


@dataclass(slots=True)
class Condition:
    """One request, what is kept for it, and whether it is sent with the validator of that.

    name: under which its response is kept. identity: of the credentials that it is sent with.
    """

    name: str
    identity: bytes
    kept: KeptFile | None
    is_sent: bool

    def removed_from(self, built: httpx.Request) -> None:
        """Remove the validator from a request, which is then sent again."""
        self.is_sent = False
        built.headers.pop(self.kept.entry.validator.condition[0] if self.kept else "", None)


class ConditionalRequests:
    """Asks the API whether kept responses still hold, and keeps new ones.

    Within one resync, a request has a condition only the first time that it is sent. Whoever sends it again
    wants to see a change, or got an answer that could not be used.
    """

    def __init__(
        self,
        folder: ResponseFolder,
        identity: Identity,
        limits: Limits,
        directory: Path | None,
        clock: WallClock,
    ) -> None:
        """Open what is kept. directory: where large bodies are stored. Blocks for reading files."""
        self._folder = folder
        self._identity = identity
        self._limits = limits
        self._directory = directory
        self._schedule = CheckSchedule(folder.path)
        self._clock = clock
        self._untrue = DistrustedOrigins(folder.path, clock.now())
        self._asked: set[str] = set()
        self._origins: dict[str, str] = {}

    async def condition(self, request: Request, built: httpx.Request) -> Condition | None:
        """Return what is known of a request, and add a validator to it if one is kept. None: nothing is kept.

        built: the request as it is sent, before the authentication changes it.
        """
        origin = str(Origin.of(str(built.url)))
        place = sha256(origin.encode()).hexdigest()[:_DIGEST_CHARACTERS]
        if place in self._untrue or not may_be_conditional(request, dict(built.headers.items())):
            return None
        self._origins[place] = origin
        identity = self._identity.digest
        name = f"{place}-{_key(built, identity)}"
        is_first = name not in self._asked
        self._asked.add(name)
        kept = await asyncio.to_thread(self._folder.find, name) if self._folder.has(name) else None
        is_sent = (
            kept is not None and is_first and not self._schedule.is_due(kept.entry.received, self._now_s)
        )
        if kept and is_sent:
            header, text = kept.entry.validator.condition
            built.headers[header] = text
        return Condition(name, identity, kept, is_sent)

    async def confirmed(self, condition: Condition, answer: httpx.Response) -> Confirmed | None:
        """Return the kept response that a 304 confirms. None: the answer confirms none."""
        kept, headers = condition.kept, _lower(answer)
        if not condition.is_sent or kept is None or answer.status_code != HTTPStatus.NOT_MODIFIED:
            return None
        entry = kept.entry
        if not entry.validator.is_confirmed_by(headers) or condition.identity != self._identity.digest:
            return None
        body = await self._body(condition.name, kept)
        if body is None:
            return None
        whole = httpx.Response(HTTPStatus.OK, headers=merged(entry.headers, headers))
        return Confirmed(whole, body, KeptAs(condition.name, entry.wire_bytes, frozenset(headers)))

    async def noted(
        self, condition: Condition, answer: httpx.Response, body: Body
    ) -> tuple[KeptAs | None, tuple[httpx.Response, Body] | None]:
        """Keep a response that the API sent whole. Return how it is kept, None if it is not.

        Return also the answer that was kept before, if that has the same validator and another body.
        """
        if is_rate_limit(answer.status_code, answer.headers):
            self._asked.discard(condition.name)  # the API has not looked at it
            return None, None
        stored: StoredBody = body.large or InMemoryBody(body.content)
        entry = await self._entry(condition, answer, stored)
        if entry is None:
            if condition.kept and is_success(answer.status_code):
                await self.discard([condition.name])
            return None, None
        before = await self._contradicted(condition, entry)
        is_kept = await asyncio.to_thread(self._folder.keep, condition.name, entry, stored)
        return KeptAs(condition.name) if is_kept or before else None, before

    async def _entry(self, condition: Condition, answer: httpx.Response, stored: StoredBody) -> Entry | None:
        """Return what to keep of an answer besides its body; None: it may not be kept, or cannot be used."""
        headers, now = _lower(answer), self._clock.now()
        # A body without framing may be truncated, and would stay so.
        if not may_be_kept(answer.status_code, headers) or has_no_framing(answer):
            return None
        validator = validator_of(headers, now)
        if validator is None or condition.identity != self._identity.digest:
            return None
        digest = await asyncio.to_thread(digest_of, stored.reader())
        wire_bytes = answer.num_bytes_downloaded or stored.size
        return Entry(validator, storable(headers), now.timestamp(), digest, stored.size, wire_bytes)

    async def _contradicted(self, condition: Condition, entry: Entry) -> tuple[httpx.Response, Body] | None:
        kept = condition.kept
        if kept is None or kept.entry.validator != entry.validator or kept.entry.digest == entry.digest:
            return None
        body = await self._body(condition.name, kept)
        return (httpx.Response(HTTPStatus.OK, headers=kept.entry.headers), body) if body else None

    async def discard(self, names: Iterable[str]) -> None:
        """Remove kept responses, so that the next resync reads them whole."""
        await asyncio.to_thread(self._folder.remove, list(names))

    def is_untrue(self, name: str) -> bool:
        """Tell whether the origin of a kept response has sent untrue validators."""
        return name.partition("-")[0] in self._untrue

    async def distrust(self, name: str) -> None:
        """Switch off the origin of a kept response, and remove all that is kept of it."""
        origin = name.partition("-")[0]
        self._untrue.add(origin, self._origins.get(origin, origin), self._clock.now())
        await asyncio.to_thread(self._folder.remove_all, f"{origin}-")

    async def close(self) -> None:
        """Store what the next resync needs."""
        await asyncio.to_thread(self._schedule.save)

    @property
    def _now_s(self) -> float:
        return self._clock.now().timestamp()

    async def _body(self, name: str, kept: KeptFile) -> Body | None:
        """Return a kept body; None: it is damaged."""
        writer = BodyWriter(self._limits, self._directory)
        body = await asyncio.to_thread(read_kept_body, kept.opened(), kept.entry, writer)
        await asyncio.to_thread(self._folder.used if body else self._folder.discard_damaged, name)
        return body


def _key(built: httpx.Request, identity: bytes) -> str:
    """Return the key of a request: method, URL, body and all headers, so that any `Vary` is covered.

    APIs also forget to name a header in `Vary`, such as one for the tenant.
    """
    headers = sorted((name.lower(), text) for name, text in built.headers.raw)
    parts = [built.method.encode(), str(built.url).encode(), *(part for pair in headers for part in pair)]
    lengths = " ".join(str(len(part)) for part in [*parts, built.content]).encode()
    message = b"\0".join([lengths, *parts, built.content])
    return hmac.digest(identity, message, "sha256").hex()[:_DIGEST_CHARACTERS]


def _lower(answer: httpx.Response) -> dict[str, str]:
    return {name.lower(): text for name, text in answer.headers.items()}
