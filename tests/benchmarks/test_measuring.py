"""What the benchmarks measure with: samples of processes, gaps of the event loop, and the lean API."""

import asyncio
import io
import json
import subprocess
import sys
import threading
import time
from asyncio.base_events import BaseEventLoop
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from benchmarks.lean_api import lean_api
from benchmarks.port_sandbox import ResyncState
from benchmarks.processes import Usage, sampled, value_at
from benchmarks.sail import kind_of_call
from benchmarks.watched_sail import LoopWatch


def test_a_value_between_samples_is_interpolated() -> None:
    samples = [(1.0, 10.0), (2.0, 20.0), (4.0, 20.0)]
    assert [value_at(samples, moment) for moment in (0, 1, 1.5, 3, 9)] == [10, 10, 15, 20, 20]
    assert value_at([], 1) == 0


def test_usage_counts_only_what_lies_between_two_moments() -> None:
    usage = Usage([(0.0, 1.0), (10.0, 11.0)], [(1.0, 50.0), (5.0, 80.0), (9.0, 60.0)])
    assert usage.processor_between(2, 5) == pytest.approx(3)
    assert usage.peak_between(4, 9) == 80
    assert usage.peak_between(8, 10) == 65
    assert Usage([], []).peak_between(8, 10) == 0


def test_a_resync_shorter_than_the_time_between_two_samples_has_a_peak() -> None:
    assert Usage([], [(1.0, 50.0), (5.0, 80.0), (9.0, 60.0)]).peak_between(5.5, 6) == 77.5


@pytest.mark.process
@pytest.mark.slow
def test_the_processor_time_of_ended_children_counts() -> None:
    # Linux rounds the time of a process down to hundredths of a second.
    busy = "import time\nwhile time.process_time() < 0.6: pass"
    parent = f"import subprocess, sys, time\nsubprocess.run([sys.executable, '-c', {busy!r}])\ntime.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", parent])
    try:
        with sampled(process.pid) as usage:
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline and (not usage.processor or usage.processor[-1][1] < 0.5):
                time.sleep(0.05)
            time.sleep(0.2)
        assert usage.processor[-1][1] >= 0.5
        assert usage.memory[-1][1] > 1
    finally:
        process.kill()
        process.wait()


def test_a_blocked_loop_is_recorded_with_its_stack() -> None:
    output = io.StringIO()

    def block_the_loop() -> None:
        time.sleep(0.4)

    async def run() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, BaseEventLoop)
        watch = threading.Thread(target=LoopWatch(loop, output).run)
        watch.start()
        await asyncio.sleep(0.1)
        block_the_loop()
        await asyncio.sleep(0.1)

    asyncio.run(run())
    gaps = [json.loads(line) for line in output.getvalue().splitlines()]
    longest: dict[str, Any] = max(gaps, key=lambda gap: float(gap["gap_s"]))
    assert longest["gap_s"] >= 0.4
    assert longest["cpu_s"] < longest["gap_s"]
    assert "block_the_loop" in longest["stack"][-1]


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("POST", "/v1/blueprints/a b/entities/bulk", "POST /v1/blueprints/{blueprint}/entities/bulk"),
        ("GET", "/v1/blueprints/a/entities/b%2Fc", "GET /v1/blueprints/{blueprint}/entities/{entity}"),
        (
            "POST",
            "/v1/blueprints/entities/datasource-entities",
            "POST /v1/blueprints/entities/datasource-entities",
        ),
        (
            "POST",
            "/v1/integration/x/kinds//a/{id}/b/examples",
            "POST /v1/integration/{id}/kinds/{kind}/examples",
        ),
        (
            "PUT",
            "/ingest/metrics/7e95/syncMetrics/resync/1/kind/x-0",
            "PUT /ingest/metrics/{key}/syncMetrics/{kind}",
        ),
        ("POST", "/v1/entities/search", "POST /v1/entities/search"),
    ],
)
def test_requests_are_counted_without_names(method: str, path: str, kind: str) -> None:
    assert kind_of_call(method, path) == kind


def test_a_running_or_earlier_resync_has_not_ended() -> None:
    assert ResyncState("completed", 10, 20).ended_after(9)
    assert not ResyncState("completed", 10, 20).ended_after(10)
    assert not ResyncState("running", 30, 20).ended_after(10)
    assert not ResyncState("", 0, 0).ended_after(0)


@pytest.fixture
def api() -> Iterator[httpx.Client]:
    with lean_api(items=30, etags=True, item_bytes=900) as (url, _), httpx.Client(base_url=url) as client:
        yield client


@pytest.mark.process
def test_the_api_answers_304_and_counts_bytes(api: httpx.Client) -> None:
    first = api.get("/items?page=1&per_page=20")
    assert len(first.json()["items"]) == 20
    assert all(len(json.dumps(item)) >= 900 for item in first.json()["items"])
    before = api.get("/_stats").json()
    again = api.get("/items?page=1&per_page=20", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    after = api.get("/_stats").json()
    assert after["not_modified"] == 1
    assert after["bytes"] - before["bytes"] < 100 < before["bytes"]
    other = api.get("/items?page=2&per_page=20", headers={"If-None-Match": first.headers["ETag"]})
    assert (other.status_code, len(other.json()["items"])) == (200, 10)


@pytest.mark.process
def test_the_api_can_lose_items(api: httpx.Client) -> None:
    etag = api.get("/items?page=1&per_page=20").headers["ETag"]
    api.get("/_items?count=5").raise_for_status()
    response = api.get("/items?page=1&per_page=20", headers={"If-None-Match": etag})
    assert (response.status_code, len(response.json()["items"])) == (200, 5)
