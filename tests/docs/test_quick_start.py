"""The terminal commands of the quick start, with the sandbox instead of Port."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.process

_ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


def test_the_terminal_commands_sync_the_sample_api(pages: dict[str, Any], tmp_path: Path) -> None:
    section = pages["docs/quick-start.md"].text.partition("\n## Your own API")[2].partition("\n## ")[0]
    blocks: list[tuple[str, str]] = _FENCE.findall(section)
    (settings,) = (text for language, text in blocks if language == "ini")
    commands = [text for language, text in blocks if language == "bash" and "ocean-custom" in text]
    with _server("sandbox.port_api") as port, _server("sandbox.sample_api") as sample:
        local_urls = {"https://api.getport.io": port, "http://127.0.0.1:3020": sample}
        for printed, address in local_urls.items():
            assert printed in settings
            settings = settings.replace(printed, address)
        (tmp_path / "my.env").write_text(re.sub(r"<PORT_\w+>", "sandbox", settings), encoding="utf-8")
        done = _run("".join(commands), tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert httpx.get(f"{port}/_sandbox/catalog").json() == {"user": 120, "project": 40}


@contextmanager
def _server(module: str) -> Iterator[str]:
    """Start a server and yield its URL, which is in the only line that it prints."""
    command = [sys.executable, "-m", module, "--port", "0"]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            yield re.findall(r"http://[\d.:]+", line)[0]
        finally:
            process.terminate()


def _run(commands: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("OCEAN__")}
    # All runs on a machine share Ocean's disk cache.
    environ |= {
        "PATH": f"{Path(sys.executable).parent}:{environ['PATH']}",
        "OCEAN__CACHING_STORAGE_MODE": "memory",
    }
    return subprocess.run(
        ["/bin/bash", "-e"],
        input=commands,
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
