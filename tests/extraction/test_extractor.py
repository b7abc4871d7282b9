"""Several resources in one resync: shared listings, early closing, and logs."""

import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import Any

import httpx
import pytest

from configuration.mapping_entry import read_resource
from configuration.resource import ParameterSource, PathParameter, Resource
from configuration.settings import Settings
from extraction import open_extractor
from extraction.endpoint_reader import shared_templates
from extraction.parents import ParentValues
from rest.errors import ItemsError, TransientError

SETTINGS = Settings.from_config({"base_url": "https://a.example/api", "max_retries": 0}, {})


def resource(kind: str, **selector: Any) -> Resource:
    return read_resource(kind, selector, SETTINGS.pagination)


def below(**more: Any) -> dict[str, Any]:
    return {"path_parameters": {"id": {"endpoint": "/users", "field": ".id", **more}}}


class Api:
    """Users, and one item for each user. The first `failures` requests for users fail."""

    def __init__(self, users: int = 3, failures: int = 0) -> None:
        self.users = users
        self.failures = failures
        self.paths: list[str] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.paths.append(request.url.path)
        await asyncio.sleep(0)
        if request.url.path != "/api/users":
            return httpx.Response(200, json=[{"id": request.url.path}])
        self.failures -= 1
        if self.failures >= 0:
            return httpx.Response(500)
        return httpx.Response(200, json=[{"id": number} for number in range(self.users)])


async def test_listing_that_several_resources_use_is_requested_once(tmp_path: Path) -> None:
    """The listing is a resource and a parent. It is read sequentially and concurrently."""
    api = Api()
    resources = [
        resource("/users"),
        resource("/a/{id}", **below()),
        resource("/b/{id}", **below(field=".id + 1")),
    ]
    transport = httpx.MockTransport(api)
    async with open_extractor(SETTINGS, resources, transport=transport, directory=tmp_path) as extractor:

        async def ids(one: Resource) -> list[Any]:
            return [item["id"] async for batch in extractor.batches(one) for item in batch]

        alone = await ids(resources[0])
        together = await asyncio.gather(*(ids(one) for one in resources))
    assert alone == together[0] == [0, 1, 2]
    assert sorted(together[1]) == ["/api/a/0", "/api/a/1", "/api/a/2"]
    assert sorted(together[2]) == ["/api/b/1", "/api/b/2", "/api/b/3"]
    assert api.paths.count("/api/users") == 1


async def test_failed_listing_is_requested_again() -> None:
    api = Api(failures=1)
    resources = [resource("/users"), resource("/a/{id}", **below())]
    async with open_extractor(SETTINGS, resources, transport=httpx.MockTransport(api)) as extractor:
        with pytest.raises(TransientError):
            [batch async for batch in extractor.batches(resources[0])]
        assert len([batch async for batch in extractor.batches(resources[1])]) == 1
    assert api.paths.count("/api/users") == 2


async def test_listing_that_one_resource_uses_is_not_cached() -> None:
    api = Api()
    async with open_extractor(SETTINGS, transport=httpx.MockTransport(api)) as extractor:
        for _ in range(2):
            assert [batch async for batch in extractor.batches(resource("/users"))]
    assert api.paths.count("/api/users") == 2


async def test_closing_the_batches_early_stops_requests() -> None:
    api = Api(users=2000)
    one = resource("/a/{id}", **below())
    async with open_extractor(SETTINGS, [one], transport=httpx.MockTransport(api)) as extractor:
        async with aclosing(extractor.batches(one)) as batches:
            assert await anext(batches)  # the size depends on timing
        for _ in range(100):
            await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}
    assert len(api.paths) < 700


async def test_summary_is_logged(logged: list[str]) -> None:
    async with open_extractor(SETTINGS, transport=httpx.MockTransport(Api())) as extractor:
        [batch async for batch in extractor.batches(resource("/a/{id}", **below()))]
    assert any("/a/{id}: 3 items in 4 pages from 3 endpoints" in line for line in logged)


async def test_verify_argument_is_accepted() -> None:
    """`verify` overrides the verifySsl setting."""
    async with open_extractor(SETTINGS, transport=httpx.MockTransport(Api()), verify=False) as extractor:
        assert [batch async for batch in extractor.batches(resource("/users"))]


def test_shared_templates_are_those_that_are_read_more_than_once() -> None:
    two = {"path_parameters": {"a": {"endpoint": "/as", "field": ".id"}, "b": {"values": [1, 2]}}}
    assert len(shared_templates([resource("/users"), resource("/a/{id}", **below())])) == 1
    assert len(shared_templates([resource("/users"), resource("/teams")])) == 0
    assert len(shared_templates([resource("/users"), resource("users")])) == 1
    assert len(shared_templates([resource("/{a}/{b}", **two)])) == 1


def test_parameter_without_a_field_is_an_error() -> None:
    """The mapping reader rejects such a parameter, so this is a safeguard."""
    parent_values = ParentValues(PathParameter("id"), ParameterSource(label="path_parameters.id"))
    with pytest.raises(ItemsError, match=r"path_parameters\.id\.field is missing"):
        list(parent_values.read([{"id": 1}]))


async def test_progress_is_logged(logged: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extraction.extractor._PROGRESS_S", -1.0)
    async with open_extractor(SETTINGS, transport=httpx.MockTransport(Api())) as extractor:
        [batch async for batch in extractor.batches(resource("/users"))]
    assert any("INFO: /users: 3 items so far" in line for line in logged)


async def test_unexpected_error_is_raised_unchanged() -> None:
    """A bug is not reported as an error of the API."""

    async def broken(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        raise ExceptionGroup("several", [KeyError(request.url.path)])

    async with open_extractor(SETTINGS, transport=httpx.MockTransport(broken)) as extractor:
        with pytest.raises(ExceptionGroup, match="/users: several") as error:
            [batch async for batch in extractor.batches(resource("/users"))]
    assert isinstance(error.value.exceptions[0], KeyError)


@pytest.mark.parametrize("kind", ["/users", "/a/{id}"])
async def test_closing_the_batches_early_leaves_no_task(kind: str) -> None:
    one = resource(kind, **(below() if "{" in kind else {}))
    transport = httpx.MockTransport(Api(users=1200))
    async with open_extractor(SETTINGS, [one], transport=transport) as extractor:
        batches = extractor.batches(one)
        await anext(batches)
        await batches.aclose()
        assert asyncio.all_tasks() == {asyncio.current_task()}
