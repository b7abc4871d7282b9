"""Functions that wait for other processes."""

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
