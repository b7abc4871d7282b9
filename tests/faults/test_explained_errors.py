"""Connections that fail say what to change in the settings."""

import asyncio
import socket

import pytest

from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from extraction import open_extractor
from rest.errors import RequestError
from tests.loopback_server import Response, serving

pytestmark = pytest.mark.process


def _refused(base_url: str) -> RequestError:
    """Return the error of a real request."""

    async def read() -> None:
        settings = Settings.from_config({"base_url": base_url, "max_retries": 0, "timeout": 5}, {})
        resource = read_resource("/a", {}, settings.pagination)
        async with open_extractor(settings, [resource]) as extractor:
            async for _ in extractor.batches(resource):
                pass

    with pytest.raises(RequestError) as caught:
        asyncio.run(read())
    return caught.value


def test_https_to_a_server_of_plain_http() -> None:
    with serving(lambda _: Response([])) as url:
        error = _refused(url.replace("http://", "https://"))
    assert "does not speak TLS" in error.what
    assert "write http:// in baseUrl" in error.hint


def test_a_port_without_a_server() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        error = _refused(f"http://127.0.0.1:{unused.getsockname()[1]}")
    assert "nothing listens at 127.0.0.1:" in error.what
    assert "In a container, localhost is the container itself" in error.hint


def test_a_host_that_does_not_exist() -> None:
    error = _refused("https://api.exmaple.invalid")
    assert "the host api.exmaple.invalid is not found" in error.what
