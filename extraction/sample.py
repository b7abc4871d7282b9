"""Sample pages of a resource, for a user who has not set data_path yet."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from configuration.resource import Resource
from expressions.paths import Path
from extraction.endpoint_reader import EndpointReader
from extraction.items import as_items, extract_items
from extraction.parents import Binding
from extraction.resource_reader import ResourceReader
from extraction.verdict import Verdict
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
        return [self.binding.added_to(item) for item in as_items(values)]


async def read_samples(
    resource: Resource, endpoints: EndpointReader, max_samples: int, verdict: Verdict
) -> AsyncGenerator[Sample]:
    """Yield the first page of a resource, or of each of its first children.

    Raises SyncError: nothing could be read.
    """
    reader = ResourceReader(resource, endpoints, 1, verdict, only_first=True)
    count = 0
    async with aclosing(reader.pages()) as pages:
        async for binding, page in pages:
            yield Sample(page.response, binding, page)
            count += 1
            if count == max_samples:
                return
    if not count:
        reader.finish()
