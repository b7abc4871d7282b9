"""Checks before any route: host, origin, body size, access token and rate limit. Also logs each request."""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.port_api.errors import PortError
from sandbox.port_api.http_messages import error_response
from sandbox.port_api.port import LoggedRequest, Port
from sandbox.port_api.rate_limits import Family, RateLimiter, family_of

MAX_BODY_BYTES = 1024 * 1024
MAX_RAW_BYTES = 128 * MAX_BODY_BYTES
"""The limit for a batch of raw items. Ocean splits batches at about 100 MB."""
_API = ("/v1/", "/ingest/")
_RAW = "/ingest/raw/"
_SAFE_METHODS = frozenset(("GET", "HEAD"))
_SAME_SITE = frozenset((b"same-origin", b"none"))
"""Fetch Metadata values for a page of this server and for a URL that the user typed."""
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
            _check_host(headers)
            _check_origin(method, headers)
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


def _check_host(headers: dict[bytes, bytes]) -> None:
    """Raise PortError (403) unless the Host header is a loopback name. This prevents DNS rebinding."""
    host = headers.get(b"host", b"").decode("latin-1")
    if not _is_loopback(host):
        raise PortError(403, "forbidden_host", f"the sandbox accepts loopback hosts only, not {host!r:.120}")


def _check_origin(method: str, headers: dict[bytes, bytes]) -> None:
    """Raise PortError (403) if a page of another origin sent the request.

    A form on any page can post here, so the response is not the only thing to protect. Links from other
    pages are allowed. Clients that are not browsers do not send these headers.
    """
    origin = headers.get(b"origin")
    if origin is not None and origin.lower() != b"http://" + headers[b"host"].lower():
        raise PortError(403, "forbidden_origin", "the sandbox rejects requests from pages of other origins")
    is_link = method in _SAFE_METHODS and headers.get(b"sec-fetch-mode") == b"navigate"
    if headers.get(b"sec-fetch-site", b"none") not in _SAME_SITE and not is_link:
        raise PortError(403, "forbidden_origin", "the sandbox rejects requests from pages of other sites")


def _is_loopback(host: str) -> bool:
    name = host.rpartition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
    try:
        return name.lower() == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


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
