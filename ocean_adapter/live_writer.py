"""The loop that writes what live events changed."""

import asyncio

from loguru import logger

from live_events.batching import LiveBatch
from live_events.change import Change
from live_events.fetching import Deletion
from live_events.pipeline import LiveEvents
from ocean_adapter.live_entities import ChangedItems, GoneItem
from ocean_adapter.live_mapping import LiveMapping
from ocean_adapter.live_metrics import LiveMetrics
from ocean_adapter.live_recent import RecentUpserts
from ocean_adapter.live_write import LiveWrite, WriteReport
from rest.errors import Place, ResourceError, WriteError

_RESTART_S = 1.0


class LiveWriter:
    """Writes the batches of the pipeline to Port, one after another."""

    def __init__(self, events: LiveEvents, mapping: LiveMapping, metrics: LiveMetrics) -> None:
        self._events = events
        self._mapping = mapping
        self._metrics = metrics
        self._recent = RecentUpserts()
        self._awaits_deletions = False

    async def run(self) -> None:
        """Write until the pipeline is stopped. It starts again if it fails."""
        while True:
            try:
                async for batch in self._events.batches():
                    await self._write(batch)
            except Exception:
                logger.exception("Live events failed, and start again")
                await asyncio.sleep(_RESTART_S)
            else:
                return

    async def _write(self, batch: LiveBatch) -> None:
        try:
            report = await self._written(batch)
        except Exception as error:
            logger.exception("A batch of live events failed")
            place = Place(kind=batch.kind.resource.kind)
            self._events.failed(batch, WriteError(f"{type(error).__name__}: {error}", place=place))
            return
        unwritten = {*report.errors, *report.outdated}
        self._metrics.note_written(
            [change for index, change in enumerate(batch.changes) if index not in unwritten]
        )
        outdated = [batch.changes[index] for index in report.outdated]
        if report.errors:
            failed = [batch.changes[index] for index in report.errors]
            self._events.failed(batch, next(iter(report.errors.values())), failed, outdated)
        else:
            self._events.written(batch, outdated)
        self._events.counts.left += report.left
        self._awaits_deletions |= report.has_kept
        if report.has_deleted and self._awaits_deletions:
            # What related to a kept entity may be gone now.
            self._events.retry_soon()
            self._awaits_deletions = self._events.counts.pending > 0

    async def _written(self, batch: LiveBatch) -> WriteReport:
        """Write a batch."""
        kind = batch.kind
        config = self._mapping.config_of(kind)
        if config is None:
            error = ResourceError("the mapping has changed", place=Place(kind=kind.resource.kind))
            return WriteReport(dict.fromkeys(range(len(batch.changes)), error))
        results = list(zip(batch.changes, batch.outcomes, strict=True))
        fetched_at = min(outcome.requested_at or change.received_at for change, outcome in results)
        write = LiveWrite(
            config,
            kind.index,
            fetched_at,
            accept=kind.resource.accept | self._mapping.accept,
            is_ordered=not kind.webhook.needed,
            recent=self._recent,
            is_repeatable=kind.webhook.fetch is not None,
        )
        return await write.write(
            [
                ChangedItems(outcome.updated, [_gone(change, each) for each in outcome.deleted], change.key)
                for change, outcome in results
            ]
        )


def _gone(change: Change, deletion: Deletion) -> GoneItem:
    """Return an item that is gone, with what else the deletion of its entity needs.

    Without a signature, that is a proof: the values, in order of their names.
    """
    if change.is_signed:
        return GoneItem(deletion.item, must_contain=() if change.may_be_deleted else deletion.must_contain)
    names = sorted(change.kind.webhook.needed)
    return GoneItem(deletion.item, dict(zip(names, deletion.must_contain, strict=True)))
