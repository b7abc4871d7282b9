"""A probe of one resource: can it be read, does it have items, and is the next page recognised?"""

from contextlib import aclosing
from dataclasses import dataclass

from configuration.resource import Resource
from extraction.endpoint_reader import EndpointReader
from extraction.resource_reader import ResourceReader
from extraction.verdict import Verdict
from pagination import paginator_for
from rest.errors import JqError, SyncError
from rest.page import Page


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a probe.

    message: what the first page shows, or what failed and what to change. error: what failed, if known.
    """

    kind: str
    is_good: bool
    message: str
    error: SyncError | None = None

    def __str__(self) -> str:
        return f"{'ok    ' if self.is_good else 'FAILED'} {self.kind}: {self.message}"


async def probe_resource(resource: Resource, endpoints: EndpointReader, verdict: Verdict) -> Finding:
    """Read the first page of a resource, and its parents until one has a value. Return the finding."""
    reader = ResourceReader(resource, endpoints, 1, verdict)
    message = ""
    try:
        async with aclosing(reader.pages()) as pages:
            async for _, page in pages:
                message = message or _describe(page, resource)
                if verdict.errors or not _is_only_page(page, resource):
                    break
            else:
                # A single page is read to the end of the walk, whose verdict may be a doubt.
                message = f"{message}; {verdict.words}" if message else ""
        if verdict.errors:
            raise verdict.errors[0]
        if message:
            return Finding(resource.kind, is_good=True, message=message)
        reader.finish()
    except JqError as error:
        message = f"a path of the pagination fails on the first page: {error}. Correct the path"
        return Finding(resource.kind, is_good=False, message=message)
    except SyncError as error:
        return Finding(resource.kind, is_good=False, message=error.text(with_kind=False), error=error)
    return Finding(resource.kind, is_good=True, message="reachable, but there are no items")


def _is_only_page(page: Page, resource: Resource) -> bool:
    paginator = paginator_for(resource.endpoint.pagination).detected(page)
    return not resource.parameters and paginator.next(page) is None


def _describe(page: Page, resource: Resource) -> str:
    items = "1 item" if page.count == 1 else f"{page.count} items"
    paginator = paginator_for(resource.endpoint.pagination).detected(page)
    if paginator.next(page) is None:
        return f"{items} on the first page, and there is no next page"
    return f"{items} on the first page; the next page uses {paginator.continues_by}"
