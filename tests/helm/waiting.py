"""Waiting for what another process does."""

import time
from collections.abc import Callable

import httpx

_LONGEST_S = 60
_LOOK_S = 0.1


def wait_for(condition: Callable[[], bool], log: Callable[[], str]) -> None:
    """Until it holds. Fails with the log when that takes too long."""
    deadline = time.monotonic() + _LONGEST_S
    while not condition():
        assert time.monotonic() < deadline, log()
        time.sleep(_LOOK_S)


def is_synced(port: httpx.Client, identifier: str) -> bool:
    """Whether a resync of this installation is over, and well."""
    found = port.get("/_sandbox/syncs").raise_for_status().json()
    states = {each["integration"]: each["resyncState"].get("status") for each in found}
    return states.get(identifier) == "completed"
