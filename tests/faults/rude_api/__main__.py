"""Command line: `python -m tests.faults.rude_api --port 0`. An API on loopback that misbehaves on command.

The command is in the URL: /page/half_body@2/any-name/items is a listing by page numbers whose third page
comes half. Under /_control/ stands what is no part of it.
"""

import argparse
import asyncio
import ssl
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress

from tests.faults.rude_api.certificates import Certificates
from tests.faults.rude_api.listings import Listings
from tests.faults.rude_api.wire import Answer, Asked, Line

_LOOPBACK = "127.0.0.1"


class RudeApi:
    """All of it: the API itself, the same with certificates that are wrong, and a stranger."""

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
        """Prints the address, then serves until it is ended."""
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
        answer: Callable[[str, Asked, Line], Awaitable[None]],
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> asyncio.Server:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            line = Line(reader, writer, self._addresses.get("stranger", ""))
            with suppress(ConnectionError, ssl.SSLError):
                async for asked in line.requests():
                    await answer(self._addresses[name], asked, line)
            line.close()

        server = await asyncio.start_server(serve, _LOOPBACK, port, ssl=tls)
        scheme = "https" if tls else "http"
        self._addresses[name] = f"{scheme}://{_LOOPBACK}:{server.sockets[0].getsockname()[1]}"
        return server

    async def _answer(self, origin: str, asked: Asked, line: Line) -> None:
        control = asked.target.removeprefix("/_control/")
        if control in self._controls:
            await line.send(Answer(self._controls[control]()).whole)
        else:
            await self._listings.answer(asked, origin, line)

    async def _note(self, _origin: str, asked: Asked, line: Line) -> None:
        self._strangers.append(asked.head)
        await line.send(Answer([]).whole)

    def _armed(self, *, is_armed: bool) -> bool:
        self._listings = Listings(is_armed=is_armed)
        return is_armed


def main() -> None:
    """Serves until it is ended."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.rude_api")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    with suppress(KeyboardInterrupt):
        asyncio.run(RudeApi().serve(parser.parse_args().port))


if __name__ == "__main__":
    main()
