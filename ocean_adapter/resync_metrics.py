"""Metrics of the last full resync."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from ocean_adapter.gauges import gauge
from ocean_adapter.resync_scope import ResyncScope


@dataclass(slots=True)
class ResyncResult:
    """Whether a resync has succeeded."""

    succeeded: bool = False


@contextmanager
def reported_resync(scope: ResyncScope) -> Iterator[ResyncResult]:
    """Report a resync at its end. One that is interrupted, or raises an error, has failed."""
    result = ResyncResult()
    try:
        yield result
    finally:
        _report(scope, result)


def _report(scope: ResyncScope, result: ResyncResult) -> None:
    now = datetime.now(UTC)
    ended = gauge("resync_end_timestamp_seconds", "When a full resync last ended, by its result", ["result"])
    ended.labels("succeeded" if result.succeeded else "failed").set(now.timestamp())
    took_s = (now - scope.started).total_seconds()
    gauge("resync_duration_seconds", "How long the last full resync took", []).set(took_s)
    entities = gauge("resync_entities", "Entities at the end of the last full resync, by state", ["state"])
    for state, number in asdict(scope.counts).items():
        entities.labels(state).set(number)
