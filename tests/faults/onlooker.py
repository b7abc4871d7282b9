"""Another user of the machine (nobody), who looks at all that a group of processes shows while it lives.

Arguments: the group's number, the port that it listens on, and folders in which it may leave files. Prints
JSON: for each kind of thing that could be read, the texts that stood there. The interpreter may be root's
alone, so this starts as root, imports what it needs, and gives all rights up before it looks.
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
_OF_A_PROCESS = (
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
_MOST_BYTES = 2**20
_PAUSE_S = 0.2

type Seen = dict[str, set[str]]


def give_up_rights() -> None:
    """For ever."""
    "localhost".encode("idna")  # loads what `nobody` may not
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def members(group: int) -> Iterator[Path]:
    """The processes of a group, by their folder."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.getpgid(int(folder.name)) == group and "State:\tZ" not in (folder / "status").read_text():
                yield folder


def read(file: Path) -> str:
    """Raises OSError: it may not be read."""
    with file.open("rb", buffering=0) as opened:
        return opened.read(_MOST_BYTES).decode(errors="replace").replace("\0", " ")


def look_at(process: Path, seen: Seen) -> None:
    """What the system shows of it, and what it has open."""
    for name in _OF_A_PROCESS:
        with suppress(OSError):
            seen[name].add(read(process / name))
    with suppress(OSError):
        for number in os.listdir(process / "fd"):
            seen["open files"].add(read(process / "fd" / number))


def look_into(folder: Path, seen: Seen) -> None:
    """Names, and contents that may be read."""
    for place, folders, files in os.walk(folder):
        seen["names"].update(f"{place}/{name}" for name in (*folders, *files))
        for name in files:
            with suppress(OSError):
                seen["files"].add(read(Path(place, name)))


def ask(port: int, seen: Seen) -> None:
    """What it answers to whoever asks."""
    for path in _PATHS:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        with suppress(OSError, http.client.HTTPException):
            connection.request("GET", path)
            answer = connection.getresponse()
            seen["answers"].add(f"{answer.getheaders()}{answer.read().decode(errors='replace')}")
        connection.close()


def main() -> None:
    """Looks until the group is gone."""
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
