"""A server that answers by a table, and keeps what reached it."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, cast

type Head = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """body: text as it is, all else as JSON."""

    body: Any = None
    status: int = 200
    head: Head = field(default_factory=dict)


@dataclass
class Web:
    """answers: by path, a reply, or what makes one of a request; what is not there is a 404.

    requests: each as text, all of its headers with it.
    """

    url: str = ""
    answers: dict[str, Reply | Callable[[str], Reply]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    @property
    def place(self) -> str:
        """Host and port."""
        return self.url.partition("://")[2]

    def forget(self) -> None:
        """As new."""
        self.answers.clear()
        self.requests.clear()

    def reply(self, path: str, request: str) -> Reply:
        """The answer to a request, which is kept."""
        self.requests.append(request)
        found = self.answers.get(path, Reply({"error": "not found"}, 404))
        return found if isinstance(found, Reply) else found(request)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, web: Web) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.web = web


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        web = cast("_Server", self.server).web
        # `path` would hold no double slash at its beginning.
        target = self.requestline.split(" ")[1]
        reply = web.reply(target.partition("?")[0], f"{self.requestline}\n{self.headers}\n{body}")
        content = (reply.body if isinstance(reply.body, str) else json.dumps(reply.body)).encode()
        self.send_response_only(reply.status)
        named = {
            "Content-Type": "application/json",
            "Date": self.date_time_string(),
            **reply.head,
            "Content-Length": str(len(content)),
        }
        for name, text in named.items():
            self.send_header(name, text.encode().decode("latin-1"))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = _serve  # noqa: N815 - the server's names

    def log_message(self, *_: Any) -> None:
        """Nothing: the tests look at what was kept."""


@contextmanager
def served() -> Iterator[Web]:
    """A server on loopback, without answers yet."""
    web = Web()
    with _Server(web) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        web.url = f"http://127.0.0.1:{server.server_port}"
        yield web
        server.shutdown()
