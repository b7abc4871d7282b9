"""The order of the tests: each worker starts with its share of the longest files.

`--dist worksteal` gives each worker one block of the tests. A worker that finishes its block takes tests from
the end of another block. Short tests come last in each block, so that no worker is left with a long one.

Tests whose coverage is measured follow the others. It cannot be paused completely after them: while a thread
that was started under it waits, Python goes on tracing all threads.
"""

from collections.abc import Container, Sequence
from pathlib import Path
from typing import Protocol

# Seconds on a loaded machine with two cores, by file. Update them when `make test` lists others as slowest.
LONG_FILES = {
    "end_to_end/test_builder_page.py": 97,
    "image/test_image.py": 59,
    "faults/test_killed.py": 43,
    "end_to_end/test_live_events.py": 38,
    "faults/test_matrix.py": 35,
    "end_to_end/test_nothing_lost.py": 33,
    "sandbox/web/browser/test_resyncs.py": 33,
    "end_to_end/test_command_line.py": 31,
    "end_to_end/test_logins.py": 29,
    "faults/test_swelling.py": 28,
    "faults/test_secrets_of_a_run.py": 27,
    "end_to_end/test_plan_and_sync.py": 27,
    "end_to_end/test_contracts.py": 25,
    "end_to_end/test_plan_in_pull_requests.py": 25,
    "examples/test_examples.py": 24,
    "end_to_end/test_deletion.py": 23,
    "monitoring/test_real_run.py": 19,
    "end_to_end/test_rate_limit.py": 18,
    "end_to_end/test_assistant.py": 18,
    "release/test_wheel.py": 18,
    "faults/test_memory.py": 18,
    "ocean_adapter/test_real_mappings.py": 18,
    "sandbox/web/browser/test_table.py": 17,
    "helm/test_runs.py": 17,
    "end_to_end/test_partitions.py": 16,
    "security/test_mapping_jq.py": 16,
    "image/test_compose.py": 15,
    "faults/test_clocks.py": 15,
    "faults/test_port_side.py": 15,
    "end_to_end/test_unchanged.py": 14,
    "security/test_real_run.py": 14,
    "end_to_end/test_reports.py": 14,
    "end_to_end/test_conditional_requests.py": 13,
    "faults/test_children.py": 12,
    "sandbox/web/browser/test_accessibility.py": 11,
    "ocean_adapter/test_processor.py": 11,
    "extraction/test_conditional_requests.py": 10,
    "mapping/test_memory.py": 10,
    "docs/test_built_site.py": 10,
}


class Test(Protocol):
    """A collected test."""

    @property
    def path(self) -> Path: ...


def scheduled[T: Test](
    tests: Sequence[T], workers: int, folder: Path, measured: Container[T] = ()
) -> list[T]:
    """Return the tests in blocks of equal length, one per worker: long files first, measured tests last."""
    names = {path: path.relative_to(folder).as_posix() for path in {test.path for test in tests}}
    long: dict[str, list[T]] = {name: [] for name in LONG_FILES}
    short: list[T] = []
    last: list[T] = []
    for test in tests:
        (last if test in measured else long.get(names[test.path], short)).append(test)
    blocks = _shares(long, workers)
    _level(blocks, short)
    _level(blocks, last)
    return [test for block in blocks for test in block]


def _level[T: Test](blocks: list[list[T]], tests: list[T]) -> None:
    """Move the tests into the blocks so that all blocks have the same length."""
    for index, block in enumerate(blocks):
        later = sum(map(len, blocks[index + 1 :]))
        length = (len(block) + len(tests) + later) // (len(blocks) - index)
        added = max(0, length - len(block))
        block.extend(tests[:added])
        del tests[:added]
    blocks[-1].extend(tests)


def _shares[T: Test](long: dict[str, list[T]], workers: int) -> list[list[T]]:
    """Assign each file, longest first, to the worker with the least work."""
    shares: list[list[T]] = [[] for _ in range(workers)]
    seconds = [0] * workers
    for name, tests in sorted(long.items(), key=lambda file: -LONG_FILES[file[0]]):
        least = seconds.index(min(seconds))
        shares[least] += tests
        seconds[least] += LONG_FILES[name] if tests else 0
    return shares
