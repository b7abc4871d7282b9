"""Changes that are due: each becomes one request, and what to write."""

import asyncio
import math
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from loguru import logger

from extraction import Extractor
from extraction.system_clock import Clock
from live_events.batching import LiveBatch, Results
from live_events.change import Change, LiveKind
from live_events.counts import LiveCounts
from live_events.fetching import Outcome, current_state, reported_state
from live_events.limited_log import LimitedLog
from live_events.limits import LiveLimits
from live_events.merging import Merging
from live_events.pending import Pending, was_before
from live_events.value_evidence import ValueEvidence
from live_events.wakeup import Wakeup
from rest.errors import Place, SyncError, TransientError, WriteError

LEFT_TO_RESYNC = "The next resync reads what changed"
_TRIED_AGAIN = "What changed is requested again each minute, until a resync has read it"


class Dispatcher:
    """Merges changes, requests the present state of those that are due, and collects what to write."""

    def __init__(self, clock: Clock, limits: LiveLimits, counts: LiveCounts, log: LimitedLog) -> None:
        self._clock = clock
        self._limits = limits
        self._counts = counts
        self._log = log
        self._kinds: tuple[LiveKind, ...] = ()
        self._extractor: Extractor | None = None
        self._merging = Merging(limits.settle_s, limits.spacing_s)
        self._evidence = ValueEvidence()
        self._pending = Pending(limits.pending, limits.items_size)
        self._results = Results(limits.batch_items)
        self._fetches: set[asyncio.Task[None]] = set()
        self._next_retry = clock.elapsed_s() + limits.retry_s
        self._is_ending = False
        self._news = Wakeup(clock)
        self.has_results = Wakeup(clock)
        self.has_room = Wakeup(clock)

    @property
    def waiting(self) -> int:
        """How many changes wait or are under way."""
        return len(self._merging)

    @property
    def pending(self) -> int:
        """How many changes wait to be tried again."""
        return len(self._pending)

    @property
    def is_full(self) -> bool:
        """True if there is no room for more changes."""
        return len(self._merging) >= self._limits.changes or self._merging.size >= self._limits.items_size

    def use(self, kinds: Sequence[LiveKind], extractor: Extractor) -> None:
        """Use the present mapping. Changes of kinds that it no longer has are dropped."""
        self._kinds = tuple(kinds)
        self._extractor = extractor
        dropped = self._counts.dropped
        pending = self._pending.oldest(len(self._pending))
        self.add(self._merging.take_all())
        for change in pending:
            if present := self._present(change):
                self._pending.add(present)
        if lost := self._counts.dropped - dropped:
            logger.info("Live events: {} changes are for entries that the mapping no longer has", lost)
        self._news.set()

    def add(self, changes: Sequence[Change], *, settles: bool = True) -> None:
        """Add changes. settles: wait a moment for further changes of the same items."""
        now = self._clock.elapsed_s()
        for change in changes:
            if present := self._present(change):
                earlier = self._pending.pop(present.key)
                merged = earlier.merged(present) if earlier else present
                self._merging.add(merged, now, settles=settles)
        self._news.set()

    def next_batch(self) -> LiveBatch | None:
        """Return what to write next. None: nothing yet."""
        batch = self._results.next_batch()
        self._news.set()
        return batch

    def settle(
        self,
        batch: LiveBatch,
        failed: Collection[Change],
        error: SyncError | None,
        outdated: Collection[Change] = (),
    ) -> None:
        """Note that a batch was written, but for some changes. They are tried again, if that can help.

        outdated: changes whose state is requested again at once.
        """
        for change, outcome in zip(batch.changes, batch.outcomes, strict=True):
            if error and change in failed:
                self._fail(change, error)
            elif change in outdated:
                self._ask_again(change)
            else:
                self._counts.deleted += bool(outcome.deleted)
                self._counts.written += bool(outcome.updated)
            self._release(change)

    def retry_soon(self) -> None:
        """Try failed changes again after `spacing_s`."""
        self._next_retry = min(self._next_retry, self._now + self._limits.spacing_s)
        self._news.set()

    def covered(self, index: int, since: datetime) -> None:
        """Forget the failures of a kind that were reported before a complete resync began to read it."""
        self._pending.remove(was_before(index, since))

    def end(self) -> None:
        """Finish what is under way: `run` then ends. Nothing waits for further changes of the same items."""
        self._is_ending = True
        self._news.set()

    async def run(self) -> None:
        """Start what is due."""
        try:
            while not (self._is_ending and not self._merging):
                self._start_due()
                await self._news.wait(self._next_time())
        finally:
            for task in self._fetches:
                task.cancel()
            await asyncio.gather(*self._fetches, return_exceptions=True)

    def _start_due(self) -> None:
        now = self._clock.elapsed_s()
        if now >= self._next_retry:
            self._next_retry = now + self._limits.retry_s
            again = self._pending.oldest(self._limits.changes - len(self._merging))
            self._counts.retried += len(again)
            self.add(again, settles=False)
        due = math.inf if self._is_ending else now
        while change := self._merging.take(due, needs_request=False):
            self._finish(change, reported_state(change))
        while self._may_fetch and (change := self._merging.take(due, needs_request=True)):
            task = asyncio.create_task(self._fetch(change))
            self._fetches.add(task)
            task.add_done_callback(self._fetched)

    @property
    def _may_fetch(self) -> bool:
        is_free = len(self._fetches) < self._limits.requests
        return self._extractor is not None and is_free and self._results.items < self._limits.batch_items

    def _next_time(self) -> float:
        """Return when something is due."""
        times = [self._next_retry, self._merging.next_due(needs_request=False)]
        if self._may_fetch:
            times.append(self._merging.next_due(needs_request=True))
        return min(time for time in times if time is not None)

    async def _fetch(self, change: Change) -> None:
        """Request the present state of what changed."""
        assert self._extractor is not None  # noqa: S101 - _may_fetch
        requested_at = self._clock.now()
        try:
            outcome = await current_state(change, self._extractor, self._evidence)
        except asyncio.CancelledError:
            self._pending.add(change)
            self._release(change)
            raise
        except SyncError as error:
            self._fail(change, error)
            self._release(change)
        except Exception as error:
            # A new mapping has its own extractor, and the old one may be closed while it reads.
            failure = TransientError(f"the request was interrupted: {type(error).__name__}")
            self._fail(change, failure.at(Place(kind=change.kind.resource.kind)))
            self._release(change)
        else:
            self._counts.fetched += 1
            asked = replace(change, askings=change.askings + 1)
            self._decide(asked, replace(outcome, requested_at=requested_at))

    def _fetched(self, task: asyncio.Task[None]) -> None:
        self._fetches.discard(task)
        self._news.set()

    def _finish(self, change: Change, outcome: Outcome) -> None:
        present = self._present(change)
        if present is None or not (outcome.updated or outcome.deleted):
            self._release(change)
            return
        self._results.add(present.kind, change, outcome)
        self.has_results.set()

    def _decide(self, change: Change, outcome: Outcome) -> None:
        """Write an outcome once it is certain. The API may not have known of the event yet.

        It is asked again after `spacing_s`, and then after `retry_s`. An item that it still has is written
        meanwhile.
        """
        if change.askings >= outcome.certainty:
            self._finish(change, outcome)
        elif change.askings == 1 and not self._is_ending:
            self._ask_again(change)
            self._release(change)
        else:
            if not self._merging.absorb(change):
                self._counts.dropped += not self._pending.add(change)
            self._finish(change, outcome.only_updated)

    def _ask_again(self, change: Change) -> None:
        """Request the state once more, unless a later change of the item waits."""
        if not self._merging.absorb(change):
            self._merging.add(change, self._now, settles=False)

    def _fail(self, change: Change, error: SyncError) -> None:
        """Keep a change to try it again, if that can help, unless a later one of its item waits."""
        # Without a key, a change that is tried again could overwrite a newer state of its item.
        if change.number or not isinstance(error, WriteError | TransientError):
            self._counts.failed += 1
            consequence = LEFT_TO_RESYNC
        elif self._merging.absorb(change) or self._pending.add(change):
            consequence = _TRIED_AGAIN
        else:
            self._counts.dropped += 1
            consequence = f"Too many changes wait to be tried again. {LEFT_TO_RESYNC}"
        self._log.failure(error, consequence, self._now)

    def _release(self, change: Change) -> None:
        self._merging.release(change.key)
        self._news.set()
        self.has_room.set()

    @property
    def _now(self) -> float:
        return self._clock.elapsed_s()

    def _present(self, change: Change) -> Change | None:
        """Return a change with its kind as the mapping has it now. None: it is dropped."""
        present = change.among(self._kinds)
        self._counts.dropped += present is None
        return present
