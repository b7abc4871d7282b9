"""A resync that the page runs: its progress, its log and its result."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from builder.cli.resync import KindResult, Resync
from builder.creation import Result
from builder.draft import Draft
from builder.guarded_process import ProcessLog
from builder.web.run.catalog import blueprint_url, catalog_url

type Phase = Literal["preparing", "running", "completed", "failed", "cancelled"]

_DETACHED = {
    "not started": "The integration ended before its resync started",
    "aborted": "The resync was aborted",
    "running": "The integration ended in the middle of its resync",
}


@dataclass(slots=True)
class Run:
    """A resync into one Port account.

    number: 1 for the first run of the session. error: why it failed, in one sentence. reasons: the details.
    results: what was created in Port before the resync.
    """

    number: int
    draft: Draft = field(repr=False)
    log: ProcessLog = field(repr=False)
    clock: Callable[[], float] = time.monotonic
    phase: Phase = "preparing"
    error: str = ""
    reasons: Sequence[str] = ()
    results: Sequence[Result] = ()
    kinds: Sequence[KindResult] = ()
    _started: float = 0.0
    _ended: float | None = None

    def __post_init__(self) -> None:
        self._started = self.clock()

    @property
    def is_over(self) -> bool:
        """Whether the run has ended."""
        return self.phase not in ("preparing", "running")

    @property
    def seconds(self) -> int:
        """The duration so far, in whole seconds."""
        return round((self.clock() if self._ended is None else self._ended) - self._started)

    @property
    def port_url(self) -> str:
        """The address of the Port API that it writes to."""
        return self.draft.installation.port_base_url

    @property
    def catalog(self) -> str | None:
        """The address of the catalog, None if it is unknown."""
        return catalog_url(self.port_url)

    @property
    def blueprints(self) -> Mapping[str, str]:
        """The addresses of the entities by blueprint. Empty for Port, which chooses its own addresses."""
        names = dict.fromkeys(source.blueprint.identifier for source in self.draft.sources)
        found = {name: blueprint_url(self.port_url, name) for name in names}
        return {name: url for name, url in found.items() if url}

    @property
    def needs_consent(self) -> bool:
        """Whether Port has something else, which the user may allow to change."""
        return any(result.outcome == "differs" for result in self.results)

    @property
    def summary(self) -> str:
        """The state as one sentence."""
        match self.phase:
            case "preparing":
                return "Creating what is missing in Port…"
            case "running":
                ended = sum(kind.is_final for kind in self.kinds)
                return f"Running: {ended} of {len(self.draft.sources)} kinds ended, {self.seconds} s"
            case "completed":
                written = sum(kind.loaded for kind in self.kinds)
                return f"Completed in {self.seconds} s: {_count(written, 'entity', 'entities')} written"
            case "cancelled":
                return (
                    "Cancelled. Entities that were already written stay in Port. The next run completes them"
                )
        return self.error

    def note(self, resync: Resync) -> None:
        """Take over the state of the resync so far."""
        self.phase = "running"
        self.kinds = resync.kinds

    def finish(self, resync: Resync) -> None:
        """Take over the result of the resync."""
        self.kinds = resync.kinds
        if resync.succeeded:
            self.end("completed")
            return
        self.reasons = self.log.masked(resync.reasons).splitlines()
        failed = [kind.kind for kind in resync.kinds if kind.state != "completed"]
        kinds = (
            f"{len(failed)} of {_count(len(resync.kinds), 'kind', 'kinds')} failed: {', '.join(failed[:5])}"
        )
        self.fail(_DETACHED.get(resync.state) or (kinds if failed else f"The resync {resync.state}"))

    def fail(self, error: str) -> None:
        """End the run with an error."""
        self.error = error
        self.end("failed")

    def end(self, phase: Phase) -> None:
        """End the run."""
        self.phase = phase
        self._ended = self.clock()


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
