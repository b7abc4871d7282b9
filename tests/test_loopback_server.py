"""The tests' own HTTP server."""

import threading
import time

import pytest

from tests.loopback_server import NOT_FOUND, serving

_TIMEOUT_S = 60


@pytest.mark.process
def test_an_error_in_the_block_ends_the_thread_of_the_server() -> None:
    """The thread would poll a closed socket without a pause, and slow down all tests after it."""
    before = set(threading.enumerate())
    with pytest.raises(ZeroDivisionError), serving(lambda _: NOT_FOUND):
        1 / 0  # noqa: B018 - any error
    deadline = time.monotonic() + _TIMEOUT_S
    while set(threading.enumerate()) - before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert set(threading.enumerate()) <= before
