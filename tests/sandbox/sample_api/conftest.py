import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache

import httpx
import pytest

from sandbox.sample_api.app import create_app
from sandbox.sample_api.sample import Options
from sandbox.sample_api.sample_data import Sizes, generate
from sandbox.sample_api.server import SampleServer, listen


@cache
def _generated(sizes: Sizes) -> str:
    return json.dumps(generate(sizes))


@pytest.fixture(autouse=True)
def generated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Copy the generated items for each API. Generating them takes ten times as long."""
    monkeypatch.setattr("sandbox.sample_api.company.generate", lambda sizes: json.loads(_generated(sizes)))


@pytest.fixture
async def api() -> AsyncIterator[httpx.AsyncClient]:
    """A client of a new sample API in this process."""
    transport = httpx.ASGITransport(app=create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


@contextmanager
def _run(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "sandbox.sample_api", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.fullmatch(r"Sample API listening on (http://127\.0\.0\.1:\d+) \(loopback only\)\n", line)
        try:
            assert found, line
            yield process, found[1]
        finally:
            process.kill()


@pytest.fixture
def start() -> Callable[..., AbstractContextManager[tuple[subprocess.Popen[str], str]]]:
    """Starts the command with these arguments. Yields its process and its URL."""
    return _run


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a sample API on a socket, in a thread of this process, shared by the tests of a module."""
    running = SampleServer(Options())
    with listen(0) as listener:
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        while not running.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        running.should_exit = True
        thread.join()


@pytest.fixture
def remote(server: str) -> Iterator[httpx.Client]:
    """A client of the running sample API, which is reset first."""
    with httpx.Client(base_url=server, timeout=5) as client:
        client.post("/_control/reset").raise_for_status()
        yield client
