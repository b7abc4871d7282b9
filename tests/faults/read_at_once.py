"""Read endpoints of an API concurrently, in a new fork for each line of standard input.

A line is a JSON list: the settings, then `KIND=DATA_PATH` for each endpoint. For each line, this prints
{"ended": [...], "peak_mib": ...}: the outcome of each read, and the fork's peak memory (Linux; 0 elsewhere).
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
from typing import Any

from loguru import logger

from configuration.mapping_entry import read_resource
from configuration.resource import Resource
from configuration.settings import Settings
from extraction import Extractor, open_extractor
from rest.errors import SyncError

# A read that needs more memory ends its fork and not the machine.
_MAX_ADDRESS_SPACE = 4 * 2**30


async def _read(extractor: Extractor, resource: Resource) -> str:
    count = 0
    try:
        async for batch in extractor.batches(resource):
            count += len(batch)
    except (SyncError, ExceptionGroup, MemoryError) as error:
        return f"{type(error).__name__}: {error}"[:500]
    return f"{count} items"


async def _read_all(config: dict[str, Any], *kinds: str) -> list[str]:
    settings = Settings.from_config({"max_retries": 0, **config}, {})
    split = [kind.partition("=") for kind in kinds]
    resources = [
        read_resource(kind, {"data_path": path} if path else {}, settings.pagination)
        for kind, _, path in split
    ]
    async with open_extractor(settings, resources) as extractor:
        return await asyncio.gather(*(_read(extractor, each) for each in resources))


def _read_and_print(arguments: list[Any]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MAX_ADDRESS_SPACE, _MAX_ADDRESS_SPACE))
    ended = asyncio.run(_read_all(*arguments))
    # ru_maxrss starts at the parent's value.
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    peak = int(found[1]) / 1024 if found else 0.0
    sys.stdout.write(json.dumps({"ended": ended, "peak_mib": peak}) + "\n")


def main() -> None:
    """Process each line until the input ends."""
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
