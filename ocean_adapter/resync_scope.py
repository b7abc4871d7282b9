"""The scope of one resync: what it opens and what it reports at its end."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime

from extraction import Extractor
from mapping import EntityLedger
from ocean_adapter.loading import Loading
from ocean_adapter.port_state import PortState
from ocean_adapter.recall import Recall
from ocean_adapter.relation_targets import RelationTargets


@dataclass(slots=True)
class EntityCounts:
    """The entities of a resync: those that Port listed, the stale ones, and what became of them."""

    listed: int = 0
    stale: int = 0
    deleted: int = 0
    refused: int = 0


class ResyncScope:
    """What one resync has opened and recorded.

    started: when it began. reading_since: the earliest time at which the current kind may have been read.
    failures: the number of failed kinds, and of kinds with more than half of their entities refused by Port.
    refusals: one message for each kind with refused entities.
    ledger: what Port lists, and what was seen. port_state: the reading of Port's list, in a full resync.
    recall: what the last resync left. None: not in a full resync.
    relations: where they lead to.
    loading: the current kind's batches. has_unknown_targets: some entities relate to what Port did not tell.
    unidentified: the blueprints of refused entities that only a search identifies.
    verdicts: the verdict of each mapping entry so far, by its index.
    counts: of entities, at the end.
    """

    def __init__(self) -> None:
        self.started = self.reading_since = datetime.now(UTC)
        self.resources = AsyncExitStack()
        self.extractor: Extractor | None = None
        self.failures = 0
        self.refusals: list[str] = []
        self.ledger = EntityLedger()
        self.port_state: PortState | None = None
        self.recall: Recall | None = None
        self.relations = RelationTargets()
        self.loading = Loading()
        self.has_unknown_targets = False
        self.unidentified: set[str] = set()
        self.verdicts: dict[int, str] = {}
        self.counts = EntityCounts()


# A context variable, because a resync can start before the one that it replaces has ended. Ocean calls the
# handlers without an argument that could carry the scope.
_SCOPE: ContextVar[ResyncScope] = ContextVar("ocean_custom_resync_scope")


@asynccontextmanager
async def open_scope() -> AsyncIterator[ResyncScope]:
    """Open the scope of a resync. Its resources are closed at the end, however the resync ends.

    Ocean's own completion handlers run only if a resync succeeds, and never in DSP mode.
    """
    scope = ResyncScope()
    token = _SCOPE.set(scope)
    try:
        yield scope
    finally:
        _SCOPE.reset(token)
        await scope.resources.aclose()


def current_scope() -> ResyncScope:
    """Return the scope of the current resync. Raises LookupError: no resync is running."""
    return _SCOPE.get()


def open_scope_or_none() -> ResyncScope | None:
    """Return the scope of the current resync. None: no resync is running."""
    return _SCOPE.get(None)


def reading_start() -> datetime | None:
    """Return the earliest time at which the current kind may have been read. None: no resync is running."""
    scope = open_scope_or_none()
    return scope.reading_since if scope else None
