"""Run jq programs in a child process. In this process jq could not be interrupted or limited in memory."""

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
_MAX_RESPONSE_BYTES = 32 * 2**20
_MAX_COMPILED = 10_000
# What the interpreter and jq's time zones need.
_PASSED_VARIABLES = frozenset({"HOME", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "PATH", "TZ"})


class SizedInput(Protocol):
    """An input that is stored outside memory, for example on disk."""

    @property
    def size(self) -> int:
        """The size in bytes."""
        ...

    def reader(self) -> Chunks:
        """Return a reader that begins at the start."""
        ...


class Sink(Protocol):
    """The destination of outputs."""

    def write(self, chunk: bytes) -> None:
        """Append a chunk."""
        ...


class StoppedError(Exception):
    """The process was closed while it ran a program, so nothing is known about the program."""


@dataclass(frozen=True, slots=True)
class JqLimits:
    """The limits for one input: seconds, and bytes of memory.

    pause_s: how long a program that exceeded a limit fails at once, without being run again. Otherwise each
    of a thousand parent items would wait for the timeout.
    """

    timeout_s: float = 30
    max_bytes: int = 2 * 2**30
    pause_s: float = 600


@cache
def jq_process(limits: JqLimits) -> "JqProcess":
    """Return the process that all programs with these limits share."""
    return JqProcess(limits)


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why a program is not run, and until when (monotonic clock)."""

    reason: str
    until: float


class JqProcess:
    """A child process that runs jq programs.

    It starts with the first program. It ends when this object is garbage collected, and when this process
    ends. Several threads can use it, and so can a fork of the process that created it.
    """

    def __init__(self, limits: JqLimits) -> None:
        self._limits = limits
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._closed: subprocess.Popen[bytes] | None = None
        self._started_by = 0
        self._refused: dict[str, _Refusal] = {}
        self._compiled: set[str] = set()

    def check(self, program: str) -> None:
        """Compile a program. Raises ValueError: it does not compile (jq's message), or exceeds a limit.

        Each resync checks the same programs.
        """
        if program in self._compiled:
            return
        self._run(program, b"")
        if len(self._compiled) < _MAX_COMPILED:
            self._compiled.add(program)

    def outputs(self, program: str, value: str) -> list[str]:
        """Return each output as JSON. value: the input as JSON.

        Raises ValueError: the program fails, or exceeds a limit.
        """
        response = self._run(program, value.encode())
        return response.split("\n") if response else []

    def outputs_into(self, program: str, source: SizedInput, sink: Sink) -> None:
        """Write each output to the sink, one line of JSON each, for an input too large for memory.

        Raises ValueError: the program fails, or exceeds a limit.
        """
        self._run(program, source, sink)

    def close(self) -> None:
        """End the process, even while it runs a program: that raises StoppedError.

        The next program starts a new process.
        """
        process = self._process
        if process and self._started_by == os.getpid():
            self._closed = process
            process.kill()
            process.wait()

    def _run(self, program: str, value: bytes | SizedInput, sink: Sink | None = None) -> str:
        with self._lock:
            refusal = self._refused.get(program)
            if refusal and time.monotonic() < refusal.until:
                raise ValueError(refusal.reason)
            process = self._running_process()
            try:
                response = _exchange(process, program.encode(), value, sink)
            except BaseException:  # the unread response would be taken for that of the next input
                end_process(process, os.getpid())
                raise
            if response is None:
                end_process(process, os.getpid())
                if process is self._closed:
                    raise StoppedError
                reason = self._reason_for_exit(process.returncode)
                self._refused[program] = _Refusal(reason, time.monotonic() + self._limits.pause_s)
                raise ValueError(reason)
        sign, text = response[:1], response[1:].decode()
        if sign == b"-":
            raise ValueError(text)
        return text

    def _running_process(self) -> "subprocess.Popen[bytes]":
        # A fork starts its own: two processes that share a pipe would get each other's responses.
        if self._process and self._started_by == os.getpid() and self._process.poll() is None:
            return self._process
        limits = self._limits
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-c", _START, str(_ROOT), str(limits.timeout_s), str(limits.max_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment_without_secrets(),
        )
        self._process, self._started_by = process, os.getpid()
        weakref.finalize(self, end_process, process, self._started_by)
        return process

    def _reason_for_exit(self, exit_code: int) -> str:
        if exit_code == -signal.SIGALRM:
            return f"it took longer than {self._limits.timeout_s:g} s"
        return f"it ended its process, which may use {self._limits.max_bytes / 2**30:.1f} GiB of memory"


def _exchange(
    process: "subprocess.Popen[bytes]", program: bytes, value: bytes | SizedInput, sink: Sink | None
) -> bytes | None:
    """Send a request and return the response, or None if the process ended without one.

    With a sink, the outputs are written to it, and only the sign of the response is returned.
    """
    stdin, stdout = cast("BinaryIO", process.stdin), cast("BinaryIO", process.stdout)
    with suppress(BrokenPipeError):
        write_frame(stdin, program)
        if isinstance(value, bytes):
            write_frame(stdin, value)
        else:
            _send(value, stdin)
    return _read_response(stdout) if sink is None else _copy_response(stdout, sink)


def _send(source: SizedInput, stdin: BinaryIO) -> None:
    stdin.write(LENGTH.pack(source.size))
    reader = source.reader()
    while chunk := reader.read(_CHUNK_BYTES):
        stdin.write(chunk)
    stdin.flush()


def _read_response(stdout: BinaryIO) -> bytes | None:
    """Raises ValueError: the response is larger than 32 MiB."""
    head = stdout.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    length = LENGTH.unpack(head)[0]
    if length > _MAX_RESPONSE_BYTES:
        raise ValueError(f"the outputs have more than {_MAX_RESPONSE_BYTES // 2**20} MiB")
    return stdout.read(length)


def _copy_response(stdout: BinaryIO, sink: Sink) -> bytes | None:
    head = stdout.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    remaining = LENGTH.unpack(head)[0] - 1
    sign = stdout.read(1)
    if sign == b"-":
        return sign + stdout.read(remaining)
    while remaining > 0:
        chunk = stdout.read(min(remaining, _CHUNK_BYTES))
        if not chunk:
            return None
        sink.write(chunk)
        remaining -= len(chunk)
    return sign


def environment_without_secrets() -> dict[str, str]:
    """Return the environment variables that a process that runs jq may see."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in _PASSED_VARIABLES or name.startswith("PYTHON")
    }


def end_process(process: "subprocess.Popen[bytes]", started_by: int) -> None:
    """Kill the process, wait for it, and close its pipes. A fork of started_by only closes the pipes."""
    if os.getpid() == started_by:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):
            cast("BinaryIO", pipe).close()
