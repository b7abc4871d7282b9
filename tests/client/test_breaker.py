"""The circuit breaker, driven by a clock of the test."""

import pytest

from client import Breaker
from rest.errors import TransientError

URL = "https://x.io/a"
DOWN = TransientError("status 503", status=503)
FAILURES = 5


class Clock:
    """Monotonic seconds that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_breaker(clock: Clock) -> Breaker:
    """Return a breaker that has just opened."""
    breaker = Breaker(clock)
    for _ in range(FAILURES):
        breaker.admit(URL)
        breaker.record_failure(URL, DOWN)
    return breaker


def test_open_breaker_rejects_requests_to_the_same_origin(open_breaker: Breaker) -> None:
    with pytest.raises(TransientError, match=r"the last 5 requests to https://x\.io failed"):
        open_breaker.admit("https://x.io/b")
    open_breaker.admit("https://y.io/a")


def test_open_breaker_admits_one_request_a_minute(open_breaker: Breaker, clock: Clock) -> None:
    clock.now = 60.0
    open_breaker.admit(URL)
    with pytest.raises(TransientError):
        open_breaker.admit(URL)


@pytest.mark.parametrize("status", [None, 502, 503, 504])
def test_failed_request_keeps_the_breaker_open(
    open_breaker: Breaker, clock: Clock, status: int | None
) -> None:
    clock.now = 60.0
    open_breaker.admit(URL)
    open_breaker.record_failure(URL, TransientError("down", status=status))
    with pytest.raises(TransientError):
        open_breaker.admit(URL)


def test_answer_closes_the_breaker(open_breaker: Breaker) -> None:
    open_breaker.record_answer(URL)
    open_breaker.admit(URL)


def test_other_status_closes_the_breaker(open_breaker: Breaker) -> None:
    open_breaker.record_failure(URL, TransientError("status 500", status=500))
    open_breaker.admit(URL)


def test_malformed_url_has_a_streak_of_its_own(clock: Clock) -> None:
    """It is rejected later, with a message of its own."""
    breaker = Breaker(clock)
    for _ in range(FAILURES):
        breaker.record_failure("https://[x.io", DOWN)
    breaker.admit(URL)
