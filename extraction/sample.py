"""Sample pages of a resource, for a user who has not set data_path yet."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from math import ceil

from configuration.resource import Resource
from expressions.paths import Path
from extraction.endpoint_failures import EndpointFailures
from extraction.endpoint_reader import EndpointReader
from extraction.items import as_items, extract_items
from extraction.job_patience import hurried
from extraction.parent_reader import ParentReader
from extraction.parents import Binding
from extraction.resource_reader import ResourceReader
from extraction.verdict import Verdict
from pagination import paginator_for
from rest.page import Item, Page
from rest.response import Response


@dataclass(frozen=True, slots=True)
class Sample:
    """One response. binding: what its items receive from their parents."""

    response: Response
    binding: Binding
    page: Page | None = None

    def items(self, data_path: Path | None) -> list[Item]:
        """Return the items that a resync with this data_path would read. Raises ItemsError as it would."""
        values = extract_items(self.response, data_path).values
        return self.binding.added_to(as_items(values))


@dataclass(frozen=True, slots=True)
class ListingSize:
    """The requests and items of a listing, as its first page tells.

    is_known: False if there is a next page and no total. The numbers are then the least possible ones.
    """

    requests: int
    items: int
    is_known: bool = True


def expected_size(page: Page, resource: Resource) -> ListingSize:
    """Return the size of the listing that begins with a page. Raises PaginationError: it has no next page."""
    paginator = paginator_for(resource.endpoint.pagination).detected(page)
    if paginator.next(page) is None:
        return ListingSize(1, page.count)
    pages, items = paginator.counts(page)
    if items is not None and items > page.count > 0:
        return ListingSize(ceil(items / page.count), items)
    if pages is not None and pages > 1:
        return ListingSize(pages, pages * page.count)
    return ListingSize(2, page.count, is_known=False)


async def count_children(resource: Resource, endpoints: EndpointReader, verdict: Verdict) -> int:
    """Return how many listings a nested resource has: its parents are read, and not its children."""
    failures = EndpointFailures()
    parents = ParentReader(resource, endpoints, failures, verdict, 1)
    count = 0
    async with aclosing(parents.bindings()) as bindings:
        async for _ in bindings:
            count += 1
    failures.check()
    return count


async def read_samples(
    resource: Resource, endpoints: EndpointReader, max_samples: int, verdict: Verdict
) -> AsyncGenerator[Sample]:
    """Yield the first page of a resource, or of each of its first children, or of its newest windows of time.

    A job is started, and has 30 seconds. Raises SyncError: nothing could be read.
    """
    reader = ResourceReader(hurried(resource), endpoints, 1, verdict, only_first=True, newest_first=True)
    count = 0
    async with aclosing(reader.pages()) as pages:
        async for binding, page in pages:
            yield Sample(page.response, binding, page)
            count += 1
            if count == max_samples:
                return
    if not count:
        reader.finish()
