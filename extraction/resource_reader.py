"""Reading one resource: its parents, its children, and what failed."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from functools import partial
from itertools import batched

from loguru import logger

from configuration.resource import Endpoint, PathParameter, Resource
from extraction.batches import WeighedItems
from extraction.endpoint_failures import EndpointFailures
from extraction.endpoint_reader import EndpointReader
from extraction.incremental_reading import IncrementalReading
from extraction.items import as_items, overlooked_lists
from extraction.large_bodies import LargeItems
from extraction.merging import merge_streams
from extraction.parents import Binding, ParentValues
from extraction.verdict import Verdict
from rest.bodies import Json
from rest.errors import DoubtError, ItemsError
from rest.page import Page
from rest.weight import MOST_WEIGHT

# A page can be a whole listing that is too large for memory.
_CHUNK_ITEMS = 1000


class ResourceReader:
    """Reads one resource once. `finish` then raises if it was not read completely.

    concurrency: how many children are read at once.
    verdict: receives doubts and proofs that the resource is complete.
    only_first: read only the first page of each listing, but all pages of parents.
    """

    def __init__(
        self,
        resource: Resource,
        endpoints: EndpointReader,
        concurrency: int,
        verdict: Verdict,
        *,
        only_first: bool = False,
    ) -> None:
        self._resource = resource
        self._verdict = verdict
        self._endpoints = endpoints
        self._concurrency = concurrency
        self._only_first = only_first
        self._failures = EndpointFailures()
        self._seen_bindings: set[tuple[str, ...]] = set()
        self._parent_values = {parameter.name: ParentValues(parameter) for parameter in resource.parameters}
        self._has_warned_of_lists = False
        changes = resource.changes
        self._incremental = changes and IncrementalReading(resource.kind, changes, endpoints.clock, verdict)
        self.items_seen = 0
        self.endpoints_seen = 0

    async def items(self) -> AsyncGenerator[WeighedItems]:
        """Yield the items with the fields of their parents, page by page. A large page comes in chunks.

        Raises SyncError: a resource without parameters failed, or the credentials were rejected.
        A failed child or parent does not stop the others: `finish` raises for it.
        """
        async with aclosing(self.pages()) as pages:
            async for binding, page in pages:
                async for chunk, weight in _chunks(page):
                    items = [binding.added_to(item) for item in as_items(chunk)]
                    self.items_seen += len(items)
                    yield WeighedItems(items, weight)

    def pages(self) -> AsyncGenerator[tuple[Binding, Page]]:
        """Yield the unchanged pages, each with what its items receive from parents.

        Raises as `items` does.
        """
        return self._children_pages() if self._resource.parameters else self._endpoint_pages(Binding())

    def finish(self) -> None:
        """Check that the resource was read completely.

        Raises the errors of children and parents and the doubts: one as it is, several as a group.
        Raises ItemsError: there are fewer items than min_items.
        """
        for parent_values in self._parent_values.values():
            self._check_parents(parent_values)
        for error in self._verdict.errors:
            self._failures.add(error)
        self._failures.check()
        min_items = self._resource.min_items
        if self.items_seen < min_items:
            raise ItemsError(
                f"the complete listing has {self.items_seen} items, fewer than min_items: {min_items}",
                hint="Check whether the credentials lost permissions. If not, lower selector.min_items",
            )
        if not self.items_seen and self._resource.changes is None:
            logger.warning("{}: the complete listing has no items", self._resource.kind)
        if self._incremental:
            self._incremental.finish()

    async def _endpoint_pages(self, binding: Binding) -> AsyncGenerator[tuple[Binding, Page]]:
        self.endpoints_seen += 1
        # Many children are read at once, so each prefetches only one page. A single listing prefetches twice
        # as many pages as there are requests at once: the next request then need not wait for a slow page.
        width = 1 if self._resource.parameters else 2 * self._concurrency
        read = partial(
            self._endpoints.pages, self._resource.endpoint, binding.for_requests, self._verdict, width
        )
        async with aclosing(self._incremental.pages(read) if self._incremental else read()) as pages:
            async for page in pages:
                self._warn_of_lists(page)
                yield binding, page
                if self._only_first:
                    return

    async def _children_pages(self) -> AsyncGenerator[tuple[Binding, Page]]:
        bindings = _single(Binding())
        for parameter in self._resource.parameters:
            bindings = merge_streams(bindings, partial(self._bind, parameter), self._concurrency)
        async with aclosing(merge_streams(bindings, self._child_pages, self._concurrency)) as pages:
            async for page in pages:
                yield page

    async def _child_pages(self, binding: Binding) -> AsyncGenerator[tuple[Binding, Page]]:
        with self._failures.attempt(self._resource.endpoint.path, may_be_missing=True) as attempt:
            async with aclosing(self._endpoint_pages(binding)) as pages:
                async for page in pages:
                    attempt.found()
                    yield page

    async def _bind(self, parameter: PathParameter, binding: Binding) -> AsyncGenerator[Binding]:
        """Yield the binding with each value of one more parameter. Each combination is yielded once."""
        parent = parameter.parent
        bindings = (
            self._bind_to_parents(parameter, parent, binding)
            if parent
            else _bind_to_fixed_values(parameter, binding)
        )
        async with aclosing(bindings):
            async for extended in bindings:
                if extended.key not in self._seen_bindings:
                    self._seen_bindings.add(extended.key)
                    yield extended

    async def _bind_to_parents(
        self, parameter: PathParameter, parent: Endpoint, binding: Binding
    ) -> AsyncGenerator[Binding]:
        parent_values = self._parent_values[parameter.name]
        is_child = bool(parent.placeholders() & binding.values.keys())
        with self._failures.attempt(parent.path, may_be_missing=is_child) as attempt:
            async with aclosing(self._endpoints.pages(parent, binding.for_requests, self._verdict)) as pages:
                async for page in pages:
                    attempt.found()
                    async for chunk, _ in _chunks(page):
                        # A thread waits for jq, which runs in another process.
                        found = parent_values.bindings(binding, as_items(chunk))
                        for extended in await asyncio.to_thread(list, found):
                            yield extended

    def _check_parents(self, parent_values: ParentValues) -> None:
        try:
            parent_values.check()
        except ItemsError as error:
            self._failures.add(error)
            return
        if parent_values.blanks:
            name = parent_values.parameter.name
            self._verdict.doubt(
                DoubtError(
                    parent_values.skipped,
                    hint=f"Exclude them with path_parameters.{name}.filter, or correct its field",
                    doubt="skipped_parents",
                )
            )

    def _warn_of_lists(self, page: Page) -> None:
        if self._has_warned_of_lists or self._only_first:
            return
        if lists := overlooked_lists(page.response, self._resource.endpoint.data_path):
            self._has_warned_of_lists = True
            logger.warning(
                "{}: the response is an object and was read as one item. It contains the lists {}. "
                "If the items are in one of them, set selector.data_path",
                self._resource.kind,
                ", ".join(lists),
            )


async def _chunks(page: Page) -> AsyncGenerator[tuple[Sequence[Json], int]]:
    """Yield the items of a page in chunks, each with its memory in bytes."""
    if not isinstance(page.items, LargeItems):
        weight = page.response.weight
        for chunk in batched(page.items, _CHUNK_ITEMS):
            yield chunk, weight * len(chunk) // len(page.items)
        return
    chunks = page.items.chunks(_CHUNK_ITEMS, MOST_WEIGHT // 2)
    # A thread waits for the disk.
    while chunk_and_weight := await asyncio.to_thread(next, chunks, None):
        yield chunk_and_weight


async def _single(binding: Binding) -> AsyncGenerator[Binding]:
    yield binding


async def _bind_to_fixed_values(parameter: PathParameter, binding: Binding) -> AsyncGenerator[Binding]:
    for value in parameter.values:
        yield binding.extended(parameter, value, {})
