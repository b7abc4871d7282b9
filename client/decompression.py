"""Decompress a body incrementally, in chunks of bounded size whatever the compression ratio."""

import zlib
from collections.abc import Iterator
from typing import Protocol

import brotli

from rest.origin import cut

_CHUNK_BYTES = 2**20
# zlib's `wbits` for the gzip format.
_GZIP_WBITS = 31


class Decompressor(Protocol):
    """Decompresses a body that arrives in parts."""

    def decompress(self, data: bytes) -> Iterator[bytes]:
        """Yield the content of the next part, about 1 MiB at a time. Raises ValueError: it is corrupt."""
        ...

    @property
    def is_complete(self) -> bool:
        """Whether the compressed data has ended."""
        ...


class IdentityDecompressor:
    """Passes an uncompressed body through. Only HTTP's framing can tell whether it is complete."""

    is_complete = True

    def decompress(self, data: bytes) -> Iterator[bytes]:
        """Yield the part unchanged."""
        yield data


class ZlibDecompressor:
    """Reads gzip with any number of members (RFC 1952) and deflate (RFC 1950, or bare RFC 1951)."""

    def __init__(self, wbits: int) -> None:
        self._wbits = wbits
        self._decoder = zlib.decompressobj(wbits)
        self._is_new = True

    @property
    def is_complete(self) -> bool:
        """True at the end of a member, and when no data came at all."""
        return self._is_new or self._decoder.eof

    def decompress(self, data: bytes) -> Iterator[bytes]:
        """Yield the content of the next part."""
        while data:
            if self._decoder.eof:
                self._decoder = zlib.decompressobj(self._wbits)
            chunk = self._decode(data)
            while chunk:
                yield chunk
                chunk = self._decode(self._decoder.unconsumed_tail)
            data = self._decoder.unused_data

    def _decode(self, data: bytes) -> bytes:
        is_first, self._is_new = self._is_new, False
        try:
            return self._decoder.decompress(data, _CHUNK_BYTES)
        except zlib.error as error:
            if not is_first or self._wbits != zlib.MAX_WBITS:
                raise ValueError(str(error)) from error
        # Some servers send deflate without the zlib header.
        self._wbits = -zlib.MAX_WBITS
        self._decoder = zlib.decompressobj(self._wbits)
        return self._decode(data)


class BrotliDecompressor:
    """Reads Brotli (RFC 7932)."""

    def __init__(self) -> None:
        self._decoder = brotli.Decompressor()
        self._is_new = True

    @property
    def is_complete(self) -> bool:
        """True at the end of the stream, and when no data came at all."""
        return self._is_new or bool(self._decoder.is_finished())

    def decompress(self, data: bytes) -> Iterator[bytes]:
        """Yield the content of the next part."""
        self._is_new = False
        try:
            chunk: bytes = self._decoder.process(data, output_buffer_limit=_CHUNK_BYTES)
            while chunk or not self._decoder.can_accept_more_data():
                yield chunk
                chunk = self._decoder.process(b"", output_buffer_limit=_CHUNK_BYTES)
        except brotli.error as error:
            raise ValueError(str(error)) from error


def gzip_decompressor() -> ZlibDecompressor:
    """Return a decompressor for gzip."""
    return ZlibDecompressor(_GZIP_WBITS)


def decompressor_for(content_encoding: str) -> Decompressor:
    """Return the decompressor for a Content-Encoding header.

    Raises ValueError: an encoding that the client does not accept, or several.
    """
    match content_encoding.strip().lower():
        case "" | "identity":
            return IdentityDecompressor()
        case "gzip" | "x-gzip":
            return gzip_decompressor()
        case "deflate":
            return ZlibDecompressor(zlib.MAX_WBITS)
        case "br":
            return BrotliDecompressor()
    raise ValueError(f"Content-Encoding {cut(content_encoding, 80)!r} is not gzip, deflate or br")
