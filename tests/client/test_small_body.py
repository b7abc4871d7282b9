"""Bodies of logins and of 401 responses: decompressed and bounded."""

import gzip
from collections.abc import AsyncIterator

import httpx
import pytest

from client.small_body import limit_body
from rest.errors import RefusedError

MIB = 2**20


class Wire(httpx.AsyncByteStream):
    """A body in parts, as a connection yields it. closed: whether the connection was released."""

    def __init__(self, *parts: bytes) -> None:
        self._parts = parts
        self.yielded = 0
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self._parts:
            self.yielded += 1
            yield part

    async def aclose(self) -> None:
        self.closed = True


def answer(wire: Wire, encoding: str = "") -> httpx.Response:
    headers = {"Content-Encoding": encoding} if encoding else {}
    return httpx.Response(200, headers=headers, stream=wire)


@pytest.mark.parametrize("truncate", [True, False])
@pytest.mark.parametrize(
    ("parts", "encoding", "body"),
    [
        ((b'{"a":', b" 1}"), "", b'{"a": 1}'),
        ((gzip.compress(b"text"),), "gzip", b"text"),
        ((b"x" * MIB,), "", b"x" * MIB),
        ((), "", b""),
    ],
    ids=["parts", "gzip", "1 MiB", "nothing"],
)
async def test_small_body_is_read_completely(
    parts: tuple[bytes, ...], encoding: str, body: bytes, *, truncate: bool
) -> None:
    wire = Wire(*parts)
    bounded = answer(wire, encoding)
    limit_body(bounded, truncate=truncate)
    assert await bounded.aread() == body
    assert wire.closed


@pytest.mark.parametrize(
    ("part", "encoding"), [(b"x" * MIB, ""), (gzip.compress(b"x" * 64 * MIB), "gzip")], ids=["plain", "gzip"]
)
async def test_large_body_is_refused_before_its_end(part: bytes, encoding: str) -> None:
    wire = Wire(*[part] * 10)
    bounded = answer(wire, encoding)
    limit_body(bounded, truncate=False)
    with pytest.raises(RefusedError, match="larger than 1 MiB"):
        await bounded.aread()
    assert wire.yielded <= 2


async def test_large_body_is_truncated_where_only_its_start_is_shown() -> None:
    wire = Wire(*[b"x" * 700_000] * 10)
    bounded = answer(wire)
    limit_body(bounded, truncate=True)
    assert await bounded.aread() == b"x" * MIB
    assert wire.yielded == 2
    assert wire.closed


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
async def test_body_that_contradicts_its_content_encoding_is_an_error(encoding: str) -> None:
    bounded = answer(Wire(b"no gzip"), encoding)
    limit_body(bounded, truncate=False)
    with pytest.raises(httpx.DecodingError):
        await bounded.aread()


async def test_body_that_was_read_is_unchanged() -> None:
    bounded = httpx.Response(200, content=b"x" * MIB * 2)
    limit_body(bounded, truncate=False)
    assert await bounded.aread() == b"x" * MIB * 2
