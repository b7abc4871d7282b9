"""What holds for every request, before any route: host, size, token, quota, and the log of what was seen."""

import asyncio
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
from sandbox.port_api.quota import Family, Quota, family_of

MAX_BODY_BYTES = 1024 * 1024
MAX_RAW_BYTES = 128 * MAX_BODY_BYTES
"""Of a batch of raw items, which Ocean cuts at about 100 MB; it does not go to Port's API."""
_API = ("/v1/", "/ingest/")
_RAW = "/ingest/raw/"
_READING = frozenset(("GET", "HEAD"))
_OWN_SITE = frozenset((b"same-origin", b"none"))
"""What browsers say of a page of this server, and of an address that the user typed (Fetch Metadata)."""
_TOKEN_PATH = "/v1/auth/access_token"  # noqa: S105 - a path


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
        method: str = scope["method"]
        family = family_of(method, path)
        answer = _Answer(send, self._port.quota, family)
        try:
            headers = dict(scope["headers"])
            receive = await _within_limit(
                headers, receive, MAX_RAW_BYTES if path.startswith(_RAW) else MAX_BODY_BYTES
            )
            _check_host(headers)
            _check_page(method, headers)
            self._check_access(path, headers, family)
        except PortError as error:
            await self._refuse(error, family)(scope, receive, answer.send)
        else:
            if self._port.settings.latency_s and path.startswith(_API):
                await asyncio.sleep(self._port.settings.latency_s)
            await self._app({**scope, "path": path}, receive, answer.send)
        finally:
            if path.startswith(_API):
                query = scope["query_string"].decode("latin-1")
                self._port.requests.append(SeenRequest(method, unquote(path), query, answer.status))

    def _check_access(self, path: str, headers: dict[bytes, bytes], family: Family) -> None:
        if not path.startswith(_API):
            return
        if path != _TOKEN_PATH:
            self._port.tokens.check(headers.get(b"authorization", b"").decode("latin-1"))
        if path.startswith("/v1/"):
            self._port.quota.spend(family)

    def _refuse(self, error: PortError, family: Family) -> Response:
        response = refusal(error)
        if error.status == 429:
            response.headers["Retry-After"] = str(self._port.quota.wait_s(family))
        return response


@dataclass(slots=True)
class _Answer:
    """Notes the status on its way out, and adds the headers."""

    forward: Send
    quota: Quota
    family: Family
    status: int = 500

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], *self.quota.headers(self.family)]
        await self.forward(message)


def _check_host(headers: dict[bytes, bytes]) -> None:
    """Raises PortError (403): not asked for by a name of this machine.

    So asks a page that gave itself this machine's address (DNS rebinding).
    """
    host = headers.get(b"host", b"").decode("latin-1")
    if not _is_loopback(host):
        raise PortError(403, "forbidden_host", f"the sandbox answers on loopback only, not as {host!r:.120}")


def _check_page(method: str, headers: dict[bytes, bytes]) -> None:
    """Raises PortError (403): a page from elsewhere asks, were it of another server on this machine.

    Such a page needs no answer to do harm: a form can be sent anywhere. A link may lead here. Who is no
    browser sends none of these headers.
    """
    origin = headers.get(b"origin")
    if origin is not None and origin.lower() != b"http://" + headers[b"host"].lower():
        raise PortError(403, "forbidden_origin", "the sandbox takes nothing from pages of other origins")
    by_link = method in _READING and headers.get(b"sec-fetch-mode") == b"navigate"
    if headers.get(b"sec-fetch-site", b"none") not in _OWN_SITE and not by_link:
        raise PortError(403, "forbidden_origin", "the sandbox takes nothing from pages of other sites")


def _is_loopback(host: str) -> bool:
    name = host.rpartition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
    try:
        return name.lower() == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


async def _within_limit(headers: dict[bytes, bytes], receive: Receive, most: int) -> Receive:
    """How to read the body. Raises PortError (413): over `most` bytes; it is read to its end all the same,

    as a client that is still sending would else meet a closed connection and never see the answer.
    """
    length = headers.get(b"content-length")
    if length is None and b"transfer-encoding" not in headers:
        return receive
    if length is not None and length.isdigit() and int(length) <= most:
        return receive
    body = bytearray()
    size = 0
    message: dict[str, Any] = {"more_body": True}
    while message.get("more_body"):
        message = dict(await receive())
        size += len(message.get("body", b""))
        if size <= most:
            body += message.get("body", b"")
    if size > most:
        raise PortError(413, "payload_too_large", f"the body has more than {most} bytes")
    return _replay(bytes(body), receive)


def _replay(body: bytes, receive: Receive) -> Callable[[], Awaitable[Message]]:
    waiting = [body]

    async def replay() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replay
