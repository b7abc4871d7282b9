"""Reads endpoints at once, in a process that does nothing else: prints how each ended, and its memory.

Linux alone tells the memory. Usage: python -m tests.faults.read_at_once URL KIND=DATA_PATH...
"""

import asyncio
import json
import re
import resource
import sys
from pathlib import Path

from loguru import logger

from configuration.mapping_entry import read_resource
from configuration.resource import Resource
from configuration.settings import Settings
from extraction import Extractor, open_extractor
from rest.errors import SyncError

# What would need more ends by itself, and not the machine.
_MOST_ADDRESSES = 4 * 2**30


async def _read(extractor: Extractor, resource: Resource) -> str:
    count = 0
    try:
        async for batch in extractor.batches(resource):
            count += len(batch)
    except (SyncError, ExceptionGroup, MemoryError) as error:
        return f"{type(error).__name__}: {error}"[:500]
    return f"{count} items"


async def _read_all(base_url: str, *kinds: str) -> list[str]:
    config = {"base_url": base_url, "max_retries": 0, "pagination_type": "none"}
    settings = Settings.from_config(config, {})
    split = [kind.partition("=") for kind in kinds]
    wanted = [
        read_resource(kind, {"data_path": path} if path else {}, settings.pagination)
        for kind, _, path in split
    ]
    async with open_extractor(settings, wanted) as extractor:
        return await asyncio.gather(*(_read(extractor, each) for each in wanted))


def main() -> None:
    """Prints {"ended": [...], "peak_mib": ...}."""
    logger.remove()
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_ADDRESSES, _MOST_ADDRESSES))
    ended = asyncio.run(_read_all(*sys.argv[1:]))
    # Not ru_maxrss: a child begins with its parent's.
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    peak = int(found[1]) / 1024 if found else 0.0
    sys.stdout.write(json.dumps({"ended": ended, "peak_mib": peak}) + "\n")


if __name__ == "__main__":
    main()
