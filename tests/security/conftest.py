"""A sandbox, an API, and Ocean between them."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.conftest import install, port
from tests.faults.web import Web, served
from tests.loopback_server import Response

__all__ = ["install", "port"]


@pytest.fixture
def api() -> Iterator[Web]:
    """An API that answers by a table."""
    with served() as web:
        yield web


@pytest.fixture
def web_reply() -> type[Response]:
    """What makes its answers."""
    return Response
