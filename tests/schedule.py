"""The order of the tests: each worker starts with its share of the longest files.

`--dist worksteal` gives each worker one block of the tests. A worker that finishes its block takes tests from
the end of another block. Short tests come last in each block, so that no worker is left with a long one.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

# Seconds on a loaded machine with two cores, by file. Update them when `make test` lists others as slowest.
LONG_FILES = {
    "image/test_image.py": 250,
    "end_to_end/test_builder_page.py": 230,
    "end_to_end/test_command_line.py": 140,
    "faults/test_swelling.py": 130,
    "faults/test_killed.py": 120,
    "end_to_end/test_contracts.py": 105,
    "faults/test_matrix.py": 100,
    "examples/test_examples.py": 90,
    "end_to_end/test_nothing_lost.py": 90,
    "faults/test_secrets_of_a_run.py": 78,
    "end_to_end/test_plan_and_sync.py": 75,
    "mapping/test_workers.py": 65,
    "sandbox/web/browser/test_resyncs.py": 55,
    "sandbox/web/browser/test_table.py": 48,
    "end_to_end/test_deletion.py": 46,
    "sandbox/web/browser/test_accessibility.py": 45,
    "end_to_end/test_logins.py": 44,
    "extraction/test_doubts.py": 42,
    "release/test_wheel.py": 41,
    "faults/test_memory.py": 40,
    "faults/test_clocks.py": 37,
    "extraction/test_walk_properties.py": 35,
    "faults/test_port_side.py": 34,
    "sandbox/port_api/test_operations.py": 33,
    "release/test_install.py": 32,
    "docs/test_quick_start.py": 29,
    "helm/test_runs.py": 28,
    "extraction/test_memory.py": 27,
}


class Test(Protocol):
    """A collected test."""

    @property
    def path(self) -> Path: ...


def scheduled[T: Test](tests: Sequence[T], workers: int, folder: Path) -> list[T]:
    """Return the tests in blocks of equal length, one per worker, with long files first."""
    names = {path: path.relative_to(folder).as_posix() for path in {test.path for test in tests}}
    long: dict[str, list[T]] = {name: [] for name in LONG_FILES}
    short: list[T] = []
    for test in tests:
        long.get(names[test.path], short).append(test)
    blocks = _shares(long, workers)
    for index, block in enumerate(blocks):
        remaining = sum(map(len, blocks[index + 1 :]))
        size = (len(block) + len(short) + remaining) // (workers - index)
        added = max(0, size - len(block))
        block.extend(short[:added])
        del short[:added]
    blocks[-1] += short
    return [test for block in blocks for test in block]


def _shares[T: Test](long: dict[str, list[T]], workers: int) -> list[list[T]]:
    """Assign each file, longest first, to the worker with the least work."""
    shares: list[list[T]] = [[] for _ in range(workers)]
    seconds = [0] * workers
    for name, tests in sorted(long.items(), key=lambda file: -LONG_FILES[file[0]]):
        least = seconds.index(min(seconds))
        shares[least] += tests
        seconds[least] += LONG_FILES[name] if tests else 0
    return shares
