from collections.abc import AsyncGenerator, Callable

import httpx
import pytest

from sandbox.port_api.app import create_app
from sandbox.port_api.port import PortSettings

_OCEAN = "port-ocean/custom/0.1.0/mine/exporter"


@pytest.fixture
def clock() -> list[float]:
    """What time it is: one number, seconds since 1970, which a test may change."""
    return [1_750_000_000.0]


@pytest.fixture
async def connect() -> AsyncGenerator[Callable[[PortSettings], httpx.AsyncClient]]:
    """A client of a fresh sandbox, without a token."""
    opened: list[httpx.AsyncClient] = []
    apps = []

    def open_client(settings: PortSettings) -> httpx.AsyncClient:
        app = create_app(settings)
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),
            base_url="http://localhost:3010",
            headers={"User-Agent": _OCEAN},
        )
        apps.append(app)
        opened.append(client)
        return client

    yield open_client
    for client in opened:
        await client.aclose()
    for app in apps:
        app.state.port.store.close()


@pytest.fixture
def anonymous(connect: Callable[[PortSettings], httpx.AsyncClient], clock: list[float]) -> httpx.AsyncClient:
    """A client of a fresh sandbox that lives by `clock`, without a token."""
    return connect(PortSettings(clock=lambda: clock[0]))


@pytest.fixture
async def port(anonymous: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client with a token, writing as Ocean does."""
    credentials = {"clientId": "sandbox", "clientSecret": "sandbox"}
    answer = await anonymous.post("/v1/auth/access_token", json=credentials)
    anonymous.headers["Authorization"] = f"Bearer {answer.json()['accessToken']}"
    return anonymous


@pytest.fixture
async def catalog(port: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client of a sandbox with the blueprints team and person (team, friends)."""
    relations = {
        "team": {"target": "team", "many": False, "required": False},
        "friends": {"target": "person", "many": True, "required": False},
        "user": {"target": "_user", "many": False, "required": False},
    }
    properties = {
        "age": {"type": "number"},
        "mail": {"type": "string", "format": "email"},
        "since": {"type": "string", "format": "date-time"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "extra": {"type": "object"},
        "active": {"type": "boolean", "default": True},
    }
    team = {"identifier": "team", "title": "Team", "schema": {"properties": {"size": {"type": "number"}}}}
    person = {"identifier": "person", "title": "Person", "schema": {"properties": properties}}
    for blueprint in (team, {**person, "relations": relations}):
        answer = await port.post("/v1/blueprints", json=blueprint)
        assert answer.status_code == 201, answer.text
    return port
