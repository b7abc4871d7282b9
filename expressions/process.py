"""A process for our own jq programs. jq cannot be interrupted, and its memory not be bounded, in this one."""

import os
import signal
import subprocess
import sys
import time
import weakref
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import BinaryIO, Protocol, cast

from expressions.child import LENGTH, write_frame
from rest.weight import Chunks

_ROOT = Path(__file__).parents[1]
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from expressions.child import main; "
    "main(*sys.argv[2:], sys.stdin.buffer, sys.stdout.buffer)"
)
_CHUNK_BYTES = 2**20
_LONGEST_ANSWER = 32 * 2**20
# What the interpreter and jq's time zones need, and no more.
_HARMLESS = frozenset({"HOME", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "PATH", "TZ"})


class Sized(Protocol):
    """An input that is kept elsewhere than in memory."""

    @property
    def size(self) -> int:
        """Bytes."""
        ...

    def reader(self) -> Chunks:
        """Reads it from the start."""
        ...


class Sink(Protocol):
    """Where outputs go."""

    def write(self, chunk: bytes) -> None:
        """Adds to its end."""
        ...


@dataclass(frozen=True, slots=True)
class JqLimits:
    """What one input may take: seconds, and bytes of memory.

    pause_s: so long is a program not asked again that took more; each child of a thousand would wait.
    """

    timeout_s: float = 30
    max_bytes: int = 2 * 2**30
    pause_s: float = 600


@cache
def jq_process(limits: JqLimits) -> "JqProcess":
    """The one process for all programs with these limits."""
    return JqProcess(limits)


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why a program is not run, and until when by the monotonic clock."""

    reason: str
    until: float


class JqProcess:
    """Runs programs, from the first one on; ends when nobody holds it any more, and with this process.

    Can be used by several threads, and in a process that was forked from the one that began.
    """

    def __init__(self, limits: JqLimits) -> None:
        self._limits = limits
        self._turn = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._started_by = 0
        self._refused: dict[str, _Refusal] = {}

    def check(self, program: str) -> None:
        """Raises ValueError: the program does not compile, in jq's words, or not within the limits."""
        self._answer(program, b"")

    def outputs(self, program: str, value: str) -> list[str]:
        """JSON of each output for an input as JSON. Raises ValueError: it fails, or needs too much."""
        answer = self._answer(program, value.encode())
        return answer.split("\n") if answer else []

    def outputs_into(self, program: str, source: Sized, sink: Sink) -> None:
        """The same for an input that would fill the memory; the outputs go to the sink, a line for each."""
        self._answer(program, source, sink)

    def close(self) -> None:
        """Ends the process, also while it runs a program; the next one has a new process."""
        process = self._process
        if process and self._started_by == os.getpid():
            process.kill()
            process.wait()

    def _answer(self, program: str, value: bytes | Sized, sink: Sink | None = None) -> str:
        with self._turn:
            refusal = self._refused.get(program)
            if refusal and time.monotonic() < refusal.until:
                raise ValueError(refusal.reason)
            process = self._running()
            try:
                answer = _asked(process, program.encode(), value, sink)
            except BaseException:  # a stopped reader would take this answer for that of its next input
                end_process(process, os.getpid())
                raise
            if answer is None:
                end_process(process, os.getpid())
                reason = self._reason(process.returncode)
                self._refused[program] = _Refusal(reason, time.monotonic() + self._limits.pause_s)
                raise ValueError(reason)
        sign, text = answer[:1], answer[1:].decode()
        if sign == b"-":
            raise ValueError(text)
        return text

    def _running(self) -> "subprocess.Popen[bytes]":
        # Two processes that write into one pipe would get each other's answers.
        if self._process and self._started_by == os.getpid() and self._process.poll() is None:
            return self._process
        limits = self._limits
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-c", _START, str(_ROOT), str(limits.timeout_s), str(limits.max_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=harmless_environment(),
        )
        self._process, self._started_by = process, os.getpid()
        weakref.finalize(self, end_process, process, self._started_by)
        return process

    def _reason(self, exit_code: int) -> str:
        if exit_code == -signal.SIGALRM:
            return f"it took longer than {self._limits.timeout_s:g} s"
        return f"it ended its process, which may use {self._limits.max_bytes / 2**30:.1f} GiB of memory"


def _asked(
    process: "subprocess.Popen[bytes]", program: bytes, value: bytes | Sized, sink: Sink | None
) -> bytes | None:
    """The answer, of which only the sign where its outputs went to the sink; None when the process ended
    instead.
    """
    to_it, from_it = cast("BinaryIO", process.stdin), cast("BinaryIO", process.stdout)
    with suppress(BrokenPipeError):
        write_frame(to_it, program)
        if isinstance(value, bytes):
            write_frame(to_it, value)
        else:
            _send(value, to_it)
    return _answered(from_it) if sink is None else _received(from_it, sink)


def _answered(from_it: BinaryIO) -> bytes | None:
    """Raises ValueError: the answer would fill the memory."""
    head = from_it.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    length = LENGTH.unpack(head)[0]
    if length > _LONGEST_ANSWER:
        raise ValueError(f"its outputs have more than {_LONGEST_ANSWER // 2**20} MiB")
    return from_it.read(length)


def _send(source: Sized, to_it: BinaryIO) -> None:
    to_it.write(LENGTH.pack(source.size))
    reader = source.reader()
    while chunk := reader.read(_CHUNK_BYTES):
        to_it.write(chunk)
    to_it.flush()


def _received(from_it: BinaryIO, sink: Sink) -> bytes | None:
    head = from_it.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    left = LENGTH.unpack(head)[0] - 1
    sign = from_it.read(1)
    if sign == b"-":
        return sign + from_it.read(left)
    while left > 0:
        chunk = from_it.read(min(left, _CHUNK_BYTES))
        if not chunk:
            return None
        sink.write(chunk)
        left -= len(chunk)
    return sign


def harmless_environment() -> dict[str, str]:
    """What of the environment a process that runs jq may see."""
    return {
        name: value for name, value in os.environ.items() if name in _HARMLESS or name.startswith("PYTHON")
    }


def end_process(process: "subprocess.Popen[bytes]", started_by: int) -> None:
    """Ends it, and waits for that; in a fork of the process that started it, only forgets it."""
    if os.getpid() == started_by:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):
            cast("BinaryIO", pipe).close()
