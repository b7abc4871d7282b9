"""Bodies of lines: one that is cut between two of them looks whole."""

import gzip
import zlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from extraction import open_extractor
from rest.errors import SyncError

# Numbers that pack badly, so that half of what is packed holds many rows.
NUMBERS = [number * 7_919 % 100_003 for number in range(5_000)]
BODIES = {
    "application/x-ndjson": "".join(f'{{"id": {number}}}\n' for number in NUMBERS),
    "text/csv": "id\n" + "".join(f"{number}\n" for number in NUMBERS),
}


async def ids_of(content: bytes, head: dict[str, str]) -> list[Any]:
    """The items of a body that stands for all there is. Raises SyncError: it is not all."""

    async def chunks() -> AsyncIterator[bytes]:
        yield content

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers=head, content=chunks())

    settings = Settings.from_config({"base_url": "https://a.example", "max_retries": 0}, {})
    resource = read_resource("/x", {}, settings.pagination)
    transport = httpx.MockTransport(answer)
    async with open_extractor(settings, [resource], transport=transport) as extractor:
        return [item["id"] async for batch in extractor.batches(resource) for item in batch]


@pytest.mark.parametrize("content_type", BODIES)
async def test_packed_lines_are_read_to_their_end(content_type: str) -> None:
    packed = gzip.compress(BODIES[content_type].encode())
    ids = await ids_of(packed, {"Content-Type": content_type, "Content-Encoding": "gzip"})
    assert [int(number) for number in ids] == NUMBERS


@pytest.mark.parametrize("content_type", BODIES)
async def test_packed_lines_that_were_cut_are_an_error(content_type: str) -> None:
    """As by a proxy that stores what it got of a broken connection. The cut is where a line ends."""
    lines = BODIES[content_type].encode()
    packer = zlib.compressobj(wbits=31)
    half = lines[: lines.index(b"\n", len(lines) // 2) + 1]
    packed = packer.compress(half) + packer.flush(zlib.Z_SYNC_FLUSH)
    with pytest.raises(SyncError):
        await ids_of(packed, {"Content-Type": content_type, "Content-Encoding": "gzip"})
