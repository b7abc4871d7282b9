"""Processes that each worker starts once for all of its tests: servers and preloaded commands.

Only tests/conftest.py imports these fixtures. Each further conftest that imports one would start another
process.
"""

import json
import os
import select
import signal
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE

import httpx
import pytest

ROOT = Path(__file__).parents[1]
# Each HTTP client of a run loads its trusted certificates. The public authorities take 35 ms of processor
# time. Runs use plain HTTP here, so they trust a single authority whose key was thrown away.
_AUTHORITY = Path(__file__).with_name("authority.pem")
_TIMEOUT_S = 120


@contextmanager
def server(module: str, *arguments: str) -> Iterator[str]:
    """Start a server module in its own process. Yield the URL that it prints."""
    command = [sys.executable, "-m", module, "--port", "0", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "http://" in line, f"{module} did not start: {line!r}"
        yield "http://" + line.partition("http://")[2].split()[0].rstrip(";")
    finally:
        process.terminate()
        process.wait(timeout=10)
        assert process.stdout is not None
        process.stdout.close()


def trusting_few() -> dict[str, str]:
    """Return environment variables that make HTTP clients trust that authority only."""
    return {"SSL_CERT_FILE": str(_AUTHORITY)}


def client_of(url: str) -> httpx.Client:
    """Return a client for plain HTTP. It trusts no authority because loading certificates takes time."""
    return httpx.Client(base_url=url, timeout=30, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


@dataclass(frozen=True)
class Command:
    """`ocean` or `ocean-custom`, run by a process that has preloaded it (tests/fork_server.py).

    one_output: whether its standard error goes to the same file as its output, as in a terminal.
    """

    name: str
    server: subprocess.Popen[str]
    one_output: bool

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path = ROOT
    ) -> subprocess.CompletedProcess[str]:
        """Run the command in this folder until it ends. Raises TimeoutExpired: after 120 s."""
        command = [self.name, *arguments]
        with tempfile.TemporaryDirectory() as files:
            output, result = Path(files, "output"), Path(files, "result")
            errors = output if self.one_output else Path(files, "errors")
            output.touch()
            errors.touch()
            os.mkfifo(result)
            request = {
                "arguments": arguments,
                "environment": {**environment, **trusting_few()},
                "folder": str(folder),
                "output": str(output),
                "errors": str(errors),
                "result": str(result),
            }
            assert self.server.stdin is not None
            self.server.stdin.write(
                json.dumps(request) + "\n"
            )  # in one write, because threads may run commands
            self.server.stdin.flush()
            with result.open("rb", buffering=0) as report:
                process = int(report.readline())
                ended, _, _ = select.select([report], [], [], _TIMEOUT_S)
                if not ended:
                    os.kill(process, signal.SIGKILL)
                code = int(report.readline())
            stdout, stderr = (each.read_text("utf-8", errors="replace") for each in (output, errors))
        if not ended:
            raise subprocess.TimeoutExpired(command, _TIMEOUT_S, output=stdout, stderr=stderr)
        return subprocess.CompletedProcess(command, code, stdout=stdout, stderr=stderr)


@pytest.fixture(scope="session")
def port_server() -> Iterator[str]:
    with server("sandbox.port_api") as url:
        yield url


@pytest.fixture(scope="session")
def sample_server() -> Iterator[str]:
    with server("sandbox.sample_api") as url:
        yield url


@contextmanager
def _loaded(name: str, *, one_output: bool) -> Iterator[Command]:
    program = [sys.executable, str(ROOT / "tests" / "fork_server.py"), name]
    with subprocess.Popen(program, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        yield Command(name, server, one_output)
        assert server.stdin is not None
        server.stdin.close()


@pytest.fixture(scope="session")
def ocean_command() -> Iterator[Command]:
    with _loaded("ocean", one_output=True) as command:
        yield command


@pytest.fixture(scope="session")
def ocean_custom_command() -> Iterator[Command]:
    """`ocean-custom`."""
    with _loaded("ocean-custom", one_output=False) as command:
        yield command
