"""The application as a whole: lifespan, and errors that no route handles."""

import sqlite3
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message

from sandbox.port_api.app import create_app
from sandbox.port_api.middleware import PortMiddleware
from sandbox.port_api.port import Port, PortSettings


async def test_shutdown_closes_the_database() -> None:
    app = create_app()
    events = iter(({"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}))
    sent: list[str] = []

    async def receive() -> Message:
        return next(events)

    async def send(message: Message) -> None:
        sent.append(message["type"])

    await app({"type": "lifespan", "state": {}}, receive, send)
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    with pytest.raises(sqlite3.ProgrammingError, match="closed database"):
        app.state.port.store.row("SELECT 1")


async def test_recursion_error_gets_422() -> None:
    async def recurse(_request: Request) -> Response:
        raise RecursionError

    app = create_app()
    app.router.routes.insert(0, Route("/deep", recurse))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        response = await client.get("/deep")
    app.state.port.store.close()
    assert (response.status_code, response.json()["error"]) == (422, "invalid_request")


async def test_disconnect_is_received_after_a_chunked_body() -> None:
    received: list[Message] = []

    async def read_twice(scope: object, receive: object, send: object) -> None:  # noqa: ARG001 - ASGI
        assert callable(receive)
        received.extend([await receive(), await receive()])

    messages = iter(
        (
            {"type": "http.request", "body": b"[", "more_body": True},
            {"type": "http.request", "body": b"]", "more_body": False},
            {"type": "http.disconnect"},
        )
    )

    async def receive() -> Message:
        return next(messages)

    async def send(_message: Message) -> None:
        return

    port = Port(PortSettings())
    headers = [(b"host", b"localhost"), (b"transfer-encoding", b"chunked")]
    scope = {"type": "http", "method": "POST", "raw_path": b"/", "query_string": b"", "headers": headers}
    await PortMiddleware(read_twice, port)(scope, receive, send)
    port.store.close()
    assert [message.get("body", message["type"]) for message in received] == [b"[]", "http.disconnect"]


def test_fresh_deletes_the_contents_of_the_database(tmp_path: Path) -> None:
    file = str(tmp_path / "port.db")
    first = Port(PortSettings(database=file))
    first.blueprints.create({"identifier": "b", "title": "B", "schema": {"properties": {}}})
    first.store.write("PRAGMA user_version = 1")
    first.store.close()
    with pytest.raises(sqlite3.DatabaseError, match="another version"):
        Port(PortSettings(database=file))
    second = Port(PortSettings(database=file, fresh=True))
    assert [blueprint.identifier for blueprint in second.blueprints] == ["_user", "_team"]
    second.store.close()
