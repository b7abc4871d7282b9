"""The page in this process, and a browser that opened the printed address."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
import pytest_asyncio

from builder.web.page.app import create_app
from builder.web.page.entrance import Entrance
from builder.web.page.safety import TOKEN_HEADER, Access

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
    """A client that has not opened a printed address."""
    transport = httpx.ASGITransport(app=create_app(access, entrance))
    async with httpx.AsyncClient(transport=transport, base_url=f"http://127.0.0.1:{PORT}") as client:
        yield client


@pytest_asyncio.fixture
async def browser(stranger: httpx.AsyncClient, access: Access, entrance: Entrance) -> httpx.AsyncClient:
    """A client that opened the printed address, and sends the page's token."""
    (await stranger.get(entrance.address())).raise_for_status()
    stranger.headers[TOKEN_HEADER] = access.token
    return stranger


@pytest.fixture
def post(browser: httpx.AsyncClient) -> Callable[..., Any]:
    """Posts the inputs of a form and returns the HTML of the response."""

    async def send(path: str, **inputs: str) -> str:
        response = await browser.post(path, data=inputs)
        return response.raise_for_status().text

    return send


@pytest.fixture
def users() -> str:
    """A response with users."""
    return json.dumps({"users": USERS, "total": len(USERS)})


@pytest.fixture
def teams() -> str:
    """A response with the teams of the users."""
    return json.dumps(TEAMS)


@pytest.fixture
def sampled(post: Callable[..., Any], users: str) -> Callable[[], Any]:
    """Connects and pastes a sample of users."""

    async def prepare() -> str:
        await post(
            "/connection",
            baseUrl="https://api.example.com",
            authType="none",
            paginationType="auto",
            verifySsl="true",
        )
        await post("/endpoint", number="1", kind="/users")
        found: str = await post("/endpoint/paste", number="1", pasted=users)
        return found

    return prepare
