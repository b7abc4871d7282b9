"""The extractor: reads the resources of one API as batches of items."""

import ssl
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import aclosing, asynccontextmanager, closing, suppress
from dataclasses import replace
from datetime import datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path

import httpx
from loguru import logger

from auth import auth_for
from client import DEFAULT_LIMITS, Limits, RateGate, RetryPolicy, UrlPolicy, bound_small_body, headers_for
from configuration.resource import Resource
from configuration.settings import Settings
from extraction.batches import WeighedItems, to_batches
from extraction.endpoint_reader import EndpointReader, shared_templates
from extraction.listings import ListingCache
from extraction.merging import read_ahead
from extraction.probe import Finding, probe_resource
from extraction.resource_reader import ResourceReader
from extraction.sample import Sample, read_samples
from extraction.verdict import Verdict
from http_client import HttpClient
from rest.errors import Place, SyncError
from rest.origin import Origin, Redactor
from rest.page import Item

_PROGRESS_S = 10.0
# Cookies of responses are not sent again: one listing could change another. A login keeps its own cookies.
_NO_COOKIES = DefaultCookiePolicy(allowed_domains=[])


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

    async def close(self) -> None:
        """Close unfinished batches: Ocean does not close those of a resync that it aborts."""
        for batches in self._open_batches:
            with suppress(RuntimeError):  # its consumer was cancelled while it read, and closes it
                await batches.aclose()

    async def _batches(self, resource: Resource, verdict: Verdict) -> AsyncGenerator[list[Item]]:
        reader = ResourceReader(resource, self._endpoints, self._concurrency, verdict)
        items = _logged_items(reader, resource.kind, verdict)
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
        try:
            async with aclosing(samples):
                async for sample in samples:
                    yield sample
        except SyncError as error:
            self._locate(error, resource.kind)
            raise
        except ExceptionGroup as group:
            self._locate(group.exceptions[0], resource.kind)
            raise group.exceptions[0] from None

    def _locate(self, error: Exception, kind: str) -> None:
        """Add the kind to an error and mask its secrets."""
        if isinstance(error, SyncError):
            error.redacted(self._redact).at(Place(kind=kind))


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


async def _logged_items(reader: ResourceReader, kind: str, verdict: Verdict) -> AsyncGenerator[WeighedItems]:
    """Yield the reader's items. Log the progress every 10 seconds, and a summary at the end."""
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
        _counted(reader.endpoints_seen, "endpoint"),
        time.monotonic() - start,
        verdict.words,
    )


@asynccontextmanager
async def open_extractor(
    settings: Settings,
    resources: Iterable[Resource] = (),
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    verify: bool | ssl.SSLContext | None = None,
    directory: Path | None = None,
    redact: Redactor | None = None,
    limits: Limits = DEFAULT_LIMITS,
    retry_policy: RetryPolicy | None = None,
) -> AsyncIterator[Extractor]:
    """Open an extractor for one resync. On exit, its connections and files are closed.

    resources: all resources of the mapping. Listings that several of them use are requested once.
    transport: None for httpx's own. verify: its TLS rules, None for those of verifySsl.
    directory: for files on disk; None for the system's temporary folder.
    redact: receives the tokens that a login returns; None for the one of the settings.
    limits: bounds on each response. retry_policy: None for maxRetries and the default waits.
    retry_policy: None for maxRetries and the default waits.
    """
    redact = redact or settings.redactor
    async with _http(settings, redact, transport=transport, verify=verify) as http:
        policy = retry_policy or RetryPolicy(settings.max_retries)
        client = HttpClient(
            http, _gate(settings), policy, _url_policy(settings, redact), directory=directory, limits=limits
        )
        with closing(ListingCache(client, directory)) as listings:
            endpoints = EndpointReader(settings, client, listings, shared_templates(resources))
            extractor = Extractor(client, endpoints, settings, redact)
            try:
                yield extractor
            finally:
                await extractor.close()


def _http(
    settings: Settings,
    redact: Redactor,
    *,
    transport: httpx.AsyncBaseTransport | None,
    verify: bool | ssl.SSLContext | None,
) -> httpx.AsyncClient:
    """Return the httpx client for these settings."""
    return httpx.AsyncClient(
        auth=auth_for(settings, redact),
        headers=headers_for(settings.custom_headers),
        timeout=settings.timeout,
        limits=httpx.Limits(max_connections=settings.max_concurrent_requests),
        event_hooks={"response": [bound_small_body]},
        cookies=CookieJar(_NO_COOKIES),
        verify=settings.verify_ssl if verify is None else verify,
        transport=transport,
    )


def _gate(settings: Settings) -> RateGate:
    return RateGate(settings.max_concurrent_requests, settings.requests_per_second)


def _url_policy(settings: Settings, redact: Redactor) -> UrlPolicy:
    base = Origin.of(settings.base_url)
    return UrlPolicy(base, settings.trusted, settings.custom_query_params, redact)
