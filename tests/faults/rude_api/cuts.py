"""Responses that are cut, delayed or framed wrongly."""

import asyncio

from tests.faults.rude_api.wire import Connection, Response

_TRICKLE_S = 0.1


async def reset_before_headers(connection: Connection, _right: Response) -> None:
    connection.reset()


async def closed_before_headers(connection: Connection, _right: Response) -> None:
    connection.close()


async def reset_in_headers(connection: Connection, right: Response) -> None:
    await connection.send(right.whole[:25])
    connection.reset()


async def closed_in_headers(connection: Connection, right: Response) -> None:
    await connection.send(right.whole[:25])
    connection.close()


async def reset_after_headers(connection: Connection, right: Response) -> None:
    await connection.send(right.head(f"Content-Length: {len(right.content)}"))
    connection.reset()


async def half_body(connection: Connection, right: Response) -> None:
    await connection.send(right.whole[: -len(right.content) // 2])
    connection.close()


async def length_too_short(connection: Connection, right: Response) -> None:
    await connection.send(right.head(f"Content-Length: {len(right.content) - 9}") + right.content)
    connection.close()


async def length_too_long(connection: Connection, right: Response) -> None:
    await connection.send(right.head(f"Content-Length: {len(right.content) + 9}") + right.content)
    connection.close()


async def length_no_number(connection: Connection, right: Response) -> None:
    await connection.send(right.head("Content-Length: many") + right.content)
    connection.close()


async def two_lengths(connection: Connection, right: Response) -> None:
    await connection.send(
        right.head("Content-Length: 2", f"Content-Length: {len(right.content)}") + right.content
    )


async def chunk_cut(connection: Connection, right: Response) -> None:
    half = right.content[: len(right.content) // 2]
    chunk = b"%x\r\n%b\r\n" % (len(half), half)
    await connection.send(right.head("Transfer-Encoding: chunked") + chunk + chunk[: len(chunk) // 2])
    connection.close()


async def last_chunk_missing(connection: Connection, right: Response) -> None:
    chunk = b"%x\r\n%b\r\n" % (len(right.content), right.content)
    await connection.send(right.head("Transfer-Encoding: chunked") + chunk)
    connection.close()


async def chunk_size_no_number(connection: Connection, right: Response) -> None:
    await connection.send(right.head("Transfer-Encoding: chunked") + b"many\r\n" + right.content)
    connection.close()


async def no_http(connection: Connection, _right: Response) -> None:
    await connection.send(b"SSH-2.0-OpenSSH_9.6\r\n")
    connection.close()


async def endless_headers(connection: Connection, _right: Response) -> None:
    await connection.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        await connection.send(b"X-Filler: " + b"x" * 1000 + b"\r\n")


async def silence(connection: Connection, _right: Response) -> None:
    await connection.until_gone()


async def silence_after_headers(connection: Connection, right: Response) -> None:
    await connection.send(right.head(f"Content-Length: {len(right.content)}"))
    await connection.until_gone()


async def trickled_headers(connection: Connection, right: Response) -> None:
    await _trickle(connection, right.whole)


async def trickled_body(connection: Connection, right: Response) -> None:
    await connection.send(right.head(f"Content-Length: {len(right.content)}"))
    await _trickle(connection, right.content)


async def _trickle(connection: Connection, data: bytes) -> None:
    for byte in data:
        await connection.send(bytes([byte]))
        await asyncio.sleep(_TRICKLE_S)
