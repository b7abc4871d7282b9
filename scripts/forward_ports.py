"""Forward ports of a container to servers in it that listen on loopback only.

compose.yaml runs `forward_ports.py 13010:3010 ...` and publishes the first port of each pair on this machine.
The servers themselves never listen on another address.
"""

import argparse
import asyncio
import contextlib
import signal

_LOOPBACK = "127.0.0.1"
_CHUNK_BYTES = 2**16


async def _copied(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Copy until the source ends, then end the target."""
    with contextlib.suppress(ConnectionError):
        while data := await source.read(_CHUNK_BYTES):
            target.write(data)
            await target.drain()
        target.write_eof()


async def _forward(port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Forward one connection. It is closed if nothing listens on the port."""
    with contextlib.closing(writer), contextlib.suppress(ConnectionError):
        server_reader, server_writer = await asyncio.open_connection(_LOOPBACK, port)
        with contextlib.closing(server_writer):
            await asyncio.gather(_copied(reader, server_writer), _copied(server_reader, writer))


async def run(pairs: list[tuple[int, int]]) -> None:
    """Forward each pair of ports until SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    for listening, port in pairs:

        def connected(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int = port
        ) -> asyncio.Task[None]:
            return asyncio.ensure_future(_forward(port, reader, writer))

        # All addresses of the container. Which of them are reachable is up to the ports that are published.
        await asyncio.start_server(connected, "0.0.0.0", listening)  # noqa: S104
    print("forwarding", *(f"{listening} to {port}" for listening, port in pairs), flush=True)
    await stopped.wait()


def _pair(text: str) -> tuple[int, int]:
    listening, _, port = text.partition(":")
    return int(listening), int(port)


def main() -> None:
    parser = argparse.ArgumentParser(description="Forward ports to servers on loopback.")
    parser.add_argument("pairs", nargs="+", type=_pair, metavar="PORT:LOOPBACK_PORT")
    asyncio.run(run(parser.parse_args().pairs))


if __name__ == "__main__":
    main()
