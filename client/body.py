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


async def read_body(answer: httpx.Response, limits: Limits, directory: Path | None) -> Body:
    """Read a body, and stop at the largest size that the limits allow.

    directory: where large bodies are stored; None for the system's temporary directory.
    Raises httpx.DecodingError: the body is not what its Content-Encoding says, or is truncated.
    """
    chunks: list[bytes] = []
    size = 0
    large: DiskBody | None = None
    async for chunk in _decompressed(answer):
        size += len(chunk)
        if large is None and size <= limits.memory_bytes:
            chunks.append(chunk)
            continue
        if large is None:
            large = DiskBody(directory)
            for earlier in chunks:
                large.write(earlier)
        # Not in a thread: a request that is cancelled meanwhile would leave its stream half read.
        large.write(chunk)
        if large.size > limits.body_bytes:
            break
    if large is None:
        return Body(b"".join(chunks))
    return Body(large.reader().read(limits.start_bytes), large)


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
