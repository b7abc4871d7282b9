"""Packed bodies: a piece at a time, whole or seen to be cut."""

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest

from client import unpacker_for

TEXT = b"".join(b"%d " % (number * 7919 % 100_003) for number in range(20_000))


def raw_deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


PACKED: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "as it is": ("", bytes),
    "identity": ("identity", bytes),
    "gzip": ("GZip", gzip.compress),
    "two members": ("gzip", lambda content: gzip.compress(content[:9]) + gzip.compress(content[9:])),
    "deflate": ("deflate", zlib.compress),
    "deflate without its frame": ("deflate", raw_deflate),
    "brotli": ("br", brotli.compress),
}
READ_BY_HTTP = ("as it is", "identity")


def unpacked(encoding: str, packed: bytes, part: int) -> tuple[bytes, bool]:
    """The content, read in parts, and whether it has its end."""
    unpacker = unpacker_for(encoding)
    parts = [packed[start : start + part] for start in range(0, len(packed), part)]
    content = b"".join(piece for each in parts for piece in unpacker.pieces(each))
    return content, unpacker.is_whole


@pytest.mark.parametrize("part", [1000, 2**20])
@pytest.mark.parametrize(("encoding", "pack"), PACKED.values(), ids=PACKED)
def test_what_was_packed_comes_out_whole(encoding: str, pack: Callable[[bytes], bytes], part: int) -> None:
    assert unpacked(encoding, pack(TEXT), part) == (TEXT, True)
    assert unpacked(encoding, b"", part) == (b"", True)


@pytest.mark.parametrize("name", [name for name in PACKED if name not in READ_BY_HTTP])
def test_what_was_cut_is_not_whole(name: str) -> None:
    encoding, pack = PACKED[name]
    packed = pack(TEXT)
    assert not unpacked(encoding, packed[: len(packed) * 3 // 4], 1000)[1]


@pytest.mark.parametrize("name", ["gzip", "deflate", "brotli"])
def test_a_piece_is_small_however_much_one_part_holds(name: str) -> None:
    encoding, pack = PACKED[name]
    unpacker = unpacker_for(encoding)
    sizes = [len(piece) for piece in unpacker.pieces(pack(b" " * 2**24))]
    assert sum(sizes) == 2**24
    assert max(sizes) <= 2**21
    assert unpacker.is_whole


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_what_is_packed_otherwise_is_an_error(encoding: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        unpacked(encoding, b'{"a": 1}' * 9, 1000)


@pytest.mark.parametrize("encoding", ["zstd", "gzip, gzip", "gzip, br", "made-up"])
def test_a_packing_that_nobody_asked_for_is_an_error(encoding: str) -> None:
    with pytest.raises(ValueError, match="is none of gzip, deflate and br"):
        unpacker_for(encoding)
