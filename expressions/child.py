"""The child process that runs jq programs. It reads requests from stdin and writes responses to stdout.

A frame is a length in eight bytes, followed by that many bytes. A request is two frames: the program, and
its input as JSON. An empty input only compiles the program. A response is one frame: `+` and the outputs as
lines of JSON, or `-` and an error message.
"""

import resource
import signal
import struct
from contextlib import suppress
from functools import lru_cache
from typing import Any, BinaryIO

import jq

LENGTH = struct.Struct("!Q")
# Compiled programs to cache: a large mapping has about as many expressions that are not plain paths.
_CACHED_PROGRAMS = 256


def read_frame(source: BinaryIO) -> bytes | None:
    """Return the next frame, or None at the end of the source."""
    length = source.read(LENGTH.size)
    return source.read(*LENGTH.unpack(length)) if len(length) == LENGTH.size else None


def write_frame(sink: BinaryIO, frame: bytes) -> None:
    """Write and flush one frame."""
    sink.write(LENGTH.pack(len(frame)))
    sink.write(frame)
    sink.flush()


def limit_memory(max_bytes: int) -> None:
    """Limit the memory of this process. An allocation beyond the limit ends the process."""
    # Some systems do not support the limit, and the current hard limit may be lower.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (max_bytes, resource.getrlimit(resource.RLIMIT_AS)[1]))


def serve(source: BinaryIO, sink: BinaryIO, timeout_s: float) -> None:
    """Answer requests until the source ends. An input that takes longer than timeout_s ends this process."""
    compiled = lru_cache(_CACHED_PROGRAMS)(jq.compile)
    while (program := read_frame(source)) is not None:
        value = read_frame(source) or b""
        # A kernel timer, because jq cannot be interrupted from Python.
        signal.setitimer(signal.ITIMER_REAL, timeout_s)
        try:
            response = b"+" + _outputs(compiled(program.decode()), value)
        except ValueError as error:
            response = b"-" + str(error).encode()
        signal.setitimer(signal.ITIMER_REAL, 0)
        write_frame(sink, response)


def main(timeout_s: str, max_bytes: str, source: BinaryIO, sink: BinaryIO) -> None:
    """Run the process. timeout_s: seconds for one input. max_bytes: memory of the whole process."""
    # Ctrl-C in a terminal reaches the whole process group. This process ends when its input ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    limit_memory(int(max_bytes))
    serve(source, sink, float(timeout_s))


def _outputs(compiled: Any, value: bytes) -> bytes:  # noqa: ANN401 - jq has no type hints
    texts: list[str] = compiled.input_text(value.decode()).all() if value else []
    return "\n".join(texts).encode()
