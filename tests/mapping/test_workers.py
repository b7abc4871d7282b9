"""Real worker processes: their limits, and that none remains."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from mapping.program import Expression, Task
from mapping.workers import WorkerLimits, Workers
from rest.errors import ResourceError

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
ENDLESS = "last(repeat(1))"
TOO_LARGE = 'last("x" | recurse(. + .))'


@asynccontextmanager
async def open_workers(**limits: Any) -> AsyncIterator[Workers]:
    workers = Workers(WorkerLimits(**limits))
    try:
        yield workers
    finally:
        await workers.close()


async def run(workers: Workers, text: str, *items: Any) -> Any:
    answer = await workers.run(Task([Expression(text)]), json.dumps(items or ({},)).encode())
    return [row[0] for row in json.loads(answer)]


def pids(workers: Workers) -> list[int]:
    return [worker.pid for worker in workers._started if worker.returncode is None]


def is_running(pid: int) -> bool:
    """Return False once a process has ended, even if nobody has waited for it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def are_gone(running: list[int]) -> bool:
    """Wait up to ten seconds for processes to end."""
    end = time.monotonic() + 10
    while time.monotonic() < end and any(map(is_running, running)):
        time.sleep(0.01)
    return not any(map(is_running, running))


def environment(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


async def test_worker_is_reused_and_stopped_at_the_end() -> None:
    async with open_workers() as workers:
        assert pids(workers) == []
        assert await run(workers, ".a", {"a": 1}, {"a": 2}) == [[1], [2]]
        first = pids(workers)
        assert await run(workers, ".a + 1", {"a": 1}) == [[2]]
        assert pids(workers) == first
    assert are_gone(first)


async def test_number_of_workers_is_limited() -> None:
    async with open_workers(count=2) as workers:
        answers = await asyncio.gather(*(run(workers, ".a", {"a": number}) for number in range(10)))
        assert answers == [[[number]] for number in range(10)]
        assert len(pids(workers)) == 2


async def test_large_batch_is_processed() -> None:
    async with open_workers() as workers:
        text = "x" * 3_000_000
        assert await run(workers, ".a", {"a": text}) == [[text]]


async def test_endless_expression_is_stopped_and_the_worker_replaced() -> None:
    async with open_workers(timeout_s=0.3) as workers:
        with pytest.raises(ResourceError, match=r"took longer than 0\.3 s .* does not terminate"):
            await run(workers, ENDLESS)
        assert pids(workers) == []
        assert await run(workers, ".a", {"a": 1}) == [[1]]


async def test_expression_that_exhausts_memory_ends_only_its_worker() -> None:
    async with open_workers(memory_bytes=200_000_000) as workers:
        with pytest.raises(
            ResourceError, match=r"the process that ran the mapping ended \(.*\).* 0\.2 GiB of memory"
        ):
            await run(workers, TOO_LARGE)
        assert await run(workers, ".a", {"a": 1}) == [[1]]


async def test_worker_that_was_killed_while_idle_is_replaced() -> None:
    async with open_workers() as workers:
        await run(workers, ".a")
        (first,) = pids(workers)
        os.kill(first, signal.SIGKILL)
        await workers._started[0].wait()
        assert await run(workers, ".a", {"a": 1}) == [[1]]
        assert pids(workers) != [first]


async def test_worker_that_is_killed_while_busy_fails_the_batch() -> None:
    async with open_workers() as workers:
        await run(workers, ".a")
        (first,) = pids(workers)
        batch = asyncio.create_task(run(workers, ENDLESS))
        await asyncio.sleep(0)
        os.kill(first, signal.SIGKILL)
        with pytest.raises(ResourceError, match="signal 9"):
            await batch


async def test_worker_that_cannot_start_fails_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHOME", "/nonexistent")
    async with open_workers() as workers:
        with pytest.raises(ResourceError, match="exit code 1"):
            await run(workers, ".a")


async def test_cancelled_request_ends_its_worker() -> None:
    async with open_workers() as workers:
        await run(workers, ".a")
        busy = pids(workers)
        batch = asyncio.create_task(run(workers, ENDLESS))
        await asyncio.sleep(0)
        batch.cancel()
        with pytest.raises(asyncio.CancelledError):
            await batch
        assert are_gone(busy)
        assert await run(workers, ".a", {"a": 1}) == [[1]]


async def test_close_stops_busy_workers_and_starts_no_others() -> None:
    async with open_workers(count=2) as workers:
        batch = asyncio.create_task(run(workers, ENDLESS))
        assert await run(workers, ".a", {"a": 1}) == [[1]]
        running = pids(workers)
        await workers.close()
        with pytest.raises(ResourceError, match="signal 9"):
            await batch
        with pytest.raises(ResourceError, match="closed"):
            await run(workers, ".a")
        assert are_gone(running)


async def test_worker_that_starts_during_close_is_stopped() -> None:
    async with open_workers() as workers:
        batch = asyncio.create_task(run(workers, ENDLESS))
        await asyncio.sleep(0)
        await workers.close()
        with pytest.raises(ResourceError):
            await batch
        assert pids(workers) == []


@pytest.mark.parametrize(
    ("sees", "text", "found"),
    [
        (False, "env", {}),
        (False, "$ENV.OCEAN_SECRET", None),
        (True, "env.OCEAN_SECRET", "hunter22"),
        (True, "$ENV.OCEAN_SECRET", "hunter22"),
    ],
)
async def test_environment_is_visible_only_if_it_is_allowed(
    text: str, found: Any, monkeypatch: pytest.MonkeyPatch, *, sees: bool
) -> None:
    monkeypatch.setenv("OCEAN_SECRET", "hunter22")
    async with open_workers(sees_environment=sees) as workers:
        assert await run(workers, text) == [[found]]
        assert (b"hunter22" in environment(*pids(workers))) is sees


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_workers_end_with_the_process_that_started_them(sent: signal.Signals) -> None:
    """One of them runs an endless expression."""
    program = (
        "import asyncio, signal\n"
        # A shell starts its background jobs with this signal ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from mapping.program import Expression, Task\n"
        "from mapping.workers import WorkerLimits, Workers\n"
        "async def main():\n"
        "    workers = Workers(WorkerLimits(count=2, timeout_s=1))\n"
        f"    asyncio.create_task(workers.run(Task([Expression({ENDLESS!r})]), b'[1]'))\n"
        "    await workers.run(Task([Expression('.')]), b'[1]')\n"
        "    print(*(worker.pid for worker in workers._started), flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with parent:
        assert parent.stdout is not None
        running = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(running) == 2
        parent.send_signal(sent)
    assert are_gone(running)
