"""Bodies of lines: a body that is cut between two lines looks complete."""

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

# Numbers that compress badly: half of the compressed body still holds many rows.
NUMBERS = [number * 7_919 % 100_003 for number in range(5_000)]
BODIES = {
    "application/x-ndjson": "".join(f'{{"id": {number}}}\n' for number in NUMBERS),
    "text/csv": "id\n" + "".join(f"{number}\n" for number in NUMBERS),
}


async def ids_of(content: bytes, head: dict[str, str]) -> list[Any]:
    """Return the ids of a whole listing with this body. Raises SyncError: the body is incomplete."""

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
async def test_compressed_lines_are_read_to_their_end(content_type: str) -> None:
    packed = gzip.compress(BODIES[content_type].encode())
    ids = await ids_of(packed, {"Content-Type": content_type, "Content-Encoding": "gzip"})
    assert [int(number) for number in ids] == NUMBERS


@pytest.mark.parametrize("content_type", BODIES)
async def test_truncated_compressed_lines_are_an_error(content_type: str) -> None:
    """The cut is at the end of a line, as if a proxy stored the start of a broken transfer."""
    lines = BODIES[content_type].encode()
    packer = zlib.compressobj(wbits=31)
    half = lines[: lines.index(b"\n", len(lines) // 2) + 1]
    packed = packer.compress(half) + packer.flush(zlib.Z_SYNC_FLUSH)
    with pytest.raises(SyncError):
        await ids_of(packed, {"Content-Type": content_type, "Content-Encoding": "gzip"})
