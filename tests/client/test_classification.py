"""What a response is, by its status and by the rules of the user."""

import asyncio
import time

import httpx
import pytest
from loguru import logger

from client import RateGate
from client.classification import ResponseClass, classify
from configuration.answer_rules import AnswerAction, AnswerRule, AnswerRules
from expressions.paths import jq_path
from rest.errors import RefusedError, TransientError
from rest.request import Request
from rest.response import Response
from tests.client.fake_api import (
    BASE,
    GET,
    OK,
    Api,
    failure,
    open_client,
    send,
)


def rules_with(when: str, meaning: AnswerAction, wait: str | None = None) -> AnswerRules:
    return AnswerRules(responses=(AnswerRule(jq_path(when), meaning, jq_path(wait) if wait else None),))


BUSY = httpx.Response(200, json={"ok": False, "error": "busy", "wait": 0.1})
IS_BUSY = ".body.ok? == false"


CLASSES: dict[ResponseClass, set[int]] = {
    "success": {200, 201, 204, 206},
    "transient": {202, 408, 425, 500, 502, 503, 504},
    "rate_limited": {429},
    "refusal": {301, 304, 400, 401, 403, 404, 410, 501, 505, 599},
}


@pytest.mark.parametrize(("expected", "statuses"), CLASSES.items(), ids=CLASSES)
def test_status_has_a_class(expected: ResponseClass, statuses: set[int]) -> None:
    assert {classify(Response(status), None) for status in statuses} == {expected}


class TestRules:
    """The user's rules come before the status."""

    async def test_success_can_be_retried(self) -> None:
        api = Api([BUSY, BUSY, OK])
        async with open_client(api) as client:
            response = await client.send(GET, rules_with(IS_BUSY, "retry"))
        assert (response.body, response.action, len(api.requests)) == ([1], "", 3)

    async def test_persistent_retry_is_an_error_after_the_last_attempt(self) -> None:
        api = Api([BUSY])
        async with open_client(api) as client:
            with pytest.raises(TransientError, match="status 200 OK, 3 times"):
                await client.send(GET, rules_with(IS_BUSY, "retry"))
        assert len(api.requests) == 3

    async def test_refusal_can_be_retried(self) -> None:
        api = Api([httpx.Response(400, json={"ok": False}), OK])
        async with open_client(api) as client:
            assert (await client.send(GET, rules_with(IS_BUSY, "retry"))).body == [1]

    @pytest.mark.parametrize("status", [200, 404, 503])
    @pytest.mark.parametrize("meaning", ["empty", "end", "accept"])
    async def test_accepted_response_has_the_meaning_of_the_rule(
        self, meaning: AnswerAction, status: int
    ) -> None:
        api = Api([httpx.Response(status, json={"none": 1})])
        async with open_client(api) as client:
            response = await client.send(GET, rules_with(".body.none", meaning))
        assert (response.action, response.status, len(api.requests)) == (meaning, status, 1)
        assert response.body == {"none": 1}

    @pytest.mark.parametrize("status", [200, 202, 429, 503])
    async def test_fail_is_not_retried(self, status: int) -> None:
        api = Api([httpx.Response(status, json={"ok": False})])
        async with open_client(api) as client:
            with pytest.raises(RefusedError) as caught:
                await client.send(GET, rules_with(IS_BUSY, "fail"))
        assert (caught.value.status, len(api.requests)) == (status, 1)

    async def test_response_that_no_rule_matches_has_no_meaning(self) -> None:
        async with open_client(Api([OK])) as client:
            response = await client.send(GET, rules_with(IS_BUSY, "fail"))
        assert (response.body, response.action) == ([1], "")

    @pytest.mark.parametrize("meaning", ["retry", "rate_limited"])
    async def test_wait_of_a_rule_replaces_the_wait_of_the_api(self, meaning: AnswerAction) -> None:
        answer = httpx.Response(429, json={"ok": False, "wait": 0.1}, headers={"Retry-After": "7200"})
        begin = time.monotonic()
        async with open_client(Api([answer, OK])) as client:
            await client.send(GET, rules_with(IS_BUSY, meaning, ".body.wait"))
        assert 0.09 <= time.monotonic() - begin < 60

    async def test_wait_of_a_rule_beyond_the_policy_is_an_error(self) -> None:
        api = Api([BUSY])
        async with open_client(api) as client:
            with pytest.raises(TransientError, match="asking to wait 7200 s"):
                await client.send(GET, rules_with(IS_BUSY, "retry", "7200"))
        assert len(api.requests) == 1

    @staticmethod
    async def started(meaning: AnswerAction) -> list[tuple[str, float]]:
        """Return when requests start: /0, which a rule delays by 0.15 s, and /1, sent meanwhile."""
        started: list[tuple[str, float]] = []
        is_judged = asyncio.Event()
        begin = time.monotonic()

        def answer(request: httpx.Request) -> httpx.Response:
            started.append((request.url.path, time.monotonic() - begin))
            return httpx.Response(200, json={"ok": len(started) > 1})

        number = logger.add(lambda _: is_judged.set(), filter="http_client")
        try:
            async with open_client(answer) as client:
                rules = rules_with(IS_BUSY, meaning, "0.15")
                first = asyncio.create_task(client.send(Request("GET", f"{BASE}/0"), rules))
                await asyncio.wait_for(is_judged.wait(), 10)
                await client.send(Request("GET", f"{BASE}/1"), rules)
                await first
        finally:
            logger.remove(number)
        return started

    async def test_rate_limit_of_a_rule_delays_every_request(self) -> None:
        requests = await self.started("rate_limited")
        assert sorted(path for path, _ in requests[1:]) == ["/0", "/1"]
        assert all(moment >= 0.14 for _, moment in requests[1:])

    async def test_retry_of_a_rule_delays_only_its_own_request(self) -> None:
        assert [path for path, _ in await self.started("retry")] == ["/0", "/1", "/0"]

    async def test_429_that_a_rule_retries_does_not_close_the_gate(self) -> None:
        gate = RateGate(1)
        answer = httpx.Response(429, json={"ok": False})
        async with open_client(Api([answer, OK]), gate=gate) as client:
            await client.send(GET, rules_with(IS_BUSY, "retry"))
        assert gate._closed_until == 0


async def test_202_is_retried() -> None:
    api = Api([httpx.Response(202), httpx.Response(202), OK])
    assert (await send(api)).body == [1]
    assert len(api.requests) == 3


async def test_persistent_202_is_a_doubt_that_can_be_accepted() -> None:
    api = Api([httpx.Response(202, json={"state": "building"})])
    error = await failure(TransientError, api)
    assert (error.status, error.doubt, len(api.requests)) == (202, "not_ready", 3)
    assert 'status 202 Accepted, 3 times: \'{"state":"building"}\'' in str(error)
    assert str(error).endswith("set selector.accept: [not_ready]")


async def test_other_persistent_status_is_no_doubt() -> None:
    assert (await failure(TransientError, Api([httpx.Response(503)]))).doubt == ""


async def test_202_can_be_accepted_by_a_rule() -> None:
    api = Api([httpx.Response(202, json=[1])])
    async with open_client(api) as client:
        response = await client.send(GET, rules_with(".status == 202", "accept"))
    assert (response.body, response.action, len(api.requests)) == ([1], "accept", 1)
