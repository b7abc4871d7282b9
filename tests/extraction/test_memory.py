"""Memory use does not depend on the size of a response. Measured in a separate process."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
# Two equal processes differ by this much. The bodies differ by 60 MB.
NOISE_MIB = 25


def peak_mib(items: int) -> int:
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "large_array.py"), "--items", str(items)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found = re.search(r"([\d,]+) items .* at most (\d+) MiB", done.stdout)
    assert found, done.stdout
    assert found[1] == f"{items:,}"
    return int(found[2])


def test_memory_does_not_grow_with_one_huge_array() -> None:
    assert peak_mib(85_000) < peak_mib(10_000) + NOISE_MIB
