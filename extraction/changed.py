"""An endpoint's pages in an incremental run: what has changed, and no more pages than that takes."""

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


class ChangeReading:
    """How one resource is asked for changes. Says each warning once, however many listings it has.

    clock: the API's, as its answers tell it. verdict: learns that older items ended a listing.
    """

    def __init__(self, kind: str, changes: Changes, clock: ApiClock, verdict: Verdict) -> None:
        self._kind = kind
        self._changes = changes
        self._clock = clock
        self._verdict = verdict
        self._warned: set[str] = set()
        self._read = self._taken = self._timed = 0

    async def pages(self, ask: Callable[[Changes], AsyncGenerator[Page]]) -> AsyncGenerator[Page]:
        """The pages of a listing with what has changed alone. ask: gives the listing's pages.

        Where the first answer shows that the API's clock is behind, the listing is asked for again, from as
        much earlier: by that clock, the mark is later than it was.
        """
        asked = self._changes.for_clock(self._clock.behind)
        async with aclosing(ask(asked)) as pages:
            first = await anext(pages, None)
            if first is None:
                return
            if asked.incremental.param is None or asked.covers(self._clock.behind):
                async with aclosing(self._changed(_after(first, pages))) as changed:
                    async for page in changed:
                        yield page
                return
        behind = self._clock.behind
        logger.info(
            "{}: the API's clock is {:.0f} s behind; asking from so much earlier",
            self._kind,
            behind.total_seconds(),
        )
        async with aclosing(ask(self._changes.for_clock(behind))) as pages:
            async for page in pages:
                yield page

    def finish(self) -> None:
        """Says where nothing has changed, or the field has no times: which may be a mistake."""
        if self._read and not self._taken:
            logger.warning(
                "{}: already the first item is older than the last good run: nothing was read. If something "
                "did change, selector.incremental.field is not the time of the last change, or the newest do "
                "not come first",
                self._kind,
            )

        if self._read and not self._timed and self._is_new("no time"):
            logger.warning(
                "{}: selector.incremental.field is empty in every item; all are taken for changed", self._kind
            )

    async def _changed(self, pages: AsyncGenerator[Page]) -> AsyncGenerator[Page]:
        changes = self._changes.for_clock(self._clock.behind)
        field = changes.incremental.field
        now = self._clock.last_date or datetime.now(UTC)
        descent = Descent(changes, field, now) if field else None
        async with aclosing(pages):
            async for page in pages:
                if descent is None:
                    yield page
                    continue
                # jq runs in another process, for which a thread waits.
                changed = await asyncio.to_thread(descent.changed, page.items)
                self._read += len(page.items)
                self._taken += len(changed)
                yield replace(page, items=changed)
                if descent.disorder:
                    self._warn_of_disorder(descent.disorder)
                if descent.is_over:
                    self._verdict.proven("the rest is older")
                    break
        if descent:
            self._timed += descent.times
            self._warn_of_end(descent)

    def _warn_of_disorder(self, item: str) -> None:
        if self._is_new("disorder"):
            logger.warning(
                "{}: the newest do not come first: {} is newer than one before it. The whole listing is "
                "read. Sort by the time of the last change, descending, or use selector.incremental.param",
                self._kind,
                item,
            )

    def _warn_of_end(self, descent: Descent) -> None:
        if descent.no_time and self._is_new("no time"):
            logger.warning(
                "{}: selector.incremental.field gives {}, which is no time; it is taken for changed",
                self._kind,
                descent.no_time,
            )
        if descent.is_over and not descent.is_proven and self._is_new("one time"):
            logger.warning(
                "{}: the first items are all of one time, older than the last good run. That does not show "
                "that the newest come first; if they do not, use selector.incremental.param",
                self._kind,
            )

    def _is_new(self, warning: str) -> bool:
        """True once for each warning."""
        is_new = warning not in self._warned
        self._warned.add(warning)
        return is_new


async def _after(first: Page, rest: AsyncGenerator[Page]) -> AsyncGenerator[Page]:
    yield first
    async for page in rest:
        yield page
