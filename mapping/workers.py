"""Long-lived processes that run jq, so that no expression can hold up, exhaust or read this one."""

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
# What the package imports for those who start workers, a worker does without: it starts four times as fast.
_START = (
    "import sys, types; sys.path.insert(0, sys.argv[1]); "
    "package = sys.modules['mapping'] = types.ModuleType('mapping'); "
    "package.__path__ = [sys.argv[1] + '/mapping']; "
    "from mapping.worker import main; "
    "main(sys.argv[2:], sys.stdin.buffer, sys.stdout.buffer)"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """count: workers at once. timeout_s: seconds that a request may take.

    sees_environment: jq's `env` is this process's environment, with the secrets in it.
    memory_bytes: what a worker may have; requests are cut to need a small part of it.
    """

    count: int = 1
    timeout_s: float = 120
    sees_environment: bool = False
    memory_bytes: int = 2 * 2**30


class Workers:
    """Starts a worker when one is needed; one that fails is ended, and the next request has another.

    Belongs to one event loop. Workers end by themselves when this process does.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._free = asyncio.Semaphore(limits.count)
        self._idle: list[Process] = []
        self._started: list[Process] = []
        self._is_closed = False

    async def run(self, task: Task, items: bytes) -> bytes:
        """A worker's answer for a JSON array of items: see mapping/worker.py.

        Raises ResourceError: it took longer than it may, or ended its worker.
        """
        async with self._free:
            worker = await self._worker()
            try:
                answer = await _answer(worker, [write_task(task), items])
            except (EOFError, ConnectionError) as error:
                raise self._failure(await worker.wait()) from error
            except BaseException:
                # Cancelled: the answer would be taken for that of the next request.
                _kill(worker)
                raise
            self._idle.append(worker)
            return answer

    async def close(self) -> None:
        """Ends all workers, busy ones too."""
        self._is_closed = True
        for worker in self._started:
            _kill(worker)
        await asyncio.gather(*(worker.wait() for worker in self._started))

    async def _worker(self) -> Process:
        if self._is_closed:
            raise ResourceError("the workers of the mapping are closed")
        self._idle = [worker for worker in self._idle if worker.returncode is None]
        if self._idle:
            return self._idle.pop()
        worker = await self._start()
        self._started = [worker, *(other for other in self._started if other.returncode is None)]
        if self._is_closed:  # meanwhile
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
                hint="Look for a jq expression that does not come to an end",
            )
        reason = f"signal {-exit_code}" if exit_code < 0 else f"exit code {exit_code}"
        return ResourceError(
            f"the mapping ended the process that ran it ({reason})",
            hint="Look for a jq expression that makes too much of an item: "
            f"it may use {self.limits.memory_bytes / 2**30:.1f} GiB of memory",
        )


async def _answer(worker: Process, frames: Iterable[bytes]) -> bytes:
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
