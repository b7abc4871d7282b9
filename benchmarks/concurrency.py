"""How near extraction comes to what the network allows: requests x latency / concurrency.

Against the sample API in its own process, at 50 ms an answer and 10 requests at once; medians of five runs.
Run with `make bench`, on a machine with nothing else to do.
"""

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from loguru import logger

from extraction import open_extractor
from rest.resource_reader import read_resource
from rest.settings import Settings

ROOT = Path(__file__).parents[1]
LATENCY_S = 0.05
CONCURRENCY = 10
RUNS = 5
PROJECTS = 200
EVENTS = 5000
PAGE = 50


@dataclass(frozen=True)
class Case:
    """One listing; requests: how many of them the bound counts."""

    name: str
    paging: str
    kind: str
    selector: Mapping[str, Any]
    settings: Mapping[str, str]
    requests: int

    @property
    def bound_s(self) -> float:
        """The least time that so many requests can take."""
        return self.requests * LATENCY_S / CONCURRENCY


CASES = (
    Case(
        f"{EVENTS // PAGE} pages, their number known",
        "page-total",
        "/api/v1/events",
        {"data_path": ".events"},
        {"pagination_type": "page", "size_param": "per_page"},
        EVENTS // PAGE,
    ),
    Case(
        f"{PROJECTS} parents, one page of children each",
        "page",
        "/api/v1/projects/{id}/tasks",
        {
            "data_path": ".tasks",
            "path_parameters": {
                "id": {
                    "endpoint": "/api/v1/projects",
                    "data_path": ".data.projects",
                    "field": ".project_id",
                    "pagination": {"page_size": 100},
                }
            },
        },
        {"pagination_type": "page"},
        PROJECTS,
    ),
)


@contextmanager
def sample_api() -> Iterator[httpx.Client]:
    """The sample API with as many events and projects as the cases want, each project with one task."""
    command = [sys.executable, "-m", "sandbox.sample_api", "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline() if process.stdout else ""
        with httpx.Client(base_url="http://" + line.partition("http://")[2].split()[0]) as control:
            names = [f"P-{number:03}" for number in range(PROJECTS)]
            data = {
                "events": [{"id": number} for number in range(EVENTS)],
                "projects": [{"project_id": name} for name in names],
                "tasks": [{"task_id": number, "project_id": name} for number, name in enumerate(names)],
            }
            control.post("/_control/data", json=data).raise_for_status()
            control.post("/_control/latency", json={"seconds": LATENCY_S}).raise_for_status()
            yield control
    finally:
        process.terminate()
        process.wait(timeout=10)


async def extracted(case: Case, base_url: str) -> tuple[float, int]:
    """Seconds and items of one run."""
    config = {
        "base_url": f"{base_url.rstrip('/')}/bearer/{case.paging}",
        "auth_type": "bearer_token",
        "api_token": "sample-token",
        "page_size": PAGE,
        "max_concurrent_requests": CONCURRENCY,
        **case.settings,
    }
    settings = Settings.from_config(config)
    resource = read_resource(case.kind, case.selector, settings.pagination)
    async with open_extractor(settings, [resource]) as extractor:
        start = time.perf_counter()
        items = 0
        async for batch in extractor.batches(resource):
            items += len(batch)
        return time.perf_counter() - start, items


def main() -> None:
    """Prints a line for each case."""
    logger.remove()
    with sample_api() as control:
        for case in CASES:
            runs = [asyncio.run(extracted(case, str(control.base_url))) for _ in range(RUNS)]
            seconds = statistics.median(seconds for seconds, _ in runs)
            most = control.get("/_control/stats").json()["max_in_flight"]
            ratio = seconds / case.bound_s
            print(
                f"{case.name}: {seconds:.2f} s, {ratio:.2f} x the bound of {case.bound_s:.2f} s; "
                f"{runs[0][1]} items, {most} requests at once at the most"
            )


if __name__ == "__main__":
    main()
