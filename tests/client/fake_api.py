"""A fake API and a client that sends requests to it."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from client import DEFAULT_LIMITS, Limits, RateGate, RetryPolicy, UrlPolicy, bound_small_body
from configuration.answer_rules import AnswerRules
from http_client import HttpClient
from rest.origin import Origin, Redactor
from rest.request import Request
from rest.response import Response

BASE = "https://x.io"
AT_ONCE = RetryPolicy(max_retries=2, base_s=0)
GET = Request("GET", f"{BASE}/a")
OK = httpx.Response(200, json=[1])

type Answer = httpx.Response | Exception


@dataclass
class Api:
    """Returns its answers in order, and the last one from then on. Records the requests."""

    answers: list[Answer]
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers[min(len(self.requests), len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        # httpx modifies a response, so each request gets one of its own.
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    @property
    def request_lines(self) -> list[str]:
        return [f"{request.method} {request.url}" for request in self.requests]


def redirect_to(location: str | bytes, status: int = 302) -> httpx.Response:
    raw = location if isinstance(location, bytes) else location.encode("latin-1")
    return httpx.Response(status, headers=[(b"location", raw)])


def url_policy(
    *trusted: str, secrets: tuple[str, ...] = (), params: Mapping[str, str] | None = None
) -> UrlPolicy:
    origins = frozenset(Origin.of(url) for url in (BASE, *trusted))
    return UrlPolicy(Origin.of(BASE), origins, params or {}, Redactor.of(secrets))


@asynccontextmanager
async def open_client(
    transport: Callable[[httpx.Request], Any],
    policy: RetryPolicy = AT_ONCE,
    *,
    urls: UrlPolicy | None = None,
    gate: RateGate | None = None,
    auth: httpx.Auth | None = None,
    directory: Path | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> AsyncIterator[HttpClient]:
    async with httpx.AsyncClient(
        transport=httpx.MockTransport(transport), auth=auth, event_hooks={"response": [bound_small_body]}
    ) as http:
        yield HttpClient(
            http, gate or RateGate(10), policy, urls or url_policy(), directory=directory, limits=limits
        )


async def send(api: Api, request: Request = GET, final: tuple[int, ...] = (), **options: Any) -> Response:
    """Send a request. final: statuses that the user does not want retried."""
    async with open_client(api, **options) as client:
        return await client.send(request, AnswerRules(dict.fromkeys(final, "fail")))


async def failure[E: Exception](
    family: type[E], api: Api, request: Request = GET, final: tuple[int, ...] = (), **options: Any
) -> E:
    """Return the error with which a request fails."""
    with pytest.raises(family) as caught:
        await send(api, request, final, **options)
    assert type(caught.value) is family
    return caught.value
