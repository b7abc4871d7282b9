"""A process that reads endpoints of an API concurrently, in a fork of its own for each line of its input.

A line is a JSON list: the base URL, then `KIND=DATA_PATH` for each endpoint. For each line it prints
{"ended": [...], "peak_mib": ...}: how each reading ended, and the fork's peak memory (Linux; elsewhere 0).
A fork starts with the memory of an interpreter that has loaded the engine, as a new process would.
"""

import asyncio
import gc
import json
import os
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


def _read_and_print(arguments: list[str]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_ADDRESSES, _MOST_ADDRESSES))
    ended = asyncio.run(_read_all(*arguments))
    # Not ru_maxrss: a child begins with its parent's.
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    peak = int(found[1]) / 1024 if found else 0.0
    sys.stdout.write(json.dumps({"ended": ended, "peak_mib": peak}) + "\n")


def main() -> None:
    """Answer each line in turn, until the input ends."""
    logger.remove()
    gc.freeze()
    for line in iter(sys.stdin.readline, ""):
        fork = os.fork()
        if fork == 0:
            _read_and_print(json.loads(line))
            sys.stdout.flush()
            os._exit(0)
        _, status = os.waitpid(fork, 0)
        if code := os.waitstatus_to_exitcode(status):
            raise SystemExit(f"a reading ended with {code}")


if __name__ == "__main__":
    main()
