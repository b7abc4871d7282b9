"""The page in this process: a browser that has opened the printed address."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
import pytest_asyncio

from builder.web.app import create_app
from builder.web.entrance import Entrance
from builder.web.safety import TOKEN_HEADER, Access

PORT = 8765
USERS = [
    {"id": number, "name": f"User {number}", "email": f"u{number}@example.com", "team_id": number % 2}
    for number in range(1, 5)
]
TEAMS = [{"id": number, "name": f"Team {number}"} for number in range(2)]


@pytest.fixture
def access() -> Access:
    return Access(PORT)


@pytest.fixture
def entrance() -> Iterator[Entrance]:
    with closing(Entrance(PORT)) as entrance:
        yield entrance


@pytest_asyncio.fixture
async def stranger(access: Access, entrance: Entrance) -> AsyncIterator[httpx.AsyncClient]:
    """Asks the right address, without having opened it."""
    transport = httpx.ASGITransport(app=create_app(access, entrance))
    async with httpx.AsyncClient(transport=transport, base_url=f"http://127.0.0.1:{PORT}") as client:
        yield client


@pytest_asyncio.fixture
async def browser(stranger: httpx.AsyncClient, access: Access, entrance: Entrance) -> httpx.AsyncClient:
    """Has opened the printed address, and posts as the page does."""
    (await stranger.get(entrance.address())).raise_for_status()
    stranger.headers[TOKEN_HEADER] = access.token
    return stranger


@pytest.fixture
def post(browser: httpx.AsyncClient) -> Callable[..., Any]:
    """Posts a form's inputs, and gives the HTML that comes back."""

    async def send(path: str, **inputs: str) -> str:
        answer = await browser.post(path, data=inputs)
        return answer.raise_for_status().text

    return send


@pytest.fixture
def users() -> str:
    """A response that lists users."""
    return json.dumps({"users": USERS, "total": len(USERS)})


@pytest.fixture
def teams() -> str:
    """A response that lists the teams that they are in."""
    return json.dumps(TEAMS)
