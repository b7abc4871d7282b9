"""A Port sandbox in this process, for what talks to Port."""

from collections.abc import Iterator

import httpx
import pytest

from sandbox.port_api.app import create_app
from sandbox.port_api.port import PortSettings


@pytest.fixture
def port() -> Iterator[httpx.ASGITransport]:
    """The way to a fresh Port sandbox."""
    app = create_app(PortSettings())
    yield httpx.ASGITransport(app=app)
    app.state.port.store.close()
