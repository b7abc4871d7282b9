"""The first pages of a resource as they came, for whoever has yet to say where the items are."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from configuration.resource import Resource
from expressions.paths import Path
from extraction.fetch import ResourceFetch
from extraction.items import as_items, extracted
from extraction.parents import Binding
from extraction.source import Source
from extraction.verdict import Verdict
from rest.page import Item, Page
from rest.response import Response


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer, and what its items get from their parents."""

    response: Response
    binding: Binding
    page: Page | None = None

    def items(self, data_path: Path | None) -> list[Item]:
        """The items as an extraction with this data_path gives them. Raises ItemsError as that does."""
        return [self.binding.added_to(item) for item in as_items(extracted(self.response, data_path).values)]


async def samples(resource: Resource, source: Source, most: int, verdict: Verdict) -> AsyncGenerator[Sample]:
    """The first page of a resource, or those of its first children, `most` of them.

    Raises SyncError: nothing could be read.
    """
    fetch = ResourceFetch(resource, source, 1, verdict, only_first=True)
    given = 0
    async with aclosing(fetch.pages()) as pages:
        async for binding, page in pages:
            yield Sample(page.response, binding, page)
            given += 1
            if given == most:
                return
    if not given:
        fetch.finish()
