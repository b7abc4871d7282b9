"""The resyncs of an integration, as the history pages show them."""

from dataclasses import dataclass

from sandbox.port_api.port import Port
from sandbox.port_api.resyncs import ResyncRecord
from sandbox.web.display_values import DisplayValue, moment
from sandbox.web.formatting import seconds_of
from sandbox.web.sync_views import KindRow, deleted_entities, kind_rows

_FINAL = ("completed", "failed", "aborted")


@dataclass(frozen=True, slots=True)
class PastSync:
    """A resync. status: running, completed, failed or aborted. duration_s: None while it runs.

    errors: the number of errors in its log.
    """

    number: int
    identifier: str
    status: str
    started: DisplayValue
    duration_s: float | None
    rows: tuple[KindRow, ...]
    deleted: int
    errors: int

    @property
    def completed(self) -> int:
        """The number of kinds that completed."""
        return sum(row.state == "completed" for row in self.rows)

    @property
    def items(self) -> int:
        """The number of items of all kinds."""
        return sum(row.items for row in self.rows)

    @property
    def written(self) -> int:
        """The number of written entities of all kinds."""
        return sum(row.written for row in self.rows)


def past_sync(port: Port, record: ResyncRecord, errors: int) -> PastSync:
    """Return a resync with its kinds. errors: the number of errors in its log."""
    records = port.reports.metrics_of(record.integration, record.event) if record.event else []
    rows = kind_rows(records, {}, port)
    started, ended = seconds_of(record.started_at), seconds_of(record.ended_at)
    return PastSync(
        record.number,
        record.integration,
        record.status or _status_of(rows),
        moment(record.started_at),
        ended - started if started is not None and ended is not None else None,
        rows,
        deleted_entities(records),
        errors,
    )


def _status_of(rows: tuple[KindRow, ...]) -> str:
    """Return the status of a resync that reported only its kinds."""
    states = {row.state for row in rows}
    if not states or not states <= set(_FINAL):
        return "running"
    return next(state for state in ("failed", "aborted", "completed") if state in states)
