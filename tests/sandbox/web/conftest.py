"""A sandbox in this process with its pages, and fixtures that add entities fast."""

from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import Any

import httpx
import pytest

from sandbox.port_api.app import create_app
from sandbox.port_api.entities import Entity
from sandbox.port_api.json_codec import dump
from sandbox.port_api.port import Port, PortSettings

_TEXT = {"type": "string"}
_SERVICE = {
    "identifier": "service",
    "title": "Service",
    "schema": {
        "properties": {
            "page": {**_TEXT, "title": "Page", "format": "url"},
            "tier": {**_TEXT, "title": "Tier", "enum": ["gold", "silver"]},
            "load": {"type": "number", "title": "Load"},
            "live": {"type": "boolean", "title": "Live"},
            "since": {**_TEXT, "title": "Since", "format": "date-time"},
            "readme": {**_TEXT, "title": "Readme", "format": "markdown"},
            "extra": {"type": "object", "title": "Extra"},
        }
    },
    "relations": {"needs": {"target": "service", "title": "Needs", "many": True, "required": False}},
}
_EVENT = {
    "identifier": "event",
    "title": "Event",
    "schema": {
        "properties": {
            "name": {**_TEXT, "title": "Name"},
            "level": {**_TEXT, "title": "Level", "enum": ["low", "high"]},
            "count": {"type": "number", "title": "Count"},
            "open": {"type": "boolean", "title": "Open"},
        }
    },
    "relations": {"about": {"target": "service", "title": "About", "many": False, "required": False}},
}


@pytest.fixture(scope="session")
def blueprints() -> list[dict[str, Any]]:
    """The blueprints service, with a relation to itself, and event, with a relation to service."""
    return [_SERVICE, _EVENT]


@pytest.fixture(scope="session")
def make() -> Callable[..., Entity]:
    """Creates an entity as Ocean would write it: `make(port, blueprint, identifier, **content)`."""

    def entity(port: Port, blueprint: str, identifier: str, **content: Any) -> Entity:
        now = port.now()
        text = dump({"properties": {}, "relations": {}, **content})
        return Entity(0, blueprint, identifier, "port-ocean/custom/0.1.0/company/exporter", now, now, text)

    return entity


@pytest.fixture(scope="session")
def fill() -> Callable[..., None]:
    """Stores entities and their links without validation: `fill(port, *entities)`."""

    def put(port: Port, *entities: Entity) -> None:
        links: dict[str, dict[str, Any]] = defaultdict(dict)
        for each in entities:
            if each.content["relations"]:
                links[each.blueprint][each.identifier] = each.content["relations"]
        with port.store.transaction():
            port.entities.save(entities)
            for blueprint, relations in links.items():
                port.entities.link(blueprint, relations)

    return put


@pytest.fixture
def app(blueprints: list[dict[str, Any]]) -> Iterator[Any]:
    """A new sandbox with the blueprints service and event."""
    new_app = create_app(PortSettings())
    for blueprint in blueprints:
        new_app.state.port.blueprints.create(blueprint)
    yield new_app
    new_app.state.port.store.close()


@pytest.fixture
def port(app: Any) -> Port:
    """The state of the sandbox."""
    state: Port = app.state.port
    return state


@pytest.fixture
async def client(app: Any) -> AsyncGenerator[httpx.AsyncClient]:
    """An HTTP client of the sandbox."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:3010") as http_client:
        yield http_client
