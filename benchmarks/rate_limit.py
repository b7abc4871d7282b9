"""Measure how a listing of many pages copes with an API's rate limit.

The sample API is a separate process. Beyond its limit it answers 429 with Retry-After.
Run with `make bench-all` on an idle machine.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from loguru import logger

from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from extraction import open_extractor
from rest.errors import SyncError

ROOT = Path(__file__).parents[1]
PER_SECOND = 20
PAGES = 500
PAGE = 2
CASES = {
    "requestsPerSecond: 18": {"requests_per_second": 18},
    "no requestsPerSecond": {},
    "no requestsPerSecond, maxConcurrentRequests: 50": {"max_concurrent_requests": 50},
}


@dataclass(frozen=True)
class Outcome:
    """The result of a run. is_complete: whether every item was read."""

    seconds: float
    is_complete: bool
    statuses: list[int]

    def __str__(self) -> str:
        refused = self.statuses.count(httpx.codes.TOO_MANY_REQUESTS)
        share = refused / len(self.statuses)
        completeness = "complete" if self.is_complete else "NOT COMPLETE"
        answers = f"{len(self.statuses)} requests, {refused} of them 429 ({share:.1%})"
        return f"{answers}, {self.seconds:.1f} s, {completeness}"


@contextmanager
def sample_api() -> Iterator[httpx.Client]:
    """Start the sample API with enough events for all pages."""
    command = [sys.executable, "-m", "sandbox.sample_api", "--port", "0", "--events", str(PAGES * PAGE)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline() if process.stdout else ""
        with httpx.Client(base_url="http://" + line.partition("http://")[2].split()[0]) as control:
            yield control
    finally:
        process.terminate()
        process.wait(timeout=10)


async def items_read(base_url: str, config: dict[str, Any]) -> int:
    """Read all events with one request per page. Return their number."""
    settings = Settings.from_config(
        {
            "base_url": f"{base_url.rstrip('/')}/none/page-total",
            "pagination_type": "page",
            "size_param": "per_page",
            "page_size": PAGE,
            **config,
        }
    )
    resource = read_resource("/api/v1/events", {"data_path": ".events"}, settings.pagination)
    async with open_extractor(settings, [resource]) as extractor:
        try:
            return sum([len(batch) async for batch in extractor.batches(resource)])
        except SyncError as error:
            print(error)
            return 0


def measured(control: httpx.Client, config: dict[str, Any]) -> Outcome:
    """Run once with a new rate limit."""
    control.post("/_control/reset").raise_for_status()
    control.post("/_control/rate-limit", json={"per_second": PER_SECOND}).raise_for_status()
    start = time.perf_counter()
    items = asyncio.run(items_read(str(control.base_url), config))
    seconds = time.perf_counter() - start
    statuses = [request["status"] for request in control.get("/_control/requests").json()]
    return Outcome(seconds, items == PAGES * PAGE, statuses)


def main() -> None:
    """Print a line for each case."""
    logger.remove()
    print(f"{PAGES} pages, {PER_SECOND} requests per second allowed: at least {PAGES / PER_SECOND:.0f} s")
    with sample_api() as control:
        for name, config in CASES.items():
            print(f"{name}: {measured(control, config)}")


if __name__ == "__main__":
    main()
