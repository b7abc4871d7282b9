"""The shortest way through everything, and once more with nothing changed."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.process


def test_users_arrive_with_their_numeric_ids_as_text(
    install: Callable[..., Any], port: Any, sample: httpx.Client
) -> None:
    """One page-numbered, authenticated endpoint, from the API to the catalog."""
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
    assert "Entities in batch didn't change" in again.log
    # So Ocean asks where it is not overridden: it would be as right, and slower.
    assert "Fetching entities from port in batches" not in again.log


def test_nothing_changed_is_nothing_written_whatever_the_blueprint(
    install: Callable[..., Any], port: Any, sample: httpx.Client
) -> None:
    """Entities of two blueprints in one batch, each compared with what Port has of it."""
    mapping = _users('if .is_active then "member" else "guest" end')
    for blueprint in ("member", "guest"):
        port.prepare(_users(f'"{blueprint}"'))
    installation = install({"baseUrl": str(sample.base_url.join("/none/page")), "paginationType": "page"})
    first = installation.sync(mapping)
    assert first.failed == [], first.log
    counts = port.counts()
    assert counts["member"] + counts["guest"] == 120
    assert min(counts.values()) > 0
    assert (written := _bulks(port))
    again = installation.sync(mapping)
    assert again.failed == [], again.log
    assert _bulks(port) == written


def _users(blueprint: str) -> dict[str, Any]:
    """The mapping of the users. blueprint: jq."""
    entity = {"identifier": ".id", "blueprint": blueprint, "properties": {"email": ".email"}}
    selector = {"query": "true", "data_path": ".users"}
    return {
        "resources": [
            {"kind": "/api/v1/users", "selector": selector, "port": {"entity": {"mappings": entity}}}
        ]
    }


def _bulks(port: Any) -> list[str]:
    asked = port.http.get("/_sandbox/requests").raise_for_status().json()
    return [each["path"] for each in asked if each["path"].endswith("/entities/bulk")]
