"""Read one listing in a separate process. Prints the outcome and the peak memory (Linux only).

Usage: python -m tests.faults.read_alone URL KIND [TOKEN-PATH]
"""

import asyncio
import json
import re
import resource
import sys
from pathlib import Path

from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from extraction import open_extractor
from rest.errors import SyncError

# A read that needs more memory ends this process and not the machine.
_MAX_ADDRESS_SPACE = 1536 * 2**20


async def _read(base_url: str, kind: str, token_path: str = "") -> str:
    """Return the error's text, or "" without an error. token_path: path of a login to do first."""
    login = {"auth_type": "oauth2", "client_id": "amy", "client_secret": "made-up", "token_url": token_path}
    config = {"base_url": base_url, "max_retries": 0, **(login if token_path else {})}
    settings = Settings.from_config(config, {})
    listing = read_resource(kind, {"data_path": ".items"}, settings.pagination)
    try:
        async with open_extractor(settings, [listing]) as extractor:
            async for _ in extractor.batches(listing):
                pass
    except (SyncError, MemoryError) as error:
        return str(error) or type(error).__name__
    return ""


def _peak_mib() -> float:
    # ru_maxrss starts at the parent's value.
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def main() -> None:
    """Print {"error": ..., "peak_mib": ...}."""
    resource.setrlimit(resource.RLIMIT_AS, (_MAX_ADDRESS_SPACE, _MAX_ADDRESS_SPACE))
    error = asyncio.run(_read(*sys.argv[1:]))
    sys.stdout.write(json.dumps({"error": error, "peak_mib": _peak_mib()}) + "\n")


if __name__ == "__main__":
    main()
