"""A process that reads listings, so that the memory that they take is measured from outside."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.servers import ROOT


@dataclass(frozen=True)
class Reader:
    """Reads endpoints in a process that forks for each read (tests/faults/read_at_once.py)."""

    process: subprocess.Popen[str]

    def read(self, config: dict[str, Any], *kinds: str) -> dict[str, Any]:
        """Return how the reads ended, and the peak memory. kinds: KIND=DATA_PATH, all at once."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([config, *kinds]) + "\n")
        self.process.stdin.flush()
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found


@pytest.fixture(scope="session")
def reader() -> Iterator[Reader]:
    program = [sys.executable, "-m", "tests.faults.read_at_once"]
    with subprocess.Popen(
        program, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Reader(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=30) == 0
