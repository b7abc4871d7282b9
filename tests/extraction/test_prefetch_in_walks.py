"""Prefetching in walks, what a template's walks share, and the end of an incremental run."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from loguru import logger

from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from extraction import open_extractor
from extraction.observed_pages import TemplateObservations
from rest.bodies import Json
from rest.page import Page
from rest.request import Request
from rest.response import Response

type Walk = Callable[..., Any]


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """Collect log messages."""
    written: list[str] = []
    sink = logger.add(lambda message: written.append(message.record["message"]))
    yield written
    logger.remove(sink)


def _numbered(request: Request) -> Json:
    number = int(str(request.value("page") or 1))
    items: list[Json] = [{"id": number * 10 + each} for each in range(3)] if number <= 4 else []
    return {"items": items, "total": 12, "page": number}


@pytest.mark.parametrize("total", [{}, {"total_path": "total"}], ids=["recognised", "configured"])
def test_known_pages_are_requested_once_and_in_order(walked: Walk, total: dict[str, str]) -> None:
    walk = walked(_numbered, pagination={"type": "page", "page_size": 3, **total})
    assert walk.error is None
    assert [page.number for page in walk.pages][:4] == [0, 1, 2, 3]
    assert len(walk.items) == 12
    numbers = [request.value("page") for request in walk.requests]
    assert numbers[:4] == ["1", "2", "3", "4"]


def test_detected_pagination_is_logged_once_per_template(walked: Walk, lines: list[str]) -> None:
    observations = TemplateObservations()
    for _ in range(3):
        assert walked(_numbered, pagination={"type": "auto"}, observations=observations).error is None
    assert [line for line in lines if "pages by" in line] == ["/x: pages by the parameter 'page'"]


def test_page_longer_than_the_cap_disproves_it() -> None:
    observations = TemplateObservations()
    observations.short_page_went_on(_page(7))
    observations.page_seen(_page(10))
    assert observations.sizes.page_size == 10
    assert observations.sizes.short_is_last is False


def _page(count: int) -> Page:
    return Page(Request("GET", "https://a.example/x"), Response(200), list(range(count)))


async def test_incremental_run_stops_at_the_first_older_item() -> None:
    """Items are sorted newest first. Later pages are not read."""
    requests: list[str] = []

    def api(request: httpx.Request) -> httpx.Response:
        requests.append(str(request.url))
        number = int(request.url.params["page"])
        items = [
            {"id": number * 2, "at": f"2026-11-0{9 - number}"},
            {"id": number * 2 + 1, "at": "2026-11-03"},
        ]
        return httpx.Response(200, content=json.dumps(items))

    settings = Settings.from_config(
        {"base_url": "https://a.example", "pagination_type": "page", "page_size": 2}, {}
    )
    listing = read_resource("/x", {"incremental": {"field": ".at"}}, settings.pagination)
    since = datetime(2026, 11, 5, tzinfo=UTC)
    async with open_extractor(settings, transport=httpx.MockTransport(api)) as extractor:
        batches = [batch async for batch in extractor.batches(listing.since(since))]
    assert batches == [[{"id": 2, "at": "2026-11-08"}]]
    assert len(requests) <= 2
