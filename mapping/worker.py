"""The process that runs jq. It reads requests from standard input and writes responses to standard output.

A frame is a length in eight bytes, followed by that many bytes of JSON. A request has two frames: the task
and the items. A response has one: the outcome of each expression for each item.
"""

import json
import signal
from collections.abc import Sequence
from functools import lru_cache
from typing import BinaryIO

from expressions.child import LENGTH, limit_memory, read_frame, write_frame
from mapping.program import NO_ENVIRONMENT, Expression, Program, Task

__all__ = ["LENGTH", "main", "read_task", "serve", "write_task"]

# Compiled programs in the cache: one for each entry of a large mapping.
_CACHE_SIZE = 64


def write_task(task: Task) -> bytes:
    """Return the frame of a task."""
    expressions = [(expression.text, expression.is_name) for expression in task.expressions]
    return json.dumps([expressions, task.has_query, task.every]).encode()


def read_task(frame: bytes) -> Task:
    """Return the task of a frame."""
    expressions, has_query, every = json.loads(frame)
    return Task(tuple(Expression(*each) for each in expressions), has_query, every)


def serve(source: BinaryIO, sink: BinaryIO, *, timeout_s: float, sees_environment: bool) -> None:
    """Answer requests until the source ends. A request that takes longer than timeout_s ends this process.

    The kernel enforces that, whatever jq does, and also if nobody waits for the response any more.
    """
    prelude = "" if sees_environment else NO_ENVIRONMENT
    program_for = lru_cache(_CACHE_SIZE)(lambda frame: Program.of(read_task(frame), prelude))
    while frame := read_frame(source):
        signal.setitimer(signal.ITIMER_REAL, timeout_s)
        program = program_for(frame)
        response = program.run((read_frame(source) or b"").decode()).encode()
        signal.setitimer(signal.ITIMER_REAL, 0)
        write_frame(sink, response)


def main(arguments: Sequence[str], source: BinaryIO, sink: BinaryIO) -> None:
    """Set up the process and serve. arguments: timeout_s, bytes of memory, sees_environment (0 or 1)."""
    timeout_s, memory, sees_environment = arguments
    # Ctrl-C in a terminal reaches the whole process group. A worker ends with its input instead.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    limit_memory(int(memory))
    serve(source, sink, timeout_s=float(timeout_s), sees_environment=sees_environment == "1")
