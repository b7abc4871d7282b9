"""Checks before any route: host, origin, body size, access token and rate limit. Also logs each request."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.loopback import ForeignRequestError, check_own_request
from sandbox.port_api.errors import PortError
from sandbox.port_api.http_messages import error_response
from sandbox.port_api.port import LoggedRequest, Port
from sandbox.port_api.rate_limits import Family, RateLimiter, family_of

MAX_BODY_BYTES = 1024 * 1024
MAX_RAW_BYTES = 128 * MAX_BODY_BYTES
"""The limit for a batch of raw items. Ocean splits batches at about 100 MB."""
_API = ("/v1/", "/ingest/")
_RAW = "/ingest/raw/"
_TOKEN_PATH = "/v1/auth/access_token"  # noqa: S105 - a path


class PortMiddleware:
    """ASGI middleware. Routes receive the raw path, so that identifiers may contain an encoded slash."""

    def __init__(self, app: ASGIApp, port: Port) -> None:
        self._app = app
        self._port = port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reject or forward the request. Every response carries the rate limit headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["raw_path"].decode("latin-1")
        method: str = scope["method"]
        family = family_of(method, path)
        recorder = _ResponseRecorder(send, self._port.rate_limiter, family)
        try:
            headers = dict(scope["headers"])
            receive = await _within_limit(
                headers, receive, MAX_RAW_BYTES if path.startswith(_RAW) else MAX_BODY_BYTES
            )
            _check_own_request(method, headers)
            self._check_access(path, headers, family)
        except PortError as error:
            await self._rejection(error, family)(scope, receive, recorder.send)
        else:
            if self._port.settings.latency_s and path.startswith(_API):
                await asyncio.sleep(self._port.settings.latency_s)
            await self._app({**scope, "path": path}, receive, recorder.send)
        finally:
            if path.startswith(_API):
                query = scope["query_string"].decode("latin-1")
                self._port.requests.append(LoggedRequest(method, unquote(path), query, recorder.status))

    def _check_access(self, path: str, headers: dict[bytes, bytes], family: Family) -> None:
        if not path.startswith(_API):
            return
        if path != _TOKEN_PATH:
            self._port.access_tokens.check(headers.get(b"authorization", b"").decode("latin-1"))
        if path.startswith("/v1/"):
            self._port.rate_limiter.consume(family)

    def _rejection(self, error: PortError, family: Family) -> Response:
        response = error_response(error)
        if error.status == 429:
            response.headers["Retry-After"] = str(self._port.rate_limiter.wait_s(family))
        return response


@dataclass(slots=True)
class _ResponseRecorder:
    """Records the response status and adds the rate limit headers."""

    forward: Send
    rate_limiter: RateLimiter
    family: Family
    status: int = 500

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], *self.rate_limiter.headers(self.family)]
        await self.forward(message)


def _check_own_request(method: str, headers: dict[bytes, bytes]) -> None:
    """Raise PortError (403) if a page of another site may have sent the request."""
    try:
        check_own_request(method, headers)
    except ForeignRequestError as error:
        raise PortError(403, error.code, str(error)) from error


async def _within_limit(headers: dict[bytes, bytes], receive: Receive, max_bytes: int) -> Receive:
    """Return a `receive` for the body. Raises PortError (413): the body has more than `max_bytes`.

    An oversized body is read to its end. Otherwise a client that is still sending sees a closed connection
    instead of the response.
    """
    length = headers.get(b"content-length")
    if length is None and b"transfer-encoding" not in headers:
        return receive
    if length is not None and length.isdigit() and int(length) <= max_bytes:
        return receive
    body = bytearray()
    size = 0
    message: dict[str, Any] = {"more_body": True}
    while message.get("more_body"):
        message = dict(await receive())
        size += len(message.get("body", b""))
        if size <= max_bytes:
            body += message.get("body", b"")
    if size > max_bytes:
        raise PortError(413, "payload_too_large", f"the body has more than {max_bytes} bytes")
    return _replay(bytes(body), receive)


def _replay(body: bytes, receive: Receive) -> Callable[[], Awaitable[Message]]:
    waiting = [body]

    async def replay() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replay
