"""Measure the sandbox's bulk requests per second, with validation of every entity and a polled page.

The sandbox is a separate process. The client sends prepared bytes and counts responses. Three rounds send
the same entities: new, unchanged and changed. The output also shows the processor time per request, which
is the reliable number on a busy machine. Run with `make bench-all`.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

ROOT = Path(__file__).parents[1]
BULK = 20
POLLED = ("/catalog/", "/catalog/syncs/live")
POLL_S = 1.0
_UPSERT = "/v1/blueprints/item/entities/bulk?upsert=true&merge=true&create_missing_related_entities=true"
_TEXT = {"type": "string"}
_PROPERTIES: dict[str, Any] = {
    "name": {"type": "string", "maxLength": 200},
    "description": _TEXT,
    "state": {"type": "string", "enum": ["open", "closed", "merged"]},
    "url": {"type": "string", "format": "url"},
    "mail": {"type": "string", "format": "email"},
    "created": {"type": "string", "format": "date-time"},
    "key": {"type": "string", "pattern": "^ITEM-[0-9]+$"},
    "score": {"type": "number"},
    "active": {"type": "boolean"},
    "labels": {"type": "array", "items": _TEXT},
    "extra": {"type": "object"},
}
BLUEPRINTS: tuple[dict[str, Any], ...] = (
    {"identifier": "owner", "title": "Owner", "schema": {"properties": {}}},
    {
        "identifier": "item",
        "title": "Item",
        "schema": {"properties": _PROPERTIES, "required": ["name"]},
        "relations": {"owner": {"target": "owner", "many": False, "required": False}},
    },
)


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox and the credentials for it."""

    url: str
    token: str
    process: int

    @property
    def address(self) -> tuple[str, int]:
        """The host and port."""
        url = urlsplit(self.url)
        return url.hostname or "", url.port or 0

    def request(self, body: bytes) -> bytes:
        """Return the bytes of a bulk request."""
        head = (
            f"POST {_UPSERT} HTTP/1.1",
            f"Host: {urlsplit(self.url).netloc}",
            f"Authorization: Bearer {self.token}",
            "User-Agent: port-ocean/custom/0.1.0/bench/exporter",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
        )
        return "\r\n".join((*head, "", "")).encode() + body

    def processor_s(self) -> float:
        """Return the sandbox's processor time in seconds."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running_sandbox(*options: str) -> Iterator[Sandbox]:
    """Start the sandbox with the blueprints above."""
    command = [sys.executable, "-m", "sandbox.port_api", "--port", "0", *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline() if process.stdout else ""
        url = "http://" + line.partition("http://")[2].split()[0].rstrip(";")
        credentials = {"clientId": "sandbox", "clientSecret": "sandbox"}
        with httpx.Client(base_url=url) as http:
            token = http.post("/v1/auth/access_token", json=credentials).json()["accessToken"]
            http.headers["Authorization"] = f"Bearer {token}"
            for blueprint in BLUEPRINTS:
                http.post("/v1/blueprints", json=blueprint).raise_for_status()
        yield Sandbox(url, token, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=10)
        if process.stdout:
            process.stdout.close()


class Connection(asyncio.Protocol):
    """Sends one request after another until there are no more."""

    def __init__(self, requests: Iterator[bytes], finished: asyncio.Future[None]) -> None:
        self._requests = requests
        self._finished = finished
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        """Send the next request at the end of a response."""
        self._received += data
        head, gap, body = self._received.partition(b"\r\n\r\n")
        if not gap or len(body) < _length(bytes(head)):
            return
        if not head.startswith(b"HTTP/1.1 200"):
            self._finished.set_exception(RuntimeError(self._received.decode(errors="replace")[:1000]))
            return
        self._received.clear()
        self._send()

    def _send(self) -> None:
        request = next(self._requests, None)
        assert self._transport
        if request is None:
            self._transport.close()
            if not self._finished.done():
                self._finished.set_result(None)
        else:
            self._transport.write(request)


def _length(head: bytes) -> int:
    return int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])


async def send_all(sandbox: Sandbox, requests: list[bytes], connections: int) -> float:
    """Send all requests while the page is polled. Return the seconds."""
    loop = asyncio.get_running_loop()
    host, port = sandbox.address
    remaining = iter(requests)
    page = asyncio.create_task(poll(sandbox))
    began = time.perf_counter()
    ends = [loop.create_future() for _ in range(connections)]
    for end in ends:
        await loop.create_connection(partial(Connection, remaining, end), host, port)
    await asyncio.gather(*ends)
    took = time.perf_counter() - began
    page.cancel()
    with suppress(asyncio.CancelledError):
        await page
    return took


async def poll(sandbox: Sandbox) -> None:
    """Send the requests of an open catalog page and an open syncs page."""
    async with httpx.AsyncClient(base_url=sandbox.url) as http:
        while True:
            for path in POLLED:
                (await http.get(path, timeout=30)).raise_for_status()
            await asyncio.sleep(POLL_S)


def bodies(count: int, state: str) -> Iterator[bytes]:
    """Yield the bodies of `count` bulk requests with 20 entities each."""
    for first in range(0, count * BULK, BULK):
        entities = [_entity(number, state) for number in range(first, first + BULK)]
        yield json.dumps({"entities": entities}).encode()


def _entity(number: int, state: str) -> dict[str, Any]:
    return {
        "identifier": f"item-{number}",
        "blueprint": "item",
        "title": f"Item {number}",
        "properties": {
            "name": f"item number {number}",
            "description": "An item like those of many APIs, with a sentence or two that say what it is for.",
            "state": state,
            "url": f"https://items.example.com/{number}",
            "mail": f"user{number % 50}@example.com",
            "created": f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}T10:20:30Z",
            "key": f"ITEM-{number}",
            "score": number / 7,
            "active": number % 5 != 0,
            "labels": ["backend", f"team-{number % 7}"],
            "extra": {"login": f"user{number % 50}", "id": number % 50, "name": None},
        },
        "relations": {"owner": f"user{number % 50}"},
    }


def main() -> None:
    """Print a line for each round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=4000, help="per round (default: 4000)")
    parser.add_argument("--connections", type=int, default=20, help="concurrent (default: 20)")
    parser.add_argument("--db", default=":memory:", help="SQLite file of the sandbox (default: :memory:)")
    options = parser.parse_args()
    print(f"{options.requests} requests of {BULK} entities per round, {options.connections} connections")
    with running_sandbox("--db", options.db) as sandbox:
        for name, state in (("first", "open"), ("unchanged", "open"), ("changed", "closed")):
            requests = [sandbox.request(body) for body in bodies(options.requests, state)]
            before = sandbox.processor_s()
            took = asyncio.run(send_all(sandbox, requests, options.connections))
            needed = (sandbox.processor_s() - before) / options.requests
            rate = options.requests / took
            print(
                f"{name:10} {rate:6.0f} requests/s {rate * BULK:8.0f} entities/s "
                f"{needed * 1000:6.2f} ms of processor time per request"
            )


if __name__ == "__main__":
    main()
