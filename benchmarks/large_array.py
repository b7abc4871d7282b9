"""Measure the memory of extracting a large JSON array from one response.

The output shows items, megabytes, seconds and the peak memory of a separate process, for two sizes.
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from extraction import open_extractor

ITEM_BYTES = 800
SIZES = (30_000, 500_000)


class _Array(BaseHTTPRequestHandler):
    """Answers GET /{count} with an array of that many items under `items`."""

    def do_GET(self) -> None:
        count = int(self.path.strip("/").partition("?")[0])
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"next": null, "items": [')
        for start in range(0, count, 1000):
            part = [_item(number) for number in range(start, min(count, start + 1000))]
            self.wfile.write((b"," if start else b"") + b",".join(part))
        self.wfile.write(b'], "total": %d}' % count)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


def _item(number: int) -> bytes:
    item = {
        "id": number,
        "name": f"item {number}",
        "tags": ["a", "b"],
        "owner": {"id": number % 97},
        "text": "",
    }
    item["text"] = "x" * (ITEM_BYTES - len(json.dumps(item)))
    return json.dumps(item).encode()


@contextmanager
def array_server() -> Iterator[str]:
    """Serve arrays on loopback. Yield the base URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Array)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


async def _read(base_url: str, count: int) -> int:
    settings = Settings.from_config({"base_url": base_url}, {})
    resource_of = read_resource(f"/{count}", {"data_path": ".items"}, settings.pagination)
    seen = 0
    async with open_extractor(settings, [resource_of]) as extractor:
        async for batch in extractor.batches(resource_of):
            seen += len(batch)
    return seen


def measured(base_url: str, count: int) -> dict[str, float]:
    """Read an array in a separate process. Return items, seconds and peak_mib."""
    command = [sys.executable, __file__, "--url", base_url, "--items", str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _read_and_print(base_url: str, count: int) -> None:
    start = time.monotonic()
    seen = asyncio.run(_read(base_url, count))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"items": seen, "seconds": time.monotonic() - start, "peak_mib": peak}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="read an array from this URL and print the result")
    parser.add_argument("--items", type=int)
    options = parser.parse_args()
    if options.url:
        _read_and_print(options.url, options.items)
        return
    with array_server() as base_url:
        for count in (options.items,) if options.items else SIZES:
            found = measured(base_url, count)
            size = count * (ITEM_BYTES + 1) / 1e6
            measurement = (
                f"{size:>6.0f} MB {found['seconds']:>6.1f} s, at most {found['peak_mib']:.0f} MiB of memory"
            )
            print(f"{found['items']:>9,.0f} items {measurement}")


if __name__ == "__main__":
    main()
