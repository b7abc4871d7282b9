"""Large headers and bodies are read in linear time."""

import json
import time
from collections.abc import Mapping
from contextlib import suppress

import httpx
import pytest

from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from extraction import open_extractor
from rest.errors import SyncError

pytestmark = pytest.mark.unmeasured

BASE = "https://api.example.com"
ITEMS = json.dumps([{"id": number} for number in range(3)]).encode()
# Ordinary responses take milliseconds. Quadratic time would take minutes.
MAX_S = 60


async def seconds_for(body: bytes, headers: Mapping[str, str]) -> float:
    async def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-type": "application/json", **headers}, content=body)

    settings = Settings.from_config({"base_url": BASE, "max_retries": 0}, {})
    resource = read_resource("/items", {}, settings.pagination)
    start = time.monotonic()
    async with open_extractor(settings, [resource], transport=httpx.MockTransport(answer)) as extractor:
        with suppress(SyncError):  # some responses announce an invalid next page
            async for _ in extractor.batches(resource):
                pass
    return time.monotonic() - start


NAMES = (
    *("Link", "Content-Type", "Retry-After", "RateLimit", "X-RateLimit-Remaining", "X-RateLimit-Reset"),
    *("Content-Range", "X-Next-Cursor", "X-Total-Count", "Set-Cookie", "X-Next-Page"),
)
UNITS = (
    *("<", "1", ";", ",", '"', "\\", ";a=b", "<>;rel=next,", '<a>;rel="', "=?utf-8?q?", "(", "-"),
    *("charset=", "%20"),
)


@pytest.mark.parametrize("name", NAMES)
async def test_header_of_90_kb_is_read_in_linear_time(name: str) -> None:
    for unit in UNITS:
        seconds = await seconds_for(ITEMS, {name: unit * (90_000 // len(unit))})
        assert seconds < MAX_S, unit


BODIES = {
    "a cursor of 1 MB": {"items": [{"id": 1}], "next_cursor": "a" * 10**6},
    "a link of 1 MB": {"items": [{"id": 1}], "next": f"{BASE}/items?cursor=" + "a" * 10**6},
    "a key of 1 MB": {"items": [{"id": 1}], "nextPage" * 100_000: 1},
    "many keys about pages": {"items": [{"id": 1}], **{f"next_page_{n}": 1 for n in range(12_000)}},
    "a total of 1 MB": {"items": [{"id": 1}], "total": "9" * 10**6, "has_more": "t" * 10**6},
    "an error of 1 MB": {"error": "x" * 10**6, "items": []},
    "an item with many keys": [{f"k{number}": number for number in range(12_000)}, {"id": 2}],
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_body_with_large_pagination_fields_is_read_in_linear_time(body: object) -> None:
    seconds = await seconds_for(json.dumps(body).encode(), {})
    assert seconds < MAX_S
