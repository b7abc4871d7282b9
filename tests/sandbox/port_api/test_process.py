"""The command as a process."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from sandbox.port_api.port import Port, PortSettings

pytestmark = pytest.mark.process

_LINE = re.compile(
    r"Port sandbox listening on http://127\.0\.0\.1:(\d+) \(loopback only\); "
    r'client id "sandbox", client secret "sandbox"\n'
)
_COMMAND = [sys.executable, "-m", "sandbox.port_api", "--port", "0"]
_CREDENTIALS = {"clientId": "sandbox", "clientSecret": "sandbox"}


@contextmanager
def _running(*options: str) -> Generator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        [*_COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = _LINE.fullmatch(line)
        assert found, line
        yield process, f"http://127.0.0.1:{found[1]}"
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_process_stops_promptly_with_open_connections(number: signal.Signals) -> None:
    with _running() as (process, url), httpx.Client(base_url=url) as client:
        token = client.post("/v1/auth/access_token", json=_CREDENTIALS).json()["accessToken"]
        response = client.get("/v1/organization", headers={"Authorization": f"Bearer {token}"})
        assert response.status_code == 200
        address = httpx.URL(url)
        with socket.create_connection((address.host, address.port or 0)) as idle:
            idle.sendall(b"POST /v1/pages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{")
            process.send_signal(number)
            out, errors = process.communicate(timeout=30)
        assert (process.returncode, out, errors) == (0, "", "")


def test_database_file_is_kept_until_reset(tmp_path: Path) -> None:
    file = str(tmp_path / "port.db")
    first = Port(PortSettings(database=file))
    first.blueprints.create({"identifier": "b", "title": "B", "schema": {"properties": {}}})
    first.store.close()
    second = Port(PortSettings(database=file))
    assert [blueprint.identifier for blueprint in second.blueprints] == ["_user", "_team", "b"]
    second.store.close()
    with _running("--db", file, "--reset") as (_, url):
        assert httpx.get(f"{url}/_sandbox/catalog").json() == {}


def test_port_in_use_is_a_one_line_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as used:
        command = [*_COMMAND[:-1], str(used.getsockname()[1])]
        found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert found.stderr.startswith("cannot listen on 127.0.0.1:")
    assert found.stderr.endswith(": Address already in use. Choose another port with --port\n")
    assert len(found.stderr.splitlines()) == 1
