"""The state of one sandbox."""

import time
from collections import deque
from dataclasses import dataclass, replace

from sandbox.port_api.access_tokens import AccessTokens
from sandbox.port_api.blueprints import Blueprints
from sandbox.port_api.entities import Entities
from sandbox.port_api.graph import Graph
from sandbox.port_api.integrations import Integrations
from sandbox.port_api.migrations import Migrations
from sandbox.port_api.rate_limits import Limits, RateLimiter
from sandbox.port_api.raw_data import Processing, RawData
from sandbox.port_api.reports import Reports
from sandbox.port_api.resyncs import Resyncs
from sandbox.port_api.store import Store
from sandbox.port_api.timestamps import Clock, microseconds

_MAX_REQUESTS = 20_000


@dataclass(frozen=True, slots=True)
class PortSettings:
    """Settings of a sandbox.

    database: a file or `:memory:`; fresh: delete its contents first.
    limits: requests per family and rate_period_s; None means no limit.
    touch_unchanged: an upsert updates `updatedAt` even if it changes nothing.
    processing: where raw items are mapped to entities.
    latency_s: delay of every API response, in seconds.
    webhook_hosts: host names that the pages may send events to, beside loopback.
    """

    database: str = ":memory:"
    fresh: bool = False
    limits: Limits | None = None
    rate_period_s: int = 300
    touch_unchanged: bool = False
    processing: Processing = Processing.OCEAN
    latency_s: float = 0
    webhook_hosts: frozenset[str] = frozenset()
    clock: Clock = time.time


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """A request in the log. path: percent-decoded; query: as sent."""

    method: str
    path: str
    query: str
    status: int


class Port:
    """The state behind the API, one per application."""

    def __init__(self, settings: PortSettings) -> None:
        self.settings = settings
        self.store = Store(settings.database, fresh=settings.fresh)
        self.entities = Entities(self.store)
        self.blueprints = Blueprints(self.store, self.entities, settings.clock)
        self.graph = Graph(self.entities, self.blueprints)
        self.integrations = Integrations(self.store, settings.clock)
        self.reports = Reports(self.store)
        self.resyncs = Resyncs(self.store)
        self.raw_data = RawData(self.store, self.reports)
        self.migrations = Migrations(self.store, self.graph)
        self.access_tokens = AccessTokens(settings.clock)
        self.rate_limiter = RateLimiter(settings.limits, settings.rate_period_s, settings.clock)
        self.requests: deque[LoggedRequest] = deque(maxlen=_MAX_REQUESTS)

    def now(self) -> int:
        """Return the current time in microseconds since 1970."""
        return microseconds(self.settings.clock)

    def configure(self, *, touch_unchanged: bool, processing: Processing) -> None:
        """Change settings at runtime."""
        self.settings = replace(self.settings, touch_unchanged=touch_unchanged, processing=processing)

    def reset(self) -> None:
        """Delete all data. Access tokens and settings are kept."""
        self.store.clear()
        self.blueprints.load()
        self.requests.clear()
        self.graph.recent_changes.clear()
