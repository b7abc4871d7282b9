"""Incremental runs request and write only changes. They delete nothing, and a failure moves no cursor."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.process

type Json = dict[str, Any]

_MANY = 1000


def _moment(hours_ago: float) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours_ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _tickets(changed: dict[int, float]) -> list[Json]:
    """Return a thousand tickets, latest change first. changed: hours since the change, by ticket number."""
    tickets = [
        {
            "id": number,
            "subject": f"Ticket {number}" + (" again" if number in changed else ""),
            "status": "open",
            "priority": "low",
            "requester_id": 1,
            "created_at": _moment(5000),
            "updated_at": _moment(changed.get(number, 1000 + number)),
        }
        for number in range(1, _MANY + 1)
    ]
    return sorted(tickets, key=lambda ticket: str(ticket["updated_at"]), reverse=True)


def _entry(kind: str, incremental: Json | None) -> Json:
    selector = {"query": "true"} | ({"incremental": incremental} if incremental else {})
    mappings = {"identifier": ".id", "title": ".subject", "blueprint": '"ticket"'}
    return {"kind": kind, "selector": selector, "port": {"entity": {"mappings": mappings}}}


def _settings(sample: httpx.Client) -> Json:
    base = str(sample.base_url.join("/bearer/page"))
    return {
        "baseUrl": base,
        "authType": "bearer_token",
        "authValue": "sample-token",
        "paginationType": "page",
        "maxRetries": 0,
    }


@pytest.mark.parametrize(
    "incremental",
    [{"param": "updated_since"}, {"field": ".updated_at"}],
    ids=["filtered by the API", "stopped at the first older item"],
)
def test_only_changed_items_are_written_and_nothing_is_deleted(
    install: Callable[..., Any], port: Any, sample: httpx.Client, incremental: Json
) -> None:
    """3 of 1,000 items changed, and the API no longer has 5. Only a full resync deletes those 5."""
    mapping = {"resources": [_entry("/api/tickets", incremental)]}
    port.prepare(mapping)
    sample.post("/_control/data", json={"tickets": _tickets({})}).raise_for_status()
    installation = install(_settings(sample))
    assert installation.sync(mapping).failed == []
    assert port.counts() == {"ticket": _MANY}

    changed = {7: 0.1, 70: 0.2, 700: 0.05}
    tickets = [ticket for ticket in _tickets(changed) if ticket["id"] not in (1, 2, 3, 4, 5)]
    sample.post("/_control/data", json={"tickets": tickets}).raise_for_status()
    before = {name: entity["updatedAt"] for name, entity in port.entities("ticket").items()}
    run = installation.sync_incrementally()
    after = port.entities("ticket")
    assert {name for name, entity in after.items() if entity["updatedAt"] != before[name]} == {
        "7",
        "70",
        "700",
    }
    assert {after[name]["title"] for name in ("7", "70", "700")} == {
        "Ticket 7 again",
        "Ticket 70 again",
        "Ticket 700 again",
    }
    assert len(after) == _MANY, run.log


def test_a_failed_run_does_not_move_the_cursor(
    install: Callable[..., Any], port: Any, sample: httpx.Client
) -> None:
    """The next run finds the change that the failed run missed. An overlap allows for clock differences."""
    mapping = {"resources": [_entry("/api/tickets", {"param": "updated_since"})]}
    port.prepare(mapping)
    sample.post("/_control/data", json={"tickets": _tickets({7: 0.1})}).raise_for_status()
    installation = install(_settings(sample))
    installation.sync_incrementally(mapping)
    assert set(port.entities("ticket")) == {"7"}

    sample.post("/_control/faults", json={"path": "tickets", "fault": "status", "status": 500, "times": 1})
    sample.post("/_control/data", json={"tickets": _tickets({8: 0.001})}).raise_for_status()
    installation.sync_incrementally()
    assert set(port.entities("ticket")) == {"7"}
    installation.sync_incrementally()
    assert set(port.entities("ticket")) == {"7", "8"}
    queries = [request["query"] for request in sample.get("/_control/requests").json()]
    first, failed, after = (query["updated_since"] for query in queries if query["page"] == "1")
    assert first < failed == after


def test_an_incremental_run_skips_a_kind_without_incremental(
    install: Callable[..., Any], port: Any, sample: httpx.Client
) -> None:
    mapping = {"resources": [_entry("/api/tickets", None)]}
    port.prepare(mapping)
    installation = install(_settings(sample))
    installation.sync_incrementally(mapping)
    assert port.counts() == {"ticket": 0}
    assert sample.get("/_control/requests").json() == []
