"""Concurrency, rate, and pauses for rate limits."""

import asyncio
import time
from dataclasses import dataclass

import httpx
import pytest

from client import RateGate, RetryPolicy
from rest.errors import TransientError
from rest.request import Request
from tests.client.fake_api import (
    BASE,
    GET,
    OK,
    Api,
    open_client,
)


@dataclass
class Crowd:
    """Counts the requests in flight. Each lasts until the event loop has run all others."""

    in_flight: int = 0
    most: int = 0

    async def __call__(self, _: httpx.Request) -> httpx.Response:
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        for _turn in range(20):
            await asyncio.sleep(0)
        self.in_flight -= 1
        return httpx.Response(200, json=1)


@pytest.mark.parametrize("limit", [1, 3])
async def test_concurrency_is_limited(limit: int) -> None:
    crowd = Crowd()
    async with open_client(crowd, gate=RateGate(limit)) as client:
        await asyncio.gather(*(client.send(GET) for _ in range(20)))
    assert crowd.most == limit


async def test_slot_is_released_after_an_error() -> None:
    async with open_client(Api([httpx.ReadTimeout("slow")]), gate=RateGate(1)) as client:
        for _ in range(3):
            with pytest.raises(TransientError):
                await client.send(GET)


async def test_429_delays_every_request() -> None:
    """The first response asks to wait 0.15 s, and no other request starts before."""
    started: list[tuple[str, float]] = []
    begin = time.monotonic()

    def answer(request: httpx.Request) -> httpx.Response:
        started.append((request.url.path, time.monotonic() - begin))
        limited = len(started) == 1
        return (
            httpx.Response(429, headers={"Retry-After": "0.15"}) if limited else httpx.Response(200, json=1)
        )

    async with open_client(answer, gate=RateGate(1)) as client:
        await asyncio.gather(*(client.send(Request("GET", f"{BASE}/{n}")) for n in range(5)))
    assert sorted(path for path, _ in started[1:]) == [f"/{n}" for n in range(5)]
    assert all(moment >= 0.14 for _, moment in started[1:])


async def test_503_delays_only_its_own_request() -> None:
    order: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        order.append(request.url.path)
        limited = len(order) == 1
        return httpx.Response(503, headers={"Retry-After": "0.1"}) if limited else httpx.Response(200, json=1)

    async with open_client(answer, gate=RateGate(1)) as client:
        await asyncio.gather(*(client.send(Request("GET", f"{BASE}/{n}")) for n in range(3)))
    assert order == ["/0", "/1", "/2", "/0"]


async def test_gate_stays_closed_for_the_longest_pause() -> None:
    gate = RateGate(1)
    begin = time.monotonic()
    gate.close_for(0.05)

    async def pass_gate() -> float:
        async with gate.slot():
            return time.monotonic() - begin

    waiting = asyncio.create_task(pass_gate())
    await asyncio.sleep(0)
    gate.close_for(0.12)
    gate.close_for(0.01)
    assert await waiting >= 0.11


async def test_requests_start_at_a_steady_rate() -> None:
    """No request starts before its turn, however busy the machine is."""
    started: list[float] = []
    begin = time.monotonic()

    def answer(_: httpx.Request) -> httpx.Response:
        started.append(time.monotonic() - begin)
        return httpx.Response(200, json=1)

    async with open_client(answer, gate=RateGate(10, per_second=50)) as client:
        await asyncio.gather(*(client.send(GET) for _ in range(8)))
    assert all(moment >= turn / 50 - 0.005 for turn, moment in enumerate(started))


async def test_rate_holds_after_a_pause() -> None:
    """Requests that waited do not start all at once."""
    gate = RateGate(10, per_second=50)
    begin = time.monotonic()
    gate.close_for(0.1)
    started: list[float] = []

    async def pass_gate() -> None:
        async with gate.slot():
            started.append(time.monotonic() - begin)

    await asyncio.gather(*(pass_gate() for _ in range(5)))
    assert all(moment >= 0.1 + turn / 50 - 0.005 for turn, moment in enumerate(started))


async def test_gate_that_closes_delays_a_request_that_waits_for_its_turn() -> None:
    gate = RateGate(10, per_second=20)
    begin = time.monotonic()

    async def pass_gate() -> float:
        async with gate.slot():
            return time.monotonic() - begin

    await pass_gate()
    waiting = asyncio.create_task(pass_gate())
    await asyncio.sleep(0)
    gate.close_for(0.12)
    assert await waiting >= 0.11


async def test_first_request_starts_immediately() -> None:
    begin = time.monotonic()
    async with open_client(Api([OK]), gate=RateGate(10, per_second=0.01)) as client:
        await client.send(GET)
    assert time.monotonic() - begin < 60


async def test_exhausted_rate_limit_in_a_success_closes_the_gate() -> None:
    last = httpx.Response(200, json=1, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "0.15"})
    async with open_client(Api([last, OK])) as client:
        begin = time.monotonic()
        await client.send(GET)
        await client.send(GET)
        assert time.monotonic() - begin >= 0.14


async def test_pause_after_a_success_is_short_and_logged(log: list[str]) -> None:
    """The log says how long all requests wait, and which header says so."""
    last = httpx.Response(200, json=1, headers={"RateLimit-Remaining": "0", "RateLimit-Reset": "86400"})
    async with open_client(Api([last, OK]), policy=RetryPolicy(0, unforced_s=0.05)) as client:
        begin = time.monotonic()
        await client.send(GET)
        await client.send(GET)
        assert 0.04 <= time.monotonic() - begin < 60
    (line,) = [line for line in log if "rate limit exhausted" in line]
    assert (
        "for 86400.0 s according to ratelimit-remaining, ratelimit-reset; all requests pause for 0.1 s"
        in line
    )


async def test_responses_that_arrive_together_log_one_pause(log: list[str]) -> None:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "0.2"}
    answers: list[httpx.Response | Exception] = [
        httpx.Response(200, json=1, headers=headers) for _ in range(5)
    ]
    async with open_client(Api(answers)) as client:
        await asyncio.gather(*(client.send(GET) for _ in range(5)))
    assert sum("rate limit exhausted" in line for line in log) == 1
