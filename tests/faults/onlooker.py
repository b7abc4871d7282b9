"""Another user of the machine (nobody) who records everything a process group shows while it runs.

Arguments: the group's number, the port it listens on, and folders where it may leave files. Prints JSON
with the readable texts by source. Only root may be able to run the interpreter, so this program starts as
root, imports its modules and then drops all rights.
"""

import http.client
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

NOBODY = 65534
_PROC_FILES = (
    "cmdline",
    "comm",
    "environ",
    "status",
    "stat",
    "auxv",
    "maps",
    "smaps",
    "io",
    "stack",
    "limits",
)
_PATHS = ("/", "/metrics", "/health/live", "/isHealthy", "/docs", "/openapi.json", "/integration", "/webhook")
_MAX_BYTES = 2**20
_PAUSE_S = 0.2

type Seen = dict[str, set[str]]


def give_up_rights() -> None:
    """Become `nobody` irrevocably."""
    "localhost".encode("idna")  # loads a codec that `nobody` may not read
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def members(group: int) -> Iterator[Path]:
    """Yield the /proc folders of a group's processes."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.getpgid(int(folder.name)) == group and "State:\tZ" not in (folder / "status").read_text():
                yield folder


def read(file: Path) -> str:
    """Return the start of a file. Raises OSError: the file is not readable."""
    with file.open("rb", buffering=0) as opened:
        return opened.read(_MAX_BYTES).decode(errors="replace").replace("\0", " ")


def look_at(process: Path, seen: Seen) -> None:
    """Record a process's readable /proc files and open files."""
    for name in _PROC_FILES:
        with suppress(OSError):
            seen[name].add(read(process / name))
    with suppress(OSError):
        for number in os.listdir(process / "fd"):
            seen["open files"].add(read(process / "fd" / number))


def look_into(folder: Path, seen: Seen) -> None:
    """Record the names and readable contents of a folder."""
    for place, folders, files in os.walk(folder):
        seen["names"].update(f"{place}/{name}" for name in (*folders, *files))
        for name in files:
            with suppress(OSError):
                seen["files"].add(read(Path(place, name)))


def ask(port: int, seen: Seen) -> None:
    """Record the responses of the process's own HTTP server."""
    for path in _PATHS:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        with suppress(OSError, http.client.HTTPException):
            connection.request("GET", path)
            response = connection.getresponse()
            seen["answers"].add(f"{response.getheaders()}{response.read().decode(errors='replace')}")
        connection.close()


def main() -> None:
    """Record until the group has ended."""
    group, port, *folders = sys.argv[1:]
    give_up_rights()
    seen: Seen = defaultdict(set)
    while found := list(members(int(group))):
        for process in found:
            look_at(process, seen)
        for folder in folders:
            look_into(Path(folder), seen)
        ask(int(port), seen)
        time.sleep(_PAUSE_S)
    print(json.dumps({name: sorted(texts) for name, texts in seen.items() if texts}))  # noqa: T201


if __name__ == "__main__":
    main()
