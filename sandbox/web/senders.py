"""What the pages remember of the events that they sent, by integration and only in memory."""

import re
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import httpx

from sandbox.webhooks.sending import Answer, client_for, post
from sandbox.webhooks.signing import DEFAULT_SCHEME, SCHEMES, Message, SecretError, signed_headers
from sandbox.webhooks.targets import TargetError, check_target

DEFAULT_URL = "http://127.0.0.1:8000/integration/webhook"
_MAX_REMEMBERED = 100
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_OF_THE_CONNECTION = frozenset(
    ("host", "content-length", "transfer-encoding", "connection", "accept-encoding")
)


class EventError(ValueError):
    """An event cannot be sent. The message says what to change."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An event as the form has it. headers: one `Name: value` in each line."""

    url: str = DEFAULT_URL
    scheme: str = DEFAULT_SCHEME
    headers: str = ""
    payload: str = ""
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SentEvent:
    """An event that was sent. moment: microseconds since 1970."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes
    moment: int
    answer: Answer


@dataclass(slots=True)
class Sender:
    """The latest draft and the latest event of an integration."""

    draft: Draft = field(default_factory=Draft)
    sent: SentEvent | None = None


class Senders:
    """The senders of the integrations that were used last.

    allowed_hosts: beside loopback; receiver: takes the events instead of connections, for tests.
    """

    def __init__(
        self, allowed_hosts: Collection[str], receiver: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._allowed_hosts = allowed_hosts
        self._receiver = receiver
        self._senders: dict[str, Sender] = {}

    def of(self, integration: str) -> Sender:
        """Return the sender of an integration."""
        sender = self._senders.pop(integration, None) or Sender()
        self._senders[integration] = sender
        while len(self._senders) > _MAX_REMEMBERED:
            del self._senders[next(iter(self._senders))]
        return sender

    async def send(self, sender: Sender, moment: int) -> None:
        """Sign the draft and send it. Raises EventError. moment: microseconds since 1970."""
        draft = sender.draft
        try:
            url = check_target(draft.url, self._allowed_hosts)
            body = draft.payload.replace("\r\n", "\n").encode(errors="replace")
            message = Message(body, str(uuid.uuid4()), "", moment // 1_000_000)
            signed = signed_headers(draft.scheme, message, draft.secret) if draft.scheme in SCHEMES else {}
        except (TargetError, SecretError) as error:
            raise EventError(str(error)) from error
        headers = _merged({"Content-Type": "application/json"} | signed, read_headers(draft.headers))
        await self._post(sender, url, headers, body, moment)

    async def repeat(self, sender: Sender, moment: int) -> None:
        """Send the latest event again, with the same headers. Raises EventError: there is none."""
        if sender.sent is None:
            raise EventError("no event was sent since the sandbox started")
        await self._post(sender, sender.sent.url, sender.sent.headers, sender.sent.body, moment)

    async def _post(
        self, sender: Sender, url: str, headers: Mapping[str, str], body: bytes, moment: int
    ) -> None:
        async with client_for(url, self._receiver) as client:
            answer = await post(client, url, body, headers)
        sender.sent = SentEvent(url, headers, body, moment, answer)


def read_headers(text: str) -> dict[str, str]:
    """Return the headers of `Name: value` lines. Raises EventError, which names the line."""
    headers: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not line.strip():
            continue
        if not colon or not _NAME.fullmatch(name):
            raise EventError(f"line {number} of the headers is not `Name: value`")
        if name.lower() in _OF_THE_CONNECTION:
            raise EventError(
                f"the header {name} belongs to the connection. Remove line {number} of the headers"
            )
        headers[name] = value
    return headers


def _merged(own: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
    """Return both. Typed headers win, and empty ones are not sent."""
    names = {name.lower() for name in typed}
    kept = {name: value for name, value in own.items() if name.lower() not in names}
    return {name: value for name, value in {**kept, **typed}.items() if value}
