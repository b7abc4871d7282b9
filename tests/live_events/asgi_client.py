"""Send requests to a guard as an ASGI server does."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from live_events.asgi import Message, Receive, Scope, Send
from live_events.event import Event
from live_events.guard import Guard

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PATH = "/integration/webhook"


class FixedClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        return self.time

    def elapsed_s(self) -> float:
        return (self.time - NOW).total_seconds()

    async def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass
class Intake:
    """Takes as many events as it has places."""

    places: int = 1000
    events: list[Event] = field(default_factory=list)

    def offer(self, event: Event) -> bool:
        if len(self.events) >= self.places:
            return False
        self.events.append(event)
        return True

    async def put(self, event: Event) -> None:
        self.events.append(event)


@dataclass
class Answered:
    """The response of an application."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Application:
    """The application behind the guard. It keeps what was passed on to it."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        self.scopes.append(scope)
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 299, "headers": []})
            await send({"type": "http.response.body", "body": b"application"})


async def request(
    guard: Guard,
    method: str = "POST",
    path: str = PATH,
    *,
    query: str = "",
    headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
    body: bytes | list[bytes] = b"",
    raw_path: str | None = None,
    scope: Scope | None = None,
) -> Answered:
    """Send a request. body: a list is sent in these chunks."""
    chunks = body if isinstance(body, list) else [body]
    messages: list[Message] = [
        {"type": "http.request", "body": chunk, "more_body": number < len(chunks)}
        for number, chunk in enumerate(chunks, 1)
    ]
    answered = Answered()

    async def receive() -> Message:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answered.status = message["status"]
            answered.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            answered.body += message["body"]

    pairs = headers.items() if isinstance(headers, Mapping) else headers
    own: Scope = {
        "type": "http",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": (path if raw_path is None else raw_path).encode(),
        "query_string": query.encode(),
        "headers": [(name.lower().encode("latin-1"), text.encode("latin-1")) for name, text in pairs],
    }
    await guard(own if scope is None else scope, receive, send)
    return answered
