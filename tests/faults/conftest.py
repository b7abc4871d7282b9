"""Fixtures: the misbehaving API and time-limited reads of its listings through the engine."""

import asyncio
import re
import ssl
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from client import DEFAULT_LIMITS, Limits, RetryPolicy
from configuration.mapping_entry import read_resource
from configuration.settings import Settings
from extraction import open_extractor
from rest.errors import SyncError
from tests.end_to_end.conftest import install, loopback, port, sample
from tests.faults import leaks as leaks_module
from tests.faults.port_proxy import PortProxy, Rule, proxied
from tests.faults.reader import reader
from tests.faults.web import Web, served
from tests.loopback_server import Response
from tests.servers import client_of, server

__all__ = ["install", "loopback", "port", "reader", "sample"]

# Mapping of each pagination type of the API. The types in BARE return a bare array.
PAGINATION: dict[str, dict[str, Any]] = {
    "none": {"type": "none"},
    "offset": {"type": "offset"},
    "page": {"type": "page"},
    "cursor": {"type": "cursor", "param": "after"},
    "next_link": {"type": "next_link"},
    "header_link": {"type": "header_link"},
    "auto": {"type": "auto"},
}
BARE = frozenset({"offset", "header_link"})
_FAULTY_PAGE = 2
_TIMEOUT_S = 20.0
_MOST_MIB = 200.0


@dataclass(frozen=True)
class Endpoint:
    """A listing of the rude API. Its path is the kind.

    fault_page: index of the page with the fault, from 0. A listing without pagination has only page 0.
    """

    style: str
    fault: str
    children: bool = False
    fault_page: int = _FAULTY_PAGE
    name: str = field(default_factory=lambda: uuid4().hex[:8])

    @property
    def kind(self) -> str:
        return f"{self._base}/parents/{{parent}}/items" if self.children else f"{self._base}/items"

    @property
    def selector(self) -> dict[str, Any]:
        selector: dict[str, Any] = {"pagination": PAGINATION[self.style]}
        if self.style not in BARE:
            selector["data_path"] = ".items"
        if self.children:
            parents = {"endpoint": f"{self._base}/parents", "field": ".id", "pagination": {"type": "none"}}
            selector["path_parameters"] = {"parent": parents}
        return selector

    @property
    def _base(self) -> str:
        page = 0 if self.style == "none" else self.fault_page
        return f"/{self.style}/{self.fault}@{page}/{self.name}"


@dataclass
class Reading:
    """Result of reading a listing. peak_mib: memory beyond what the process used at the start."""

    ids: list[int] = field(default_factory=list)
    error: Exception | None = None
    seconds: float = 0.0
    peak_mib: float = 0.0

    def outcome(self, stable_items: set[int]) -> str:
        """Return `whole`, `error`, `hung`, or `lost`.

        `lost`: reported as complete, but items are missing. Ocean deletes their entities.
        """
        if self.seconds > _TIMEOUT_S:
            return "hung"
        if self.error:
            return "error" if _is_ours(self.error) else f"crash: {self.error!r}"
        return "whole" if stable_items <= set(self.ids) else "lost"


def _is_ours(error: Exception) -> bool:
    errors = error.exceptions if isinstance(error, ExceptionGroup) else [error]
    return all(isinstance(each, SyncError) for each in errors)


class _Peak:
    """Peak memory of this process (Linux; 0 elsewhere)."""

    _STATUS = Path("/proc/self/status")

    def __init__(self) -> None:
        if self._STATUS.exists():
            Path("/proc/self/clear_refs").write_text("5")  # resets the peak to the current size
        self._start = self._mib("VmRSS")

    def mib(self) -> float:
        """Return the peak since the start, minus the memory at the start."""
        return self._mib("VmHWM") - self._start

    def _mib(self, name: str) -> float:
        found = re.search(rf"{name}:\s+(\d+) kB", self._STATUS.read_text()) if self._STATUS.exists() else None
        return int(found[1]) / 1024 if found else 0.0


@pytest.fixture(scope="session")
def rude_api() -> Iterator[httpx.Client]:
    """Return a client for the controls of the misbehaving API. Its base URL is the API's."""
    with server("tests.faults.rude_api") as url, client_of(url) as control:
        yield control


@pytest.fixture(scope="session")
def addresses(rude_api: httpx.Client) -> dict[str, str]:
    """Return the addresses of the rude API's servers and their authority's certificate."""
    found: dict[str, str] = rude_api.get("/_control/addresses").raise_for_status().json()
    return found


@pytest.fixture
def read(rude_api: httpx.Client) -> Callable[..., Awaitable[Reading]]:
    """Return a function that reads a listing of the rude API through the engine, with a timeout."""

    async def read(
        endpoint: Endpoint,
        base_url: str = "",
        verify: ssl.SSLContext | None = None,
        limits: Limits = DEFAULT_LIMITS,
        retry_policy: RetryPolicy | None = None,
        **config: Any,
    ) -> Reading:
        """Read the listing. config: additional settings. verify: checks the server's certificate.

        Without `verify`, no authority is trusted, because loading the system's takes longer than most reads.
        """
        settings = Settings.from_config(
            {
                "base_url": base_url or str(rude_api.base_url),
                "page_size": 10,
                "timeout": 5,
                "max_retries": 0,
                **config,
            },
            {},
        )
        resource = read_resource(endpoint.kind, endpoint.selector, settings.pagination)
        no_authority = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        reading, peak, start = Reading(), _Peak(), time.monotonic()
        try:
            async with (
                asyncio.timeout(_TIMEOUT_S),
                open_extractor(
                    settings,
                    [resource],
                    verify=verify or no_authority,
                    limits=limits,
                    retry_policy=retry_policy,
                ) as extractor,
                aclosing(extractor.batches(resource)) as batches,
            ):
                async for batch in batches:
                    reading.ids += [number for item in batch if isinstance(number := item.get("id"), int)]
        except Exception as error:
            reading.error = error
        reading.seconds, reading.peak_mib = time.monotonic() - start, peak.mib()
        return reading

    return read


@pytest.fixture
def proxy(port_server: str) -> Iterator[PortProxy]:
    """Serve a proxy between Ocean and the sandbox."""
    with proxied(port_server) as between:
        yield between


@pytest.fixture
def rule() -> type[Rule]:
    """Return the class of the proxy's rules."""
    return Rule


@pytest.fixture(scope="session")
def webs() -> Iterator[tuple[Web, Web]]:
    """Serve two servers."""
    with served() as one, served() as other:
        yield one, other


@pytest.fixture
def api(webs: tuple[Web, Web]) -> Web:
    """Return an API whose responses a test sets by path."""
    webs[0].forget()
    return webs[0]


@pytest.fixture
def stranger(webs: tuple[Web, Web]) -> Web:
    """Return a server that must not receive credentials."""
    webs[1].forget()
    return webs[1]


@pytest.fixture
def leaks() -> Callable[[str, Iterable[str]], list[str]]:
    """Return a function that finds secrets in a text in any encoding."""
    return leaks_module.leaks


@pytest.fixture
def web_reply() -> type[Response]:
    """Return the class of the servers' responses."""
    return Response


@pytest.fixture
def endpoint() -> type[Endpoint]:
    """Return the class of the rude API's endpoints."""
    return Endpoint
