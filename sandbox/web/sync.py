"""What integrations told of their latest resync, as the page shows it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sandbox.port_api.integrations import Integration
from sandbox.port_api.journal import LogPage
from sandbox.port_api.jsontext import Document, Json
from sandbox.port_api.port import Port
from sandbox.port_api.times import iso
from sandbox.web.queries import Queries
from sandbox.web.values import NOTHING, Shown, moment
from sandbox.web.wording import plural, seconds_of

_MICROSECONDS = 1_000_000
_RECONCILIATION = "__reconciliation__"
_MOST_LOGS = 200
_MOST_DETAILS = 10
_DONE = ("completed", "failed", "aborted")


@dataclass(frozen=True, slots=True)
class Complaint:
    """A warning or an error in Ocean's words; details: what single entities were refused for."""

    level: str
    message: str
    kind: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KindRow:
    """One entry of the mapping. blueprint: when the mapping names one literally; duration_s: so far."""

    kind: str
    state: str
    blueprint: str | None
    items: int
    written: int
    unchanged: int
    failed: int
    duration_s: float | None


@dataclass(frozen=True, slots=True)
class SyncView:
    """An integration's latest resync. status: as Ocean said it, or `requested`, or `never`.

    deleted: entities that the resync no longer saw; asked: when a resync was last asked for, if it waits;
    has_raw: whether raw items came, which nobody made entities of here.
    """

    identifier: str
    kind: str
    version: str
    status: str
    started: Shown
    duration_s: float | None
    asked: Shown
    rows: tuple[KindRow, ...]
    deleted: int
    complaints: tuple[Complaint, ...]
    has_raw: bool

    @property
    def running(self) -> bool:
        return self.status == "running"

    @property
    def summary(self) -> str:
        """One sentence, for who does not look at the table."""
        if self.status == "never":
            return f"{self.identifier}: no resync yet"
        done = sum(row.state in _DONE for row in self.rows)
        failed = sum(row.state == "failed" for row in self.rows)
        kinds = plural(len(self.rows), "kind", "kinds")
        ended = f", {failed} failed" if failed else ""
        return f"{self.identifier}: {self.status}, {done} of {kinds} done{ended}"


def sync_views(port: Port, queries: Queries) -> list[SyncView]:
    """Of every integration, in the order of their installation."""
    return [_view(integration, port, queries) for integration in port.integrations]


def _view(integration: Integration, port: Port, queries: Queries) -> SyncView:
    document = integration.document
    state = document.get("resyncState", {})
    records = port.journal.latest_metrics(integration.identifier)
    event = str(records[0].get("eventId", "")) if records else ""
    came = queries.metric_times(integration.identifier, event)
    now = port.now()
    started, ended = seconds_of(state.get("lastResyncStart")), seconds_of(state.get("lastResyncEnd"))
    waiting = _waits(integration, started)
    return SyncView(
        integration.identifier,
        str(document.get("installationAppType", "")),
        str(document.get("version", "")),
        "requested" if waiting and state.get("status") != "running" else str(state.get("status", "never")),
        moment(state["lastResyncStart"]) if started is not None else NOTHING,
        (ended or now / _MICROSECONDS) - started if started is not None else None,
        moment(iso(integration.resync_requested_at or 0)) if waiting else NOTHING,
        tuple(
            _row(record, now - came.get(record["kindIdentifier"], now), port)
            for record in records
            if not record["kindIdentifier"].startswith("__")
        ),
        sum(
            _objects(record, "delete", "deleted")
            for record in records
            if record["kindIdentifier"] == _RECONCILIATION
        ),
        tuple(_complaints(_logs(port, integration, event))) if event else (),
        queries.has_raw(integration.identifier),
    )


def _logs(port: Port, integration: Integration, event: str) -> list[Document]:
    wanted = LogPage(limit=_MOST_LOGS, levels=("WARNING", "ERROR", "CRITICAL"), event=event)
    return port.journal.page_of_logs(integration.identifier, wanted)[::-1]


def _waits(integration: Integration, started: float | None) -> bool:
    """Whether a resync was asked for after the latest one began."""
    asked = integration.resync_requested_at
    return asked is not None and (started is None or asked / _MICROSECONDS > started)


def _row(record: Document, running_for: int, port: Port) -> KindRow:
    state = str(record.get("syncState", ""))
    lasted = _number(record, "resync", "duration_seconds") if state != "pending" else None
    blueprint = str(record.get("blueprint") or "").strip('"')
    return KindRow(
        str(record.get("kind", record["kindIdentifier"])),
        state,
        blueprint if port.blueprints.find(blueprint) else None,
        _objects(record, "extract", "raw_extracted"),
        _objects(record, "load", "loaded"),
        _objects(record, "load", "skipped"),
        _objects(record, "load", "failed") + _objects(record, "transform", "failed"),
        running_for / _MICROSECONDS if state == "syncing" else lasted,
    )


def _objects(record: Document, phase: str, name: str) -> int:
    return int(_number(record, phase, "object_count_type", name, "object_count") or 0)


def _number(record: Document, *steps: str) -> float | None:
    """A number of the record's metrics, None where it has none."""
    value: Json = record.get("metrics")
    for step in ("phase", *steps):
        value = value.get(step) if isinstance(value, dict) else None
    return float(value) if isinstance(value, int | float) else None


def _complaints(logs: Sequence[Document]) -> Iterable[Complaint]:
    """Each only once: Ocean says the same of every batch, with other samples."""
    found: dict[tuple[str, str, str], dict[str, None]] = {}
    for log in logs:
        extra = log.get("extra") or {}
        kind = str(extra.get("resource_kind") or extra.get("kind") or "")
        level = "warning" if log.get("level") == "WARNING" else "error"
        samples = found.setdefault((level, str(log.get("message", "")), kind), {})
        samples |= dict.fromkeys(_details(extra.get("extra")))
    return [Complaint(*said, tuple(samples)[:_MOST_DETAILS]) for said, samples in found.items()]


def _details(extra: object) -> Iterable[str]:
    """`P-001: properties/budget must be number`, for the samples that Ocean logs with a bulk upsert."""
    samples = extra.get("sample_errors") if isinstance(extra, dict) else None
    for sample in samples.values() if isinstance(samples, dict) else ():
        if isinstance(sample, dict):
            yield f"{sample.get('identifier', '?')}: {sample.get('error') or sample.get('message') or '?'}"
