"""The extractor: reads the resources of one API as batches of items."""

import time
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing, contextmanager, suppress
from dataclasses import replace
from datetime import datetime

from loguru import logger

from configuration.endpoint import Endpoint
from configuration.parameter_values import Bound
from configuration.resource import Resource
from configuration.settings import Settings
from extraction.batches import WeighedItems, to_batches
from extraction.endpoint_reader import EndpointReader
from extraction.probe import Finding, probe_resource
from extraction.read_ahead import read_ahead
from extraction.reading_once import read_once
from extraction.resource_reader import ResourceReader
from extraction.sample import Sample, count_children, read_samples
from extraction.verdict import Verdict
from http_client import HttpClient
from rest.doubts import DoubtName
from rest.errors import Place, SyncError
from rest.origin import Redactor
from rest.page import Item

_PROGRESS_S = 10.0


class Extractor:
    """Reads the resources of one API during one resync."""

    def __init__(
        self, client: HttpClient, endpoints: EndpointReader, settings: Settings, redact: Redactor
    ) -> None:
        self._client = client
        self._endpoints = endpoints
        self._concurrency = settings.max_concurrent_requests
        self._accept = settings.accept
        self._redact = redact
        self._open_batches: list[AsyncGenerator[list[Item]]] = []

    def verdict(self, resource: Resource) -> Verdict:
        """Return a new verdict for reading a resource."""
        return Verdict(resource.accept | self._accept)

    def batches(self, resource: Resource, verdict: Verdict | None = None) -> AsyncGenerator[list[Item]]:
        """Yield the items of a resource in batches. It ends without an error only if it read all items.

        verdict: receives doubts and proofs that the resource is complete.
        Raises SyncError, or an ExceptionGroup of them if several endpoints failed. The items that were read
        have been yielded by then. Nothing may be deleted after an error.
        """
        batches = self._batches(resource, verdict or self.verdict(resource))
        self._open_batches.append(batches)
        return batches

    async def aclose(self) -> None:
        """Close unfinished batches: Ocean does not close those of a resync that it aborts."""
        for batches in self._open_batches:
            with suppress(RuntimeError):  # its consumer was cancelled while it read, and closes it
                await batches.aclose()

    async def _batches(self, resource: Resource, verdict: Verdict) -> AsyncGenerator[list[Item]]:
        reader = ResourceReader(resource, self._endpoints, self._concurrency, verdict)
        noun = "window" if resource.windows else "endpoint"
        items = _logged_items(reader, resource.kind, verdict, noun)
        try:
            async with aclosing(read_ahead(to_batches(items))) as batches:
                async for batch in batches:
                    yield batch
            reader.finish()
        except SyncError as error:
            self._locate(error, resource.kind)
            raise
        except ExceptionGroup as group:
            for each in group.exceptions:
                self._locate(each, resource.kind)
            message = f"{resource.kind}: {self._redact(group.message)}"
            raise ExceptionGroup(message, group.exceptions) from None

    @property
    def first_answer(self) -> datetime | None:
        """The Date of the API's first response in this run; None: it sends none."""
        return self._client.clock.first_date

    @property
    def requests_sent(self) -> int:
        """How many requests were sent so far, without logins."""
        return self._client.requests_sent

    async def read_endpoint(
        self, endpoint: Endpoint, values: Mapping[str, Bound], accept: frozenset[DoubtName] = frozenset()
    ) -> list[Item]:
        """Return the items of one endpoint that is bound to the values of an event, all pages together.

        accept: the doubts that are warnings.
        Raises ResourceError: a value would change the path, or is a URL outside of the base URL. Nothing is
        requested then. Raises SyncError: the items cannot be read, there are too many for memory, or there is
        a doubt. The status of a RequestError tells whether the API says that the endpoint does not exist.
        """
        try:
            return await read_once(
                self._endpoints.renewed(), endpoint, values, Verdict(accept | self._accept)
            )
        except SyncError as error:
            error.redacted(self._redact).at(Place(endpoint=endpoint.path))
            raise

    async def probe(self, resource: Resource) -> Finding:
        """Return what the first page of a resource shows, or what to change."""
        finding = await probe_resource(resource, self._endpoints, self.verdict(resource))
        error = finding.error and finding.error.redacted(self._redact)
        return replace(finding, message=self._redact(finding.message), error=error)

    async def samples(self, resource: Resource, max_samples: int) -> AsyncGenerator[Sample]:
        """Yield the first page of a resource, or of each of its first children.

        Raises SyncError: nothing could be read. If there are several errors, the first one.
        """
        samples = read_samples(resource, self._endpoints, max_samples, self.verdict(resource))
        with self._first_error(resource.kind):
            async with aclosing(samples):
                async for sample in samples:
                    yield sample

    async def count_children(self, resource: Resource) -> int:
        """Return how many listings a nested resource has. Raises SyncError: its parents cannot be read."""
        with self._first_error(resource.kind):
            return await count_children(resource, self._endpoints, self.verdict(resource))

    @contextmanager
    def _first_error(self, kind: str) -> Iterator[None]:
        """Raise the first of several errors, with the kind and without secrets."""
        try:
            yield
        except SyncError as error:
            self._locate(error, kind)
            raise
        except ExceptionGroup as group:
            self._locate(group.exceptions[0], kind)
            raise group.exceptions[0] from None

    def _locate(self, error: Exception, kind: str) -> None:
        """Add the kind to an error and mask its secrets."""
        if isinstance(error, SyncError):
            error.redacted(self._redact).at(Place(kind=kind))


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


async def _logged_items(
    reader: ResourceReader, kind: str, verdict: Verdict, noun: str
) -> AsyncGenerator[WeighedItems]:
    """Yield the reader's items. Log the progress every 10 seconds, and a summary at the end.

    noun: what a listing is called.
    """
    start = last_log = time.monotonic()
    async with aclosing(reader.items()) as pages:
        async for items in pages:
            yield items
            if time.monotonic() - last_log > _PROGRESS_S:
                last_log = time.monotonic()
                logger.info("{}: {} items so far", kind, reader.items_seen)
    logger.info(
        "{}: {} in {} from {} in {:.1f} s; {}",
        kind,
        _counted(reader.items_seen, "item"),
        _counted(verdict.pages, "page"),
        _counted(reader.listings_seen, noun),
        time.monotonic() - start,
        verdict.words,
    )
    if verdict.confirmed:
        logger.info(
            "{}: {} of {} confirmed with status 304, which saved {:.1f} kB",
            kind,
            verdict.confirmed,
            _counted(verdict.pages, "page"),
            verdict.saved_bytes / 1000,
        )
