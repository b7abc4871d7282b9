"""Read a response body into memory or, when it is large, to disk."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import httpx

from client.decompression import decompressor_for
from client.disk_body import DiskBody
from client.limits import Limits

_WITHOUT_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


@dataclass(frozen=True, slots=True)
class Body:
    """A body that was read. content: all of it, or its start when the rest is on disk."""

    content: bytes
    large: DiskBody | None = None


class BodyWriter:
    """Collects a body in memory, and on disk once it is large."""

    def __init__(self, limits: Limits, directory: Path | None) -> None:
        self._limits = limits
        self._directory = directory
        self._chunks: list[bytes] = []
        self._size = 0
        self._large: DiskBody | None = None

    @property
    def is_too_large(self) -> bool:
        """Whether the body exceeds the limit. Nothing more needs to be read."""
        return self._large is not None and self._large.size > self._limits.body_bytes

    def write(self, chunk: bytes) -> None:
        """Append a chunk."""
        self._size += len(chunk)
        if self._large is None and self._size <= self._limits.memory_bytes:
            self._chunks.append(chunk)
            return
        if self._large is None:
            self._large = DiskBody(self._directory)
            for earlier in self._chunks:
                self._large.write(earlier)
        self._large.write(chunk)

    def finish(self) -> Body:
        """Return the body."""
        if self._large is None:
            return Body(b"".join(self._chunks))
        return Body(self._large.reader().read(self._limits.start_bytes), self._large)


async def read_body(answer: httpx.Response, limits: Limits, directory: Path | None) -> Body:
    """Read a body, and stop at the largest size that the limits allow.

    directory: where large bodies are stored; None for the system's temporary directory.
    Raises httpx.DecodingError: the body is not what its Content-Encoding says, or is truncated.
    """
    writer = BodyWriter(limits, directory)
    async for chunk in _decompressed(answer):
        # Not in a thread: a request that is cancelled meanwhile would leave its stream half read.
        writer.write(chunk)
        if writer.is_too_large:
            break
    return writer.finish()


def has_no_framing(answer: httpx.Response) -> bool:
    """Return True where only the end of the connection ends the body (RFC 9112 §6.3).

    Such a body may have been cut, and nothing tells.
    """
    framing = {"content-length", "transfer-encoding"} & answer.headers.keys()
    is_first_version = answer.extensions.get("http_version", b"") in (b"HTTP/1.0", b"HTTP/1.1")
    return is_first_version and not framing and answer.status_code not in _WITHOUT_BODY


async def _decompressed(answer: httpx.Response) -> AsyncIterator[bytes]:
    if answer.is_stream_consumed:  # by a transport without a network
        yield answer.content
        return
    try:
        decompressor = decompressor_for(answer.headers.get("content-encoding", ""))
        async for part in answer.aiter_raw():
            for chunk in decompressor.decompress(part):
                yield chunk
    except ValueError as error:
        raise httpx.DecodingError(str(error), request=answer.request) from error
    if not decompressor.is_complete:
        raise httpx.DecodingError("the compressed body is truncated", request=answer.request)
