"""The scope of one resync: what it opens and what it reports at its end."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar

from extraction import Extractor


class ResyncScope:
    """What one resync has opened and recorded.

    failures: the number of failed kinds, and of kinds with more than half of their entities refused by Port.
    refusals: one message for each kind with refused entities.
    """

    def __init__(self) -> None:
        self.resources = AsyncExitStack()
        self.extractor: Extractor | None = None
        self.failures = 0
        self.refusals: list[str] = []


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
