"""Faults in responses, and rules about the requests that they affect."""

import asyncio
import re
import socket
import struct
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from starlette.responses import HTMLResponse, JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.sample_api.traffic import Query, Traffic

_SLOW_PIECES = 10
_NO_LINGER = struct.pack("ii", 1, 0)
_LOGIN_PAGE = "<!doctype html><title>Sign in</title><h1>Sign in</h1><form><input name=user></form>"


@dataclass(slots=True)
class FaultRule:
    """A fault and the requests that it affects.

    path: searched for in the path after the style's prefix; query: parameters that must all be equal.
    after: number of matching requests that are not affected; times: number of affected ones (None: all).
    seconds: for `timeout` and `slow`; status and headers: for `status`.
    """

    path: re.Pattern[str]
    fault: str
    query: Mapping[str, str] = field(default_factory=dict)
    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    after: int = 0
    times: int | None = None
    seconds: float = 30
    seen: int = 0
    played: int = 0

    def affects(self, path: str, query: Query) -> bool:
        """Count a request and return whether the fault affects it."""
        if not self.path.search(path) or any(query.get(name) != value for name, value in self.query.items()):
            return False
        self.seen += 1
        if self.seen <= self.after or (self.times is not None and self.played >= self.times):
            return False
        self.played += 1
        return True


class Fault(ABC):
    """A faulty response in place of the correct one from `app`."""

    @abstractmethod
    async def play(self, rule: FaultRule, connection: "Connection", app: ASGIApp) -> None: ...


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection to a client: ASGI's three arguments and the traffic for delays."""

    scope: Scope
    receive: Receive
    send: Send
    traffic: Traffic

    async def respond(self, app: ASGIApp) -> None:
        await app(self.scope, self.receive, self.send)

    def transport(self) -> asyncio.Transport:
        """Return the socket's transport. Raises RuntimeError: the server has no socket."""
        transport = self.scope.get("state", {}).get("transport")
        if not isinstance(transport, asyncio.Transport):
            raise RuntimeError("this fault needs a real connection: python -m sandbox.sample_api")
        return transport

    async def wait_for_disconnect(self) -> None:
        """Wait until the client has disconnected, so that no response is sent."""
        while (await self.receive())["type"] != "http.disconnect":
            pass


class Status(Fault):
    """A JSON response with an error status."""

    async def play(self, rule: FaultRule, connection: Connection, app: ASGIApp) -> None:  # noqa: ARG002
        body = {"error": f"Status {rule.status}, as requested through /_control/faults"}
        await connection.respond(JSONResponse(body, status_code=rule.status, headers=dict(rule.headers)))


class Timeout(Fault):
    """No response for `seconds`, then 504 as from a gateway."""

    async def play(self, rule: FaultRule, connection: Connection, app: ASGIApp) -> None:  # noqa: ARG002
        disconnect = asyncio.ensure_future(connection.wait_for_disconnect())
        delay = asyncio.ensure_future(connection.traffic.sleep(rule.seconds))
        await asyncio.wait((disconnect, delay), return_when=asyncio.FIRST_COMPLETED)
        for task in (disconnect, delay):
            task.cancel()
        await connection.respond(JSONResponse({"error": "Gateway timeout"}, status_code=504))


class Cut(Fault):
    """The correct response with its full Content-Length. The connection closes half-way through the body."""

    async def play(self, rule: FaultRule, connection: Connection, app: ASGIApp) -> None:  # noqa: ARG002
        transport = connection.transport()

        async def send_half(message: Message) -> None:
            if message["type"] == "http.response.body":
                body = message.get("body", b"")
                message = {"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True}
            await connection.send(message)

        await app(connection.scope, connection.receive, send_half)
        transport.close()  # buffered data is still sent
        await connection.wait_for_disconnect()


class Reset(Fault):
    """No response. The connection is reset (RST, RFC 9293 §3.5.2)."""

    async def play(self, rule: FaultRule, connection: Connection, app: ASGIApp) -> None:  # noqa: ARG002
        transport = connection.transport()
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        transport.abort()
        await connection.wait_for_disconnect()


class Html(Fault):
    """A 200 response with a login page, as from a proxy."""

    async def play(self, rule: FaultRule, connection: Connection, app: ASGIApp) -> None:  # noqa: ARG002
        await connection.respond(HTMLResponse(_LOGIN_PAGE))


class EmptyObject(Fault):
    """A 200 response with {}."""

    async def play(self, rule: FaultRule, connection: Connection, app: ASGIApp) -> None:  # noqa: ARG002
        await connection.respond(JSONResponse({}))


class Slow(Fault):
    """The correct response in pieces over `seconds`."""

    async def play(self, rule: FaultRule, connection: Connection, app: ASGIApp) -> None:
        async def send_pieces(message: Message) -> None:
            if message["type"] != "http.response.body":
                await connection.send(message)
                return
            body = message.get("body", b"")
            step = max(1, -(-len(body) // _SLOW_PIECES))
            for start in range(0, len(body), step):
                await connection.traffic.sleep(rule.seconds / _SLOW_PIECES)
                piece = body[start : start + step]
                await connection.send({"type": "http.response.body", "body": piece, "more_body": True})
            await connection.send({"type": "http.response.body", "body": b"", "more_body": False})

        await app(connection.scope, connection.receive, send_pieces)


FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        "status": Status(),
        "timeout": Timeout(),
        "cut": Cut(),
        "reset": Reset(),
        "html": Html(),
        "empty_object": EmptyObject(),
        "slow": Slow(),
    }
)
