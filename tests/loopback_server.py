"""An HTTP server for tests. A function answers each request and can break the connection."""

import json
import socket
import ssl
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, cast

_NO_LINGER = struct.pack("ii", 1, 0)
_POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Request:
    """A request. target: path and query as sent, one character per byte."""

    method: str
    target: str
    headers: Message
    body: bytes

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def text(self) -> str:
        """The whole request in the format of HTTP/1.1."""
        return f"{self.method} {self.target} HTTP/1.1\n{self.headers}\n{self.body.decode(errors='replace')}"


@dataclass(frozen=True, slots=True)
class Response:
    """A response. missing: bytes at the end of the body that are not sent before the connection closes.

    body: bytes and text are sent as they are, everything else as JSON.
    """

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    missing: int = 0

    @property
    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


class Ending(Enum):
    """A way to end the connection instead of a response."""

    CLOSE = "close"
    RESET = "reset"  # RST, RFC 9293 §3.5.2


NOT_FOUND = Response({"error": "not found"}, 404)

type Answer = Callable[[Request], Response | Ending]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 200

    def __init__(self, answer: Answer, tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        if tls:
            # Each connection has its handshake in its own thread.
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that disconnect early. Many tests do this on purpose."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # header and body are sent in one packet

    def setup(self) -> None:
        """Shake hands. If TLS fails, the client reads why before the connection is closed."""
        super().setup()
        if isinstance(self.connection, ssl.SSLSocket):
            try:
                self.connection.do_handshake()
            except ssl.SSLError:
                self._drain()
                raise

    def _drain(self) -> None:
        """Read what the client has sent. Closing the connection before would reset it."""
        socket.socket.shutdown(self.connection, socket.SHUT_WR)
        while socket.socket.recv(self.connection, 2**16):
            pass

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        # The base class's `path` merges slashes at the beginning.
        request = Request(self.command, self.requestline.split(" ")[1], self.headers, body)
        answer = cast("_Server", self.server).answer(request)
        if isinstance(answer, Response):
            self._send(answer)
        else:
            self._end(answer)

    def _send(self, response: Response) -> None:
        content = response.content
        self.send_response_only(response.status)
        headers = {
            "Content-Type": "application/json",
            "Date": self.date_time_string(),
            **response.headers,
            "Content-Length": str(len(content)),
        }
        for name, text in headers.items():
            self.send_header(name, text.encode().decode("latin-1"))
        self.end_headers()
        self.wfile.write(content[: len(content) - response.missing])
        self.close_connection = self.close_connection or bool(response.missing)

    def _end(self, ending: Ending) -> None:
        self.close_connection = True
        if ending is Ending.RESET:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            self.connection.close()
        else:
            self.connection.shutdown(socket.SHUT_RDWR)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - the names of the base class

    def log_message(self, *_: Any) -> None:
        """Log nothing."""

    def finish(self) -> None:
        if self.connection.fileno() >= 0:  # a reset connection has nothing to flush
            super().finish()


@contextmanager
def serving(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve on a free loopback port and yield the base URL."""
    with _Server(answer, tls) as server:
        Thread(target=server.serve_forever, args=(_POLL_S,), daemon=True).start()
        try:
            yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
        finally:
            # Otherwise the thread would poll a closed socket, without a pause, until the process ends.
            server.shutdown()
