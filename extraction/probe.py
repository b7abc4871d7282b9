"""One finding for each endpoint: can it be read, are there items, is the next page recognised?"""

from contextlib import aclosing
from dataclasses import dataclass

from configuration.resource import Resource
from extraction.fetch import ResourceFetch
from extraction.source import Source
from extraction.verdict import Verdict
from pagination import paginator_for
from rest.errors import JqError, SyncError
from rest.page import Page


@dataclass(frozen=True, slots=True)
class Finding:
    """What the first page of a resource shows, or why there is none and what to change."""

    kind: str
    is_good: bool
    words: str

    def __str__(self) -> str:
        return f"{'ok    ' if self.is_good else 'FAILED'} {self.kind}: {self.words}"


async def probed(resource: Resource, source: Source, verdict: Verdict) -> Finding:
    """The finding for a resource: its first page is read, and its parents' until one gives a value."""
    fetch = ResourceFetch(resource, source, 1, verdict)
    words = ""
    try:
        async with aclosing(fetch.pages()) as pages:
            async for _, page in pages:
                words = words or _words(page, resource)
                if verdict.errors or not _is_alone(page, resource):
                    break  # a single page is read to its end, which may be open
            else:
                words = f"{words}; {verdict.words}" if words else ""
        if verdict.errors:
            raise verdict.errors[0]
        if words:
            return Finding(resource.kind, is_good=True, words=words)
        fetch.finish()
    except JqError as error:
        words = f"a path of the pagination fails on the first page: {error}. Correct the path"
        return Finding(resource.kind, is_good=False, words=words)
    except SyncError as error:
        return Finding(resource.kind, is_good=False, words=error.without_kind)
    return Finding(resource.kind, is_good=True, words="reached, but there are no items")


def _is_alone(page: Page, resource: Resource) -> bool:
    paginator = paginator_for(resource.endpoint.pagination).detected(page)
    return not resource.parameters and paginator.next(page) is None


def _words(page: Page, resource: Resource) -> str:
    items = "1 item" if page.count == 1 else f"{page.count} items"
    paginator = paginator_for(resource.endpoint.pagination).detected(page)
    following = paginator.next(page)
    if following is None:
        return f"{items} on the first page, and no further one"
    return f"{items} on the first page; the next by {paginator.continues_by}"
