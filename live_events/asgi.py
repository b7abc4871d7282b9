"""The types of ASGI (https://asgi.readthedocs.io), and an answer in them."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

type Scope = MutableMapping[str, Any]
type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type App = Callable[[Scope, Receive, Send], Awaitable[None]]


def headers_in(scope: Scope) -> list[tuple[str, str]]:
    """Return the headers of a request, each as often as it was sent."""
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]


def url_of(scope: Scope, query: bytes, base_url: str) -> str:
    """Return the requested URL. base_url: how the sender reaches this server. "": as the request has it."""
    if not base_url:
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"host"]
        base_url = f"{scope.get('scheme', 'http')}://{hosts[0] if hosts else 'localhost'}"
    return f"{base_url}{scope['path']}{'?' if query else ''}{query.decode('latin-1')}"


async def send_answer(send: Send, status: int, headers: Mapping[str, str], content: bytes) -> None:
    """Send a complete response."""
    pairs = {**headers, "Content-Length": str(len(content))}
    encoded = [(name.lower().encode("latin-1"), text.encode("latin-1")) for name, text in pairs.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": content})
