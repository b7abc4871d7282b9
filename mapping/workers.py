"""Worker processes that run jq, so that no expression can block, exhaust or inspect this process."""

import asyncio
import os
import signal
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from expressions.child import LENGTH
from expressions.process import environment_without_secrets
from mapping.program import Task
from mapping.worker import write_task
from rest.errors import ResourceError

_ROOT = Path(__file__).parents[1]
# A worker does not need what the package imports. Without it, it starts four times as fast.
_START = (
    "import sys, types; sys.path.insert(0, sys.argv[1]); "
    "package = sys.modules['mapping'] = types.ModuleType('mapping'); "
    "package.__path__ = [sys.argv[1] + '/mapping']; "
    "from mapping.worker import main; "
    "main(sys.argv[2:], sys.stdin.buffer, sys.stdout.buffer)"
)


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """What workers may use.

    count: the most workers at once.
    timeout_s: the most seconds for one request.
    sees_environment: jq's `env` is the environment of this process, which contains secrets.
    memory_bytes: the most memory of a worker. Requests are divided so that they need a small part of it.
    """

    count: int = 1
    timeout_s: float = 120
    sees_environment: bool = False
    memory_bytes: int = 2 * 2**30


class Workers:
    """Starts workers when they are needed, and replaces those that fail.

    Belongs to one event loop. Workers end when this process ends.
    """

    def __init__(self, limits: WorkerLimits) -> None:
        self.limits = limits
        self._free = asyncio.Semaphore(limits.count)
        self._idle: list[Process] = []
        self._started: list[Process] = []
        self._is_closed = False

    async def run(self, task: Task, items: bytes) -> bytes:
        """Return a worker's response for a JSON array of items, as mapping/worker.py describes it.

        Raises ResourceError: the request took too long, or its worker ended.
        """
        async with self._free:
            worker = await self._worker()
            try:
                response = await _response(worker, [write_task(task), items])
            except (EOFError, ConnectionError) as error:
                raise self._failure(await worker.wait()) from error
            except BaseException:
                # Cancelled: the next request would read this response.
                _kill(worker)
                raise
            self._idle.append(worker)
            return response

    async def close(self) -> None:
        """Stop all workers, busy ones included."""
        self._is_closed = True
        for worker in self._started:
            _kill(worker)
        await asyncio.gather(*(worker.wait() for worker in self._started))

    async def _worker(self) -> Process:
        if self._is_closed:
            raise ResourceError("the mapping workers are closed")
        self._idle = [worker for worker in self._idle if worker.returncode is None]
        if self._idle:
            return self._idle.pop()
        worker = await self._start()
        self._started = [worker, *(other for other in self._started if other.returncode is None)]
        if self._is_closed:  # while it started
            _kill(worker)
        return worker

    async def _start(self) -> Process:
        limits = self.limits
        arguments = (str(limits.timeout_s), str(limits.memory_bytes), str(int(limits.sees_environment)))
        environ = dict(os.environ) if limits.sees_environment else environment_without_secrets()
        return await asyncio.create_subprocess_exec(
            sys.executable, "-c", _START, str(_ROOT), *arguments, stdin=PIPE, stdout=PIPE, env=environ
        )

    def _failure(self, exit_code: int) -> ResourceError:
        if exit_code == -signal.SIGALRM:
            return ResourceError(
                f"the mapping took longer than {self.limits.timeout_s:g} s on one batch of items",
                hint="Look for a jq expression that does not terminate",
            )
        reason = f"signal {-exit_code}" if exit_code < 0 else f"exit code {exit_code}"
        return ResourceError(
            f"the process that ran the mapping ended ({reason})",
            hint="Look for a jq expression with a very large output: "
            f"the process may use {self.limits.memory_bytes / 2**30:.1f} GiB of memory",
        )


async def _response(worker: Process, frames: Iterable[bytes]) -> bytes:
    source, sink = cast("StreamReader", worker.stdout), cast("StreamWriter", worker.stdin)
    for frame in frames:
        sink.write(LENGTH.pack(len(frame)))
        sink.write(frame)
    await sink.drain()
    (length,) = LENGTH.unpack(await source.readexactly(LENGTH.size))
    return await source.readexactly(length)


def _kill(worker: Process) -> None:
    with suppress(ProcessLookupError):
        worker.kill()
