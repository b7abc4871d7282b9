"""The history of resyncs."""

from typing import Any

import httpx
import pytest

from sandbox.port_api.port import Port

_BODY = {"installationAppType": "custom", "version": "0.1.0", "changelogDestination": {}, "config": {}}
_START = "2026-01-02T03:{:02}:00.000Z"
_END = "2026-01-02T03:{:02}:42.000Z"
_PATH = "/catalog/integrations/mine/history"


def _record(event: str, state: str, written: int = 0) -> dict[str, Any]:
    loaded = {"object_count_type": {"loaded": {"object_count": written}}}
    return {
        "kind": "/users",
        "kindIdentifier": "/users-0",
        "eventId": event,
        "syncState": state,
        "metrics": {"phase": {"load": loaded}},
    }


@pytest.fixture(autouse=True)
def _mine(port: Port) -> None:
    port.integrations.create({"installationId": "mine", **_BODY}, upsert=False)


def _run(port: Port, minute: int, status: str = "completed", written: int = 0) -> None:
    """Report a resync as Ocean does: start, metrics, end."""
    started, event = _START.format(minute), f"run-{minute}"
    state = {"status": "running", "lastResyncStart": started}
    port.integrations.change_resync_state(port.integrations.get("mine"), state)
    port.reports.add_metrics("mine", [_record(event, "syncing")], port.now())
    port.reports.add_metrics("mine", [_record(event, status, written)], port.now())
    ended = {**state, "status": status, "lastResyncEnd": _END.format(minute)}
    port.integrations.change_resync_state(port.integrations.get("mine"), ended)


async def test_a_killed_resync_is_aborted_once_the_next_one_starts(port: Port) -> None:
    state = {"status": "running", "lastResyncStart": _START.format(1)}
    port.integrations.change_resync_state(port.integrations.get("mine"), state)
    assert [each.status for each in port.resyncs.history("mine")] == ["running"]
    _run(port, 2)
    assert [each.status for each in port.resyncs.history("mine")] == ["completed", "aborted"]


async def test_each_resync_is_listed_with_its_result(client: httpx.AsyncClient, port: Port) -> None:
    assert "No resync yet" in (await client.get(_PATH)).text
    _run(port, 1, written=1234)
    _run(port, 2, "failed")
    log = {"message": "the API answered 500", "level": "ERROR", "extra": {"event_parent_id": "run-2"}}
    port.reports.add_logs("mine", [log])
    html = (await client.get(_PATH)).text
    assert html.index("2026-01-02 03:02:00 UTC") < html.index("2026-01-02 03:01:00 UTC")
    for text in (
        "42 s",
        "1,234",
        "1 of 1",
        "0 of 1",
        '<span class="state failed">',
        '<td class="amount bad">1</td>',
    ):
        assert text in html
    newest, oldest = port.resyncs.history("mine")
    detail = (await client.get(f"{_PATH}/{newest.number}")).text
    assert "the API answered 500" in detail
    assert "1,234" in (await client.get(f"{_PATH}/{oldest.number}")).text


async def test_a_running_resync_has_no_end(client: httpx.AsyncClient, port: Port) -> None:
    """The state of the previous resync still has its end."""
    _run(port, 1)
    state = {"status": "running", "lastResyncStart": _START.format(2)}
    port.integrations.change_resync_state(port.integrations.get("mine"), state)
    latest = port.resyncs.latest("mine")
    assert latest is not None
    assert (latest.status, latest.event, latest.ended_at) == ("running", "", None)
    assert "not ended" in (await client.get(_PATH)).text


def test_metrics_without_a_reported_start_are_a_resync(port: Port) -> None:
    """Ocean reports no resync state if Port maps the items."""
    port.reports.add_metrics("mine", [_record("a", "completed"), _record("b", "failed")], port.now())
    assert [each.event for each in port.resyncs.history("mine")] == ["b", "a"]


def test_the_newest_100_resyncs_are_kept_with_their_metrics(port: Port) -> None:
    for number in range(103):
        port.reports.add_metrics("mine", [_record(f"run-{number}", "completed")], port.now())
    assert len(port.resyncs.history("mine")) == 100
    assert len(port.reports.metrics("mine")) == 100
    assert port.reports.metrics("mine", "run-2") == []


def test_the_history_ends_with_the_integration(port: Port) -> None:
    _run(port, 1)
    port.integrations.delete(port.integrations.get("mine"))
    assert port.resyncs.history("mine") == []


async def test_an_unknown_resync_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"{_PATH}/7")).status_code == 404
