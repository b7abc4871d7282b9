"""The guard in front of a real router in a real server: no spelling of the path leads around it."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
import uvicorn
from fastapi import FastAPI

from configuration.webhook_presets import PRESETS
from configuration.webhook_settings import WebhookSettings
from live_events.guard import Guard
from tests.live_events.asgi_client import PATH, Intake
from tests.live_events.signing import hex_mac

pytestmark = pytest.mark.process
SECRET = "s3cr3t-of-the-webhook"
TOKEN = WebhookSettings("/webhook", PRESETS["token"], (SECRET,))
GITHUB = WebhookSettings("/webhook", PRESETS["github"], (SECRET,))
# Ocean's router takes some of them for the path.
SPELLINGS = (
    *(
        f"{PATH}{end}"
        for end in ("/", "//", "%0A", "%0a", "%0D", "%0D%0A", "/%0A", "%00", "%20", "%2F", ";a=b")
    ),
    *("/integration/%77ebhook", "/%69ntegration/webhook", "/integration%2Fwebhook", "/integration//webhook"),
    *("/integration/./webhook", "/integration/x/../webhook", "/INTEGRATION/webhook", "//integration/webhook"),
    *(f"{PATH}#a", f"http://other{PATH}", f"http://other{PATH}%0A", "/integration/webhook%E2%80%A8"),
)


class Site:
    """An application with a route at the guarded path, which must never be called."""

    def __init__(self, webhook: WebhookSettings) -> None:
        self.called: list[bytes] = []
        self.intake = Intake()
        self.application = FastAPI()
        self.application.add_api_route(PATH, self._route, methods=["POST"])
        self.application.add_middleware(Guard, webhook=webhook, path=PATH, intake=self.intake)
        self.port = 0

    async def _route(self) -> str:
        self.called.append(b"called")
        return "unguarded"

    async def send(self, request: bytes) -> bytes:
        """Send the bytes of a request, and return the status line with the rest of the response."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(request)
        try:
            async with asyncio.timeout(10):
                return await reader.read()
        finally:
            writer.transport.abort()

    async def post(self, target: str, body: bytes = b"{}", *headers: str) -> bytes:
        lines = [
            f"POST {target} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            "Connection: close",
            f"Content-Length: {len(body)}",
            *headers,
        ]
        return await self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


@asynccontextmanager
async def served(webhook: WebhookSettings) -> AsyncIterator[Site]:
    site = Site(webhook)
    config = uvicorn.Config(site.application, ws="none", lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()  # connections wait for the server
        site.port = listener.getsockname()[1]
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield site
        finally:
            server.should_exit = True
            await serving


async def test_no_spelling_of_the_path_leads_around_the_guard() -> None:
    async with served(GITHUB) as site:
        answers = {spelling: await site.post(spelling) for spelling in SPELLINGS}
        assert site.called == []
        assert site.intake.events == []
        accepted = {spelling for spelling, answer in answers.items() if b" 200 " in answer.split(b"\r\n")[0]}
        assert accepted == set()
        signature = f"X-Hub-Signature-256: sha256={hex_mac(SECRET, b'{}')}"
        assert b'{"status":"accepted"}' in await site.post(PATH, b"{}", signature)
        assert len(site.intake.events) == 1


async def test_a_large_body_is_refused_before_it_is_sent() -> None:
    async with served(replace(GITHUB, max_bytes=1000)) as site:
        head = f"POST {PATH} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
        announced = f"{head}Expect: 100-continue\r\nContent-Length: 1001\r\n\r\n"
        assert (await site.send(announced.encode())).startswith(b"HTTP/1.1 413 ")
        chunked = f"{head}Transfer-Encoding: chunked\r\n\r\n" + 2 * f"1f5\r\n{' ' * 0x1F5}\r\n"
        assert (await site.send(chunked.encode())).startswith(b"HTTP/1.1 413 ")
        assert site.intake.events == []


async def test_the_server_s_log_has_no_token(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Another server in this process may have turned them off.
    for name in ("uvicorn", "uvicorn.access"):
        caplog.set_level(logging.INFO, name)
        monkeypatch.setattr(logging.getLogger(name), "propagate", True)
    async with served(TOKEN) as site:
        assert b" 200 " in await site.post(f"{PATH}?token={SECRET}")
        assert b" 401 " in await site.post(f"{PATH}?token={SECRET[:-1]}")
        assert b" 404 " in await site.post(f"{PATH}/?token={SECRET}")
    assert f"POST {PATH}" in caplog.text
    assert SECRET[:-1] not in caplog.text
