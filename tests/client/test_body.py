"""Response bodies: decompressed, bounded, and on disk when they are large."""

import asyncio
import gzip
import os
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import brotli
import httpx
import pytest

from client import Limits, RetryPolicy
from rest.errors import RefusedError, TransientError
from tests.client.fake_api import (
    GET,
    Api,
    failure,
    open_client,
    send,
)
from tests.open_files import open_files


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [("gzip", gzip.compress), ("br", brotli.compress), ("deflate", zlib.compress), ("identity", bytes)],
)
async def test_compressed_body_is_read(encoding: str, compress: Callable[[bytes], bytes]) -> None:
    """In every encoding that the client accepts."""

    def api(_: httpx.Request) -> httpx.Response:
        body = httpx.ByteStream(compress(b'[{"id": 9223372036854775807}]'))
        return httpx.Response(200, headers={"content-encoding": encoding}, stream=body)

    async with open_client(api) as client:
        response = await client.send(GET)
    assert response.body == [{"id": 9223372036854775807}]


async def test_truncated_body_is_an_error() -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        body = httpx.ByteStream(gzip.compress(b"[1, 2, 3]" * 1000)[:-20])
        return httpx.Response(200, headers={"content-encoding": "gzip"}, stream=body)

    async with open_client(answer) as client:
        with pytest.raises(TransientError, match="the compressed body is truncated"):
            await client.send(GET)


async def test_body_that_only_the_end_of_the_connection_delimits_must_not_be_empty() -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=httpx.ByteStream(b""), extensions={"http_version": b"HTTP/1.1"})

    async with open_client(answer) as client:
        with pytest.raises(TransientError, match="the connection closed before the body was sent"):
            await client.send(GET)


class TestLargeBody:
    """A body too large for memory goes to disk."""

    LIMITS = Limits(memory_bytes=10, body_bytes=100, start_bytes=5)

    @staticmethod
    def in_chunks(size: int, chunk: int) -> Callable[[httpx.Request], httpx.Response]:
        async def chunks() -> AsyncIterator[bytes]:
            for start in range(0, size, chunk):
                yield b"x" * min(chunk, size - start)

        return lambda _request: httpx.Response(200, content=chunks())

    async def test_small_body_is_in_memory(self) -> None:
        async with open_client(self.in_chunks(10, 3), limits=self.LIMITS) as client:
            response = await client.send(GET)
        assert response.large is None
        assert response.content == b"x" * 10

    async def test_several_readers_read_it_at_once(self) -> None:
        async with open_client(self.in_chunks(25, 7), limits=self.LIMITS) as client:
            response = await client.send(GET)
        assert response.large
        first, second = response.large.reader(), response.large.reader()
        read = [first.read(20), second.read(), first.read(20), first.read()]
        assert [len(part) for part in read] == [20, 25, 5, 0]

    async def test_response_holds_its_start(self) -> None:
        async with open_client(self.in_chunks(25, 7), limits=self.LIMITS) as client:
            response = await client.send(GET)
        assert response.content == b"xxxxx"
        assert response.excerpt == "x" * 25
        assert not response.is_empty

    async def test_it_can_be_parsed_as_a_whole(self) -> None:
        answer = httpx.Response(200, json=["a long text", "and another"])
        response = await send(Api([answer]), limits=self.LIMITS)
        assert response.large
        assert response.body == ["a long text", "and another"]

    async def test_file_is_deleted_with_its_last_reader(self, tmp_path: Path) -> None:
        async with open_client(self.in_chunks(25, 7), directory=tmp_path, limits=self.LIMITS) as client:
            response = await client.send(GET)
        reader = response.large.reader() if response.large else None
        assert len(open_files(tmp_path)) == 1
        del response
        assert reader
        assert reader.read() == b"x" * 25
        del reader
        assert open_files(tmp_path) == {}
        assert os.listdir(tmp_path) == []

    async def test_body_beyond_the_limit_is_refused_before_it_is_read_to_its_end(self) -> None:
        read = 0

        async def endless() -> AsyncIterator[bytes]:
            nonlocal read
            while True:
                read += 1
                yield b"x" * 30

        def answer(_: httpx.Request) -> httpx.Response:
            return httpx.Response(200, content=endless())

        async with open_client(answer, limits=self.LIMITS) as client:
            with pytest.raises(RefusedError, match="the body is larger than"):
                await client.send(GET)
        assert read == 4


async def test_endless_response_is_given_up() -> None:
    async def trickle() -> AsyncIterator[bytes]:
        while True:
            yield b"x"
            await asyncio.sleep(0.01)

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=trickle())

    async with open_client(answer, RetryPolicy(max_retries=0), limits=Limits(timeouts=0.01)) as client:
        with pytest.raises(TransientError, match="no complete response within"):
            await client.send(GET)


async def test_response_with_thousands_of_headers_is_refused() -> None:
    headers = {f"x-{number}": "1" for number in range(1001)}
    error = await failure(RefusedError, Api([httpx.Response(200, json=1, headers=headers)]))
    assert "the response has more than 1000 headers" in str(error)
