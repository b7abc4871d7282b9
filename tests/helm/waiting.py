"""Functions that wait for other processes, and a port for them."""

import socket
import time
from collections.abc import Callable

import httpx

_TIMEOUT_S = 60
_INTERVAL_S = 0.1


def wait_for(condition: Callable[[], bool], log: Callable[[], str]) -> None:
    """Wait until the condition holds. Fail with the log after a timeout."""
    deadline = time.monotonic() + _TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline, log()
        time.sleep(_INTERVAL_S)


def is_synced(port: httpx.Client, identifier: str) -> bool:
    """Return whether a resync of this installation has completed successfully."""
    found = port.get("/_sandbox/syncs").raise_for_status().json()
    states = {each["integration"]: each["resyncState"].get("status") for each in found}
    return states.get(identifier) == "completed"


def is_live(url: str) -> bool:
    """Return whether the server of an integration answers."""
    try:
        return httpx.get(f"{url}/health/live").is_success
    except httpx.TransportError:
        return False


def free_port() -> int:
    """Return the number of a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
