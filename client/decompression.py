"""Packed bodies, unpacked a piece at a time: however well a body is packed, a piece is small."""

import zlib
from collections.abc import Iterator
from typing import Protocol

import brotli

from rest.origin import cut

_PIECE_BYTES = 2**20
_GZIP = 31


class Unpacker(Protocol):
    """Takes a packed body in parts."""

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """What the next part holds, at most 1 MiB at a time. Raises ValueError: it is not packed so."""
        ...

    @property
    def is_whole(self) -> bool:
        """True when the body has its end."""
        ...


class AsItIs:
    """No packing: where such a body ends, only HTTP can say."""

    is_whole = True

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """The part."""
        yield data


class Zlib:
    """gzip (RFC 1952), of several members too, and deflate (RFC 1950; RFC 1951 as some servers send it)."""

    def __init__(self, wbits: int) -> None:
        self._wbits = wbits
        self._decoder = zlib.decompressobj(wbits)
        self._is_new = True

    @property
    def is_whole(self) -> bool:
        """True at the end of a member, and where nothing came at all."""
        return self._is_new or self._decoder.eof

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """What the next part holds."""
        while data:
            if self._decoder.eof:
                self._decoder = zlib.decompressobj(self._wbits)
            piece = self._unpacked(data)
            while piece:
                yield piece
                piece = self._unpacked(self._decoder.unconsumed_tail)
            data = self._decoder.unused_data

    def _unpacked(self, data: bytes) -> bytes:
        is_first, self._is_new = self._is_new, False
        try:
            return self._decoder.decompress(data, _PIECE_BYTES)
        except zlib.error as error:
            if not is_first or self._wbits != zlib.MAX_WBITS:
                raise ValueError(str(error)) from error
        self._wbits = -zlib.MAX_WBITS
        self._decoder = zlib.decompressobj(self._wbits)
        return self._unpacked(data)


class Brotli:
    """RFC 7932."""

    def __init__(self) -> None:
        self._decoder = brotli.Decompressor()
        self._is_new = True

    @property
    def is_whole(self) -> bool:
        """True at its end, and where nothing came at all."""
        return self._is_new or bool(self._decoder.is_finished())

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """What the next part holds."""
        self._is_new = False
        try:
            piece: bytes = self._decoder.process(data, output_buffer_limit=_PIECE_BYTES)
            while piece or not self._decoder.can_accept_more_data():
                yield piece
                piece = self._decoder.process(b"", output_buffer_limit=_PIECE_BYTES)
        except brotli.error as error:
            raise ValueError(str(error)) from error


def unpacker_for(encoding: str) -> Unpacker:
    """encoding: the header Content-Encoding. Raises ValueError: one that nobody asked for, or several."""
    match encoding.strip().lower():
        case "" | "identity":
            return AsItIs()
        case "gzip" | "x-gzip":
            return Zlib(_GZIP)
        case "deflate":
            return Zlib(zlib.MAX_WBITS)
        case "br":
            return Brotli()
    raise ValueError(f"Content-Encoding {cut(encoding, 80)!r} is none of gzip, deflate and br")
