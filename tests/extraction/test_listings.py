"""Listings that several need: asked for once, kept in a file without a name, forgotten when they fail."""

import asyncio
import gc
import os
from collections.abc import Iterator
from pathlib import Path
from weakref import ref

import pytest

from client import DiskBody
from configuration.answer_rules import NO_RULES, AnswerRules
from extraction.listings import Listings
from rest.errors import ItemsError, RefusedError
from rest.request import Request
from rest.response import Response

ONE, TWO = Request("GET", "https://a.example/1"), Request("GET", "https://a.example/2")

RULES = AnswerRules({404: "empty"})


class Api:
    """Answers with its own count of requests; can be told to fail."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.rules: list[AnswerRules] = []
        self.failing = False
        self.answers: list[ref[Response]] = []

    async def send(self, request: Request, rules: AnswerRules = NO_RULES) -> Response:
        """As the client."""
        self.asked.append(request.url)
        self.rules.append(rules)
        await asyncio.sleep(0)
        if self.failing:
            raise RefusedError("status 404", status=404)
        response = Response(200, {"x-number": str(len(self.asked))}, f"[{len(self.asked)}]".encode() * 1000)
        self.answers.append(ref(response))
        return response


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def listings(api: Api, tmp_path: Path) -> Iterator[Listings]:
    listings = Listings(api, tmp_path)
    yield listings
    listings.close()


async def test_same_request_is_sent_once(api: Api, listings: Listings) -> None:
    async with listings.recording() as first:
        answer = await first.send(ONE, RULES)
        await first.send(TWO)
    async with listings.recording() as second:
        again = await second.send(ONE)
        other = await second.send(TWO)
    assert (again.status, again.headers, again.content) == (200, {"x-number": "1"}, answer.content)
    assert other.headers == {"x-number": "2"}
    assert api.asked == [ONE.url, TWO.url]
    assert api.rules == [RULES, NO_RULES]


@pytest.mark.parametrize(
    "other",
    [
        Request("POST", ONE.url),
        Request("GET", f"{ONE.url}?a=1"),
        Request("GET", ONE.url, headers=(("X", "y"),)),
        Request("GET", ONE.url, body={}),
    ],
    ids=["method", "query", "headers", "body"],
)
async def test_other_requests_are_others(api: Api, listings: Listings, other: Request) -> None:
    async with listings.recording() as sender:
        await sender.send(ONE)
        await sender.send(other)
    assert len(api.asked) == 2


async def test_order_of_headers_and_of_body_keys_makes_no_other_request(api: Api, listings: Listings) -> None:
    for request in (
        Request("GET", ONE.url, headers=(("A", "1"), ("B", "2")), body={"a": 1, "b": 2}),
        Request("GET", ONE.url, headers=(("B", "2"), ("A", "1")), body={"b": 2, "a": 1}),
        Request("GET", f"{ONE.url}?a=1"),
        Request("GET", ONE.url, (("a", "1"),)),
    ):
        async with listings.recording() as sender:
            await sender.send(request)
    assert len(api.asked) == 2


async def test_who_asks_meanwhile_waits_for_the_same_answer(api: Api, listings: Listings) -> None:
    async def walk() -> str:
        async with listings.recording() as sender:
            return (await sender.send(ONE)).headers["x-number"]

    assert await asyncio.gather(*(walk() for _ in range(20))) == ["1"] * 20
    assert len(api.asked) == 1


async def test_listing_that_failed_is_not_kept(api: Api, listings: Listings) -> None:
    async def walk() -> None:
        async with listings.recording() as sender:
            await sender.send(ONE)
            api.failing = True
            await sender.send(TWO)

    with pytest.raises(RefusedError):
        await walk()
    api.failing = False
    async with listings.recording() as sender:
        assert (await sender.send(ONE)).headers == {"x-number": "3"}


async def test_listing_that_another_walk_completed_is_kept_when_one_fails(
    api: Api, listings: Listings
) -> None:
    async with listings.recording() as sender:
        await sender.send(ONE)

    async def fail() -> None:
        async with listings.recording() as sender:
            await sender.send(ONE)
            raise RefusedError("elsewhere")

    with pytest.raises(RefusedError):
        await fail()
    async with listings.recording() as sender:
        await sender.send(ONE)
    assert api.asked == [ONE.url]


async def test_waiting_users_of_a_request_that_fails_ask_for_themselves(api: Api, listings: Listings) -> None:
    api.failing = True

    async def walk() -> None:
        async with listings.recording() as sender:
            await sender.send(ONE)

    outcomes = await asyncio.gather(walk(), walk(), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [RefusedError, RefusedError]
    assert len(api.asked) == 2


async def test_answers_are_on_disk_and_not_in_memory(api: Api, listings: Listings, tmp_path: Path) -> None:
    """In a file that nobody can find, and that goes with the process."""
    async with listings.recording() as sender:
        for number in range(50):
            await sender.send(Request("GET", f"https://a.example/{number}"))
    gc.collect()
    assert len(api.answers) == 50
    assert not any(answer() for answer in api.answers)
    assert os.listdir(tmp_path) == []


async def test_listings_have_no_more_of_the_disk_than_they_may(
    listings: Listings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extraction.listings._MOST_BYTES", 7000)
    async with listings.recording() as first:
        await first.send(ONE)
        await first.send(TWO)
        with pytest.raises(ItemsError, match="needed more than once have more than 0 MiB"):
            await first.send(Request("GET", "https://a.example/3"))


@pytest.mark.parametrize("most_to_copy", [0, 2**20], ids=["in its own file", "copied"])
async def test_a_large_answer_is_kept_as_it_was(
    most_to_copy: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Copied, it needs no file of its own: thousands of pages would need as many."""
    monkeypatch.setattr("extraction.listings._MOST_TO_COPY", most_to_copy)
    monkeypatch.setattr("extraction.listings._MOST_IN_MEMORY", 10)
    body = DiskBody(tmp_path)
    body.write(b"[1]" * 10_000)
    listings = Listings(Large(Response(200, {"a": "b"}, b"[1]", large=body, meaning="accept")), tmp_path)
    async with listings.recording() as first:
        await first.send(ONE)
    async with listings.recording() as second:
        kept = await second.send(ONE)
    assert (kept.status, kept.headers, kept.meaning) == (200, {"a": "b"}, "accept")
    assert kept.content.startswith(b"[1]")
    assert kept.large is not None
    assert kept.large.reader().read() == b"[1]" * 10_000
    reader = kept.large.reader()
    assert (reader.read(4), reader.read(2)) == (b"[1][", b"1]")
    listings.close()


class Large:
    """Answers with a large body."""

    def __init__(self, response: Response) -> None:
        self._response = response

    async def send(self, _: Request, rules: AnswerRules = NO_RULES) -> Response:  # noqa: ARG002
        """As the client."""
        return self._response
