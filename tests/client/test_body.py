"""Answers that are read into memory as a whole, a login's and a 401's: unpacked, and bounded."""

import gzip
from collections.abc import AsyncIterator

import httpx
import pytest

from client import keep_small
from rest.errors import RefusedError

MIB = 2**20


class Wire(httpx.AsyncByteStream):
    """A body in parts, as a connection gives it. closed: whether the connection was given back."""

    def __init__(self, *parts: bytes) -> None:
        self._parts = parts
        self.given = 0
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self._parts:
            self.given += 1
            yield part

    async def aclose(self) -> None:
        self.closed = True


def answer(wire: Wire, encoding: str = "") -> httpx.Response:
    headers = {"Content-Encoding": encoding} if encoding else {}
    return httpx.Response(200, headers=headers, stream=wire)


@pytest.mark.parametrize("refuses", [True, False])
@pytest.mark.parametrize(
    ("parts", "encoding", "body"),
    [
        ((b'{"a":', b" 1}"), "", b'{"a": 1}'),
        ((gzip.compress(b"text"),), "gzip", b"text"),
        ((b"x" * MIB,), "", b"x" * MIB),
        ((), "", b""),
    ],
    ids=["parts", "gzip", "just 1 MiB", "nothing"],
)
async def test_small_body_is_read_whole(
    parts: tuple[bytes, ...], encoding: str, body: bytes, *, refuses: bool
) -> None:
    wire = Wire(*parts)
    bounded = answer(wire, encoding)
    keep_small(bounded, refuses=refuses)
    assert await bounded.aread() == body
    assert wire.closed


@pytest.mark.parametrize(
    ("part", "encoding"), [(b"x" * MIB, ""), (gzip.compress(b"x" * 64 * MIB), "gzip")], ids=["plain", "gzip"]
)
async def test_large_body_is_refused_before_its_end(part: bytes, encoding: str) -> None:
    wire = Wire(*[part] * 10)
    bounded = answer(wire, encoding)
    keep_small(bounded, refuses=True)
    with pytest.raises(RefusedError, match="more than 1 MiB"):
        await bounded.aread()
    assert wire.given <= 2


async def test_large_body_is_cut_where_only_its_start_is_shown() -> None:
    wire = Wire(*[b"x" * 700_000] * 10)
    bounded = answer(wire)
    keep_small(bounded, refuses=False)
    assert await bounded.aread() == b"x" * MIB
    assert wire.given == 2
    assert wire.closed


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
async def test_body_that_is_not_packed_as_it_says_is_an_error_of_decoding(encoding: str) -> None:
    bounded = answer(Wire(b"no gzip"), encoding)
    keep_small(bounded, refuses=True)
    with pytest.raises(httpx.DecodingError):
        await bounded.aread()


async def test_body_that_is_read_already_stays_as_it_is() -> None:
    bounded = httpx.Response(200, content=b"x" * MIB * 2)
    keep_small(bounded, refuses=True)
    assert await bounded.aread() == b"x" * MIB * 2
