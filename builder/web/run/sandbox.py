"""A sandbox of Port that the page starts as a process of its own."""

import asyncio
import os
import re
import sys

import httpx

from builder.guarded_process import ProcessLog, guarded_process
from rest.errors import SyncError

SANDBOX_PORT = 3010
# The sandbox accepts one pair of credentials.
SANDBOX_CREDENTIALS = ("sandbox", "sandbox")
_ADDRESS = re.compile(r"listening on (http://127\.0\.0\.1:\d+)")
_POLL_INTERVAL_S = 0.05
_START_TIMEOUT_S = 30
_PROBE_TIMEOUT_S = 2


class SandboxError(SyncError):
    """The sandbox did not start."""


class LocalSandbox:
    """The sandbox of a session. It ends with the page.

    port: 0 for any free port. url: its address, "" while it is not running.
    """

    def __init__(self, port: int = SANDBOX_PORT) -> None:
        self.url = ""
        self._port = port
        self._task: asyncio.Task[None] | None = None

    @property
    def is_own(self) -> bool:
        """Whether the page started it."""
        return self._task is not None and not self._task.done()

    async def start(self) -> None:
        """Start the sandbox unless it is running. Raises SandboxError: it does not start."""
        if self.is_own:
            return
        log = ProcessLog()
        self._task = asyncio.create_task(self._serve(log))
        try:
            async with asyncio.timeout(_START_TIMEOUT_S):
                while not self.url and not self._task.done():
                    await asyncio.sleep(_POLL_INTERVAL_S)
                    self._read_address(log)
        except TimeoutError:
            self._task.cancel()
            raise SandboxError(f"The sandbox did not start within {_START_TIMEOUT_S} s") from None
        if self.url:
            return
        address = f"http://127.0.0.1:{self._port}"
        if not await _is_sandbox(address):
            raise SandboxError(
                f"The sandbox did not start: {' '.join(log.last(1))}",
                hint=f"Stop the program that uses port {self._port}, or run "
                "`ocean-custom sandbox -- --port 3011` and choose another URL as the Port region",
            )
        self.url = address

    async def stop(self) -> None:
        """End the sandbox that the page started. Its catalog is lost."""
        if self._task and not self._task.done():
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self.url = ""

    def _read_address(self, log: ProcessLog) -> None:
        found = _ADDRESS.search("\n".join(log.since(0)))
        self.url = found[1] if found else ""

    async def _serve(self, log: ProcessLog) -> None:
        command = (sys.executable, "-m", "sandbox.port_api", "--port", str(self._port))
        try:
            async with guarded_process(command, dict(os.environ), log) as process:
                await process.wait()
        finally:
            self.url = ""


async def _is_sandbox(address: str) -> bool:
    """Return whether another sandbox has this address."""
    try:
        async with httpx.AsyncClient(timeout=_PROBE_TIMEOUT_S, trust_env=False) as http:
            return (await http.get(f"{address}/_sandbox/catalog")).is_success
    except httpx.HTTPError:
        return False
