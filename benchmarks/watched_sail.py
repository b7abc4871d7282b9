"""Run `ocean sail` and record how long its event loop was blocked, and its requests to Port.

Usage: watched_sail.py FILE sail. FILE receives JSON lines: `{"gap_s", "cpu_s", "at", "stack"}` for each gap
between two turns of the event loop, and `{"method", "path", "at", "first_s", "status"}` for each request.
The integration itself is not changed. `at` is Unix time.
"""

import json
import os
import sys
import threading
import time
from asyncio.base_events import BaseEventLoop
from pathlib import Path
from types import FrameType
from typing import TextIO
from urllib.parse import urlsplit

import httpx
from port_ocean.cli.cli import cli_start

TURN_S = 0.005
RECORDED_S = 0.03
STACK_AFTER_S = 0.05
_DEPTH = 25
_SUCCESS = (200, 207)


class LoopWatch:
    """A thread that asks the event loop for a turn every 5 ms, and records the gaps between turns."""

    def __init__(self, loop: BaseEventLoop, output: TextIO) -> None:
        self._loop = loop
        self._output = output
        self._thread = threading.get_ident()
        self._turn = self._processor = 0.0
        self._waiting = False
        self._stack: list[str] = []

    def run(self) -> None:
        """Request turns until the loop is closed."""
        self._turn = time.perf_counter()
        while not self._loop.is_closed():
            if not self._waiting:
                self._waiting = True
                try:
                    self._loop.call_soon_threadsafe(self._beat)
                except RuntimeError:
                    return
            elif time.perf_counter() - self._turn > STACK_AFTER_S and not self._stack:
                self._stack = _stack(sys._current_frames().get(self._thread))  # noqa: SLF001 - the only way
            time.sleep(TURN_S)

    def _beat(self) -> None:
        now, processor = time.perf_counter(), time.thread_time()
        gap, used = now - self._turn, processor - self._processor
        if gap > RECORDED_S and self._processor:
            record(self._output, gap_s=gap, cpu_s=used, at=time.time() - gap, stack=self._stack)
        self._turn, self._processor, self._stack, self._waiting = now, processor, [], False


def _stack(frame: FrameType | None) -> list[str]:
    """Return the innermost frames, the current one last. It reads no source files, which would take long."""
    lines: list[str] = []
    while frame and len(lines) < _DEPTH:
        code = frame.f_code
        file = code.co_filename.rpartition("site-packages/")[2]
        lines.append(f"{file}:{frame.f_lineno} {code.co_name}")
        frame = frame.f_back
    return lines[::-1]


def record(output: TextIO, **fields: object) -> None:
    """Write a line."""
    output.write(json.dumps(fields) + "\n")
    output.flush()


def watch_loops(output: TextIO) -> None:
    """Watch each event loop that runs in the main thread."""
    run_forever = BaseEventLoop.run_forever
    watched: set[int] = set()

    def run(self: BaseEventLoop) -> None:
        is_main = threading.current_thread() is threading.main_thread()
        if is_main and id(self) not in watched:
            watched.add(id(self))
            threading.Thread(target=LoopWatch(self, output).run, daemon=True).start()
        run_forever(self)

    BaseEventLoop.run_forever = run  # type: ignore[method-assign]


def watch_requests(output: TextIO, host: str) -> None:
    """Record the requests to this host and port."""
    handle = httpx.AsyncHTTPTransport.handle_async_request

    async def handle_request(self: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        if f"{request.url.host}:{request.url.port}" != host:
            return await handle(self, request)
        start, at, status = time.perf_counter(), time.time(), 0
        try:
            response = await handle(self, request)
            status = response.status_code
            return response
        finally:
            took = time.perf_counter() - start
            path = request.url.path
            count = _entities(request) if request.method == "POST" and status in _SUCCESS else 0
            record(
                output, method=request.method, path=path, at=at, first_s=took, status=status, entities=count
            )

    httpx.AsyncHTTPTransport.handle_async_request = handle_request  # type: ignore[method-assign]


def _entities(request: httpx.Request) -> int:
    """Return the number of entities in a request's body."""
    try:
        return request.content.count(b'"identifier"')
    except httpx.RequestNotRead:
        return 0


def main() -> None:
    """Run Ocean's command line with the rest of the arguments."""
    with Path(sys.argv[1]).open("a") as output:
        sys.argv = ["ocean", *sys.argv[2:]]
        watch_loops(output)
        watch_requests(output, urlsplit(os.environ["OCEAN__PORT__BASE_URL"]).netloc)
        cli_start()


if __name__ == "__main__":
    main()
