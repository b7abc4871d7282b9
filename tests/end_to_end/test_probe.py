"""`ocean probe` reports whether each endpoint can be read, and what to change."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.process

type Json = dict[str, Any]


def _entry(kind: str, **selector: Any) -> Json:
    mappings = {"identifier": ".id", "blueprint": '"user"'}
    return {
        "kind": kind,
        "selector": {"query": "true", **selector},
        "port": {"entity": {"mappings": mappings}},
    }


def test_probe_prints_a_line_for_each_endpoint_and_fails_if_one_fails(
    install: Callable[..., Any], sample: httpx.Client
) -> None:
    """The endpoints: a good one, one that returns 401, one that returns HTML, one with a wrong data_path."""
    for path, fault in (("tickets", {"fault": "status", "status": 401}), ("events", {"fault": "html"})):
        sample.post("/_control/faults", json={"path": path, **fault}).raise_for_status()
    base = str(sample.base_url.join("/bearer/page"))
    settings = {
        "baseUrl": base,
        "authType": "bearer_token",
        "authValue": "sample-token",
        "paginationType": "page",
    }
    resources = [
        _entry("/api/v1/users", data_path=".users"),
        _entry("/api/tickets"),
        _entry("/api/v1/events", data_path=".events"),
        _entry("/api/v1/projects", data_path=".projects"),
    ]
    done = install(settings).probe({"resources": resources})
    lines = [line.partition(" | ")[2].strip() for line in done.stdout.splitlines() if "/api/" in line]
    assert [line.partition("| ")[2].partition(":")[0] for line in lines] == [
        "ok     /api/v1/users",
        "FAILED /api/tickets",
        "FAILED /api/v1/events",
        "FAILED /api/v1/projects",
    ], done.stdout
    assert "100 items on the first page" in lines[0]
    assert "Check authType and its secret" in lines[1]
    assert "not JSON (text/html)" in lines[2]
    assert ".data.projects (40 items)" in lines[3]
    assert done.returncode != 0


def test_probe_succeeds_with_a_correct_mapping(install: Callable[..., Any], sample: httpx.Client) -> None:
    base = str(sample.base_url.join("/none/cursor"))
    nested = _entry(
        "/api/v1/projects/{id}/tasks",
        data_path=".tasks",
        path_parameters={
            "id": {"endpoint": "/api/v1/projects", "data_path": ".data.projects", "field": ".project_id"}
        },
    )
    done = install({"baseUrl": base, "paginationType": "cursor"}).probe({"resources": [nested]})
    assert "ok     /api/v1/projects/{id}/tasks" in done.stdout, done.stdout
    assert done.returncode == 0
