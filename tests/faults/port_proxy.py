"""What stands between Ocean and the sandbox: passes everything on, notes it, and misbehaves on command."""

import json
import re
import socket
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, ClassVar, cast

from tests.servers import client_of

# httpx writes these itself, for the body as it is by then.
_OF_THE_BODY = frozenset({"connection", "content-length", "transfer-encoding"})
# And the server its date.
_HOP = _OF_THE_BODY | {"content-encoding", "date"}


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came. path: with its query; head: all of its headers."""

    method: str
    path: str
    head: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """All of it."""
        return f"{self.method} {self.path}\n{self.head}\n{self.body.decode(errors='replace')}"


@dataclass(frozen=True, slots=True)
class Answered:
    """What the client gets; None in its place is no answer, and the end of the connection."""

    status: int
    body: bytes
    head: dict[str, str] = field(default_factory=dict)


class Misbehaviour(ABC):
    """One way for Port, or what is before it, to fail."""

    @abstractmethod
    def answer(self, received: Received, upstream: "Upstream") -> Answered | None: ...


@dataclass(frozen=True, slots=True)
class Refuses(Misbehaviour):
    """An error status, in Port's words; nothing is done."""

    status: int
    head: dict[str, str] = field(default_factory=dict)

    def answer(self, received: Received, upstream: "Upstream") -> Answered | None:  # noqa: ARG002
        body = {"ok": False, "error": f"made_up_{self.status}", "message": "as asked for"}
        return Answered(self.status, json.dumps(body).encode(), self.head)


@dataclass(frozen=True, slots=True)
class Drops(Misbehaviour):
    """No answer. is_done: though Port did what it was asked for."""

    is_done: bool

    def answer(self, received: Received, upstream: "Upstream") -> Answered | None:
        if self.is_done:
            upstream.answer(received)
        return None


class RefusesHalf(Misbehaviour):
    """Of a bulk, every second entity: 207, with errors by index."""

    def answer(self, received: Received, upstream: "Upstream") -> Answered | None:
        entities = json.loads(received.body)["entities"]
        taken = [index for index in range(len(entities)) if index % 2 == 0]
        body = json.dumps({"entities": [entities[index] for index in taken]}).encode()
        done = upstream.answer(Received(received.method, received.path, received.head, body))
        answer = json.loads(done.body)
        answer["entities"] = [{**each, "index": taken[each["index"]]} for each in answer["entities"]]
        answer["errors"] = [
            {
                "identifier": entity["identifier"],
                "index": index,
                "statusCode": 500,
                "error": "made_up",
                "message": "as asked for",
            }
            for index, entity in enumerate(entities)
            if index not in taken
        ]
        return Answered(207, json.dumps(answer).encode())


@dataclass(frozen=True, slots=True)
class Behind(Misbehaviour):
    """Nothing fails, but Port's clock is behind: what it says of a time, and what it is told."""

    by: timedelta

    def answer(self, received: Received, upstream: "Upstream") -> Answered | None:
        answered = upstream.answer(self._told(received))
        date = format_datetime(datetime.now(UTC) - self.by, usegmt=True)
        return replace(answered, head={**answered.head, "Date": date})

    def _told(self, received: Received) -> Received:
        """A time of that clock is a later one of the sandbox's."""
        body = json.loads(received.body) if "datasource-entities" in received.path else {}
        if not body.get("before"):
            return received
        body["before"] = (datetime.fromisoformat(body["before"]) + self.by).isoformat()
        return replace(received, body=json.dumps(body).encode())


@dataclass(slots=True)
class Rule:
    """A misbehaviour, and the requests that it happens to.

    path: searched for in the path. after: matching requests that pass first; times: None is always.
    """

    path: str
    misbehaviour: Misbehaviour
    after: int = 0
    times: int | None = 1
    seen: int = 0
    played: int = 0
    refuses: ClassVar = Refuses
    drops: ClassVar = Drops
    half: ClassVar = RefusesHalf
    behind: ClassVar = Behind

    def happens(self, received: Received) -> bool:
        """Whether this request is the one; counts it."""
        if not re.search(self.path, received.path):
            return False
        self.seen += 1
        if self.seen <= self.after or (self.times is not None and self.played >= self.times):
            return False
        self.played += 1
        return True


class Upstream:
    """The sandbox itself."""

    def __init__(self, url: str) -> None:
        self._http = client_of(url)

    def answer(self, received: Received) -> Answered:
        """As it would have been without us, but for the address that it is known by."""
        head = {name: text for name, text in received.head.items() if name.lower() not in _OF_THE_BODY}
        done = self._http.request(received.method, received.path, headers=head, content=received.body)
        kept = {name: text for name, text in done.headers.items() if name.lower() not in _HOP}
        return Answered(done.status_code, done.content, kept)

    def close(self) -> None:
        self._http.close()


@dataclass
class PortProxy:
    """url: what Ocean takes for Port. rules: the first that fits happens."""

    upstream: Upstream
    url: str = ""
    rules: list[Rule] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def misbehaviour(self, received: Received) -> Misbehaviour | None:
        """What happens to a request, which is noted; None: it passes."""
        with self._lock:
            self.received.append(received)
            return next((rule.misbehaviour for rule in self.rules if rule.happens(received)), None)

    @property
    def text(self) -> str:
        """Everything that Ocean said."""
        return "\n".join(each.text for each in self.received)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 200

    def __init__(self, proxy: PortProxy) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.proxy = proxy

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: clients that leave in the middle are what the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        received = Received(self.command, self.path, dict(self.headers.items()), body)
        proxy = cast("_Server", self.server).proxy
        misbehaviour = proxy.misbehaviour(received)
        if misbehaviour:
            answered = misbehaviour.answer(received, proxy.upstream)
        else:
            answered = proxy.upstream.answer(received)
        if answered is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response_only(answered.status)
        named = {
            "Content-Type": "application/json",
            "Date": self.date_time_string(),
            **answered.head,
            "Content-Length": str(len(answered.body)),
        }
        for name, text in named.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(answered.body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - the server's names

    def log_message(self, *_: Any) -> None:
        """Nothing: the tests look at what was received."""


@contextmanager
def proxied(url: str) -> Iterator[PortProxy]:
    """A proxy before a sandbox."""
    proxy = PortProxy(Upstream(url))
    with _Server(proxy) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        proxy.url = f"http://127.0.0.1:{server.server_port}"
        yield proxy
        server.shutdown()
    proxy.upstream.close()
