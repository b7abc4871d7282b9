"""The process that runs jq programs: inputs come on its standard input, answers go to its standard output.

A frame is its length in eight bytes, and so many bytes. A request is two frames: the program, and an input
as JSON, or nothing to have the program compiled alone. An answer is one frame: `+` and the outputs as lines
of JSON, or `-` and why there are none.
"""

import resource
import signal
import struct
from contextlib import suppress
from functools import lru_cache
from typing import Any, BinaryIO

import jq

LENGTH = struct.Struct("!Q")
# Programs kept compiled: as many as a large mapping has expressions that are more than a path.
_PROGRAMS = 256


def read_frame(source: BinaryIO) -> bytes | None:
    """The next frame; None at the end of the source."""
    length = source.read(LENGTH.size)
    return source.read(*LENGTH.unpack(length)) if len(length) == LENGTH.size else None


def write_frame(sink: BinaryIO, frame: bytes) -> None:
    """Sends a frame."""
    sink.write(LENGTH.pack(len(frame)))
    sink.write(frame)
    sink.flush()


def limit_memory(max_bytes: int) -> None:
    """What needs more ends this process. Not every system has the limit, and one may have set a lower."""
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (max_bytes, resource.getrlimit(resource.RLIMIT_AS)[1]))


def serve(source: BinaryIO, sink: BinaryIO, timeout_s: float) -> None:
    """Answers until the source ends. An input that takes longer than timeout_s ends this process.

    The kernel sees to that: jq itself cannot be interrupted.
    """
    compiled = lru_cache(_PROGRAMS)(jq.compile)
    while (program := read_frame(source)) is not None:
        value = read_frame(source) or b""
        signal.setitimer(signal.ITIMER_REAL, timeout_s)
        try:
            answer = b"+" + _outputs(compiled(program.decode()), value)
        except ValueError as error:
            answer = b"-" + str(error).encode()
        signal.setitimer(signal.ITIMER_REAL, 0)
        write_frame(sink, answer)


def main(timeout_s: str, max_bytes: str, source: BinaryIO, sink: BinaryIO) -> None:
    """timeout_s: seconds for one input. max_bytes: memory for all that this process does."""
    # An interrupt in a terminal reaches the whole group; the end of the input is our sign.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    limit_memory(int(max_bytes))
    serve(source, sink, float(timeout_s))


def _outputs(compiled: Any, value: bytes) -> bytes:  # noqa: ANN401 - jq ships no types
    texts: list[str] = compiled.input_text(value.decode()).all() if value else []
    return "\n".join(texts).encode()
