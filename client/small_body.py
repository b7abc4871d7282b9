"""Bound the bodies that httpx reads into memory by itself: those of logins and of 401 answers."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import cast

import httpx

from client.decompression import decompressor_for
from client.marker import is_marked
from rest.errors import RefusedError

_SMALL_MIB = 1


async def bound_small_body(answer: httpx.Response) -> None:
    """Event hook of httpx, for responses: bound a body that the client does not read itself.

    httpx reads a 401 into memory before a new login, and a login scheme reads the answer to its login.
    """
    is_unauthorized = answer.status_code == HTTPStatus.UNAUTHORIZED
    if is_unauthorized or not is_marked(answer.request):
        limit_body(answer, truncate=is_unauthorized)


def limit_body(answer: httpx.Response, *, truncate: bool) -> None:
    """Limit a body that is not read yet to 1 MiB after decompression.

    truncate: cut a larger body, of which only the start is shown; otherwise reading it raises RefusedError.
    """
    if answer.is_stream_consumed:
        return
    stream = cast("httpx.AsyncByteStream", answer.stream)
    answer.stream = _SmallBody(stream, answer.headers.get("content-encoding", ""), truncate=truncate)
    # httpx would decompress the body again.
    answer.headers.pop("content-encoding", None)


class _SmallBody(httpx.AsyncByteStream):
    """A decompressed stream of at most 1 MiB."""

    def __init__(self, stream: httpx.AsyncByteStream, encoding: str, *, truncate: bool) -> None:
        self._stream = stream
        self._encoding = encoding
        self._truncate = truncate

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = _SMALL_MIB * 2**20
        try:
            decompressor = decompressor_for(self._encoding)
            async for part in self._stream:
                for chunk in decompressor.decompress(part):
                    yield chunk[: max(left, 0)]
                    left -= len(chunk)
                    if left < 0:
                        self._check_truncation()
                        return
        except ValueError as error:
            raise httpx.DecodingError(str(error)) from error

    def _check_truncation(self) -> None:
        if not self._truncate:
            raise RefusedError(f"the response is larger than {_SMALL_MIB} MiB")

    async def aclose(self) -> None:
        """Close the connection without reading the rest."""
        await self._stream.aclose()
