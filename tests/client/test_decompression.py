"""Bodies are decompressed in bounded chunks, and truncation is detected."""

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest

from client.decompression import decompressor_for

TEXT = b"".join(b"%d " % (number * 7919 % 100_003) for number in range(20_000))


def raw_deflate(content: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(content) + compressor.flush()


ENCODINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "none": ("", bytes),
    "identity": ("identity", bytes),
    "gzip": ("GZip", gzip.compress),
    "two members": ("gzip", lambda content: gzip.compress(content[:9]) + gzip.compress(content[9:])),
    "deflate": ("deflate", zlib.compress),
    "bare deflate": ("deflate", raw_deflate),
    "brotli": ("br", brotli.compress),
}
UNFRAMED = ("none", "identity")


def decompressed(encoding: str, data: bytes, part: int) -> tuple[bytes, bool]:
    """Return the content, read in parts, and whether it is complete."""
    decompressor = decompressor_for(encoding)
    parts = [data[start : start + part] for start in range(0, len(data), part)]
    content = b"".join(chunk for each in parts for chunk in decompressor.decompress(each))
    return content, decompressor.is_complete


@pytest.mark.parametrize("part", [1000, 2**20])
@pytest.mark.parametrize(("encoding", "compress"), ENCODINGS.values(), ids=ENCODINGS)
def test_compressed_content_is_restored(encoding: str, compress: Callable[[bytes], bytes], part: int) -> None:
    assert decompressed(encoding, compress(TEXT), part) == (TEXT, True)
    assert decompressed(encoding, b"", part) == (b"", True)


@pytest.mark.parametrize("name", [name for name in ENCODINGS if name not in UNFRAMED])
def test_truncated_content_is_not_complete(name: str) -> None:
    encoding, compress = ENCODINGS[name]
    data = compress(TEXT)
    assert not decompressed(encoding, data[: len(data) * 3 // 4], 1000)[1]


@pytest.mark.parametrize("name", ["gzip", "deflate", "brotli"])
def test_chunk_is_small_whatever_the_compression_ratio(name: str) -> None:
    encoding, compress = ENCODINGS[name]
    decompressor = decompressor_for(encoding)
    sizes = [len(chunk) for chunk in decompressor.decompress(compress(b" " * 2**24))]
    assert sum(sizes) == 2**24
    assert max(sizes) <= 2**21
    assert decompressor.is_complete


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_data_in_another_format_is_an_error(encoding: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        decompressed(encoding, b'{"a": 1}' * 9, 1000)


@pytest.mark.parametrize("encoding", ["zstd", "gzip, gzip", "gzip, br", "made-up"])
def test_unsupported_encoding_is_an_error(encoding: str) -> None:
    with pytest.raises(ValueError, match="is not gzip, deflate or br"):
        decompressor_for(encoding)
