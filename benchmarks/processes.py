"""Processor time and memory of processes, read from /proc (Linux)."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
SAMPLE_S = 0.02
MEMORY_EVERY = 10


def processor_s(pid: int) -> float:
    """Return the processor time of a process and its ended children in seconds. 0: the process has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, fields[11:15])) / _TICKS


def memory_mib(pid: int) -> float:
    """Return the proportional set size of a process in MiB. 0: the process has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def peak_mib(pid: int) -> float:
    """Return the largest resident set size that a process has had, in MiB. 0: the process has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def children_of(pid: int) -> list[int]:
    """Return the process ids of all descendants."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        found = [int(each) for thread in threads for each in (thread / "children").read_text().split()]
    except OSError:
        return []
    return [each for child in found for each in (child, *children_of(child))]


@dataclass
class Usage:
    """Samples of a process and its descendants: Unix time with processor seconds, and with MiB."""

    processor: list[tuple[float, float]] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)

    def processor_between(self, start: float, end: float) -> float:
        """Return the processor seconds between two moments."""
        return value_at(self.processor, end) - value_at(self.processor, start)

    def peak_between(self, start: float, end: float) -> float:
        """Return the peak memory between two moments in MiB, which may lie between two samples."""
        inside = (mib for moment, mib in self.memory if start <= moment <= end)
        return max(value_at(self.memory, start), value_at(self.memory, end), *inside)


def value_at(samples: list[tuple[float, float]], moment: float) -> float:
    """Return the value at a moment, interpolated between two samples."""
    for (before, low), (after, high) in pairwise(samples):
        if before <= moment <= after:
            return low + (high - low) * ((moment - before) / (after - before) if after > before else 0)
    return samples[-1][1] if samples and moment > samples[-1][0] else samples[0][1] if samples else 0


@contextmanager
def sampled(pid: int) -> Iterator[Usage]:
    """Sample a process and its descendants during the block."""
    usage, ended = Usage(), threading.Event()

    def sample() -> None:
        count = 0
        while not ended.wait(SAMPLE_S):
            pids = [pid, *children_of(pid)]
            usage.processor.append((time.time(), sum(map(processor_s, pids))))
            if count % MEMORY_EVERY == 0:
                usage.memory.append((time.time(), sum(map(memory_mib, pids))))
            count += 1

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield usage
    finally:
        ended.set()
        thread.join()
