"""Samples: unchanged first pages, read before data_path is known."""

from typing import Any

import httpx
import pytest

from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from expressions.paths import jq_path
from extraction import Sample, open_extractor
from rest.errors import AuthError, RefusedError, SyncError

NESTED = {"path_parameters": {"id": {"endpoint": "/users", "field": ".id", "data_path": ".users"}}}


class FakeApi:
    """Users in pages, and their posts. Records the requested paths."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Respond by path."""
        self.paths.append(request.url.path)
        if request.url.path == "/refused":
            return httpx.Response(401, json={})
        if request.url.path.endswith(("/gone", "/broken")):
            return httpx.Response(404 if request.url.path.endswith("/gone") else 418, json={})
        if request.url.path.endswith("/posts"):
            return httpx.Response(200, json={"posts": [{"n": 1}], "next": "more"})
        ids = range(20 if request.url.params.get("page", "1") == "1" else 0)
        return httpx.Response(200, json={"users": [{"id": number} for number in ids]})


async def samples_of(api: FakeApi, kind: str, selector: dict[str, Any], max_samples: int = 3) -> list[Sample]:
    settings = Settings.from_config({"base_url": "https://a.example", "pagination_type": "page"}, {})
    async with open_extractor(settings, transport=httpx.MockTransport(api)) as extractor:
        resource = read_resource(kind, selector, settings.pagination)
        return [sample async for sample in extractor.samples(resource, max_samples)]


async def test_endpoint_has_one_sample_its_first_page() -> None:
    api = FakeApi()
    samples = await samples_of(api, "/users", {})
    assert [len(sample.items(jq_path(".users"))) for sample in samples] == [20]
    assert samples[0].page is not None
    assert samples[0].page.number == 0


async def test_nested_endpoint_has_a_sample_for_each_of_the_first_children() -> None:
    samples = await samples_of(FakeApi(), "/users/{id}/posts", NESTED)
    items = [item for sample in samples for item in sample.items(jq_path(".posts"))]
    assert items == [{"id": number, "n": 1, "__id": str(number)} for number in range(3)]


async def test_404_of_every_child_is_an_error() -> None:
    with pytest.raises(SyncError):
        await samples_of(FakeApi(), "/users/{id}/gone", NESTED)


async def test_first_of_several_errors_is_raised() -> None:
    with pytest.raises(RefusedError, match="/users/0/broken"):
        await samples_of(FakeApi(), "/users/{id}/broken", NESTED)


async def test_rejected_credentials_are_an_error_with_the_kind() -> None:
    with pytest.raises(AuthError, match=r"^/refused: GET"):
        await samples_of(FakeApi(), "/refused", {})


async def test_requests_are_counted() -> None:
    api = FakeApi()
    settings = Settings.from_config({"base_url": "https://a.example"}, {})
    async with open_extractor(settings, transport=httpx.MockTransport(api)) as extractor:
        resource = read_resource("/users/{id}/posts", NESTED, settings.pagination)
        assert extractor.requests_sent == 0
        _ = [batch async for batch in extractor.batches(resource)]
        assert extractor.requests_sent == len(api.paths) > 1
