"""Ocean's metric reports to Port, sent in the background.

Ocean waits for each of its reports, one after another: two before the first kind, two for each kind and two
at the end. With Port far away that is most of a resync in which nothing changed.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from loguru import logger
from port_ocean.clients.port.client import PortClient
from port_ocean.context.ocean import ocean

from ocean_adapter.resync_scope import open_scope_or_none

_MAX_WAIT_S = 60.0


class MetricReports:
    """Takes the place of Ocean's client for Port in its metrics. Reports keep their order."""

    def __init__(self, client: PortClient) -> None:
        self._client = client
        self._last: asyncio.Task[None] | None = None

    async def post_integration_sync_metrics(self, metrics: list[dict[str, Any]]) -> None:
        """Report the states of kinds."""
        await self._send(lambda: self._client.post_integration_sync_metrics(metrics))

    async def put_integration_sync_metrics(self, kind_metrics: dict[str, Any]) -> None:
        """Report the state of one kind."""
        await self._send(lambda: self._client.put_integration_sync_metrics(kind_metrics))

    async def post_integration_metrics_heartbeat(self, event_id: str) -> None:
        """Report that the resync goes on."""
        await self._client.post_integration_metrics_heartbeat(event_id)

    async def flush(self) -> None:
        """Wait until all reports are sent, but no longer than a minute."""
        if self._last:
            await asyncio.wait([self._last], timeout=_MAX_WAIT_S)

    async def _send(self, report: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Send a report after the earlier ones. Outside of a resync, as at shutdown, wait for it."""
        self._last = asyncio.create_task(_sent_after(self._last, report))
        if open_scope_or_none() is None:
            await self.flush()


async def _sent_after(
    earlier: asyncio.Task[None] | None, report: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    if earlier:
        await asyncio.wait([earlier])
    try:
        await report()
    except Exception as error:  # as in Ocean: a report is not worth a resync
        logger.error("Error posting metrics: {}", error)


def metric_reports() -> MetricReports:
    """Return the sender of this process's reports. The first call makes Ocean use it."""
    current: Any = ocean.metrics.port_client
    if isinstance(current, MetricReports):
        return current
    reports = MetricReports(current)
    ocean.metrics.port_client = reports  # type: ignore[assignment] # has all that Ocean's metrics call
    return reports
