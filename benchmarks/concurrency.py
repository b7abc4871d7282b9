"""Compare the time of extraction with its lower bound: requests x latency / concurrency.

The API is a separate process with a latency of 50 ms. At most 10 requests are concurrent. The results are
medians of five runs, with the same requests by plain httpx for comparison. Run with `make bench` on an idle
machine.
"""

import asyncio
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from loguru import logger

from benchmarks.lean_api import lean_api
from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from extraction import open_extractor

LATENCY_S = 0.05
CONCURRENCY = 10
RUNS = 5
PARENTS = 200
ITEMS = 5000
PAGE = 50


@dataclass(frozen=True)
class Case:
    """A listing, and the paths that it requests."""

    name: str
    kind: str
    selector: Mapping[str, Any]
    paths: tuple[str, ...]

    @property
    def bound_s(self) -> float:
        """The lower bound in seconds."""
        return len(self.paths) * LATENCY_S / CONCURRENCY


CASES = (
    Case(
        f"{ITEMS // PAGE} pages, known number",
        "/items",
        {"data_path": ".items"},
        tuple(f"/items?page={page + 1}&per_page={PAGE}" for page in range(ITEMS // PAGE)),
    ),
    Case(
        f"{PARENTS} parents, one page of children each",
        "/parents/{id}/children",
        {
            "data_path": ".children",
            "path_parameters": {"id": {"endpoint": "/parents", "data_path": ".parents", "field": ".id"}},
        },
        tuple(f"/parents/{parent}/children" for parent in range(PARENTS)),
    ),
)


async def extracted_s(case: Case, base_url: str) -> float:
    """Return the seconds of one run. Raises AssertionError: items are missing."""
    settings = Settings.from_config(
        {
            "base_url": base_url,
            "pagination_type": "page",
            "size_param": "per_page",
            "page_size": PAGE,
            "max_concurrent_requests": CONCURRENCY,
        }
    )
    resource = read_resource(case.kind, case.selector, settings.pagination)
    async with open_extractor(settings, [resource]) as extractor:
        start = time.perf_counter()
        items = [item async for batch in extractor.batches(resource) for item in batch]
        taken = time.perf_counter() - start
    assert len(items) in (ITEMS, PARENTS)
    return taken


async def bare_s(case: Case, base_url: str) -> float:
    """Return the seconds of the same requests by plain httpx."""
    paths = iter(case.paths)

    async def work(http: httpx.AsyncClient) -> None:
        for path in paths:
            (await http.get(base_url + path)).raise_for_status()

    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=CONCURRENCY)) as http:
        start = time.perf_counter()
        await asyncio.gather(*(work(http) for _ in range(CONCURRENCY)))
        return time.perf_counter() - start


def main() -> None:
    """Print a line for each case."""
    logger.remove()
    with lean_api(items=ITEMS, parents=PARENTS, latency_s=LATENCY_S) as (base_url, _):
        for case in CASES:
            runs = [
                (asyncio.run(extracted_s(case, base_url)), asyncio.run(bare_s(case, base_url)))
                for _ in range(RUNS)
            ]
            ours, bare = (statistics.median(column) for column in zip(*runs, strict=True))
            most = httpx.get(f"{base_url}/most-at-once").json()
            print(
                f"{case.name}: {ours:.2f} s, {ours / case.bound_s:.2f} x the bound of {case.bound_s:.2f} s "
                f"(bare httpx: {bare / case.bound_s:.2f} x); {most} concurrent requests at most"
            )


if __name__ == "__main__":
    main()
