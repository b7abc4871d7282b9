"""What a connection to one API needs, from its settings: the httpx client, the gate, the URL policy."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from loguru import logger

from auth import CredentialIdentity, RefreshTokens
from client import (
    ConditionalRequests,
    Connections,
    Limits,
    RateGate,
    ResponseFolder,
    UrlPolicy,
    bound_small_body,
    has_proxies,
    headers_for,
    tls_rules,
)
from configuration.settings import Settings
from extraction.system_clock import Clock
from rest.origin import Origin, Redactor

# The folder of kept responses, in that of the installation.
_RESPONSES = "responses"


class _NoCookies(httpx.Cookies):
    """Keeps no cookie of a response: one listing could change another. A login keeps its own cookies."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """Do not look for cookies, which takes longer than to parse the response."""


class _Client(httpx.AsyncClient):
    """An httpx client without cookies."""

    @property
    def cookies(self) -> httpx.Cookies:
        """No cookies."""
        return _NoCookies()

    @cookies.setter
    def cookies(self, cookies: object) -> None:
        """Ignore cookies."""


def http_for(
    settings: Settings,
    auth: httpx.Auth,
    *,
    transport: httpx.AsyncBaseTransport | None,
    verify: bool | ssl.SSLContext | None,
) -> httpx.AsyncClient:
    """Return the httpx client for these settings."""
    rules, limit = tls_rules(settings, verify=verify), settings.max_concurrent_requests
    if transport is None and not has_proxies():
        transport = Connections(verify=rules, limit=limit)
    return _Client(
        auth=auth,
        headers=headers_for(settings.custom_headers),
        timeout=settings.timeout,
        # Only with a proxy, httpx's pool is used. The gate bounds the requests in flight, and not the pool: a
        # response whose closing is cancelled would keep its place there.
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=limit),
        event_hooks={"response": [bound_small_body]},
        verify=rules,
        transport=transport,
    )


def gate_for(settings: Settings) -> RateGate:
    """Return a gate with the limits of the settings."""
    return RateGate(settings.max_concurrent_requests, settings.requests_per_second)


def url_policy_for(settings: Settings, redact: Redactor) -> UrlPolicy:
    """Return where requests may go."""
    base = Origin.of(settings.base_url)
    rewrite_to = settings.base_url if settings.rewrite_links else ""
    return UrlPolicy(
        base, settings.trusted, settings.custom_query_params, redact, settings.followed, rewrite_to
    )


@asynccontextmanager
async def conditional_requests(
    settings: Settings,
    auth: httpx.Auth,
    tokens: RefreshTokens,
    state: Path | None,
    limits: Limits,
    directory: Path | None,
    clock: Clock,
) -> AsyncIterator[ConditionalRequests | None]:
    """Open what is kept of earlier resyncs. None: the setting is off, or there is no place for it.

    state: the folder of the installation. directory: where large bodies are stored.
    """
    if state is None or settings.conditional_requests == "off":
        yield None
        return
    conditional = await asyncio.to_thread(
        _conditional, settings, auth, tokens, state, limits, directory, clock
    )
    try:
        yield conditional
    finally:
        if conditional:
            await conditional.close()


def _conditional(
    settings: Settings,
    auth: httpx.Auth,
    tokens: RefreshTokens,
    state: Path,
    limits: Limits,
    directory: Path | None,
    clock: Clock,
) -> ConditionalRequests | None:
    try:
        folder = ResponseFolder(state / _RESPONSES, clock.now().timestamp())
        identity = CredentialIdentity(settings, auth, tokens, folder.salt())
        identity.digest  # noqa: B018 - takes 50 ms
        return ConditionalRequests(folder, identity, limits, directory, clock)
    except OSError as error:
        logger.warning("conditionalRequests is off for this resync: {}", error.strerror)
        return None
