"""Live events: from events to batches of what to write, bounded everywhere."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Sequence
from datetime import datetime

from loguru import logger

from extraction import Extractor
from extraction.system_clock import SYSTEM_CLOCK, Clock
from live_events.batching import LiveBatch
from live_events.change import Change, LiveKind
from live_events.counts import LiveCounts
from live_events.dispatcher import LEFT_TO_RESYNC, Dispatcher
from live_events.event import Event
from live_events.limited_log import LimitedLog
from live_events.limits import DEFAULT_LIMITS, LiveLimits
from live_events.matching import Matcher
from live_events.waiting_events import WaitingEvents
from rest.errors import SyncError


class LiveEvents:
    """Takes events, and hands over batches of what to write to Port.

    Before the first `use`, events wait. Each batch needs one call of `written` or `failed`: until then, no
    other change of its items is handed over.
    """

    def __init__(self, clock: Clock = SYSTEM_CLOCK, limits: LiveLimits = DEFAULT_LIMITS) -> None:
        self._clock = clock
        self._limits = limits
        self._counts = LiveCounts()
        self._log = LimitedLog()
        self._events = WaitingEvents(limits.events, limits.events_weight)
        self._matcher = Matcher(())
        self._has_mapping = asyncio.Event()
        self._stop_at: float | None = None
        self._dispatcher = Dispatcher(clock, limits, self._counts, self._log)

    @property
    def counts(self) -> LiveCounts:
        """What happened so far."""
        self._counts.waiting = len(self._events) + self._dispatcher.waiting
        self._counts.pending = self._dispatcher.pending
        return self._counts

    def offer(self, event: Event) -> bool:
        """Take an event. Return False if too many wait."""
        is_taken = self._events.offer(event)
        self._counts.received += is_taken
        return is_taken

    async def put(self, event: Event) -> None:
        """Take an event once there is a place for it."""
        await self._events.put(event)
        self._counts.received += 1

    def use(self, kinds: Sequence[LiveKind], extractor: Extractor) -> None:
        """Use the present mapping. Changes of kinds that it no longer has are dropped: a resync follows it.

        extractor: with a lane of the gate, open until the next call.
        """
        self._matcher = Matcher(kinds)
        self._dispatcher.use(kinds, extractor)
        self._has_mapping.set()

    async def batches(self) -> AsyncGenerator[LiveBatch]:
        """Yield what to write, until `stop`. If it is closed earlier, what is under way is cancelled."""
        tasks = [asyncio.create_task(self._match()), asyncio.create_task(self._dispatcher.run())]
        for task in tasks:
            task.add_done_callback(lambda _: self._dispatcher.has_results.set())
        try:
            while True:
                while batch := self._dispatcher.next_batch():
                    yield batch
                if any(task.done() and task.exception() for task in tasks) or tasks[1].done():
                    break
                if self._stop_at is not None and self._clock.elapsed_s() >= self._stop_at:
                    self._log_left()
                    break
                await self._dispatcher.has_results.wait(self._stop_at)
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def stop(self) -> None:
        """Take no more events. `batches` ends when what is under way is written, or after `shutdown_s`."""
        self._events.close()
        self._stop_at = self._clock.elapsed_s() + self._limits.shutdown_s
        self._has_mapping.set()
        self._dispatcher.has_results.set()

    def _log_left(self) -> None:
        if waiting := self.counts.waiting:
            logger.warning("Live events: {} changes are left to the next resync", waiting)

    def written(self, batch: LiveBatch, outdated: Collection[Change] = ()) -> None:
        """Note that Port has a batch. outdated: changes that it does not have. They are requested again."""
        self._dispatcher.settle(batch, (), None, outdated)

    def failed(
        self,
        batch: LiveBatch,
        error: SyncError,
        changes: Collection[Change] | None = None,
        outdated: Collection[Change] = (),
    ) -> None:
        """Note that Port does not have a batch, or not these changes of it. They are tried again later.

        outdated: changes that are requested again at once.
        """
        self._dispatcher.settle(batch, batch.changes if changes is None else changes, error, outdated)

    def retry_soon(self) -> None:
        """Try failed changes again after `spacing_s`, because the reason of their failure may be gone."""
        self._dispatcher.retry_soon()

    def covered(self, kind: LiveKind | int, since: datetime) -> None:
        """Note that a complete resync, which began to read a kind at a time, has read it."""
        self._dispatcher.covered(kind if isinstance(kind, int) else kind.index, since)

    async def _match(self) -> None:
        """Find the changes that events report, while there is room for them."""
        await self._has_mapping.wait()
        while event := await self._events.take():
            # A thread waits for jq, which runs in another process.
            self._note(*await asyncio.to_thread(self._matcher.changes_of, event))
            while self._dispatcher.is_full:
                await self._dispatcher.has_room.wait()
        self._dispatcher.end()

    def _note(self, changes: Sequence[Change], errors: Sequence[SyncError]) -> None:
        is_match = bool(changes or errors)
        self._counts.matched += is_match
        self._counts.unmatched += not is_match
        self._counts.failed += len(errors)
        for error in errors:
            self._log.failure(error, LEFT_TO_RESYNC, self._clock.elapsed_s())
        self._dispatcher.add(changes)
