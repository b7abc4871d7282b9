"""The page behind a socket of this machine."""

import contextlib
import socket
import sys
import webbrowser

import uvicorn
from loguru import logger

from builder.web.app import create_app
from builder.web.entrance import Entrance
from builder.web.safety import Access

DEFAULT_PORT = 3030
_HOST = "127.0.0.1"
_GRACE_S = 1


class _Server(uvicorn.Server):
    """Says when it listens, and opens the browser if asked to."""

    def __init__(self, port: int, entrance: Entrance, *, opens_browser: bool) -> None:
        self._entrance = entrance
        self._opens_browser = opens_browser
        config = uvicorn.Config(
            create_app(Access(port), entrance),
            ws="none",
            lifespan="off",
            log_level="error",
            # An access log would show the token in the first address.
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_S,
        )
        super().__init__(config)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        address = self._entrance.address()
        print(f"The builder is at {address} (this machine only; Ctrl+C ends it)", flush=True)  # noqa: T201
        if self._opens_browser:
            with contextlib.suppress(OSError):  # the printed address is left
                webbrowser.open(self._entrance.file_url())


def serve(port: int = DEFAULT_PORT, *, opens_browser: bool = False) -> None:
    """Serves the page on loopback until it is interrupted, and prints its address in one line.

    The address opens it once; each time that one was used, another is printed.
    port: 0 takes a free one. Raises OSError: the port is taken.
    """
    logger.remove()
    # No backtrace with values: they may be secrets.
    logger.add(sys.stderr, level="WARNING", format="{message}", diagnose=False)
    with _listening(port) as listener, contextlib.suppress(KeyboardInterrupt):
        taken = listener.getsockname()[1]
        with contextlib.closing(Entrance(taken)) as entrance:
            _Server(taken, entrance, opens_browser=opens_browser).run(sockets=[listener])


def _listening(port: int) -> socket.socket:
    # With the protocol named, asyncio sets TCP_NODELAY: no answer waits for an acknowledgement.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_HOST, port))
    except OSError:
        listener.close()
        raise
    return listener
