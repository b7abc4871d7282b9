"""Command line: `python -m sandbox.port_api --port 3010`. The server listens on loopback only."""

import asyncio
import contextlib
import signal
import socket
import sqlite3
import sys
from collections.abc import Generator
from pathlib import Path

import uvicorn

from sandbox.port_api.access_tokens import CLIENT_ID, CLIENT_SECRET
from sandbox.port_api.app import create_app
from sandbox.port_api.errors import PortError
from sandbox.port_api.import_export import export_catalog, import_blueprints
from sandbox.port_api.json_codec import dump, parse
from sandbox.port_api.options import parse_options
from sandbox.port_api.port import Port

_LOOPBACK = "127.0.0.1"
_STANDARD_OUTPUT = Path("-")
_GRACE_S = 1


class _Server(uvicorn.Server):
    """A server that announces its URL on stdout and exits with status 0 on SIGTERM and SIGINT."""

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
    """Serve until a signal arrives. With `--export`, write the catalog and exit."""
    options = parse_options()
    try:
        app = create_app(options.settings)
    except sqlite3.Error as error:
        raise SystemExit(f"cannot use the database {options.settings.database}: {error}") from error
    port: Port = app.state.port
    for file in options.imported:
        _import(port, file)
    if options.exported is not None:
        _export(port, options.exported)
        return
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


def _import(port: Port, file: Path) -> None:
    try:
        import_blueprints(port.blueprints, parse(file.read_bytes()))
    except (OSError, PortError) as error:
        raise SystemExit(f"cannot import {file}: {error}") from error


def _export(port: Port, file: Path) -> None:
    text = dump(export_catalog(port.graph))
    try:
        if file == _STANDARD_OUTPUT:
            sys.stdout.write(f"{text}\n")
        else:
            file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SystemExit(f"cannot export to {file}: {error}") from error


def _listener(port: int) -> socket.socket:
    """Return a socket bound to loopback.

    The protocol is explicit because asyncio otherwise does not set TCP_NODELAY, and each response takes
    40 ms longer.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_LOOPBACK, port))
    except (OSError, OverflowError) as error:
        what = f"cannot listen on {_LOOPBACK}:{port}: {getattr(error, 'strerror', error)}"
        raise SystemExit(f"{what}. Choose another port with --port") from error
    return listener


if __name__ == "__main__":
    main()
