"""Requests are counted by the status of the response, and retries by their reason."""

import asyncio

import httpx
import pytest

from client import RateGate, RetryPolicy, Traffic
from rest.errors import TransientError
from tests.client.fake_api import AT_ONCE, GET, OK, Answer, Api, failure, open_client, send
from tests.client.gate_clock import SteppedGateClock


async def traffic_of(*answers: Answer, policy: RetryPolicy = AT_ONCE) -> Traffic:
    """Return the counts after one request with these answers in order."""
    gate = RateGate(1)
    await send(Api(list(answers)), gate=gate, policy=policy)
    return gate.traffic


async def test_each_attempt_counts_by_its_status() -> None:
    traffic = await traffic_of(httpx.Response(503), httpx.ConnectError("refused"), OK)
    assert traffic.responses == {"503": 1, "none": 1, "200": 1}
    assert traffic.retries == {"error": 2}


async def test_a_rate_limit_is_no_error() -> None:
    traffic = await traffic_of(httpx.Response(429, headers={"Retry-After": "0"}), OK)
    assert traffic.responses == {"429": 1, "200": 1}
    assert traffic.retries == {"rate_limited": 1}


async def test_the_last_attempt_is_not_retried() -> None:
    gate = RateGate(1)
    await failure(TransientError, Api([httpx.Response(500)]), gate=gate)
    assert gate.traffic.responses == {"500": 3}
    assert gate.traffic.retries == {"error": 2}


async def test_a_request_that_is_cancelled_has_no_status() -> None:
    """A client that gives up says nothing about the API."""

    def answer(_: httpx.Request) -> httpx.Response:
        raise asyncio.CancelledError

    gate = RateGate(1)
    async with open_client(answer, gate=gate) as client:
        with pytest.raises(asyncio.CancelledError):
            await client.send(GET)
    assert gate.traffic.responses == {}


def test_pauses_that_overlap_count_once() -> None:
    clock = SteppedGateClock()
    gate = RateGate(1, clock=clock)
    gate.close_for(10)
    gate.close_for(4)
    clock.seconds = 5
    gate.close_for(10)
    assert gate.traffic.paused_s == 15
    assert gate.lane().traffic is gate.traffic
