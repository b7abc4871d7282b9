"""A sandbox of Port in this process."""

from collections.abc import Iterator

import httpx
import pytest

from sandbox.port_api.app import create_app
from sandbox.port_api.port import PortSettings


@pytest.fixture
def port() -> Iterator[httpx.ASGITransport]:
    """The transport of a fresh sandbox of Port."""
    app = create_app(PortSettings())
    yield httpx.ASGITransport(app=app)
    app.state.port.store.close()
