"""One resource's fetch: parents, children, what failed, what was found."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from functools import partial
from itertools import batched

from loguru import logger

from configuration.resource import Endpoint, PathParameter, Resource
from extraction.batches import Part
from extraction.changed import ChangeReading
from extraction.failures import Failures
from extraction.items import as_items, overlooked_lists
from extraction.large import LargeItems
from extraction.merging import merged
from extraction.parents import Binding, ParentTally
from extraction.source import Source
from extraction.verdict import Verdict
from rest.bodies import Json
from rest.errors import DoubtError, ItemsError
from rest.page import Page
from rest.weight import MOST_WEIGHT

# A page may be a listing in one piece, too large for memory.
_PART_ITEMS = 1000


class ResourceFetch:
    """Reads one resource to its end; `finish` says whether it was all.

    concurrency: how many children are read at once. verdict: learns whether it was all.
    only_first: each listing ends after its first page, the parents' excepted.
    """

    def __init__(
        self,
        resource: Resource,
        source: Source,
        concurrency: int,
        verdict: Verdict,
        *,
        only_first: bool = False,
    ) -> None:
        self._resource = resource
        self._verdict = verdict
        self._source = source
        self._concurrency = concurrency
        self._only_first = only_first
        self._failures = Failures()
        self._bound_before: set[tuple[str, ...]] = set()
        self._tallies = {parameter.name: ParentTally(parameter) for parameter in resource.parameters}
        self._warned_of_lists = False
        changes = resource.changes
        self._changes = changes and ChangeReading(resource.kind, changes, source.clock, verdict)
        self.items_seen = 0
        self.endpoints_seen = 0

    async def items(self) -> AsyncGenerator[Part]:
        """The items, a page or a part of a large one at a time, with what they get from their parents.

        Raises SyncError: a resource without parameters failed, or the credentials are not accepted.
        A failing child or parent does not end the others: `finish` raises for it.
        """
        async with aclosing(self.pages()) as pages:
            async for binding, page in pages:
                async for part, weight in _parts(page):
                    items = [binding.added_to(item) for item in as_items(part)]
                    self.items_seen += len(items)
                    yield Part(items, weight)

    def pages(self) -> AsyncGenerator[tuple[Binding, Page]]:
        """The pages as the API gave them, and what their items get from parents. Raises as `items` does."""
        return self._of_children() if self._resource.parameters else self._of_endpoint(Binding())

    def finish(self) -> None:
        """Raises what children and parents failed with, and the doubts, together; ItemsError: fewer than
        min_items.
        """
        for tally in self._tallies.values():
            self._check_parents(tally)
        for error in self._verdict.errors:
            self._failures.add(error)
        self._failures.check()
        least = self._resource.min_items
        if self.items_seen < least:
            raise ItemsError(
                f"the complete listing has {self.items_seen} items, fewer than min_items: {least}",
                hint="Did the credentials lose their rights? Otherwise lower selector.min_items",
            )
        if not self.items_seen and self._resource.changes is None:
            logger.warning("{}: the complete listing has no items", self._resource.kind)
        if self._changes:
            self._changes.finish()

    async def _of_endpoint(self, binding: Binding) -> AsyncGenerator[tuple[Binding, Page]]:
        self.endpoints_seen += 1
        # Children are many at once already: each looks one page ahead. Else twice as many pages as
        # requests, so that the next is sent at once, though an earlier page is not read yet.
        width = 1 if self._resource.parameters else 2 * self._concurrency
        ask = partial(self._source.pages, self._resource.endpoint, binding.for_requests, self._verdict, width)
        async with aclosing(self._changes.pages(ask) if self._changes else ask()) as pages:
            async for page in pages:
                self._warn_of_lists(page)
                yield binding, page
                if self._only_first:
                    return

    async def _of_children(self) -> AsyncGenerator[tuple[Binding, Page]]:
        bindings = _only(Binding())
        for parameter in self._resource.parameters:
            bindings = merged(bindings, partial(self._bound, parameter), self._concurrency)
        async with aclosing(merged(bindings, self._of_child, self._concurrency)) as pages:
            async for page in pages:
                yield page

    async def _of_child(self, binding: Binding) -> AsyncGenerator[tuple[Binding, Page]]:
        with self._failures.attempt(self._resource.endpoint.path, may_be_missing=True) as attempt:
            async with aclosing(self._of_endpoint(binding)) as pages:
                async for page in pages:
                    attempt.answered()
                    yield page

    async def _bound(self, parameter: PathParameter, binding: Binding) -> AsyncGenerator[Binding]:
        """The binding with each value of one more parameter; every combination once."""
        parent = parameter.parent
        values = self._from_parents(parameter, parent, binding) if parent else _given(parameter, binding)
        async with aclosing(values):
            async for wider in values:
                if wider.key not in self._bound_before:
                    self._bound_before.add(wider.key)
                    yield wider

    async def _from_parents(
        self, parameter: PathParameter, parent: Endpoint, binding: Binding
    ) -> AsyncGenerator[Binding]:
        tally = self._tallies[parameter.name]
        is_child = bool(parent.placeholders() & binding.values.keys())
        with self._failures.attempt(parent.path, may_be_missing=is_child) as attempt:
            async with aclosing(self._source.pages(parent, binding.for_requests, self._verdict)) as pages:
                async for page in pages:
                    attempt.answered()
                    async for part, _ in _parts(page):
                        # jq runs in another process, for which a thread waits.
                        found = await asyncio.to_thread(list, tally.bindings(binding, as_items(part)))
                        for wider in found:
                            yield wider

    def _check_parents(self, tally: ParentTally) -> None:
        try:
            tally.check()
        except ItemsError as error:
            self._failures.add(error)
            return
        if tally.blank:
            name = tally.parameter.name
            self._verdict.doubt(
                DoubtError(
                    tally.skipped,
                    hint=f"Leave them out by path_parameters.{name}.filter, or correct its field",
                    doubt="skipped_parents",
                )
            )

    def _warn_of_lists(self, page: Page) -> None:
        if self._warned_of_lists or self._only_first:
            return
        if lists := overlooked_lists(page.response, self._resource.endpoint.data_path):
            self._warned_of_lists = True
            logger.warning(
                "{}: the response is an object and was taken as one item; it has the lists {}. "
                "If the items are in one of them, set selector.data_path",
                self._resource.kind,
                ", ".join(lists),
            )


async def _parts(page: Page) -> AsyncGenerator[tuple[Sequence[Json], int]]:
    """The items of a page, and what they weigh; of a listing in one piece, part by part."""
    if not isinstance(page.items, LargeItems):
        weight = page.response.weight
        for some in batched(page.items, _PART_ITEMS):
            yield some, weight * len(some) // len(page.items)
        return
    parts = page.items.parts(_PART_ITEMS, MOST_WEIGHT // 2)
    # From disk, and at its own pace.
    while part := await asyncio.to_thread(next, parts, None):
        yield part


async def _only(binding: Binding) -> AsyncGenerator[Binding]:
    yield binding


async def _given(parameter: PathParameter, binding: Binding) -> AsyncGenerator[Binding]:
    for value in parameter.values:
        yield binding.joined(parameter, value, {})
