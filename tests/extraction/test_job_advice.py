"""A check advises to set selector.job where the only item is the state of a job."""

from typing import Any

import httpx
import pytest

from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from extraction import open_extractor

ADVICE = "read it with selector.job"


async def checked(body: Any, status: int = 200, method: str = "POST", **selector: Any) -> str:
    settings = Settings.from_config({"base_url": "https://a.example", "max_retries": 0}, {})
    resource = read_resource("/exports", {"method": method, **selector}, settings.pagination)
    transport = httpx.MockTransport(lambda _: httpx.Response(status, json=body))
    async with open_extractor(settings, transport=transport) as extractor:
        return (await extractor.probe(resource)).message


@pytest.mark.parametrize(
    ("body", "status", "method"),
    [
        ({"id": 1, "status": "pending"}, 200, "POST"),
        ({"job": {"id": 1}, "State": "In Progress"}, 201, "POST"),
        ({"id": 1, "jobStatus": "QUEUED"}, 201, "GET"),
    ],
)
async def test_the_state_of_a_job_is_named(body: Any, status: int, method: str) -> None:
    assert ADVICE in await checked(body, status, method)


@pytest.mark.parametrize(
    ("body", "method"),
    [
        ({"id": 1, "status": "running"}, "GET"),
        ({"id": 1, "status": "active"}, "POST"),
        ({"id": 1, "status": 7}, "POST"),
        ([{"id": 1, "status": "pending"}], "POST"),
        ([[1, "pending"]], "POST"),
    ],
)
async def test_other_items_are_no_job(body: Any, method: str) -> None:
    assert ADVICE not in await checked(body, method=method)


async def test_an_accepted_request_is_not_ready_and_may_be_a_job() -> None:
    assert "read its result with selector.job" in await checked({"id": 1}, 202)
