"""The routes of a run: what is missing, and what is refused."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import pytest_asyncio

from builder.draft import Draft
from builder.guarded_process import ProcessLog
from builder.web.page.session import Session
from builder.web.run.run import Run
from builder.web.run.sandbox import LocalSandbox, SandboxError


@pytest.fixture
def session(browser: httpx.AsyncClient) -> Session:
    transport = browser._transport
    assert isinstance(transport, httpx.ASGITransport)
    session: Session = transport.app.state.session  # type: ignore[attr-defined]
    return session


async def test_a_run_needs_a_complete_installation(post: Callable[..., Any]) -> None:
    assert "Complete the steps listed above first" in await post("/run")


async def test_a_run_needs_the_credentials_of_port(
    post: Callable[..., Any], sampled: Callable[[], Any], session: Session
) -> None:
    await sampled()
    assert "Enter the client ID and the client secret" in await post("/run")
    assert session.runner.run is None


async def test_a_run_needs_the_secret_of_the_api(
    post: Callable[..., Any], sampled: Callable[[], Any], session: Session
) -> None:
    """The printed texts have a placeholder for it."""
    await sampled()
    await post("/connection", baseUrl="https://api.example.com", authType="bearer_token")
    assert "API token: Required to send requests" in await post("/run", client_id="a", client_secret="b")
    assert session.runner.run is None


async def test_a_second_run_is_refused(
    post: Callable[..., Any], sampled: Callable[[], Any], session: Session
) -> None:
    await sampled()
    session.runner.run = Run(1, Draft(), ProcessLog())
    html = await post("/run", client_id="a", client_secret="b")
    assert "A run is in progress. Wait until it has ended, or cancel it" in html
    assert session.runner.run.number == 1
    assert "Run it here" not in html


@pytest.mark.process
async def test_a_run_without_a_sandbox_says_how_to_start_one(
    post: Callable[..., Any], sampled: Callable[[], Any], session: Session
) -> None:
    await sampled()
    await post("/installation", region="other", port_base_url="http://127.0.0.1:9")
    await post("/run")
    assert session.runner.run
    assert session.runner._task
    await session.runner._task
    assert session.runner.run.error == (
        "There is no sandbox at http://127.0.0.1:9. Start a sandbox, then run again"
    )


async def test_the_log_is_sent_once(browser: httpx.AsyncClient, session: Session) -> None:
    session.runner.run = run = Run(3, Draft(), ProcessLog(), phase="running")
    run.log.add("first <b>line</b>")
    whole = (await browser.get("/run")).text
    assert "first &lt;b&gt;line" in whole
    run.log.add("second line")
    live = await browser.get("/run/live?number=3&seen=1")
    assert "second line" in live.text
    assert "first" not in live.text
    assert "HX-Retarget" not in live.headers
    run.end("cancelled")
    ended = await browser.get("/run/live?number=3&seen=2")
    assert ended.headers["HX-Retarget"] == "#run"
    assert "Cancelled" in ended.text


@pytest_asyncio.fixture
async def sandbox() -> AsyncIterator[LocalSandbox]:
    sandbox = LocalSandbox(0)
    yield sandbox
    await sandbox.stop()


@pytest.mark.process
async def test_a_sandbox_runs_until_it_is_stopped(
    post: Callable[..., Any], browser: httpx.AsyncClient, session: Session, sandbox: LocalSandbox
) -> None:
    session.sandbox = sandbox
    assert "Start a sandbox" in (await browser.get("/sandbox")).text
    assert "The sandbox is running at" in await post("/sandbox/start")
    async with httpx.AsyncClient(base_url=sandbox.url) as port:
        assert (await port.get("/catalog/", headers={"accept": "text/html"})).is_success
    taken = LocalSandbox(int(sandbox.url.rpartition(":")[2]))
    await taken.start()
    assert (taken.url, taken.is_own) == (sandbox.url, False)
    assert "Start a sandbox" in await post("/sandbox/stop")
    assert not sandbox.url


@pytest.mark.process
async def test_a_port_in_use_is_told() -> None:
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        number = server.sockets[0].getsockname()[1]
        with pytest.raises(SandboxError, match=f"cannot listen on 127.0.0.1:{number}"):
            await LocalSandbox(number).start()
