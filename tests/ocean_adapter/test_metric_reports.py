"""Ocean's reports of a kind reach Port in order, and no resync waits for them."""

import asyncio
from typing import Any

import httpx
import pytest
from port_ocean.context.ocean import ocean

from ocean_adapter.metric_reports import MetricReports, metric_reports
from ocean_adapter.resync_scope import open_scope


class SlowPort:
    """A client for Port whose requests wait until they may end. It refuses some reports."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.received: list[str] = []
        self.may_end = asyncio.Event()

    async def post_integration_sync_metrics(self, metrics: list[dict[str, Any]]) -> None:
        await self._receive(metrics[0]["state"])

    async def put_integration_sync_metrics(self, kind_metrics: dict[str, Any]) -> None:
        await self._receive(kind_metrics["state"])

    async def post_integration_metrics_heartbeat(self, event_id: str) -> None:
        self.received.append(event_id)

    async def _receive(self, state: str) -> None:
        self.sent.append(state)
        await self.may_end.wait()
        if state == "bad":
            raise httpx.ConnectError("no route")
        self.received.append(state)


def report(state: str, kind: str = "tasks-0") -> dict[str, str]:
    return {"kindIdentifier": kind, "state": state}


async def test_reports_of_a_kind_keep_their_order_and_a_failed_one_does_not_stop_the_next(
    logged: list[str],
) -> None:
    port: Any = SlowPort()
    reports = MetricReports(port)
    await reports.flush()
    async with open_scope():
        for state in ("first", "bad"):
            await reports.post_integration_sync_metrics([report(state)])
        await reports.put_integration_sync_metrics(report("last"))
        await reports.post_integration_metrics_heartbeat("e1")
        assert port.received == ["e1"]
        port.may_end.set()
        await reports.flush()
    assert port.received == ["e1", "first", "last"]
    assert [line for line in logged if "Error posting metrics: no route" in line]


async def test_a_kind_does_not_wait_for_the_reports_of_another() -> None:
    port: Any = SlowPort()
    reports = MetricReports(port)
    async with open_scope():
        await reports.post_integration_sync_metrics([report("both", "tasks-0"), report("both", "people-1")])
        await reports.put_integration_sync_metrics(report("tasks", "tasks-0"))
        await reports.put_integration_sync_metrics(report("people", "people-1"))
        await reports.post_integration_sync_metrics([report("end", "reconciliation")])
        await asyncio.sleep(0)
        assert port.sent == ["both", "end"]
        port.may_end.set()
        await reports.flush()
    assert sorted(port.received[2:]) == ["people", "tasks"]


async def test_a_report_outside_of_a_resync_is_sent_at_once() -> None:
    """At shutdown, Ocean reports what it has aborted, and ends."""
    port: Any = SlowPort()
    port.may_end.set()
    await MetricReports(port).put_integration_sync_metrics(report("aborted"))
    assert port.received == ["aborted"]


async def test_the_end_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ocean_adapter.metric_reports._MAX_WAIT_S", 0.01)
    port: Any = SlowPort()
    reports = MetricReports(port)
    await reports.put_integration_sync_metrics(report("stuck"))
    await reports.flush()
    assert port.received == []
    port.may_end.set()
    await reports.flush()


@pytest.mark.usefixtures("fake_port")
def test_all_reports_of_a_process_go_through_one_sender() -> None:
    reports = metric_reports()
    assert metric_reports() is reports
    assert ocean.metrics.port_client is reports  # type: ignore[comparison-overlap] # it takes the place
