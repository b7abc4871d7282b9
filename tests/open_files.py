"""The open files of a process (Linux)."""

import os
from contextlib import suppress
from pathlib import Path


def open_files(directory: Path | str = "/", *, process: int | str = "self") -> dict[Path, str]:
    """Return the paths of open files in a directory by descriptor, deleted ones included.

    The result is empty if the process has ended.
    """
    descriptors = Path(f"/proc/{process}/fd")
    found: dict[Path, str] = {}
    for descriptor in descriptors.iterdir() if descriptors.is_dir() else ():
        with suppress(FileNotFoundError):  # closed meanwhile by the garbage collection or another thread
            found[descriptor] = os.readlink(descriptor)
    return {descriptor: path for descriptor, path in found.items() if path.startswith(str(directory))}
