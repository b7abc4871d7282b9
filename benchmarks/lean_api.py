"""An API with almost no processing time: responses are prepared bytes, sent after a configurable latency.

GET /items?page=N&per_page=M has items of 13 fields, and `total`. GET /parents?page=N&per_page=M has
parents. GET /parents/{id}/children has one page. GET /most-at-once has the highest number of concurrent
requests. As a program, it prints its URL and serves until it is terminated.
"""

import argparse
import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Sizes:
    """The numbers of items. latency_s: seconds before each response."""

    items: int
    parents: int
    children: int
    latency_s: float


@dataclass(slots=True)
class Traffic:
    """The number of open requests, and its maximum."""

    open: int = 0
    most: int = 0

    def begin(self) -> None:
        """Count a new request."""
        self.open += 1
        self.most = max(self.most, self.open)


class LeanApi(asyncio.Protocol):
    """The parts of HTTP/1.1 that benchmarks need: keep-alive, and requests without bodies."""

    def __init__(self, sizes: Sizes, traffic: Traffic) -> None:
        self._sizes = sizes
        self._traffic = traffic
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport for responses."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each complete request after the latency."""
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            target = head.split(b" ", 2)[1].decode()
            if target == "/most-at-once":
                self._send(_answer(json.dumps(self._traffic.most).encode()))
                continue
            self._traffic.begin()
            answer = answer_to(target, self._sizes)
            if self._sizes.latency_s:
                asyncio.get_running_loop().call_later(self._sizes.latency_s, self._finish, answer)
            else:
                self._finish(answer)

    def _finish(self, answer: bytes) -> None:
        self._traffic.open -= 1
        self._send(answer)

    def _send(self, answer: bytes) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.write(answer)


@cache
def answer_to(target: str, sizes: Sizes) -> bytes:
    """Return the complete response to a GET request."""
    url = urlsplit(target)
    query = {name: int(values[0]) for name, values in parse_qs(url.query).items()}
    match url.path.strip("/").split("/"):
        case ["items"]:
            body = page_of("items", [_item(number) for number in _page(query, sizes.items)], sizes.items)
        case ["parents"]:
            body = page_of(
                "parents", [{"id": number} for number in _page(query, sizes.parents)], sizes.parents
            )
        case ["parents", parent, "children"]:
            first = int(parent) * sizes.children
            children = [_item(first + number) for number in range(sizes.children)]
            body = page_of("children", children if query.get("page", 1) == 1 else [], sizes.children)
        case _:
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    return _answer(body)


def _answer(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def page_of(name: str, items: list[dict[str, object]], total: int) -> bytes:
    """Return a page in a common format."""
    return json.dumps({name: items, "total": total}).encode()


def _page(query: dict[str, int], count: int) -> range:
    size = query.get("per_page", 100)
    start = (query.get("page", 1) - 1) * size
    return range(start, min(start + size, count))


def _item(number: int) -> dict[str, object]:
    return {
        "id": number,
        "key": f"ITEM-{number}",
        "name": f"item number {number}",
        "description": "An item like those of many APIs, with a sentence or two that say what it is for.",
        "state": ("open", "closed", "merged")[number % 3],
        "url": f"https://items.example.com/{number}",
        "created_at": f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}T10:20:30Z",
        "updated_at": "2026-11-20T08:00:00Z",
        "owner": {
            "login": f"user{number % 50}",
            "email": f"user{number % 50}@example.com",
            "id": number % 50,
        },
        "labels": ["backend", f"team-{number % 7}"],
        "score": number / 7,
        "active": number % 5 != 0,
        "parent": {"id": number % 20, "name": None},
    }


@contextmanager
def lean_api(
    items: int = 0, parents: int = 0, children: int = 1, latency_s: float = 0.0
) -> Iterator[tuple[str, int]]:
    """Start the API in a separate process. Yield its base URL and process id."""
    sizes = {"items": items, "parents": parents, "children": children, "latency-s": latency_s}
    options = [text for name, value in sizes.items() for text in (f"--{name}", str(value))]
    process = subprocess.Popen([sys.executable, __file__, *options], stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip() if process.stdout else "", process.pid
    finally:
        process.terminate()
        process.wait(timeout=10)
        if process.stdout:
            process.stdout.close()


async def _serve(sizes: Sizes) -> None:
    server = await asyncio.get_running_loop().create_server(partial(LeanApi, sizes, Traffic()), HOST, 0)
    print(f"http://{HOST}:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


def main() -> None:
    """Serve until the process is terminated."""
    parser = argparse.ArgumentParser(prog=Path(__file__).name, description=__doc__)
    for name, kind in (("items", int), ("parents", int), ("children", int), ("latency-s", float)):
        parser.add_argument(f"--{name}", type=kind, default=kind(0))
    asyncio.run(_serve(Sizes(**vars(parser.parse_args()))))


if __name__ == "__main__":
    main()
