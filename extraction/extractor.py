"""Reading an API: settings in, batches of items out."""

import ssl
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path

import httpx
from loguru import logger

from auth import auth_for
from client import RateGate, UrlPolicy
from client.retry import RetryPolicy
from configuration.resource import Resource
from configuration.settings import Settings
from extraction.batches import Part, joined
from extraction.fetch import ResourceFetch
from extraction.listings import Listings
from extraction.merging import one_ahead
from extraction.probe import Finding, probed
from extraction.sample import Sample, samples
from extraction.source import Source, shared_templates
from extraction.verdict import Verdict
from http_client import HttpClient, headers_for
from rest.errors import Place, SyncError
from rest.origin import Origin, Redactor
from rest.page import Item

_PROGRESS_S = 10.0
# What an answer sets is not sent again: one listing would depend on another. A login keeps its own.
_NO_COOKIES = DefaultCookiePolicy(allowed_domains=[])


class Extractor:
    """Reads the resources of one API during one resync."""

    def __init__(self, client: HttpClient, source: Source, settings: Settings, redact: Redactor) -> None:
        self._client = client
        self._source = source
        self._concurrency = settings.max_concurrent_requests
        self._accept = settings.accept
        self._redact = redact
        self._handed_out: list[AsyncGenerator[list[Item]]] = []

    def verdict(self, resource: Resource) -> Verdict:
        """A verdict on a resource that is yet to be read."""
        return Verdict(resource.accept | self._accept)

    def batches(self, resource: Resource, verdict: Verdict | None = None) -> AsyncGenerator[list[Item]]:
        """The items of a resource in batches; ends without an error only when they are all there are.

        verdict: learns why they are all, or not.
        Raises SyncError, or an ExceptionGroup of them when several endpoints failed: what was read has
        been handed out by then, and nothing may be deleted.
        """
        batches = self._batches(resource, verdict or self.verdict(resource))
        self._handed_out.append(batches)
        return batches

    async def close(self) -> None:
        """Ends what is not read to its end: Ocean drops the batches of a resync that it aborts, unclosed."""
        for batches in self._handed_out:
            with suppress(RuntimeError):  # it is being read: who does was cancelled, and ends it
                await batches.aclose()

    async def _batches(self, resource: Resource, verdict: Verdict) -> AsyncGenerator[list[Item]]:
        fetch = ResourceFetch(resource, self._source, self._concurrency, verdict)
        try:
            async with aclosing(one_ahead(joined(_reported(fetch, resource.kind, verdict)))) as batches:
                async for batch in batches:
                    yield batch
            fetch.finish()
        except SyncError as error:
            self._name(error, resource.kind)
            raise
        except ExceptionGroup as group:
            for each in group.exceptions:
                self._name(each, resource.kind)
            message = f"{resource.kind}: {self._redact(group.message)}"
            raise ExceptionGroup(message, group.exceptions) from None

    @property
    def first_answer(self) -> datetime | None:
        """When the API first answered in this run, by its own clock; None: it does not say."""
        return self._client.clock.first_date

    @property
    def requests_sent(self) -> int:
        """How many requests it took so far, without logins."""
        return self._client.requests_sent

    async def probe(self, resource: Resource) -> Finding:
        """What the first page of a resource shows, or what to change."""
        finding = await probed(resource, self._source, self.verdict(resource))
        return replace(finding, words=self._redact(finding.words))

    async def samples(self, resource: Resource, most: int) -> AsyncGenerator[Sample]:
        """The first pages of a resource, or of so many of its children, as they came.

        Raises SyncError: nothing could be read; of several errors, the first.
        """
        try:
            async with aclosing(samples(resource, self._source, most, self.verdict(resource))) as found:
                async for sample in found:
                    yield sample
        except SyncError as error:
            self._name(error, resource.kind)
            raise
        except ExceptionGroup as group:
            self._name(group.exceptions[0], resource.kind)
            raise group.exceptions[0] from None

    def _name(self, error: Exception, kind: str) -> None:
        if isinstance(error, SyncError):
            error.redacted(self._redact).at(Place(kind=kind))


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


async def _reported(fetch: ResourceFetch, kind: str, verdict: Verdict) -> AsyncGenerator[Part]:
    """The fetch's items, with a line of progress now and then, and one at the end."""
    start = spoken = time.monotonic()
    async with aclosing(fetch.items()) as pages:
        async for items in pages:
            yield items
            if time.monotonic() - spoken > _PROGRESS_S:
                spoken = time.monotonic()
                logger.info("{}: {} items so far", kind, fetch.items_seen)
    logger.info(
        "{}: {} in {} from {} in {:.1f} s; {}",
        kind,
        _counted(fetch.items_seen, "item"),
        _counted(verdict.pages, "page"),
        _counted(fetch.endpoints_seen, "endpoint"),
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
) -> AsyncIterator[Extractor]:
    """An extractor for one resync, closed with all its connections and files.

    resources: all of the mapping, so that what several need is asked for once.
    transport: None for httpx's own; verify: its TLS rules, None for what verifySsl says.
    directory: where listings are kept; None for the system's.
    redact: learns the tokens that a login gives; None for one that nobody else uses.
    """
    redact = redact or settings.redactor
    limits = httpx.Limits(max_connections=settings.max_concurrent_requests)
    async with httpx.AsyncClient(
        auth=auth_for(settings, redact),
        headers=headers_for(settings.custom_headers),
        timeout=settings.timeout,
        limits=limits,
        cookies=CookieJar(_NO_COOKIES),
        verify=settings.verify_ssl if verify is None else verify,
        transport=transport,
    ) as http:
        url_policy = UrlPolicy(
            Origin.of(settings.base_url), settings.trusted, settings.custom_query_params, redact
        )
        gate = RateGate(settings.max_concurrent_requests, settings.requests_per_second)
        client = HttpClient(http, gate, RetryPolicy(settings.max_retries), url_policy, directory)
        listings = Listings(client, directory)
        try:
            source = Source(
                settings.base_url,
                client,
                listings,
                shared_templates(resources),
                settings.responses,
                client.clock,
            )
            extractor = Extractor(client, source, settings, redact)
            try:
                yield extractor
            finally:
                await extractor.close()
        finally:
            listings.close()
