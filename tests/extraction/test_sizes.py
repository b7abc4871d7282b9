"""The size of listings, estimated from their first pages, and the number of children."""

from typing import Any

import httpx
import pytest

from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from extraction import ListingSize, expected_size, open_extractor
from rest.errors import RefusedError, SyncError, TransientError

BASE = "https://a.example/api"


async def sizes(answers: dict[str, Any], kind: str, **selector: Any) -> tuple[list[ListingSize], int]:
    """Return the sizes of the first two listings, and the number of all."""
    settings = Settings.from_config({"base_url": BASE, "max_retries": 0}, {})
    resource = read_resource(kind, selector, settings.pagination)

    def answer(request: httpx.Request) -> httpx.Response:
        content = answers.get(request.url.path.removeprefix("/api"), 404)
        return httpx.Response(content) if isinstance(content, int) else httpx.Response(200, json=content)

    async with open_extractor(settings, [resource], transport=httpx.MockTransport(answer)) as extractor:
        pages = [sample.page async for sample in extractor.samples(resource, 2)]
        found = [expected_size(page, resource) for page in pages if page]
        return found, await extractor.count_children(resource)


_ITEMS = [{"id": number} for number in range(10)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"items": _ITEMS, "total": 95}, ListingSize(10, 95)),
        ({"items": _ITEMS, "total_pages": 4}, ListingSize(4, 40)),
        ({"items": _ITEMS, "has_more": True}, ListingSize(2, 10, is_known=False)),
        ({"items": _ITEMS, "has_more": False}, ListingSize(1, 10)),
        ({"items": []}, ListingSize(1, 0)),
    ],
)
async def test_the_first_page_tells_the_size(body: Any, expected: ListingSize) -> None:
    pagination = {"type": "page", "param": "page", "page_size": 10}
    found, _ = await sizes({"/x": body}, "/x", data_path=".items", pagination=pagination)
    assert found == [expected]


async def test_children_are_counted_without_reading_them() -> None:
    answers = {"/p": _ITEMS, **{f"/p/{number}": [{"id": 1}, {"id": 2}] for number in range(2)}}
    parameters = {"id": {"endpoint": "/p", "field": ".id"}}
    found, count = await sizes(answers, "/p/{id}", path_parameters=parameters)
    assert found == [ListingSize(1, 2)] * 2
    assert count == 10


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ([{"endpoint": "/gone", "field": ".id"}], RefusedError),
        ([{"endpoint": "/gone", "field": ".id"}, {"endpoint": "/down", "field": ".id"}], SyncError),
    ],
)
async def test_children_of_failed_parents_cannot_be_counted(
    sources: list[Any], expected: type[SyncError]
) -> None:
    settings = Settings.from_config({"base_url": BASE, "max_retries": 0}, {})
    resource = read_resource("/p/{id}", {"path_parameters": {"id": sources}}, settings.pagination)

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404 if request.url.path.endswith("gone") else 500)

    async with open_extractor(settings, [resource], transport=httpx.MockTransport(answer)) as extractor:
        with pytest.raises(expected) as raised:
            await extractor.count_children(resource)
    assert raised.value.place.kind == "/p/{id}"
    assert not isinstance(raised.value, TransientError)
