"""What holds for every request, before any route: host, size, token, quota, and the log of what was seen."""

import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.port_api.errors import PortError
from sandbox.port_api.exchange import refusal
from sandbox.port_api.port import Port, SeenRequest

MAX_BODY_BYTES = 1024 * 1024
_WITH_TOKEN = ("/v1/", "/ingest/")
_TOKEN_PATH = "/v1/auth/access_token"  # noqa: S105 - a path
_OWN = "/_sandbox/"


class Gate:
    """ASGI middleware. Routes see the path as it was sent, so that an encoded slash stays inside a name."""

    def __init__(self, app: ASGIApp, port: Port) -> None:
        self._app = app
        self._port = port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses, or passes the request on; either way the answer carries the rate limit's headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["raw_path"].decode("latin-1")
        answer = _Answer(send, self._port.quota.headers)
        try:
            headers = dict(scope["headers"])
            receive = await _within_limit(headers, receive)
            self._check(path, headers)
        except PortError as error:
            await self._refuse(error)(scope, receive, answer.send)
        else:
            await self._app({**scope, "path": path}, receive, answer.send)
        finally:
            if not path.startswith(_OWN):
                query = scope["query_string"].decode("latin-1")
                self._port.requests.append(SeenRequest(scope["method"], unquote(path), query, answer.status))

    def _check(self, path: str, headers: dict[bytes, bytes]) -> None:
        _check_host(headers.get(b"host", b"").decode("latin-1"))
        if not path.startswith(_WITH_TOKEN):
            return
        if path != _TOKEN_PATH:
            self._port.tokens.check(headers.get(b"authorization", b"").decode("latin-1"))
        self._port.quota.spend()

    def _refuse(self, error: PortError) -> Response:
        response = refusal(error)
        if error.status == 429:
            response.headers["Retry-After"] = str(self._port.quota.wait_s())
        return response


@dataclass(slots=True)
class _Answer:
    """Notes the status on its way out, and adds the headers."""

    forward: Send
    headers: Callable[[], list[tuple[bytes, bytes]]]
    status: int = 500

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], *self.headers()]
        await self.forward(message)


def _check_host(host: str) -> None:
    """Raises PortError (403): a page from elsewhere came in by a name of its own (DNS rebinding)."""
    name = host.rpartition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
    try:
        local = name.lower() == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        local = False
    if not local:
        raise PortError(403, "forbidden_host", f"the sandbox answers on loopback only, not as {host!r:.120}")


async def _within_limit(headers: dict[bytes, bytes], receive: Receive) -> Receive:
    """How to read the body. Raises PortError (413): over 1 MiB; it is read to its end all the same,

    as a client that is still sending would else meet a closed connection and never see the answer.
    """
    length = headers.get(b"content-length")
    if length is None and b"transfer-encoding" not in headers:
        return receive
    if length is not None and length.isdigit() and int(length) <= MAX_BODY_BYTES:
        return receive
    body = bytearray()
    size = 0
    message: dict[str, Any] = {"more_body": True}
    while message.get("more_body"):
        message = dict(await receive())
        size += len(message.get("body", b""))
        if size <= MAX_BODY_BYTES:
            body += message.get("body", b"")
    if size > MAX_BODY_BYTES:
        raise PortError(413, "payload_too_large", f"the body has more than {MAX_BODY_BYTES} bytes")
    return _replay(bytes(body), receive)


def _replay(body: bytes, receive: Receive) -> Callable[[], Awaitable[Message]]:
    waiting = [body]

    async def replay() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replay
