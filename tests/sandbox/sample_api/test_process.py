"""The command as a process with a real socket."""

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import httpx
import pytest

from sandbox.sample_api.server import listen

pytestmark = pytest.mark.process

type Start = Callable[..., AbstractContextManager[tuple[subprocess.Popen[str], str]]]

TICKETS = "/none/none/api/tickets"


def _fault(remote: httpx.Client, fault: str, **more: float) -> None:
    order = {"path": "^/api/tickets$", "fault": fault, "times": 1} | more
    remote.post("/_control/faults", json=order).raise_for_status()


def test_cut_closes_the_connection_in_mid_body(remote: httpx.Client) -> None:
    _fault(remote, "cut")
    received: list[bytes] = []
    with remote.stream("GET", TICKETS) as response:
        promised = int(response.headers["Content-Length"])
        with pytest.raises(httpx.RemoteProtocolError, match="peer closed connection"):
            received.extend(response.iter_raw(chunk_size=1))
    assert 0 < len(received) < promised
    assert len(remote.get(TICKETS).json()) == 60


def test_reset_sends_no_response(remote: httpx.Client) -> None:
    _fault(remote, "reset")
    with pytest.raises(httpx.ReadError, match="reset by peer"):
        remote.get(TICKETS)
    assert remote.get("/_control/requests").json()[-1]["status"] is None
    assert len(remote.get(TICKETS).json()) == 60


def test_timeout_delays_the_response(remote: httpx.Client) -> None:
    _fault(remote, "timeout", seconds=30)
    with pytest.raises(httpx.ReadTimeout):
        remote.get(TICKETS, timeout=0.2)
    assert len(remote.get(TICKETS).json()) == 60


def test_timeout_ends_with_504(remote: httpx.Client) -> None:
    _fault(remote, "timeout", seconds=0.05)
    assert remote.get(TICKETS).status_code == 504


def test_slow_sends_the_complete_response_in_pieces(remote: httpx.Client) -> None:
    _fault(remote, "slow", seconds=0.3)
    began = time.monotonic()
    assert len(remote.get(TICKETS).json()) == 60
    assert time.monotonic() - began >= 0.25


def test_disconnected_client_is_not_in_flight(remote: httpx.Client) -> None:
    _fault(remote, "timeout", seconds=30)
    with pytest.raises(httpx.ReadTimeout):
        remote.get(TICKETS, timeout=0.1)
    remote.get(TICKETS)
    remote.post("/_control/reset")
    assert remote.get("/_control/stats").json()["max_in_flight"] == 0


def test_port_in_use_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as used, pytest.raises(OSError, match="in use"):
        listen(used.getsockname()[1])


def test_port_in_use_is_a_one_line_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as used:
        command = [sys.executable, "-m", "sandbox.sample_api", "--port", str(used.getsockname()[1])]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr.startswith("Cannot listen on port ")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_process_stops_promptly_without_further_output(start: Start, number: signal.Signals) -> None:
    with start("--latency", "60") as (process, url):
        asleep = threading.Thread(target=httpx.get, args=(url + TICKETS,), kwargs={"timeout": 60})
        asleep.start()
        _wait_for(lambda: httpx.get(f"{url}/_control/stats").json()["requests"] == 1)
        process.send_signal(number)
        assert process.wait(timeout=30) == 0
        asleep.join()
        assert process.communicate() == ("", "")


def test_command_line_sets_the_sizes(start: Start) -> None:
    sizes = ("--users", "5", "--projects", "2", "--tickets", "0", "--events", "1", "--token-lifetime", "7")
    with start(*sizes) as (_, url):
        counts = httpx.post(f"{url}/_control/reset").json()
        login = httpx.post(f"{url}/login", json={"username": "sample", "password": "sample-password"})
    assert (counts["users"], counts["projects"], counts["tickets"], counts["events"]) == (5, 2, 0, 1)
    assert login.json()["expires_in"] == 7


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
