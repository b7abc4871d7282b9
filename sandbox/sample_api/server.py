"""The HTTP server. It listens on loopback only."""

import asyncio
import socket

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox.sample_api.app import create_app
from sandbox.sample_api.sample import Options

_HOST = "127.0.0.1"
_GRACE_S = 1


class ExposedTransportProtocol(H11Protocol):
    """Passes its transport to the application (`scope["state"]["transport"]`) for faults that break it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class SampleServer(uvicorn.Server):
    """A server that announces its URL on stdout and wakes delayed requests at shutdown."""

    def __init__(self, options: Options) -> None:
        self._app = create_app(options)
        config = uvicorn.Config(
            self._app,
            http=ExposedTransportProtocol,
            ws="none",
            lifespan="off",
            log_level="error",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_S,
        )
        super().__init__(config)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        print(f"Sample API listening on http://{_HOST}:{port} (loopback only)", flush=True)  # noqa: T201

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._app.state.sample.close()
        await super().shutdown(sockets)


def listen(port: int) -> socket.socket:
    """Return a socket bound to loopback. Port 0 picks a free one. Raises OSError: the port is in use."""
    # Without an explicit protocol asyncio does not set TCP_NODELAY, and each response takes 40 ms longer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_HOST, port))
    except OSError:
        listener.close()
        raise
    return listener
