"""What a process has open, as Linux tells it."""

import os
from contextlib import suppress
from pathlib import Path


def open_files(directory: Path | str = "/", *, process: int | str = "self") -> dict[Path, str]:
    """By descriptor, the path of each file in a directory, nameless ones too. None once it has ended."""
    descriptors = Path(f"/proc/{process}/fd")
    found: dict[Path, str] = {}
    for descriptor in descriptors.iterdir() if descriptors.is_dir() else ():
        with suppress(FileNotFoundError):  # closed by now: by the collector, or by another thread
            found[descriptor] = os.readlink(descriptor)
    return {descriptor: path for descriptor, path in found.items() if path.startswith(str(directory))}
