"""How extraction grows: time for each item, and the most memory, from 1,000 to 1,000,000 items."""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.lean_api import lean_api

ROOT = Path(__file__).parents[1]
COUNTS = (1_000, 10_000, 100_000, 1_000_000)
SIZE = 1000
PROGRAM = """
import asyncio, resource, sys
from benchmarks.ours_alone import fetched
from loguru import logger
logger.remove()
count = asyncio.run(fetched(sys.argv[1], int(sys.argv[2])))
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def main() -> None:
    """Prints a line for each count."""
    for count in COUNTS:
        with lean_api(items=count) as (url, _):
            start = os.times().elapsed
            done = subprocess.run(
                [sys.executable, "-c", PROGRAM, url, str(SIZE)],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
                check=True,
            )
            seconds = os.times().elapsed - start
        items, peak = map(int, done.stdout.split())
        assert items == count, done.stdout
        print(
            f"{count:>9,} items: {seconds:>6.1f} s, {seconds / count * 1e6:>7.1f} us an item, {peak:>4} MiB"
        )


if __name__ == "__main__":
    main()
