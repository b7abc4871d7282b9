"""An API on loopback that misbehaves on command: `python -m tests.faults.rude_api --port 0`.

The command is in the URL: /page/half_body@2/any-name/items is a listing with page numbers. Its third page is
cut in the middle. Controls are under /_control/.
"""

import argparse
import asyncio
import ssl
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress

from tests.faults.rude_api.certificates import Certificates
from tests.faults.rude_api.listings import Listings
from tests.faults.rude_api.wire import Connection, Request, Response

_LOOPBACK = "127.0.0.1"


class RudeApi:
    """The API, the same API with invalid certificates, and a stranger."""

    def __init__(self) -> None:
        self._listings = Listings()
        self._certificates = Certificates()
        self._strangers: list[str] = []
        self._addresses: dict[str, str] = {}
        self._controls: dict[str, Callable[[], object]] = {
            "arm": lambda: self._armed(is_armed=True),
            "disarm": lambda: self._armed(is_armed=False),
            "addresses": lambda: {**self._addresses, "authority": self._certificates.authority},
            "strangers": lambda: self._strangers,
        }

    async def serve(self, port: int) -> None:
        """Print the address, then serve until the process is ended."""
        own = await self._listen("http", self._answer, port)
        await self._listen("stranger", self._note)
        for name, context in self._certificates.contexts.items():
            await self._listen(name, self._answer, tls=context)
        sys.stdout.write(f"Rude API listening on {self._addresses['http']}\n")
        sys.stdout.flush()
        await own.serve_forever()

    async def _listen(
        self,
        name: str,
        answer: Callable[[str, Request, Connection], Awaitable[None]],
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> asyncio.Server:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connection = Connection(reader, writer, self._addresses.get("stranger", ""))
            with suppress(ConnectionError, ssl.SSLError):
                async for request in connection.requests():
                    await answer(self._addresses[name], request, connection)
            connection.close()

        server = await asyncio.start_server(serve, _LOOPBACK, port, ssl=tls)
        scheme = "https" if tls else "http"
        self._addresses[name] = f"{scheme}://{_LOOPBACK}:{server.sockets[0].getsockname()[1]}"
        return server

    async def _answer(self, origin: str, request: Request, connection: Connection) -> None:
        control = request.target.removeprefix("/_control/")
        if control in self._controls:
            await connection.send(Response(self._controls[control]()).whole)
        else:
            await self._listings.answer(request, origin, connection)

    async def _note(self, _origin: str, request: Request, connection: Connection) -> None:
        self._strangers.append(request.head)
        await connection.send(Response([]).whole)

    def _armed(self, *, is_armed: bool) -> bool:
        self._listings = Listings(is_armed=is_armed)
        return is_armed


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.rude_api")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free port")
    with suppress(KeyboardInterrupt):
        asyncio.run(RudeApi().serve(parser.parse_args().port))


if __name__ == "__main__":
    main()
