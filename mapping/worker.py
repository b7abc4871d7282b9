"""The process that runs jq: requests come on its standard input, answers go to its standard output.

A frame is its length in eight bytes, and so many bytes. A request is two frames, the task and the items; the
answer is one: what each expression gives for each item. All are JSON.
"""

import json
import signal
from collections.abc import Sequence
from functools import lru_cache
from typing import BinaryIO

from expressions.child import LENGTH, limit_memory, read_frame, write_frame
from mapping.program import NO_ENVIRONMENT, Expression, Program, Task

__all__ = ["LENGTH", "main", "read_task", "serve", "write_task"]

# Programs kept compiled: as many as the entries of a large mapping.
_PROGRAMS = 64


def write_task(task: Task) -> bytes:
    """A task as its frame holds it."""
    expressions = [(expression.text, expression.is_name) for expression in task.expressions]
    return json.dumps([expressions, task.has_query, task.every]).encode()


def read_task(frame: bytes) -> Task:
    """The task of a frame."""
    expressions, has_query, every = json.loads(frame)
    return Task(tuple(Expression(*each) for each in expressions), has_query, every)


def serve(source: BinaryIO, sink: BinaryIO, *, timeout_s: float, sees_environment: bool) -> None:
    """Answers until the source ends. A request that takes longer than timeout_s ends this process.

    The kernel sees to that, whatever jq is at, and also when nobody waits for the answer any more.
    """
    prelude = "" if sees_environment else NO_ENVIRONMENT
    program_for = lru_cache(_PROGRAMS)(lambda frame: Program.of(read_task(frame), prelude))
    while frame := read_frame(source):
        signal.setitimer(signal.ITIMER_REAL, timeout_s)
        program = program_for(frame)
        answer = program.run((read_frame(source) or b"").decode()).encode()
        signal.setitimer(signal.ITIMER_REAL, 0)
        write_frame(sink, answer)


def main(arguments: Sequence[str], source: BinaryIO, sink: BinaryIO) -> None:
    """arguments: seconds a request may take, bytes of memory, whether jq sees the environment (0 or 1)."""
    timeout_s, memory, sees_environment = arguments
    # An interrupt in a terminal reaches the whole group; the end of the input is our sign.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    limit_memory(int(memory))
    serve(source, sink, timeout_s=float(timeout_s), sees_environment=sees_environment == "1")
