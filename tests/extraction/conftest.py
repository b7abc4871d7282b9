"""Fake APIs for a single walk and for the whole extractor. Both record their requests."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from loguru import logger

from client import DEFAULT_LIMITS, Limits
from configuration.answer_rules import NO_RULES, AnswerRules
from configuration.mapping_entry import read_resource
from configuration.pagination import PaginationSettings
from configuration.resource import Endpoint
from configuration.settings import Settings
from expressions.paths import jq_path
from extraction import open_extractor
from extraction.limits import WalkLimits
from extraction.observed_pages import TemplateObservations
from extraction.pages import walk_pages
from extraction.system_clock import SYSTEM_CLOCK, Clock
from extraction.verdict import Verdict
from rest.bodies import Json
from rest.doubts import DoubtName
from rest.errors import AuthError, RefusedError, SyncError, TransientError
from rest.page import Item, Page
from rest.request import Request
from rest.response import Response

BASE = "https://a.example/api"


class FakeSender:
    """Answers a walk's requests. Raises AssertionError: more than `max_requests` were sent.

    answer: a status; a body; a body and headers; or a whole Response.
    """

    def __init__(self, answer: Callable[[Request], Any], max_requests: int = 100) -> None:
        self._answer = answer
        self._max_requests = max_requests
        self.requests: list[Request] = []

    async def send(self, request: Request, rules: AnswerRules = NO_RULES) -> Response:
        """Answer like the client: with a response, an action of a rule, or an error."""
        self.requests.append(request)
        if len(self.requests) > self._max_requests:
            raise AssertionError(f"endless: more than {self._max_requests} requests")
        await asyncio.sleep(0)
        answer = self._answer(request)
        if isinstance(answer, Response):
            return answer
        if isinstance(answer, int):
            judged = await rules.match(Response(answer))
            if judged and judged.action in ("empty", "end"):
                return Response(answer, action=judged.action)
            family = {401: AuthError, 500: TransientError}.get(answer, RefusedError)
            raise family(f"{request.full_url}: status {answer}", status=answer)
        body, headers = answer if isinstance(answer, tuple) else (answer, {})
        return Response(200, headers, json.dumps(body).encode())


@dataclass
class Walked:
    """Result of a walk. error: the raised error or the first doubt, or None if the listing is complete."""

    pages: list[Page] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    error: SyncError | None = None
    verdict: Verdict = field(default_factory=Verdict)

    @property
    def items(self) -> list[Json]:
        """The items of all pages."""
        return [item for page in self.pages for item in page.items]


@pytest.fixture(scope="session")
def walked() -> Callable[..., Walked]:
    """Return a function that walks a fake API's endpoint to its end. Raises errors other than SyncError."""

    def walked(
        answer: Callable[[Request], Any],
        *,
        pagination: Mapping[str, Any],
        data_path: str | None = ".items",
        on_status: Mapping[int, Any] | None = None,
        observations: TemplateObservations | None = None,
        first: Request | None = None,
        max_requests: int = 100,
        accept: Collection[DoubtName] = (),
        limits: WalkLimits = WalkLimits(),  # noqa: B008 - frozen
    ) -> Walked:
        endpoint = Endpoint(
            "/x",
            PaginationSettings.model_validate(pagination),
            data_path=jq_path(data_path) if data_path else None,
            on_status=on_status or {},
        )
        sender = FakeSender(answer, max_requests)
        verdict = Verdict(accept)
        request = first or Request("GET", f"{BASE}/x")
        outcome = Walked(requests=sender.requests)

        async def run() -> None:
            observed = observations or TemplateObservations()
            pages = walk_pages(endpoint, request, sender, observed, verdict, limits=limits)
            async for page in pages:
                outcome.pages.append(page)

        try:
            asyncio.run(run())
        except SyncError as error:
            outcome.error = error
        outcome.verdict = verdict
        outcome.error = outcome.error or next(iter(verdict.errors), None)
        return outcome

    return walked


@dataclass
class Fetched:
    """Batches and requests of one resource."""

    batches: list[list[Item]] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)
    error: Exception | None = None

    @property
    def items(self) -> list[Item]:
        """The items of all batches."""
        return [item for batch in self.batches for item in batch]

    @property
    def ids(self) -> list[Any]:
        """The ids, sorted because children arrive in any order."""
        return sorted(item["id"] for item in self.items)


@pytest.fixture
def limits() -> Limits:
    """Return the limits of a response. A module can override them."""
    return DEFAULT_LIMITS


@pytest.fixture
def fetched(limits: Limits) -> Callable[..., Awaitable[Fetched]]:
    """Return a function that fetches a kind from a fake API through the whole extractor."""

    async def fetched(
        answer: Callable[[httpx.Request], Any],
        kind: str,
        selector: Mapping[str, Any] | None = None,
        since: datetime | None = None,
        clock: Clock = SYSTEM_CLOCK,
        **config: Any,
    ) -> Fetched:
        settings = Settings.from_config({"base_url": BASE, "max_retries": 0, **config}, {})
        resource = read_resource(kind, selector or {}, settings.pagination)
        resource = resource.since(since) if since else resource
        outcome = Fetched()

        async def handler(request: httpx.Request) -> httpx.Response:
            outcome.urls.append(str(request.url).removeprefix(BASE))
            outcome.requests.append(request)
            await asyncio.sleep(0)
            content = answer(request)
            if isinstance(content, httpx.Response):
                return content
            return httpx.Response(content) if type(content) is int else httpx.Response(200, json=content)

        transport = httpx.MockTransport(handler)
        async with open_extractor(
            settings, [resource], transport=transport, limits=limits, clock=clock
        ) as extractor:
            try:
                async for batch in extractor.batches(resource):
                    outcome.batches.append(batch)
            except (SyncError, ExceptionGroup) as error:
                outcome.error = error
        return outcome

    return fetched


class FakeClock:
    """A clock that sleeping moves forward at once. sleeps: the seconds of each sleep that is not 0."""

    def __init__(self, start: datetime = datetime(2026, 3, 10, 12, tzinfo=UTC)) -> None:
        self.time = start
        self.sleeps: list[float] = []

    def now(self) -> datetime:
        return self.time

    def elapsed_s(self) -> float:
        return self.time.timestamp()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.time += timedelta(seconds=seconds)
        self.sleeps += [seconds] if seconds else []


@pytest.fixture
def clock() -> FakeClock:
    """Return a clock that starts at noon of 2026-03-10."""
    return FakeClock()


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """Collect the logged lines, each after its level."""
    lines: list[str] = []
    sink = logger.add(lambda message: lines.append(message.rstrip("\n")), format="{level}: {message}")
    yield lines
    logger.remove(sink)
