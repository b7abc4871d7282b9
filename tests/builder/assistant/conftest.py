"""The server in this process, with the SDK's own client, and an API whose answers a test sets."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from mcp import Client

from builder.assistant.server import make_server
from builder.assistant.session import Session
from builder.cli.inputs import Inputs
from tests.faults.web import Web, served
from tests.loopback_server import Response

_SETTING = "OCEAN__INTEGRATION__CONFIG__"


@dataclass(frozen=True)
class Assistant:
    """A client of the server. It calls tools as an assistant does."""

    client: Client

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Return the structured answer of a tool that must not fail."""
        result = await self.client.call_tool(tool, arguments)
        assert not result.is_error, result.content
        answer: dict[str, Any] = result.structured_content
        return answer

    async def error(self, tool: str, **arguments: Any) -> str:
        """Return the error of a tool that must fail."""
        result = await self.client.call_tool(tool, arguments)
        assert result.is_error, result.structured_content
        return "\n".join(getattr(each, "text", "") for each in result.content)


type Opened = Callable[..., AbstractAsyncContextManager[Assistant]]


@pytest.fixture
def opened() -> Opened:
    """Return a function that opens the server with settings by their variable names, like BASE_URL."""

    @asynccontextmanager
    async def open_server(
        settings: dict[str, str],
        others: dict[str, str] = {},  # noqa: B006 - not changed
        *,
        allow_apply: bool = False,
        allow_post: bool = False,
    ) -> AsyncIterator[Assistant]:
        variables = {f"{_SETTING}{name}": text for name, text in settings.items()}
        session = Session.of(Inputs({**variables, **others}), allow_post=allow_post)
        async with Client(make_server(session, allow_apply=allow_apply)) as client:
            yield Assistant(client)

    return open_server


@pytest.fixture
def api() -> Iterator[Web]:
    """Return an API whose responses a test sets by path."""
    with served() as web:
        yield web


@pytest.fixture
def reply() -> type[Response]:
    """Return the class of the API's responses."""
    return Response
