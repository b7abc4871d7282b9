"""Reading one resource: its parents, its children, and what failed."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from functools import partial

from loguru import logger

from configuration.resource import Resource
from configuration.windows import Span
from extraction.batches import WeighedItems
from extraction.endpoint_failures import EndpointFailures
from extraction.endpoint_reader import EndpointReader
from extraction.incremental_reading import IncrementalReading
from extraction.item_chunks import chunks_of
from extraction.items import as_items, overlooked_lists
from extraction.merging import merge_streams
from extraction.parent_reader import ParentReader
from extraction.parents import Binding
from extraction.verdict import Verdict
from extraction.windows import WindowReading, read_in_halves
from rest.errors import ItemsError
from rest.page import Page


class ResourceReader:
    """Reads one resource once. `finish` then raises if it was not read completely.

    concurrency: how many children are read at once.
    verdict: receives doubts and proofs that the resource is complete.
    only_first: read only the first page of each listing, but all pages of parents.
    newest_first: read windows of time one by one, from the newest back, until the first error.
    """

    def __init__(
        self,
        resource: Resource,
        endpoints: EndpointReader,
        concurrency: int,
        verdict: Verdict,
        *,
        only_first: bool = False,
        newest_first: bool = False,
    ) -> None:
        self._resource = resource
        self._verdict = verdict
        self._endpoints = endpoints
        self._concurrency = concurrency
        self._only_first = only_first
        self._newest_first = newest_first
        self._failures = EndpointFailures()
        self._parents = ParentReader(resource, endpoints, self._failures, verdict, concurrency)
        self._placeholders = resource.endpoint.placeholders()
        self._has_warned_of_lists = False
        changes = resource.changes
        self._incremental = changes and IncrementalReading(resource.kind, changes, endpoints.clock, verdict)
        self._windows = (
            WindowReading(resource.windows, endpoints, newest_first=newest_first)
            if resource.windows
            else None
        )
        self.items_seen = 0
        self.listings_seen = 0

    async def items(self) -> AsyncGenerator[WeighedItems]:
        """Yield the items with the fields of their parents, page by page. A large page comes in chunks.

        Raises SyncError: a resource without parameters failed, or the credentials were rejected.
        A failed child or parent does not stop the others: `finish` raises for it.
        """
        async with aclosing(self.pages()) as pages:
            async for binding, page in pages:
                async for chunk, weight in chunks_of(page):
                    items = binding.added_to(as_items(chunk))
                    self.items_seen += len(items)
                    yield WeighedItems(items, weight)

    def pages(self) -> AsyncGenerator[tuple[Binding, Page]]:
        """Yield the unchanged pages, each with what its items receive from parents.

        Raises as `items` does.
        """
        if self._resource.parameters:
            return self._children_pages()
        return (
            self._window_pages(self._windows, Binding()) if self._windows else self._endpoint_pages(Binding())
        )

    def finish(self) -> None:
        """Check that the resource was read completely.

        Raises the errors of children and parents and the doubts: one as it is, several as a group.
        Raises ItemsError: there are fewer items than min_items.
        """
        self._parents.check()
        for error in self._verdict.errors:
            self._failures.add(error)
        self._failures.check()
        min_items = self._resource.min_items
        if self._parents.has_empty_share:
            logger.info("{}: no parent is in {}", self._resource.kind, self._resource.partition)
        elif self.items_seen < min_items:
            raise ItemsError(
                f"the complete listing has {self.items_seen} items, fewer than min_items: {min_items}",
                hint="Check whether the credentials lost permissions. If not, lower selector.min_items",
            )
        elif not self.items_seen and self._resource.changes is None:
            logger.warning("{}: the complete listing has no items", self._resource.kind)
        if self._incremental:
            self._incremental.finish()

    async def _endpoint_pages(
        self, binding: Binding, span: Span | None = None
    ) -> AsyncGenerator[tuple[Binding, Page]]:
        self.listings_seen += 1
        # Many children are read at once, so each prefetches only one page. A single listing prefetches twice
        # as many pages as there are requests at once: the next request then need not wait for a slow page.
        width = 1 if self._resource.parameters or span else 2 * self._concurrency
        endpoint, values = self._resource.endpoint, binding.for_requests
        read = partial(self._endpoints.pages, endpoint, values, self._verdict, width, span=span)
        async with aclosing(self._incremental.pages(read) if self._incremental else read()) as pages:
            async for page in pages:
                self._warn_of_lists(page)
                yield binding, page
                if self._only_first:
                    return

    async def _children_pages(self) -> AsyncGenerator[tuple[Binding, Page]]:
        await self._endpoints.evaluate(self._resource)
        bindings = self._parents.bindings()
        async with aclosing(merge_streams(bindings, self._read_child, self._concurrency)) as pages:
            async for page in pages:
                yield page
        await self._check_path_with_others()

    def _read_child(self, binding: Binding) -> AsyncGenerator[tuple[Binding, Page]]:
        return self._window_pages(self._windows, binding) if self._windows else self._child_pages(binding)

    async def _check_path_with_others(self) -> None:
        """Look for a child of other partitions if each child of this one returns 404.

        A share may only have parents without children. The path is wrong if no parent has one.
        """
        path = self._resource.endpoint.path
        if not self._parents.others or not self._failures.are_all_missing(path):
            return
        reader = ResourceReader(
            self._resource, self._endpoints, 1, Verdict(), only_first=True, newest_first=True
        )
        if await reader.finds_one_of(self._parents.others):
            self._failures.note_found(path)

    async def finds_one_of(self, bindings: Iterable[Binding]) -> bool:
        """Tell whether the endpoint of a child exists. Stops at the first failure other than 404."""
        for binding in bindings:
            async with aclosing(self._read_child(binding)) as pages:
                async for _ in pages:
                    break
            if self._failures.has_found(self._resource.endpoint.path):
                return True
            if not self._failures.is_empty:
                break
        return False

    async def _window_pages(
        self, windows: WindowReading, binding: Binding
    ) -> AsyncGenerator[tuple[Binding, Page]]:
        """Read each window of an endpoint. The windows of a child are read one after another."""
        is_child = bool(self._resource.parameters)
        read = self._span_pages if self._newest_first and not is_child else self._child_pages
        found = windows.pages(partial(read, binding), 1 if is_child else self._concurrency)
        async with aclosing(found) as pages:
            async for page in pages:
                yield page

    def _span_pages(self, binding: Binding, span: Span | None) -> AsyncGenerator[tuple[Binding, Page]]:
        if span is None or span.windows.size_min is None:
            return self._endpoint_pages(binding, span)
        return read_in_halves(span, partial(self._endpoint_pages, binding), self._resource.kind)

    async def _child_pages(
        self, binding: Binding, span: Span | None = None
    ) -> AsyncGenerator[tuple[Binding, Page]]:
        # A 404 for a batch does not tell which of its values are missing.
        may_be_missing = bool(self._resource.parameters) and not binding.batched & self._placeholders
        path = self._resource.endpoint.path
        with self._failures.attempt(path, may_be_missing=may_be_missing) as attempt:
            async with aclosing(self._span_pages(binding, span)) as pages:
                async for page in pages:
                    attempt.found()
                    yield page

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
