"""Sync views from Ocean's reports."""

from typing import Any

import httpx
import pytest

from sandbox.port_api.port import Port
from sandbox.web.queries import Queries
from sandbox.web.sync_views import SyncView, latest_syncs

_BODY = {"installationAppType": "custom", "version": "0.1.0", "changelogDestination": {}, "config": {}}


def _record(kind: str, state: str, **phases: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "kindIdentifier": f"{kind}-0",
        "eventId": "run",
        "syncState": state,
        "blueprint": '"service"',
        "metrics": {"phase": phases},
    }


def _counts(**counts: int) -> dict[str, Any]:
    return {"object_count_type": {name: {"object_count": float(count)} for name, count in counts.items()}}


def _log(message: str, level: str = "ERROR", **extra: Any) -> dict[str, Any]:
    return {"message": message, "level": level, "extra": {"event_id": "run", **extra}}


@pytest.fixture
def mine(port: Port) -> str:
    """An integration."""
    port.integrations.create({"installationId": "mine", **_BODY}, upsert=False)
    return "mine"


def _view(port: Port) -> SyncView:
    (found,) = latest_syncs(port, Queries(port.store))
    return found


def test_integration_without_a_resync_has_status_never(port: Port, mine: str) -> None:
    view = _view(port)
    assert (view.identifier, view.status, view.rows, view.duration_s) == (mine, "never", (), None)
    assert view.summary == "mine: no resync yet"


def test_kind_counts_its_items_by_outcome(port: Port, mine: str) -> None:
    done = _record(
        "/users",
        "completed",
        resync={"duration_seconds": 1.5},
        extract=_counts(raw_extracted=120),
        transform=_counts(failed=1),
        load=_counts(loaded=100, skipped=17, failed=2),
    )
    port.reports.add_metrics(mine, [done], port.now())
    (row,) = _view(port).rows
    assert (row.items, row.written, row.unchanged, row.failed) == (120, 100, 17, 3)
    assert (row.duration_s, row.blueprint) == (1.5, "service")


def test_running_kind_has_a_duration_since_its_last_report(port: Port, mine: str) -> None:
    port.reports.add_metrics(mine, [_record("/users", "syncing")], port.now() - 5_000_000)
    (row,) = _view(port).rows
    assert row.duration_s == pytest.approx(5, abs=1)


def test_pending_kind_has_no_duration(port: Port, mine: str) -> None:
    port.reports.add_metrics(mine, [_record("/users", "pending", resync={"duration_seconds": 0})], port.now())
    (row,) = _view(port).rows
    assert row.duration_s is None


def test_internal_records_are_not_kinds_but_count_deletions(port: Port, mine: str) -> None:
    own = {
        **_record("__reconciliation__", "completed", delete=_counts(deleted=4)),
        "kindIdentifier": "__reconciliation__",
    }
    port.reports.add_metrics(mine, [own, _record("/users", "completed")], port.now())
    view = _view(port)
    assert [row.kind for row in view.rows] == ["/users"]
    assert view.deleted == 4


@pytest.mark.parametrize(
    "metrics",
    [{}, {"phase": []}, {"phase": {"load": {"object_count_type": 3}}}, {"phase": {"load": None}}],
)
def test_malformed_metrics_count_as_zero(metrics: Any, port: Port, mine: str) -> None:
    port.reports.add_metrics(mine, [{**_record("/users", "completed"), "metrics": metrics}], port.now())
    (row,) = _view(port).rows
    assert (row.items, row.written, row.failed) == (0, 0, 0)


def test_repeated_message_is_shown_once_with_all_samples(port: Port, mine: str) -> None:
    samples = [
        {"sample_errors": {"0": {"identifier": f"p{n}", "error": "must be number"}}} for n in range(20)
    ]
    logs = [_log("refused", resource_kind="/users", extra=sample) for sample in samples]
    logs += [
        _log("odd", "WARNING"),
        _log("fine", "INFO"),
        _log("earlier", event_id="before"),
        {"level": "ERROR"},
    ]
    port.reports.add_metrics(mine, [_record("/users", "failed")], port.now())
    port.reports.add_logs(mine, logs)
    refused, odd = _view(port).messages
    assert (refused.level, refused.message, refused.kind) == ("error", "refused", "/users")
    assert len(refused.details) == 10
    assert refused.details[0] == "p0: must be number"
    assert (odd.level, odd.message, odd.details) == ("warning", "odd", ())


def test_malformed_samples_of_a_message_are_ignored(port: Port, mine: str) -> None:
    samples = {"0": "text", "1": {"identifier": "p1", "message": "unknown"}, "2": {}}
    port.reports.add_metrics(mine, [_record("/users", "failed")], port.now())
    port.reports.add_logs(
        mine, [_log("refused", extra={"sample_errors": samples}), _log("odd", extra="text")]
    )
    refused, odd = _view(port).messages
    assert (refused.details, odd.details) == (("p1: unknown", "?: ?"), ())


def test_summary_counts_finished_and_failed_kinds(port: Port, mine: str) -> None:
    states = {"/users": "completed", "/teams": "failed", "/tasks": "syncing"}
    port.reports.add_metrics(mine, [_record(kind, state) for kind, state in states.items()], port.now())
    port.integrations.change_resync_state(port.integrations.get(mine), {"status": "running"})
    assert _view(port).summary == "mine: running, 2 of 3 kinds done, 1 failed"


def test_resync_request_is_pending_until_a_resync_starts(port: Port, mine: str) -> None:
    port.integrations.change(port.integrations.get(mine), {})
    assert _view(port).status == "requested"
    started = {"status": "running", "lastResyncStart": "2999-01-01T00:00:00Z"}
    port.integrations.change_resync_state(port.integrations.get(mine), started)
    view = _view(port)
    assert (view.status, view.requested.kind) == ("running", "none")


async def test_unchanged_page_gets_204(client: httpx.AsyncClient, port: Port, mine: str) -> None:
    first = await client.get("/catalog/syncs/live")
    seen = first.text.partition("seen=")[2].partition('"')[0]
    assert (await client.get(f"/catalog/syncs/live?seen={seen}")).status_code == 204
    port.reports.add_metrics(mine, [_record("/users", "pending")], port.now())
    changed = await client.get(f"/catalog/syncs/live?seen={seen}")
    assert changed.status_code == 200
    assert "mine: never" not in changed.text
    assert "/users" in changed.text


async def test_raw_items_are_shown_in_dsp_mode(client: httpx.AsyncClient, port: Port, mine: str) -> None:
    batch = {
        "data": [{"items": [{"id": n, "name": f"<b>{n}</b>"} for n in range(8)], "request": {"secret": "s3"}}]
    }
    port.raw_data.add(mine, "run", "/users", batch, port.now())
    assert "/catalog/integrations/mine/raw" in (await client.get("/catalog/syncs")).text
    page = (await client.get("/catalog/integrations/mine/raw")).text
    assert "8 items in 1 batch" in page
    assert "&lt;b&gt;4&lt;/b&gt;" in page
    assert "and 3 more" in page
    assert "s3" not in page
