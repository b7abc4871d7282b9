"""A probe of one resource: can it be read, does it have items, and is the next page recognised?"""

from contextlib import aclosing
from dataclasses import dataclass

from configuration.resource import Resource
from extraction.endpoint_reader import EndpointReader
from extraction.job_advice import job_advice
from extraction.job_patience import PATIENCE_S, hurried
from extraction.jobs import UnfinishedJobError
from extraction.resource_reader import ResourceReader
from extraction.verdict import Verdict
from pagination import paginator_for
from rest.errors import JqError, SyncError
from rest.outline import outline
from rest.page import Page

_MAX_WINDOWS = 5


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
    """Read the first page of a resource, and its parents until one has a value. Return the finding.

    The newest windows of time are read until one has items. A job is started, and has 30 seconds.
    """
    reader = ResourceReader(hurried(resource), endpoints, 1, verdict, newest_first=True)
    message = ""
    try:
        async with aclosing(reader.pages()) as pages:
            async for _, page in pages:
                message = _describe(page, resource) if resource.windows or not message else message
                if verdict.errors or not _reads_on(page, resource, reader.listings_seen):
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
    except UnfinishedJobError as error:
        if not resource.endpoint.job or resource.endpoint.job.timeout_s <= PATIENCE_S:
            return _failed(resource, error)
        message = f"the job was started, and is not done after {PATIENCE_S} s. A resync waits longer"
        return Finding(resource.kind, is_good=True, message=message)
    except SyncError as error:
        return _failed(resource, error)
    return Finding(resource.kind, is_good=True, message="reachable, but there are no items")


def _failed(resource: Resource, error: SyncError) -> Finding:
    return Finding(resource.kind, is_good=False, message=error.text(with_kind=False), error=error)


def _reads_on(page: Page, resource: Resource, listings: int) -> bool:
    """Tell whether another page is needed. listings: how many were read so far."""
    if resource.windows:
        return not page.count and listings < _MAX_WINDOWS
    return _is_only_page(page, resource)


def _is_only_page(page: Page, resource: Resource) -> bool:
    paginator = paginator_for(resource.endpoint.pagination).detected(page)
    return not resource.parameters and paginator.next(page) is None


def _describe(page: Page, resource: Resource) -> str:
    items = "1 item" if page.count == 1 else f"{page.count} items"
    paginator = paginator_for(resource.endpoint.pagination).detected(page)
    if paginator.next(page) is None:
        advice = job_advice(page) or _document_advice(page)
        return f"{items} on the first page, and there is no next page{advice}"
    return f"{items} on the first page; the next page uses {paginator.continues_by}"


def _document_advice(page: Page) -> str:
    """Return what to set if an XML document was read as one item. Its root element is never a list."""
    if not page.is_item or page.response.format_name != "xml":
        return ""
    where = outline(page.response.body)
    return f". The XML document was read as one item. If its elements are the items, set data_path: {where}"
