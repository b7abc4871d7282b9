"""Looking ahead: answers come in order, never more than wanted are under way, and nothing is left behind."""

import asyncio

import pytest

from configuration.answer_rules import NO_RULES, AnswerRules
from extraction.prefetch import prefetching
from rest.request import Request
from rest.response import Response

RULES = AnswerRules({404: "empty"})


class Counter:
    """A sender that says how many requests are under way at once."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.under_way = 0
        self.most = 0

    async def send(self, request: Request, rules: AnswerRules = NO_RULES) -> Response:
        """An answer after a while; a failure for /bad."""
        assert rules is RULES
        self.asked.append(request.url)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            for _ in range(5):
                await asyncio.sleep(0)
        finally:
            self.under_way -= 1
        if request.url == "/bad":
            raise ValueError("bad")
        return Response(200, {}, request.url.encode())


def _requests(*urls: str) -> list[Request]:
    return [Request("GET", url) for url in urls]


async def test_expected_answers_are_under_way_before_they_are_asked_for() -> None:
    sender = Counter()
    async with prefetching(sender, 3) as looking:
        requests = _requests(*(f"/{number}" for number in range(9)))
        looking.expect(iter(requests), RULES)
        assert looking.expects(requests[0])
        assert not looking.expects(requests[5])
        answers = [await looking.send(request, RULES) for request in requests]
    assert [answer.content.decode() for answer in answers] == [request.url for request in requests]
    assert sender.most == 3 + 1  # three wait or are under way, and the one that was just taken
    assert sender.asked == [request.url for request in requests]


async def test_request_that_nobody_expected_is_sent_as_it_comes() -> None:
    sender = Counter()
    async with prefetching(sender, 2) as looking:
        answer = await looking.send(_requests("/x")[0], RULES)
    assert answer.content == b"/x"


async def test_new_expectation_replaces_the_old_one() -> None:
    sender = Counter()
    async with prefetching(sender, 2) as looking:
        looking.expect(iter(_requests("/1", "/2", "/3")), RULES)
        await asyncio.sleep(0)
        looking.expect(iter(_requests("/7")), RULES)
        await looking.send(_requests("/7")[0], RULES)
    assert sender.asked == ["/1", "/2", "/7"]
    assert sender.under_way == 0


async def test_what_is_given_up_has_ended_when_all_is_closed() -> None:
    """Its failure is nobody's business, and no warning of a forgotten task."""
    async with prefetching(Counter(), 3) as looking:
        looking.expect(iter(_requests("/bad", "/2")), RULES)
        for _ in range(10):
            await asyncio.sleep(0)
        looking.expect(iter(_requests("/3")), RULES)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_failure_is_raised_when_its_turn_comes_and_not_before() -> None:
    sender = Counter()
    async with prefetching(sender, 3) as looking:
        good, bad = _requests("/good", "/bad")
        looking.expect(iter([good, bad]), RULES)
        assert (await looking.send(good, RULES)).content == b"/good"
        with pytest.raises(ValueError, match="bad"):
            await looking.send(bad, RULES)


async def test_nothing_is_left_under_way() -> None:
    sender = Counter()
    async with prefetching(sender, 5) as looking:
        looking.expect(iter(_requests("/1", "/bad", "/3")), RULES)
        await asyncio.sleep(0)
    assert sender.under_way == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}
