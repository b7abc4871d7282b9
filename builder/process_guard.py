"""Runs a command that ends with the process that started it, even if that process is killed.

`python -m builder.process_guard COMMAND...`. The starting process holds the other end of the guard's stdin.
When that end closes, the guard ends the command with all of its child processes.
"""

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from types import FrameType

_GRACE_S = 5.0


def main(command: list[str]) -> int:
    """Run the command and return its exit code."""
    # The command gets a process group of its own, which the guard can end as a whole.
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 - our own
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=_end, args=(process.pid, ended), daemon=True).start()

    # Ctrl+C reaches the guard too, but the starting process decides whether the command ends.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, end)
    threading.Thread(target=_end_after_parent, args=(process.pid, ended), daemon=True).start()
    code = process.wait()
    ended.set()
    _signal_group(process.pid, signal.SIGKILL)  # children that outlived the command
    return code if code >= 0 else 128 - code


def _end_after_parent(group: int, ended: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    _end(group, ended)


def _end(group: int, ended: threading.Event) -> None:
    _signal_group(group, signal.SIGTERM)
    if not ended.wait(_GRACE_S):
        _signal_group(group, signal.SIGKILL)


def _signal_group(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
