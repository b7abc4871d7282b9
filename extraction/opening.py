"""Opens an extractor: its connections, what it keeps on disk, and its reader of endpoints."""

import ssl
from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing, asynccontextmanager, closing
from pathlib import Path

import httpx

from auth import RefreshTokens, auth_for
from client import DEFAULT_LIMITS, Gate, Limits, RetryPolicy
from configuration.resource import Resource
from configuration.settings import Settings
from extraction.connection import conditional_requests, gate_for, http_for, url_policy_for
from extraction.endpoint_reader import EndpointReader, shared_templates
from extraction.extractor import Extractor
from extraction.listings import ListingCache
from extraction.system_clock import SYSTEM_CLOCK, Clock
from http_client import HttpClient
from rest.origin import Redactor


@asynccontextmanager
async def open_extractor(
    settings: Settings,
    resources: Iterable[Resource] = (),
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    verify: bool | ssl.SSLContext | None = None,
    directory: Path | None = None,
    redact: Redactor | None = None,
    tokens: RefreshTokens | None = None,
    limits: Limits = DEFAULT_LIMITS,
    retry_policy: RetryPolicy | None = None,
    clock: Clock = SYSTEM_CLOCK,
    gate: Gate | None = None,
    state: Path | None = None,
) -> AsyncIterator[Extractor]:
    """Open an extractor for one resync. On exit, its connections and files are closed.

    resources: all resources of the mapping. Listings that several of them use are requested once.
    transport: None for httpx's own. verify: its TLS rules, None for those of verifySsl.
    directory: for files on disk; None for the system's temporary folder. clock: of this machine.
    redact: learns the tokens of logins. tokens: the refresh tokens of earlier resyncs. None for new ones.
    limits: bounds on each response. retry_policy: None for maxRetries and the default waits.
    state: the folder for what the next resync may use; None: nothing is kept for it.
    gate: one that others share, or its lane for live events. None for a new one.
    """
    redact, tokens = redact or settings.redactor, tokens or RefreshTokens()
    auth, urls = auth_for(settings, redact, tokens), url_policy_for(settings, redact)
    policy, gate = retry_policy or RetryPolicy(settings.max_retries), gate or gate_for(settings)
    async with (
        http_for(settings, auth, transport=transport, verify=verify) as http,
        conditional_requests(settings, auth, tokens, state, limits, directory, clock) as kept,
    ):
        client = HttpClient(http, gate, policy, urls, directory=directory, limits=limits, conditional=kept)
        async with _reading(client, settings, resources, directory, redact, clock) as extractor:
            yield extractor


@asynccontextmanager
async def _reading(
    client: HttpClient,
    settings: Settings,
    resources: Iterable[Resource],
    directory: Path | None,
    redact: Redactor,
    clock: Clock,
) -> AsyncIterator[Extractor]:
    with closing(ListingCache(client, directory)) as listings:
        endpoints = EndpointReader(settings, client, listings, shared_templates(resources), clock)
        async with aclosing(Extractor(client, endpoints, settings, redact)) as extractor:
            yield extractor
