"""The first resync of an endpoint, and a second one without changes."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.process


def test_users_are_synced_with_their_numeric_ids_as_text(
    install: Callable[..., Any], port: Any, sample: httpx.Client
) -> None:
    """The endpoint has numbered pages and requires authentication."""
    mapping = _users('"user"')
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
    assert "Upserting" not in again.log
    # Ocean's default search logs this. It would be correct, but slower.
    assert "Fetching entities from port in batches" not in again.log


def test_unchanged_entities_of_several_blueprints_are_not_written_again(
    install: Callable[..., Any], port: Any, sample: httpx.Client
) -> None:
    """One batch has entities of two blueprints. Each entity is compared with the one in Port."""
    mapping = _users('if .is_active then "member" else "guest" end')
    for blueprint in ("member", "guest"):
        port.prepare(_users(f'"{blueprint}"'))
    installation = install({"baseUrl": str(sample.base_url.join("/none/page")), "paginationType": "page"})
    first = installation.sync(mapping)
    assert first.failed == [], first.log
    counts = port.counts()
    assert counts["member"] + counts["guest"] == 120
    assert min(counts.values()) > 0
    assert (written := _bulk_paths(port))
    again = installation.sync(mapping)
    assert again.failed == [], again.log
    assert _bulk_paths(port) == written


def _users(blueprint: str) -> dict[str, Any]:
    """Return a mapping of the users. blueprint: a jq expression."""
    entity = {"identifier": ".id", "blueprint": blueprint, "properties": {"email": ".email"}}
    selector = {"query": "true", "data_path": ".users"}
    return {
        "resources": [
            {"kind": "/api/v1/users", "selector": selector, "port": {"entity": {"mappings": entity}}}
        ]
    }


def _bulk_paths(port: Any) -> list[str]:
    requests = port.http.get("/_sandbox/requests").raise_for_status().json()
    return [each["path"] for each in requests if each["path"].endswith("/entities/bulk")]
