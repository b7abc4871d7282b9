"""Incremental reading: only the changed items of a listing, and no more pages than needed."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime

from loguru import logger

from configuration.incremental import Changes, Descent
from extraction.verdict import Verdict
from rest.clocks import ApiClock
from rest.page import Page


class IncrementalReading:
    """Reads the changes of one resource. Logs each warning once, however many listings it has.

    clock: the API's clock, as its responses show it. verdict: notes when older items ended a listing.
    """

    def __init__(self, kind: str, changes: Changes, clock: ApiClock, verdict: Verdict) -> None:
        self._kind = kind
        self._changes = changes
        self._clock = clock
        self._verdict = verdict
        self._logged: set[str] = set()
        self._items_read = self._items_changed = self._items_with_time = 0

    async def pages(self, read: Callable[[Changes], AsyncGenerator[Page]]) -> AsyncGenerator[Page]:
        """Yield the pages of a listing with only the changed items. read: reads the listing.

        If the first response shows that the API's clock is behind, the listing is requested again, from an
        earlier time. Otherwise changes between that time and the first one would be lost.
        """
        changes = self._changes.for_clock(self._clock.behind)
        async with aclosing(read(changes)) as pages:
            first = await anext(pages, None)
            if first is None:
                return
            if changes.incremental.param is None or changes.covers(self._clock.behind):
                async with aclosing(self._changed_items(_prepended(first, pages))) as changed:
                    async for page in changed:
                        yield page
                return
        behind = self._clock.behind
        logger.info(
            "{}: the API's clock is {:.0f} s behind. Changes are requested from that much earlier",
            self._kind,
            behind.total_seconds(),
        )
        async with aclosing(read(self._changes.for_clock(behind))) as pages:
            async for page in pages:
                yield page

    def finish(self) -> None:
        """Log a warning if no item has changed or no item has a time: the field may be wrong."""
        if self._items_read and not self._items_changed:
            logger.warning(
                "{}: nothing was read, because the first item is older than the last successful run. If "
                "items did change, selector.incremental.field is not the time of the last change, or the "
                "listing is not sorted newest first",
                self._kind,
            )
        if self._items_read and not self._items_with_time and self._log_once("no time"):
            logger.warning(
                "{}: selector.incremental.field is empty in every item. All items are treated as changed",
                self._kind,
            )

    async def _changed_items(self, pages: AsyncGenerator[Page]) -> AsyncGenerator[Page]:
        changes = self._changes.for_clock(self._clock.behind)
        field = changes.incremental.field
        now = self._clock.last_date or datetime.now(UTC)
        descent = Descent(changes, field, now) if field else None
        async with aclosing(pages):
            async for page in pages:
                if descent is None:
                    yield page
                    continue
                # A thread waits for jq, which runs in another process.
                changed = await asyncio.to_thread(descent.changed, page.items)
                self._items_read += len(page.items)
                self._items_changed += len(changed)
                yield replace(page, items=changed)
                if descent.disorder:
                    self._warn_of_disorder(descent.disorder)
                if descent.is_over:
                    self._verdict.proven("the rest is older")
                    break
        if descent:
            self._items_with_time += descent.times
            self._warn_of_end(descent)

    def _warn_of_disorder(self, item: str) -> None:
        if self._log_once("disorder"):
            logger.warning(
                "{}: the listing is not sorted newest first: {} is newer than an item before it. The whole "
                "listing is read. Sort by the time of the last change, descending, or use "
                "selector.incremental.param",
                self._kind,
                item,
            )

    def _warn_of_end(self, descent: Descent) -> None:
        if descent.no_time and self._log_once("no time"):
            logger.warning(
                "{}: selector.incremental.field returns {}, not a time. The item is treated as changed",
                self._kind,
                descent.no_time,
            )
        if descent.is_over and not descent.is_proven and self._log_once("same time"):
            logger.warning(
                "{}: the first items all have the same time, older than the last successful run. This does "
                "not show that the listing is sorted newest first. If it is not, use "
                "selector.incremental.param",
                self._kind,
            )

    def _log_once(self, warning: str) -> bool:
        """Return True the first time that a warning is due, and remember it."""
        is_new = warning not in self._logged
        self._logged.add(warning)
        return is_new


async def _prepended(first: Page, rest: AsyncGenerator[Page]) -> AsyncGenerator[Page]:
    yield first
    async for page in rest:
        yield page
