"""The server answers before, while and although a browser is opened."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from builder.web.page.browser import reason_not_to_open

ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize(
    ("environ", "platform", "reason"),
    [
        ({"DISPLAY": ":0"}, "linux", ""),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", ""),
        ({}, "darwin", ""),
        ({}, "win32", ""),
        ({}, "linux", "There is no display"),
        (
            {"DISPLAY": ":10", "SSH_CONNECTION": "192.0.2.1"},
            "linux",
            "ssh -L 8300:127.0.0.1:8300",
        ),
        ({"SSH_TTY": "/dev/pts/0"}, "darwin", "SSH session"),
        ({"DISPLAY": ":0", "WSL_DISTRO_NAME": "Ubuntu"}, "linux", "browser of Windows"),
        ({"SSH_TTY": "/dev/pts/0", "BROWSER": "firefox"}, "linux", ""),
    ],
)
def test_a_browser_is_opened_only_where_the_user_sees_it(
    environ: dict[str, str], platform: str, reason: str
) -> None:
    found = reason_not_to_open(8300, environ, platform)
    assert reason in found
    assert bool(found) == bool(reason)


@pytest.mark.process
@pytest.mark.parametrize("program", ["sleep 60 #", "/nowhere/browser"], ids=["blocks", "is missing"])
def test_the_server_answers_whatever_the_browser_does(program: str, tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f"#!/bin/sh\nexec {program}\n")
    browser.chmod(0o755)
    command = [sys.executable, "-m", "builder.web", "--port", "0", "--open"]
    environ = {**os.environ, "BROWSER": str(browser), "HOME": str(tmp_path)}
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as server:
        try:
            assert server.stdout is not None
            found = re.search(r"http://\S+", server.stdout.readline())
            assert found is not None
            assert httpx.get(found[0], timeout=5, trust_env=False).status_code < 400
        finally:
            os.killpg(server.pid, signal.SIGTERM)
