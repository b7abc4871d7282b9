"""Cached listings: requested once, kept in a file without a name, removed when the walk fails."""

import asyncio
import gc
import os
from collections.abc import Iterator
from pathlib import Path
from weakref import ref

import pytest

from client import DiskBody
from configuration.answer_rules import NO_RULES, AnswerRules
from extraction.listings import ListingCache
from rest.errors import ItemsError, RefusedError
from rest.request import Request
from rest.response import Response

ONE, TWO = Request("GET", "https://a.example/1"), Request("GET", "https://a.example/2")

RULES = AnswerRules({404: "empty"})


class Api:
    """Responds with its own count of requests, or fails."""

    def __init__(self) -> None:
        self.urls: list[str] = []
        self.rules: list[AnswerRules] = []
        self.failing = False
        self.responses: list[ref[Response]] = []

    async def send(self, request: Request, rules: AnswerRules = NO_RULES) -> Response:
        """Send a request like the client."""
        self.urls.append(request.url)
        self.rules.append(rules)
        await asyncio.sleep(0)
        if self.failing:
            raise RefusedError("status 404", status=404)
        response = Response(200, {"x-number": str(len(self.urls))}, f"[{len(self.urls)}]".encode() * 1000)
        self.responses.append(ref(response))
        return response


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def listings(api: Api, tmp_path: Path) -> Iterator[ListingCache]:
    listings = ListingCache(api, tmp_path)
    yield listings
    listings.close()


async def test_repeated_request_is_sent_once(api: Api, listings: ListingCache) -> None:
    async with listings.for_walk() as first:
        answer = await first.send(ONE, RULES)
        await first.send(TWO)
    async with listings.for_walk() as second:
        again = await second.send(ONE)
        other = await second.send(TWO)
    assert (again.status, again.headers, again.content) == (200, {"x-number": "1"}, answer.content)
    assert other.headers == {"x-number": "2"}
    assert api.urls == [ONE.url, TWO.url]
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
async def test_different_requests_are_sent(api: Api, listings: ListingCache, other: Request) -> None:
    async with listings.for_walk() as sender:
        await sender.send(ONE)
        await sender.send(other)
    assert len(api.urls) == 2


async def test_order_of_headers_and_body_keys_does_not_matter(api: Api, listings: ListingCache) -> None:
    for request in (
        Request("GET", ONE.url, headers=(("A", "1"), ("B", "2")), body={"a": 1, "b": 2}),
        Request("GET", ONE.url, headers=(("B", "2"), ("A", "1")), body={"b": 2, "a": 1}),
        Request("GET", f"{ONE.url}?a=1"),
        Request("GET", ONE.url, (("a", "1"),)),
    ):
        async with listings.for_walk() as sender:
            await sender.send(request)
    assert len(api.urls) == 2


async def test_concurrent_walks_share_one_request(api: Api, listings: ListingCache) -> None:
    async def walk() -> str:
        async with listings.for_walk() as sender:
            return (await sender.send(ONE)).headers["x-number"]

    assert await asyncio.gather(*(walk() for _ in range(20))) == ["1"] * 20
    assert len(api.urls) == 1


async def test_failed_listing_is_removed(api: Api, listings: ListingCache) -> None:
    async def walk() -> None:
        async with listings.for_walk() as sender:
            await sender.send(ONE)
            api.failing = True
            await sender.send(TWO)

    with pytest.raises(RefusedError):
        await walk()
    api.failing = False
    async with listings.for_walk() as sender:
        assert (await sender.send(ONE)).headers == {"x-number": "3"}


async def test_completed_listing_stays_when_another_walk_fails(api: Api, listings: ListingCache) -> None:
    async with listings.for_walk() as sender:
        await sender.send(ONE)

    async def fail() -> None:
        async with listings.for_walk() as sender:
            await sender.send(ONE)
            raise RefusedError("elsewhere")

    with pytest.raises(RefusedError):
        await fail()
    async with listings.for_walk() as sender:
        await sender.send(ONE)
    assert api.urls == [ONE.url]


async def test_each_waiting_walk_retries_a_failed_request(api: Api, listings: ListingCache) -> None:
    api.failing = True

    async def walk() -> None:
        async with listings.for_walk() as sender:
            await sender.send(ONE)

    outcomes = await asyncio.gather(walk(), walk(), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [RefusedError, RefusedError]
    assert len(api.urls) == 2


async def test_responses_are_on_disk_only(api: Api, listings: ListingCache, tmp_path: Path) -> None:
    """The file has no name, so the system removes it with the process."""
    async with listings.for_walk() as sender:
        for number in range(50):
            await sender.send(Request("GET", f"https://a.example/{number}"))
    gc.collect()
    assert len(api.responses) == 50
    assert not any(response() for response in api.responses)
    assert os.listdir(tmp_path) == []


async def test_disk_space_is_limited(listings: ListingCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extraction.listings._MAX_BYTES", 7000)
    async with listings.for_walk() as first:
        await first.send(ONE)
        await first.send(TWO)
        with pytest.raises(ItemsError, match="used more than once take more than 0 MiB"):
            await first.send(Request("GET", "https://a.example/3"))


@pytest.mark.parametrize("max_copied_bytes", [0, 2**20], ids=["own file", "copied"])
async def test_large_response_is_unchanged(
    max_copied_bytes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Copying saves a file for each of thousands of pages."""
    monkeypatch.setattr("extraction.listings._MAX_COPIED_BYTES", max_copied_bytes)
    monkeypatch.setattr("extraction.listings._MAX_IN_MEMORY", 10)
    body = DiskBody(tmp_path)
    body.write(b"[1]" * 10_000)
    listings = ListingCache(
        LargeApi(Response(200, {"a": "b"}, b"[1]", large=body, action="accept")), tmp_path
    )
    async with listings.for_walk() as first:
        await first.send(ONE)
    async with listings.for_walk() as second:
        kept = await second.send(ONE)
    assert (kept.status, kept.headers, kept.action) == (200, {"a": "b"}, "accept")
    assert kept.content.startswith(b"[1]")
    assert kept.large is not None
    assert kept.large.reader().read() == b"[1]" * 10_000
    reader = kept.large.reader()
    assert (reader.read(4), reader.read(2)) == (b"[1][", b"1]")
    listings.close()


class LargeApi:
    """Responds with a large body."""

    def __init__(self, response: Response) -> None:
        self._response = response

    async def send(self, _: Request, rules: AnswerRules = NO_RULES) -> Response:  # noqa: ARG002
        """Send a request like the client."""
        return self._response
