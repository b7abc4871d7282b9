"""The rude API, readings of it through the engine, in bounded time."""

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
from tests.faults.web import Web, served
from tests.loopback_server import Response
from tests.servers import client_of, server

__all__ = ["install", "loopback", "port", "sample"]

# What the mapping says of each of the API's ways of paging; those in BARE answer with a list as it is.
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
_STRUCK_PAGE = 2
_LONGEST_CELL_S = 20.0
_MOST_MIB = 200.0


@dataclass(frozen=True)
class Endpoint:
    """A listing of the rude API: its path is the kind; the fault is on its third page, or the only one."""

    style: str
    fault: str
    children: bool = False
    struck: int = _STRUCK_PAGE
    name: str = field(default_factory=lambda: uuid4().hex[:8])

    @property
    def kind(self) -> str:
        return f"{self._base}/parents/{{parent}}/items" if self.children else f"{self._base}/items"

    @property
    def selector(self) -> dict[str, Any]:
        wanted: dict[str, Any] = {"pagination": PAGINATION[self.style]}
        if self.style not in BARE:
            wanted["data_path"] = ".items"
        if self.children:
            parents = {"endpoint": f"{self._base}/parents", "field": ".id", "pagination": {"type": "none"}}
            wanted["path_parameters"] = {"parent": parents}
        return wanted

    @property
    def _base(self) -> str:
        page = 0 if self.style == "none" else self.struck
        return f"/{self.style}/{self.fault}@{page}/{self.name}"


@dataclass
class Reading:
    """How the reading of a listing ended, and what it gave. peak_mib: memory beyond what there was before."""

    ids: list[int] = field(default_factory=list)
    error: Exception | None = None
    seconds: float = 0.0
    peak_mib: float = 0.0

    def outcome(self, there: set[int]) -> str:
        """whole, error, hung, or lost: complete, without some of what is there, which Ocean then deletes."""
        if self.seconds > _LONGEST_CELL_S:
            return "hung"
        if self.error:
            return "error" if _is_ours(self.error) else f"crash: {self.error!r}"
        return "whole" if there <= set(self.ids) else "lost"


def _is_ours(error: Exception) -> bool:
    errors = error.exceptions if isinstance(error, ExceptionGroup) else [error]
    return all(isinstance(each, SyncError) for each in errors)


class _Peak:
    """This process's memory (Linux; elsewhere 0)."""

    _STATUS = Path("/proc/self/status")

    def __init__(self) -> None:
        if self._STATUS.exists():
            Path("/proc/self/clear_refs").write_text("5")  # the peak is what there is now
        self._start = self._mib("VmRSS")

    def mib(self) -> float:
        """The most since the start, beyond what there was then."""
        return self._mib("VmHWM") - self._start

    def _mib(self, name: str) -> float:
        found = re.search(rf"{name}:\s+(\d+) kB", self._STATUS.read_text()) if self._STATUS.exists() else None
        return int(found[1]) / 1024 if found else 0.0


@pytest.fixture(scope="session")
def rude_api() -> Iterator[httpx.Client]:
    """The control of the API that misbehaves; its base URL is the API's."""
    with server("tests.faults.rude_api") as url, client_of(url) as control:
        yield control


@pytest.fixture(scope="session")
def addresses(rude_api: httpx.Client) -> dict[str, str]:
    """Where the rude API and those beside it answer, and the certificate of their authority."""
    found: dict[str, str] = rude_api.get("/_control/addresses").raise_for_status().json()
    return found


@pytest.fixture
def read(rude_api: httpx.Client) -> Callable[..., Awaitable[Reading]]:
    """Reads a listing of the rude API through the engine, in bounded time."""

    async def read(
        endpoint: Endpoint,
        base_url: str = "",
        verify: ssl.SSLContext | None = None,
        limits: Limits = DEFAULT_LIMITS,
        retry_policy: RetryPolicy | None = None,
        **config: Any,
    ) -> Reading:
        """config: settings besides the rude API's own. verify: how its certificate is checked.

        Without it no authority is trusted, since to load those of the world takes longer than most readings.
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
        trusts_nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        reading, peak, start = Reading(), _Peak(), time.monotonic()
        try:
            async with (
                asyncio.timeout(_LONGEST_CELL_S),
                open_extractor(
                    settings,
                    [resource],
                    verify=verify or trusts_nobody,
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
    """What stands between Ocean and the sandbox."""
    with proxied(port_server) as between:
        yield between


@pytest.fixture
def rule() -> type[Rule]:
    """What makes rules for the proxy."""
    return Rule


@pytest.fixture(scope="session")
def webs() -> Iterator[tuple[Web, Web]]:
    """Two servers."""
    with served() as one, served() as other:
        yield one, other


@pytest.fixture
def api(webs: tuple[Web, Web]) -> Web:
    """An API that answers by a table."""
    webs[0].forget()
    return webs[0]


@pytest.fixture
def stranger(webs: tuple[Web, Web]) -> Web:
    """A server that no credential may reach."""
    webs[1].forget()
    return webs[1]


@pytest.fixture
def leaks() -> Callable[[str, Iterable[str]], list[str]]:
    """Finds secrets in a text, in whatever form."""
    return leaks_module.leaks


@pytest.fixture
def web_reply() -> type[Response]:
    """What makes answers for these."""
    return Response


@pytest.fixture
def endpoint() -> type[Endpoint]:
    """What makes endpoints of the rude API."""
    return Endpoint
