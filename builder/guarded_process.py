"""Child processes that end with this process, and the log of their output."""

import asyncio
import codecs
import re
import subprocess
import sys
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice

from builder.project import ROOT
from rest.origin import Redactor

_MAX_LINES = 2000
_MAX_ERRORS = 50
_MAX_LENGTH = 4000
# The width at which Ocean breaks lines.
_COLUMNS = "1000"
_CHUNK_BYTES = 64 * 1024
# The prefix of the integration's errors in Ocean's log.
_ERROR_PREFIX = "Exception: "
# Ocean prints its name as a drawing.
_DRAWING = re.compile(r"[\s:+#=]+")
_COLORS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(slots=True)
class ProcessLog:
    """The last lines of a process's output, and its errors. Secrets are masked.

    count: the number of all lines so far, including those that are no longer kept.
    """

    redactors: Sequence[Redactor] = ()
    errors: dict[str, None] = field(default_factory=dict)
    count: int = 0
    _lines: deque[str] = field(default_factory=lambda: deque(maxlen=_MAX_LINES))

    def add(self, line: str) -> None:
        """Add a line. Drawings and empty lines are left out."""
        text = _COLORS.sub("", line)
        if not text or _DRAWING.fullmatch(text):
            return
        text = self.masked(text)[:_MAX_LENGTH]
        self.count += 1
        self._lines.append(text)
        if text.startswith(_ERROR_PREFIX) and len(self.errors) < _MAX_ERRORS:
            self.errors[text.removeprefix(_ERROR_PREFIX)] = None

    def masked(self, text: str) -> str:
        """Return a text without secrets."""
        for redact in self.redactors:
            text = redact(text)
        return text

    def since(self, number: int) -> list[str]:
        """Return the kept lines after the first `number` lines."""
        first = self.count - len(self._lines)
        return list(islice(self._lines, max(0, number - first), None))

    def last(self, count: int) -> list[str]:
        """Return the last lines."""
        return self.since(self.count - count)


@asynccontextmanager
async def guarded_process(
    command: Sequence[str], variables: Mapping[str, str], log: ProcessLog
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start a command in the project's folder with these environment variables. At the end, end it.

    The command also ends, with its children, when this process ends. Its output goes to the log.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "builder.process_guard",
        *command,
        cwd=ROOT,
        env={**variables, "PYTHONPATH": str(ROOT), "COLUMNS": _COLUMNS},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - both are pipes
    copying = asyncio.create_task(_copy(process.stdout, log))
    try:
        yield process
    finally:
        process.stdin.close()
        await process.wait()
        await copying


async def _copy(output: asyncio.StreamReader, log: ProcessLog) -> None:
    """Copy the output to the log, line by line. The lines may have any length."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    rest = ""
    while chunk := await output.read(_CHUNK_BYTES):
        *lines, rest = (rest + decoder.decode(chunk)).split("\n")
        for line in lines:
            log.add(line.rstrip("\r"))
    if rest:
        log.add(rest)
