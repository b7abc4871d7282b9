"""Measure how time and memory grow: extraction of up to 1,000,000 items, resyncs of up to 100,000.

Each resync runs twice: with all items as entities, and with a selector that selects none. The second run
fetches and maps all items, but Ocean keeps no entities. The difference is the memory of Ocean's entities.
"""

import os
import subprocess
import sys

from benchmarks.lean_api import lean_api
from benchmarks.sail import ROOT, Port, Sync, mapping_of, port_sandbox, synced

COUNTS = (1_000, 10_000, 100_000, 1_000_000)
WHOLE = (10_000, 100_000)
SIZE = 1000
PROGRAM = """
import asyncio, resource, sys
from benchmarks.ours_alone import fetched
from loguru import logger
logger.remove()
count = asyncio.run(fetched(sys.argv[1], int(sys.argv[2])))
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def extraction(count: int) -> None:
    """Extract this number of items and print a line."""
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
    print(f"{count:>9,} items: {seconds:>6.1f} s, {seconds / count * 1e6:>7.1f} us an item, {peak:>4} MiB")


def whole(count: int, query: str, port: Port) -> Sync:
    """Run a first resync of this number of items."""
    with lean_api(items=count) as api:
        port.install("growth", mapping_of(query=query))
        return synced(ROOT, port, api, "growth")


def main() -> None:
    """Print a line for each number of items."""
    print("extraction alone:")
    for count in COUNTS:
        extraction(count)
    print("whole resyncs, peak memory of the integration and its workers:")
    with port_sandbox() as port:
        for count in WHOLE:
            loaded, unloaded = (whole(count, query, port) for query in ("true", "false"))
            assert (loaded.entities, unloaded.entities) == (count, 0)
            print(
                f"{count:>9,} items: {loaded.seconds:>6.1f} s, {loaded.peak_mib:>4.0f} MiB, of which Ocean's "
                f"entities {loaded.peak_mib - unloaded.peak_mib:>4.0f} and all else "
                f"{unloaded.peak_mib:>4.0f}"
            )


if __name__ == "__main__":
    main()
