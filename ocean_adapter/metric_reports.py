"""Ocean's metric reports to Port, sent in the background.

Ocean waits for each of its reports, one after another: two before the first kind, two for each kind and two
at the end. With Port far away that is most of a resync in which nothing changed.
"""

import asyncio
from collections.abc import Callable, Collection, Coroutine
from typing import Any

from loguru import logger
from port_ocean.clients.port.client import PortClient
from port_ocean.context.ocean import ocean

from ocean_adapter.resync_scope import open_scope_or_none

_MAX_WAIT_S = 60.0


class MetricReports:
    """Takes the place of Ocean's client for Port in its metrics. Reports of a kind keep their order."""

    def __init__(self, client: PortClient) -> None:
        self._client = client
        # The last report of each kind.
        self._last: dict[str, asyncio.Task[None]] = {}

    async def post_integration_sync_metrics(self, metrics: list[dict[str, Any]]) -> None:
        """Report the states of kinds."""
        kinds = [_kind_of(each) for each in metrics]
        await self._send(kinds, lambda: self._client.post_integration_sync_metrics(metrics))

    async def put_integration_sync_metrics(self, kind_metrics: dict[str, Any]) -> None:
        """Report the state of one kind."""
        kind = _kind_of(kind_metrics)
        await self._send([kind], lambda: self._client.put_integration_sync_metrics(kind_metrics))

    async def post_integration_metrics_heartbeat(self, event_id: str) -> None:
        """Report that the resync goes on."""
        await self._client.post_integration_metrics_heartbeat(event_id)

    async def flush(self) -> None:
        """Wait until all reports are sent, but no longer than a minute."""
        if waiting := set(self._last.values()):
            await asyncio.wait(waiting, timeout=_MAX_WAIT_S)
        self._last = {kind: report for kind, report in self._last.items() if not report.done()}

    async def _send(self, kinds: Collection[str], report: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Send a report after the earlier ones of its kinds. Outside of a resync, wait for it."""
        earlier = {self._last[kind] for kind in kinds if kind in self._last}
        self._last |= dict.fromkeys(kinds, asyncio.create_task(_sent_after(earlier, report)))
        if open_scope_or_none() is None:
            await self.flush()


def _kind_of(metrics: dict[str, Any]) -> str:
    return str(metrics.get("kindIdentifier"))


async def _sent_after(
    earlier: Collection[asyncio.Task[None]], report: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    if earlier:
        await asyncio.wait(earlier)
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
