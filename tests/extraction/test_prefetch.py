"""Prefetching: responses arrive in order, few requests run at once, and no task is left behind."""

import asyncio

import pytest

from configuration.answer_rules import NO_RULES, AnswerRules
from extraction.prefetch import prefetching
from rest.request import Request
from rest.response import Response

RULES = AnswerRules({404: "empty"})


class Counter:
    """A sender that counts concurrent requests."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.running = 0
        self.most_at_once = 0

    async def send(self, request: Request, rules: AnswerRules = NO_RULES) -> Response:
        """Respond after a few turns of the event loop. Raises ValueError: the URL is /bad."""
        assert rules is RULES
        self.sent.append(request.url)
        self.running += 1
        self.most_at_once = max(self.most_at_once, self.running)
        try:
            for _ in range(5):
                await asyncio.sleep(0)
        finally:
            self.running -= 1
        if request.url == "/bad":
            raise ValueError("bad")
        return Response(200, {}, request.url.encode())


def _requests(*urls: str) -> list[Request]:
    return [Request("GET", url) for url in urls]


async def test_expected_requests_are_sent_before_they_are_needed() -> None:
    sender = Counter()
    async with prefetching(sender, 3) as prefetch:
        requests = _requests(*(f"/{number}" for number in range(9)))
        prefetch.expect(iter(requests), RULES)
        assert prefetch.expects(requests[0])
        assert not prefetch.expects(requests[5])
        answers = [await prefetch.send(request, RULES) for request in requests]
    assert [answer.content.decode() for answer in answers] == [request.url for request in requests]
    assert sender.most_at_once == 3 + 1  # three prefetched, and the one just taken
    assert sender.sent == [request.url for request in requests]


async def test_unexpected_request_is_sent_at_once() -> None:
    sender = Counter()
    async with prefetching(sender, 2) as prefetch:
        answer = await prefetch.send(_requests("/x")[0], RULES)
    assert answer.content == b"/x"


async def test_new_expectation_replaces_the_previous_one() -> None:
    sender = Counter()
    async with prefetching(sender, 2) as prefetch:
        prefetch.expect(iter(_requests("/1", "/2", "/3")), RULES)
        await asyncio.sleep(0)
        prefetch.expect(iter(_requests("/7")), RULES)
        await prefetch.send(_requests("/7")[0], RULES)
    assert sender.sent == ["/1", "/2", "/7"]
    assert sender.running == 0


async def test_abandoned_requests_have_ended_on_close() -> None:
    """Their errors are ignored, without a warning about an unretrieved exception."""
    async with prefetching(Counter(), 3) as prefetch:
        prefetch.expect(iter(_requests("/bad", "/2")), RULES)
        for _ in range(10):
            await asyncio.sleep(0)
        prefetch.expect(iter(_requests("/3")), RULES)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_error_is_raised_in_its_turn() -> None:
    sender = Counter()
    async with prefetching(sender, 3) as prefetch:
        good, bad = _requests("/good", "/bad")
        prefetch.expect(iter([good, bad]), RULES)
        assert (await prefetch.send(good, RULES)).content == b"/good"
        with pytest.raises(ValueError, match="bad"):
            await prefetch.send(bad, RULES)


async def test_close_cancels_running_requests() -> None:
    sender = Counter()
    async with prefetching(sender, 5) as prefetch:
        prefetch.expect(iter(_requests("/1", "/bad", "/3")), RULES)
        await asyncio.sleep(0)
    assert sender.running == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}
