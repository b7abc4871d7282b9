"""Fixtures: a sandbox, an API, and Ocean between them."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.conftest import install, port
from tests.faults.web import Web, served
from tests.loopback_server import Response

__all__ = ["install", "port"]


@pytest.fixture
def api() -> Iterator[Web]:
    """Return an API whose responses a test sets by path."""
    with served() as web:
        yield web


@pytest.fixture
def web_reply() -> type[Response]:
    """Return the class of the API's responses."""
    return Response
