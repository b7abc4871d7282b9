"""An API with a rate limit. No kind fails, and a lower configured rate avoids responses with 429."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from extraction import open_extractor

pytestmark = pytest.mark.process

type Json = dict[str, Any]

_PAGES = 30
_PROJECTS = 30


def _entry(kind: str, blueprint: str, identifier: str, **selector: Any) -> Json:
    mappings = {"identifier": identifier, "blueprint": f'"{blueprint}"'}
    return {
        "kind": kind,
        "selector": {"query": "true", **selector},
        "port": {"entity": {"mappings": mappings}},
    }


_MAPPING = {
    "resources": [
        _entry("/api/v1/events", "event", ".id", data_path=".events", pagination={"page_size": 2}),
        _entry(
            "/api/v1/projects/{project}/tasks",
            "task",
            ".task_id",
            data_path=".tasks",
            path_parameters={
                "project": {
                    "endpoint": "/api/v1/projects",
                    "data_path": ".data.projects",
                    "field": ".project_id",
                }
            },
        ),
    ]
}


def _limit(sample: httpx.Client, per_second: float) -> None:
    """Set the data (pages of events, projects with one task each) and the limit in requests per second."""
    names = [f"P-{number}" for number in range(_PROJECTS)]
    data = {
        "events": [{"id": number} for number in range(2 * _PAGES)],
        "projects": [{"project_id": name} for name in names],
        "tasks": [{"project_id": name, "task_id": number} for number, name in enumerate(names)],
    }
    sample.post("/_control/data", json=data).raise_for_status()
    sample.post("/_control/rate-limit", json={"per_second": per_second}).raise_for_status()


def _statuses(sample: httpx.Client) -> list[int]:
    return [request["status"] for request in sample.get("/_control/requests").raise_for_status().json()]


@pytest.mark.parametrize(
    ("limit", "more", "is_refused"),
    [(8, {"maxConcurrentRequests": 30}, True), (20, {"requestsPerSecond": 15}, False)],
    ids=["no rate set", "rate below the limit"],
)
def test_a_rate_limit_fails_no_kind(
    install: Callable[..., Any],
    port: Any,
    sample: httpx.Client,
    limit: float,
    more: Json,
    *,
    is_refused: bool,
) -> None:
    """The sync sends more than 60 requests. Those over the limit get 429 with Retry-After.

    The limit without a configured rate is so low that even a slow machine exceeds it.
    """
    port.prepare(_MAPPING)
    _limit(sample, limit)
    settings = {
        "baseUrl": str(sample.base_url.join("/none/page-total")),
        "paginationType": "page",
        "sizeParam": "per_page",
        **more,
    }
    run = install(settings).sync(_MAPPING)
    assert run.failed == [], run.log
    assert port.counts() == {"event": 2 * _PAGES, "task": _PROJECTS}
    statuses = _statuses(sample)
    assert statuses.count(httpx.codes.OK) > _PAGES + _PROJECTS
    assert (httpx.codes.TOO_MANY_REQUESTS in statuses) == is_refused


async def test_a_limit_far_below_the_concurrency_fails_no_request(sample: httpx.Client) -> None:
    """Ten requests wait at once, and two per second succeed. A 429 uses up no retry while others succeed."""
    _limit(sample, 2)
    config = {"base_url": str(sample.base_url.join("/none/page-total")), "pagination_type": "page"}
    settings = Settings.from_config(config, {})
    selector = {"data_path": ".events", "pagination": {"size_param": "per_page", "page_size": 5}}
    resource = read_resource("/api/v1/events", selector, settings.pagination)
    async with open_extractor(settings, [resource]) as extractor:
        items = [item async for batch in extractor.batches(resource) for item in batch]
    assert len(items) == 2 * _PAGES
