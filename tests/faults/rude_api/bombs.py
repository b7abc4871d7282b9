"""Bodies that are small on the wire, or that never end: how each begins, and what comes again and again.

Each part ends where a decoder needs nothing of what was before, so that it can be repeated.
"""

import zlib
from functools import cache

import brotli

_BLOCK = b" " * 2**20
_BROTLI_BLOCK = b" " * 2**24
_AS_GZIP = 31
# What a client reads at once is full of it.
_READ_BYTES = 2**16


def spaces() -> tuple[bytes, bytes]:
    """A list that never begins; as it is."""
    return b"[", _BLOCK


@cache
def gzip_bomb() -> tuple[bytes, bytes]:
    """1 MiB for each KiB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, _AS_GZIP)
    start = packer.compress(b"[") + packer.flush(zlib.Z_FULL_FLUSH)
    return start, _filling(packer.compress(_BLOCK) + packer.flush(zlib.Z_FULL_FLUSH))


@cache
def brotli_bomb() -> tuple[bytes, bytes]:
    """11 MiB for each KiB."""
    packer = brotli.Compressor(quality=5, lgwin=16)
    start: bytes = packer.process(b"[" + _BROTLI_BLOCK) + packer.flush()
    part: bytes = packer.process(_BROTLI_BLOCK) + packer.flush()
    return start, _filling(part)


@cache
def stacked_bomb() -> tuple[bytes, bytes]:
    """Packed twice: 1 GiB for each 3 KiB."""
    start, part = gzip_bomb()
    packer = zlib.compressobj(9, zlib.DEFLATED, _AS_GZIP)
    outer = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    return outer, _filling(packer.compress(part * 16) + packer.flush(zlib.Z_FULL_FLUSH))


def _filling(part: bytes) -> bytes:
    return part * -(-_READ_BYTES // len(part))
