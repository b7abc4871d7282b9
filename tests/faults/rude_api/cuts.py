"""Answers that are cut, delayed or framed wrongly on the wire."""

import asyncio

from tests.faults.rude_api.wire import Answer, Line

_TRICKLE_S = 0.1


async def reset_before_headers(line: Line, _right: Answer) -> None:
    line.reset()


async def closed_before_headers(line: Line, _right: Answer) -> None:
    line.close()


async def reset_in_headers(line: Line, right: Answer) -> None:
    await line.send(right.whole[:25])
    line.reset()


async def closed_in_headers(line: Line, right: Answer) -> None:
    await line.send(right.whole[:25])
    line.close()


async def reset_after_headers(line: Line, right: Answer) -> None:
    await line.send(right.head(f"Content-Length: {len(right.content)}"))
    line.reset()


async def half_body(line: Line, right: Answer) -> None:
    await line.send(right.whole[: -len(right.content) // 2])
    line.close()


async def length_too_short(line: Line, right: Answer) -> None:
    await line.send(right.head(f"Content-Length: {len(right.content) - 9}") + right.content)
    line.close()


async def length_too_long(line: Line, right: Answer) -> None:
    await line.send(right.head(f"Content-Length: {len(right.content) + 9}") + right.content)
    line.close()


async def length_no_number(line: Line, right: Answer) -> None:
    await line.send(right.head("Content-Length: many") + right.content)
    line.close()


async def two_lengths(line: Line, right: Answer) -> None:
    await line.send(right.head("Content-Length: 2", f"Content-Length: {len(right.content)}") + right.content)


async def chunk_cut(line: Line, right: Answer) -> None:
    half = right.content[: len(right.content) // 2]
    chunk = b"%x\r\n%b\r\n" % (len(half), half)
    await line.send(right.head("Transfer-Encoding: chunked") + chunk + chunk[: len(chunk) // 2])
    line.close()


async def last_chunk_missing(line: Line, right: Answer) -> None:
    chunk = b"%x\r\n%b\r\n" % (len(right.content), right.content)
    await line.send(right.head("Transfer-Encoding: chunked") + chunk)
    line.close()


async def chunk_size_no_number(line: Line, right: Answer) -> None:
    await line.send(right.head("Transfer-Encoding: chunked") + b"many\r\n" + right.content)
    line.close()


async def no_http(line: Line, _right: Answer) -> None:
    await line.send(b"SSH-2.0-OpenSSH_9.6\r\n")
    line.close()


async def endless_headers(line: Line, _right: Answer) -> None:
    await line.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        await line.send(b"X-Filler: " + b"x" * 1000 + b"\r\n")


async def silence(line: Line, _right: Answer) -> None:
    await line.until_gone()


async def silence_after_headers(line: Line, right: Answer) -> None:
    await line.send(right.head(f"Content-Length: {len(right.content)}"))
    await line.until_gone()


async def trickled_headers(line: Line, right: Answer) -> None:
    await _trickle(line, right.whole)


async def trickled_body(line: Line, right: Answer) -> None:
    await line.send(right.head(f"Content-Length: {len(right.content)}"))
    await _trickle(line, right.content)


async def _trickle(line: Line, data: bytes) -> None:
    for byte in data:
        await line.send(bytes([byte]))
        await asyncio.sleep(_TRICKLE_S)
