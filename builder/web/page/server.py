"""The HTTP server of the page. It listens on loopback only."""

import contextlib
import socket
import sys

import uvicorn
from loguru import logger

from builder.web import DEFAULT_PORT
from builder.web.page.app import create_app
from builder.web.page.browser import open_in_background, reason_not_to_open
from builder.web.page.entrance import Entrance
from builder.web.page.safety import Access

_HOST = "127.0.0.1"
_SHUTDOWN_TIMEOUT_S = 1


class _Server(uvicorn.Server):
    """Prints an address once it listens, and optionally opens the browser."""

    def __init__(self, port: int, entrance: Entrance, *, opens_browser: bool) -> None:
        self._port = port
        self._entrance = entrance
        self._opens_browser = opens_browser
        config = uvicorn.Config(
            create_app(Access(port), entrance),
            ws="none",
            lifespan="off",
            log_level="error",
            # An access log would show the token of the first address.
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_SHUTDOWN_TIMEOUT_S,
        )
        super().__init__(config)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        address = self._entrance.address()
        print(f"The builder is at {address} (on this machine only; press Ctrl+C to stop it)", flush=True)  # noqa: T201
        if self._opens_browser:
            self._open_browser()

    def _open_browser(self) -> None:
        if reason := reason_not_to_open(self._port):
            print(reason, flush=True)  # noqa: T201
            return
        with contextlib.suppress(OSError):  # the user can open the printed address instead
            open_in_background(self._entrance.file_url())


def serve(port: int = DEFAULT_PORT, *, opens_browser: bool = False) -> None:
    """Serve the page on loopback until interrupted.

    Prints an address that opens the page once, and another one each time an address was used.
    port: 0 for any free port. Raises OSError: the port is in use.
    """
    logger.remove()
    # diagnose=False: a backtrace with values may show secrets.
    logger.add(sys.stderr, level="WARNING", format="{message}", diagnose=False)
    with _listener(port) as listener, contextlib.suppress(KeyboardInterrupt):
        actual_port = listener.getsockname()[1]
        with contextlib.closing(Entrance(actual_port)) as entrance:
            _Server(actual_port, entrance, opens_browser=opens_browser).run(sockets=[listener])


def _listener(port: int) -> socket.socket:
    # asyncio sets TCP_NODELAY only if the protocol is named. Without it, responses wait for acknowledgements.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_HOST, port))
    except OSError:
        listener.close()
        raise
    return listener
