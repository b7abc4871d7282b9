"""The shortest way through everything, and once more with nothing changed."""

from collections.abc import Callable
from typing import Any

import httpx


def test_users_arrive_with_their_numeric_ids_as_text(
    install: Callable[..., Any], port: Any, sample: httpx.Client
) -> None:
    """One page-numbered, authenticated endpoint, from the API to the catalog."""
    mapping = {
        "resources": [
            {
                "kind": "/api/v1/users",
                "selector": {"query": "true", "data_path": ".users"},
                "port": {"entity": {"mappings": {"identifier": ".id", "blueprint": '"user"'}}},
            }
        ]
    }
    port.prepare(mapping)
    base = str(sample.base_url.join("/bearer/page"))
    settings = {
        "baseUrl": base,
        "authType": "bearer_token",
        "authValue": "sample-token",
        "paginationType": "page",
    }
    installation = install(settings)
    run = installation.sync(mapping)
    assert run.states == [("/api/v1/users", "completed")], run.log
    assert set(port.entities("user")) == {str(number) for number in range(1, 121)}
    again = installation.sync(mapping)
    assert again.states == [("/api/v1/users", "completed")], again.log
    assert "Entities in batch didn't change" in again.log
    # So Ocean asks where it is not overridden: it would be as right, and slower.
    assert "Fetching entities from port in batches" not in again.log
