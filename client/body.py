"""An answer's body as it comes: unpacked, and bounded where it is read into memory as a whole."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import cast

import httpx

from client.decompression import unpacker_for
from rest.errors import RefusedError

_SMALL_MIB = 1
_WITHOUT_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


async def unpacked(answer: httpx.Response) -> AsyncIterator[bytes]:
    """The body as its Content-Encoding says. Raises httpx.DecodingError: it is none of that, or was cut."""
    if answer.is_stream_consumed:  # of a transport that needs no network
        yield answer.content
        return
    try:
        unpacker = unpacker_for(answer.headers.get("content-encoding", ""))
        async for part in answer.aiter_raw():
            for piece in unpacker.pieces(part):
                yield piece
    except ValueError as error:
        raise httpx.DecodingError(str(error), request=answer.request) from error
    if not unpacker.is_whole:
        raise httpx.DecodingError("the packed body was cut", request=answer.request)


def ends_with_its_connection(answer: httpx.Response) -> bool:
    """True where neither length nor chunks tell the end of a body that there should be (RFC 9112 §6.3)."""
    framing = {"content-length", "transfer-encoding"} & answer.headers.keys()
    is_first_version = answer.extensions.get("http_version", b"") in (b"HTTP/1.0", b"HTTP/1.1")
    return is_first_version and not framing and answer.status_code not in _WITHOUT_BODY


def keep_small(answer: httpx.Response, *, refuses: bool) -> None:
    """Bounds a body that httpx, or a login, is going to read into memory: 1 MiB unpacked.

    refuses: a larger one raises RefusedError; else it is cut, as only its start is ever shown.
    """
    if answer.is_stream_consumed:
        return
    stream = cast("httpx.AsyncByteStream", answer.stream)
    answer.stream = _SmallBody(stream, answer.headers.get("content-encoding", ""), refuses=refuses)
    # It is unpacked by then, and httpx would do it again.
    answer.headers.pop("content-encoding", None)


class _SmallBody(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream, encoding: str, *, refuses: bool) -> None:
        self._stream = stream
        self._encoding = encoding
        self._refuses = refuses

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = _SMALL_MIB * 2**20
        try:
            unpacker = unpacker_for(self._encoding)
            async for part in self._stream:
                for piece in unpacker.pieces(part):
                    yield piece[: max(left, 0)]
                    left -= len(piece)
                    if left < 0:
                        self._end()
                        return
        except ValueError as error:
            raise httpx.DecodingError(str(error)) from error

    def _end(self) -> None:
        if self._refuses:
            raise RefusedError(f"the answer has more than {_SMALL_MIB} MiB")

    async def aclose(self) -> None:
        """What is left of it is not read: this ends the connection."""
        await self._stream.aclose()
