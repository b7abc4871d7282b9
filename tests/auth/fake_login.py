"""A fake API that counts logins, and a client that sends requests to it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from auth import auth_for
from client import RateGate, RetryPolicy, UrlPolicy, bound_small_body
from configuration.settings import Settings
from http_client import HttpClient
from rest.origin import Origin
from rest.request import Request
from rest.response import Response

BASE = "https://x.io/api"
SECRET = "hunter22"
GET = Request("GET", f"{BASE}/users")
OAUTH2 = {"auth_type": "oauth2", "token_url": "/login", "client_id": "amy", "client_secret": SECRET}
CUSTOM = {
    "auth_type": "custom",
    "custom_auth_request": {"endpoint": "/login", "body": {"user": "amy", "password": SECRET}},
    "custom_auth_request_template": {"headers": {"Authorization": "Bearer {{.access_token}}"}},
}
SCHEMES = pytest.mark.parametrize("config", [OAUTH2, CUSTOM], ids=["oauth2", "custom"])

type Answer = httpx.Response | Exception


def numbered(number: int) -> httpx.Response:
    """Return the response to the n-th login, each with another token."""
    return httpx.Response(200, json={"access_token": f"t0ken-{number}", "expires_in": 3600})


@dataclass
class Api:
    """An API with a login. Responses take a few turns of the event loop, as on a network.

    answer: returns the response to the n-th login, n from 1. revoked: tokens that get a 401.
    """

    answer: Callable[[int], Answer] = numbered
    revoked: set[str] = field(default_factory=set)
    status: int = 200
    logins: list[httpx.Request] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        is_login = request.url.path.endswith("/login")
        (self.logins if is_login else self.requests).append(request)
        number = len(self.logins)
        for _turn in range(5):
            await asyncio.sleep(0)
        if is_login:
            answer = self.answer(number)
            if isinstance(answer, Exception):
                raise answer
            return answer
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        return httpx.Response(401 if token in self.revoked else self.status, json=[token])

    @property
    def tokens(self) -> list[str]:
        return [request.headers["authorization"] for request in self.requests]


def always(answer: httpx.Response) -> Callable[[int], Answer]:
    return lambda _: httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


def in_order(*answers: Answer) -> Callable[[int], Answer]:
    """Answer logins with these, and later ones with success."""
    return lambda number: answers[number - 1] if number <= len(answers) else numbered(number)


def settings(config: Mapping[str, Any], **more: Any) -> Settings:
    return Settings.from_config({"base_url": BASE, **config, **more}, {})


@asynccontextmanager
async def open_client(
    api: Callable[[httpx.Request], Any], config: Mapping[str, Any], auth: httpx.Auth | None = None
) -> AsyncIterator[HttpClient]:
    checked = settings(config)
    urls = UrlPolicy(Origin.of(BASE), checked.trusted, {}, checked.redactor)
    async with httpx.AsyncClient(
        transport=httpx.MockTransport(api),
        auth=auth or auth_for(checked),
        event_hooks={"response": [bound_small_body]},
    ) as http:
        yield HttpClient(http, RateGate(50), RetryPolicy(max_retries=2, base_s=0), urls)


async def send(api: Api, config: Mapping[str, Any], request: Request = GET) -> Response:
    async with open_client(api, config) as client:
        return await client.send(request)


async def failure[E: Exception](family: type[E], api: Api, config: Mapping[str, Any]) -> E:
    with pytest.raises(family) as caught:
        await send(api, config)
    assert SECRET not in str(caught.value)
    return caught.value


def form_of(request: httpx.Request) -> dict[str, str]:
    return dict(parse_qsl(request.content.decode(), keep_blank_values=True))
