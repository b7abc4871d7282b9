"""Child processes that end with their parent, and their logs."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from builder.guarded_process import ProcessLog, guarded_process
from rest.origin import Redactor

ROOT = Path(__file__).parents[2]
# Prints its own id and that of a child, and ignores polite requests to end.
_STUBBORN_CHILD = "import time; time.sleep(60)"
_FAMILY = (
    "import os, subprocess, sys, time\n"
    f"child = subprocess.Popen([sys.executable, '-c', {_STUBBORN_CHILD!r}])\n"
    "print(os.getpid(), child.pid, flush=True)\n"
    "time.sleep(60)\n"
)


def _is_running(process_id: int) -> bool:
    with suppress(OSError, IndexError):
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def _wait_until_ended(process_ids: list[int]) -> bool:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if not any(map(_is_running, process_ids)):
            return True
        time.sleep(0.02)
    return False


def test_a_log_keeps_the_last_lines_and_masks_secrets() -> None:
    log = ProcessLog((Redactor.of(["s3cret-token"]),))
    for number in range(2500):
        log.add(f"line {number}")
    log.add("Authorization: Bearer s3cret-token")
    log.add("Exception: /users: s3cret-token is refused")
    assert log.count == 2502
    assert len(log.since(0)) == 2000
    assert log.since(2500) == log.last(2)
    assert log.since(2502) == []
    assert "s3cret" not in "".join([*log.since(0), *log.errors])
    assert [error.partition(":")[0] for error in log.errors] == ["/users"]


def test_a_log_leaves_out_drawings_and_colors() -> None:
    log = ProcessLog()
    for line in ("====  :+: ##", "", "\x1b[31mred\x1b[0m"):
        log.add(line)
    assert log.since(0) == ["red"]


@pytest.mark.process
async def test_the_output_of_a_process_is_logged_whatever_its_lines() -> None:
    log = ProcessLog()
    code = (
        "import sys; print('a' * 300_000); print('b', file=sys.stderr); sys.stdout.write('end'); sys.exit(3)"
    )
    async with guarded_process([sys.executable, "-c", code], dict(os.environ), log) as process:
        assert await process.wait() == 3
    assert sorted(line[:3] for line in log.since(0)) == ["aaa", "b", "end"]


@pytest.mark.process
async def test_a_process_ends_with_its_children_when_it_is_no_longer_needed() -> None:
    log = ProcessLog()
    async with guarded_process([sys.executable, "-c", _FAMILY], dict(os.environ), log):
        for _ in range(500):
            if not log.count:
                await asyncio.sleep(0.02)
        family = [int(each) for each in log.last(1)[0].split()]
        assert all(map(_is_running, family))
    assert _wait_until_ended(family)


@pytest.mark.process
def test_a_process_ends_with_its_children_when_its_parent_is_killed() -> None:
    starter = (
        "import asyncio, os, sys\n"
        "from builder.guarded_process import ProcessLog, guarded_process\n"
        "async def main():\n"
        "    log = ProcessLog()\n"
        f"    command = [sys.executable, '-c', {_FAMILY!r}]\n"
        "    async with guarded_process(command, dict(os.environ), log) as process:\n"
        "        while not log.count: await asyncio.sleep(0.02)\n"
        "        print(log.last(1)[0], flush=True)\n"
        "        await process.wait()\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", starter], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        family = [int(each) for each in parent.stdout.readline().split()]
        assert len(family) == 2
        parent.send_signal(signal.SIGKILL)
    assert _wait_until_ended(family)
