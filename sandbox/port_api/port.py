"""Everything one sandbox consists of, put together from its settings."""

import time
from collections import deque
from dataclasses import dataclass, replace

from sandbox.port_api.blueprints import Blueprints
from sandbox.port_api.entities import Entities
from sandbox.port_api.graph import Graph
from sandbox.port_api.integrations import Integrations
from sandbox.port_api.journal import Journal
from sandbox.port_api.migrations import Migrations
from sandbox.port_api.quota import Limits, Quota
from sandbox.port_api.raw import Processing, RawData
from sandbox.port_api.store import Store
from sandbox.port_api.times import Clock, microseconds
from sandbox.port_api.tokens import Tokens

_MAX_REQUESTS = 20_000


@dataclass(frozen=True, slots=True)
class PortSettings:
    """database: a file or `:memory:`; fresh: what it holds is dropped; limits: requests by family and
    rate_period_s seconds, None is no limit; touch_unchanged: an upsert moves `updatedAt` even when it changes
    nothing; processing: who makes entities of raw items; latency_s: seconds that each answer of the API is
    held back.
    """

    database: str = ":memory:"
    fresh: bool = False
    limits: Limits | None = None
    rate_period_s: int = 300
    touch_unchanged: bool = False
    processing: Processing = Processing.OCEAN
    latency_s: float = 0
    clock: Clock = time.time


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """path: decoded; query: as sent."""

    method: str
    path: str
    query: str
    status: int


class Port:
    """The state behind the API; one per app."""

    def __init__(self, settings: PortSettings) -> None:
        self.settings = settings
        self.store = Store(settings.database, fresh=settings.fresh)
        self.entities = Entities(self.store)
        self.blueprints = Blueprints(self.store, self.entities, settings.clock)
        self.graph = Graph(self.entities, self.blueprints)
        self.integrations = Integrations(self.store, settings.clock)
        self.journal = Journal(self.store)
        self.raw = RawData(self.store, self.journal)
        self.migrations = Migrations(self.store, self.graph)
        self.tokens = Tokens(settings.clock)
        self.quota = Quota(settings.limits, settings.rate_period_s, settings.clock)
        self.requests: deque[SeenRequest] = deque(maxlen=_MAX_REQUESTS)

    def now(self) -> int:
        """Microseconds since 1970."""
        return microseconds(self.settings.clock)

    def switch(self, *, touch_unchanged: bool, processing: Processing) -> None:
        """Behaves differently from now on."""
        self.settings = replace(self.settings, touch_unchanged=touch_unchanged, processing=processing)

    def reset(self) -> None:
        """Empties everything; a token stays good, and settings stay as they are."""
        self.store.clear()
        self.blueprints.load()
        self.requests.clear()
