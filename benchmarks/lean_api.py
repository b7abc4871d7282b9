"""An API with almost no processing time: responses are prepared bytes, sent after a configurable latency.

GET /items?page=N&per_page=M has items of 13 fields, and `total`. GET /parents?page=N&per_page=M has
parents. GET /parents/{id}/children has one page. With --etags, each response has an ETag, and a request
with a matching If-None-Match gets status 304. GET /_stats has the numbers of requests and bytes, and
GET /_items?count=N changes the number of items. As a program, it prints its URL and serves until it is
terminated.
"""

import argparse
import asyncio
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

HOST = "127.0.0.1"
CACHED_RESPONSES = 2048
_VALIDATOR = re.compile(rb"\r\nif-none-match: *([^\r]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Sizes:
    """The numbers of items.

    latency_s: seconds before each response. item_bytes: the least size of an item as JSON. etags: responses
    have ETags.
    """

    items: int = 0
    parents: int = 0
    children: int = 1
    latency_s: float = 0.0
    item_bytes: int = 0
    etags: bool = False


@dataclass(slots=True)
class Traffic:
    """The sizes that are served, and the numbers of requests, bytes and responses with status 304.

    open, most: the requests that are open, and their maximum.
    """

    sizes: Sizes

    open: int = 0
    most: int = 0
    requests: int = 0
    bytes: int = 0
    not_modified: int = 0

    def begin(self) -> None:
        """Count a new request."""
        self.open += 1
        self.requests += 1
        self.most = max(self.most, self.open)


class LeanApi(asyncio.Protocol):
    """The parts of HTTP/1.1 that benchmarks need: keep-alive, and requests without bodies."""

    def __init__(self, traffic: Traffic) -> None:
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
            if target.startswith("/_"):
                self._send(self._control(target))
                continue
            self._traffic.begin()
            answer = self._answer_to(target, head)
            if self._traffic.sizes.latency_s:
                asyncio.get_running_loop().call_later(self._traffic.sizes.latency_s, self._finish, answer)
            else:
                self._finish(answer)

    def _control(self, target: str) -> bytes:
        url = urlsplit(target)
        if url.path == "/_items":
            count = int(parse_qs(url.query)["count"][0])
            self._traffic.sizes = replace(self._traffic.sizes, items=count)
        return _answer(json.dumps(asdict(self._traffic)).encode())

    def _answer_to(self, target: str, head: bytes) -> bytes:
        etag, answer = answer_to(target, self._traffic.sizes)
        validator = _VALIDATOR.search(head)
        if not etag or not validator or validator[1].strip() != etag:
            return answer
        self._traffic.not_modified += 1
        return b"HTTP/1.1 304 Not Modified\r\nETag: " + etag + b"\r\n\r\n"

    def _finish(self, answer: bytes) -> None:
        self._traffic.open -= 1
        self._traffic.bytes += len(answer)
        self._send(answer)

    def _send(self, answer: bytes) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.write(answer)


@lru_cache(CACHED_RESPONSES)
def answer_to(target: str, sizes: Sizes) -> tuple[bytes, bytes]:
    """Return the ETag of a GET request's response, and the complete response."""
    url = urlsplit(target)
    query = {name: int(values[0]) for name, values in parse_qs(url.query).items()}
    match url.path.strip("/").split("/"):
        case ["items"]:
            items = [_item(number, sizes.item_bytes) for number in _page(query, sizes.items)]
            body = page_of("items", items, sizes.items)
        case ["parents"]:
            body = page_of(
                "parents", [{"id": number} for number in _page(query, sizes.parents)], sizes.parents
            )
        case ["parents", parent, "children"]:
            first = int(parent) * sizes.children
            children = [_item(first + number, sizes.item_bytes) for number in range(sizes.children)]
            body = page_of("children", children if query.get("page", 1) == 1 else [], sizes.children)
        case _:
            return b"", b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'.encode() if sizes.etags else b""
    return etag, _answer(body, etag)


def _answer(body: bytes, etag: bytes = b"") -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    validator = b"ETag: " + etag + b"\r\n" if etag else b""
    return head.encode() + validator + b"\r\n" + body


def page_of(name: str, items: list[dict[str, object]], total: int) -> bytes:
    """Return a page in a common format."""
    return json.dumps({name: items, "total": total}).encode()


def _page(query: dict[str, int], count: int) -> range:
    size = query.get("per_page", 100)
    start = (query.get("page", 1) - 1) * size
    return range(start, min(start + size, count))


def _item(number: int, size: int = 0) -> dict[str, object]:
    item: dict[str, object] = {
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
    missing = size - len(json.dumps(item)) if size else 0
    return item | {"description": f"{item['description']} {'x' * missing}"} if missing > 0 else item


@contextmanager
def lean_api(**sizes: float) -> Iterator[tuple[str, int]]:
    """Start the API in a separate process. Yield its base URL and process id. sizes: the fields of Sizes."""
    options = [text for name, value in sizes.items() for text in (f"--{name.replace('_', '-')}", str(value))]
    process = subprocess.Popen([sys.executable, __file__, *options], stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip() if process.stdout else "", process.pid
    finally:
        process.terminate()
        process.wait(timeout=10)
        if process.stdout:
            process.stdout.close()


async def _serve(sizes: Sizes) -> None:
    server = await asyncio.get_running_loop().create_server(partial(LeanApi, Traffic(sizes)), HOST, 0)
    print(f"http://{HOST}:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


def main() -> None:
    """Serve until the process is terminated."""
    parser = argparse.ArgumentParser(prog=Path(__file__).name, description=__doc__)
    for name in ("items", "parents", "children", "item-bytes"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Sizes(), name.replace("-", "_")))
    parser.add_argument("--latency-s", type=float, default=0.0)
    parser.add_argument("--etags", type=lambda text: text == "True", default=False)
    asyncio.run(_serve(Sizes(**vars(parser.parse_args()))))


if __name__ == "__main__":
    main()
