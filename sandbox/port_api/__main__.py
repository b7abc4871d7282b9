"""Command line: `python -m sandbox.port_api --port 3010`. Loopback only, and no option to change that."""

import argparse
import asyncio
import contextlib
import signal
import socket
import sqlite3
import sys
from collections.abc import Generator

import uvicorn

from sandbox.port_api.app import create_app
from sandbox.port_api.port import PortSettings
from sandbox.port_api.tokens import CLIENT_ID, CLIENT_SECRET

_LOOPBACK = "127.0.0.1"
_GRACE_S = 1


class _Server(uvicorn.Server):
    """Says on stdout when it accepts connections, and ends with status 0 on SIGTERM and SIGINT."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            port = sockets[0].getsockname()[1]
            sys.stdout.write(
                f"Port sandbox listening on http://{_LOOPBACK}:{port} (loopback only); "
                f'client id "{CLIENT_ID}", client secret "{CLIENT_SECRET}"\n'
            )
            sys.stdout.flush()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        yield

    def _stop(self) -> None:
        self.should_exit = True


def main() -> None:
    """Serves until told to stop."""
    options = _parser().parse_args()
    settings = PortSettings(
        options.db, options.rate_limit, options.rate_period, touch_unchanged=options.touch_unchanged
    )
    try:
        app = create_app(settings)
    except sqlite3.Error as error:
        raise SystemExit(f"cannot use the database {options.db}: {error}") from error
    if options.reset:
        app.state.port.reset()
    config = uvicorn.Config(
        app,
        log_level="critical",
        access_log=False,
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
    )
    with _listener(options.port) as listener:
        asyncio.run(_Server(config).serve([listener]))


def _listener(port: int) -> socket.socket:
    """Bound to loopback. Names its protocol: else asyncio leaves Nagle's delay on, 40 ms an answer."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_LOOPBACK, port))
    except (OSError, OverflowError) as error:
        raise SystemExit(f"cannot listen on {_LOOPBACK}:{port}: {error}") from error
    return listener


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.port_api", description="Port on this machine.")
    parser.add_argument("--port", type=int, default=3010, help="0 picks a free one (default: 3010)")
    parser.add_argument("--db", default=":memory:", help="SQLite file (default: :memory:)")
    parser.add_argument("--reset", action="store_true", help="empty the database first")
    parser.add_argument("--rate-limit", type=_positive, help="requests per window (default: no limit)")
    parser.add_argument("--rate-period", type=_positive, default=300, help="window in seconds (default: 300)")
    parser.add_argument(
        "--touch-unchanged", action="store_true", help="move updatedAt even when an upsert changes nothing"
    )
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not positive")
    return number


if __name__ == "__main__":
    main()
