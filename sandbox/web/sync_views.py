"""The latest resync of each integration, as the pages show it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sandbox.port_api.integrations import Integration
from sandbox.port_api.json_codec import Document, Json
from sandbox.port_api.port import Port
from sandbox.port_api.reports import LogPage
from sandbox.port_api.timestamps import iso
from sandbox.web.display_values import NO_VALUE, DisplayValue, moment
from sandbox.web.formatting import plural, seconds_of
from sandbox.web.queries import Queries

_MICROSECONDS = 1_000_000
_RECONCILIATION = "__reconciliation__"
_MAX_LOGS = 200
_MAX_DETAILS = 10
_DONE = ("completed", "failed", "aborted")


@dataclass(frozen=True, slots=True)
class LogMessage:
    """A warning or an error that Ocean logged. details: errors of single entities."""

    level: str
    message: str
    kind: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KindRow:
    """A kind of the mapping. blueprint: its target if it is a string literal; duration_s: so far."""

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
    """An integration's latest resync.

    status: as Ocean reported it, or `requested`, or `never`.
    requested: when a pending resync was requested; deleted: number of entities deleted as stale.
    has_raw: whether there are raw items, which the sandbox does not map.
    """

    identifier: str
    kind: str
    version: str
    status: str
    started: DisplayValue
    duration_s: float | None
    requested: DisplayValue
    rows: tuple[KindRow, ...]
    deleted: int
    messages: tuple[LogMessage, ...]
    has_raw: bool

    @property
    def summary(self) -> str:
        """One sentence for screen readers."""
        if self.status == "never":
            return f"{self.identifier}: no resync yet"
        done = sum(row.state in _DONE for row in self.rows)
        failed = sum(row.state == "failed" for row in self.rows)
        kinds = plural(len(self.rows), "kind", "kinds")
        ended = f", {failed} failed" if failed else ""
        return f"{self.identifier}: {self.status}, {done} of {kinds} done{ended}"


def latest_syncs(port: Port, queries: Queries) -> list[SyncView]:
    """Return the latest resync of every integration, in order of installation."""
    return [_view(integration, port, queries) for integration in port.integrations]


def _view(integration: Integration, port: Port, queries: Queries) -> SyncView:
    document = integration.document
    state = document.get("resyncState", {})
    records = port.reports.latest_metrics(integration.identifier)
    event = str(records[0].get("eventId", "")) if records else ""
    received = queries.metric_times(integration.identifier, event)
    now = port.now()
    started, ended = seconds_of(state.get("lastResyncStart")), seconds_of(state.get("lastResyncEnd"))
    pending = _is_pending(integration, started)
    return SyncView(
        integration.identifier,
        str(document.get("installationAppType", "")),
        str(document.get("version", "")),
        "requested" if pending and state.get("status") != "running" else str(state.get("status", "never")),
        moment(state["lastResyncStart"]) if started is not None else NO_VALUE,
        (ended or now / _MICROSECONDS) - started if started is not None else None,
        moment(iso(integration.resync_requested_at or 0)) if pending else NO_VALUE,
        kind_rows(records, {name: now - moment for name, moment in received.items()}, port),
        deleted_entities(records),
        messages_of(port, integration.identifier, event),
        queries.has_raw(integration.identifier),
    )


def kind_rows(records: Sequence[Document], running_for: Mapping[str, int], port: Port) -> tuple[KindRow, ...]:
    """Return the kinds of a resync. running_for: microseconds since the latest report, by kind."""
    return tuple(
        _row(record, running_for.get(record["kindIdentifier"], 0), port)
        for record in records
        if not record["kindIdentifier"].startswith("__")
    )


def deleted_entities(records: Sequence[Document]) -> int:
    """Return the number of entities that a resync deleted as stale."""
    return sum(
        _objects(record, "delete", "deleted")
        for record in records
        if record["kindIdentifier"] == _RECONCILIATION
    )


def messages_of(port: Port, integration: str, event: str) -> tuple[LogMessage, ...]:
    """Return the warnings and errors of a resync, oldest first."""
    if not event:
        return ()
    selection = LogPage(limit=_MAX_LOGS, levels=("WARNING", "ERROR", "CRITICAL"), event=event)
    return tuple(_messages(port.reports.log_page(integration, selection)[::-1]))


def _is_pending(integration: Integration, started: float | None) -> bool:
    """Return whether a resync was requested after the latest one started."""
    requested = integration.resync_requested_at
    return requested is not None and (started is None or requested / _MICROSECONDS > started)


def _row(record: Document, running_for: int, port: Port) -> KindRow:
    state = str(record.get("syncState", ""))
    duration_s = _number(record, "resync", "duration_seconds") if state != "pending" else None
    blueprint = str(record.get("blueprint") or "").strip('"')
    return KindRow(
        str(record.get("kind", record["kindIdentifier"])),
        state,
        blueprint if port.blueprints.find(blueprint) else None,
        _objects(record, "extract", "raw_extracted"),
        _objects(record, "load", "loaded"),
        _objects(record, "load", "skipped"),
        _objects(record, "load", "failed") + _objects(record, "transform", "failed"),
        running_for / _MICROSECONDS if state == "syncing" else duration_s,
    )


def _objects(record: Document, phase: str, name: str) -> int:
    return int(_number(record, phase, "object_count_type", name, "object_count") or 0)


def _number(record: Document, *steps: str) -> float | None:
    """Return a number from the record's metrics, or None."""
    value: Json = record.get("metrics")
    for step in ("phase", *steps):
        value = value.get(step) if isinstance(value, dict) else None
    return float(value) if isinstance(value, int | float) else None


def _messages(logs: Sequence[Document]) -> Iterable[LogMessage]:
    """Return each message once. Ocean repeats it for every batch with other samples."""
    found: dict[tuple[str, str, str], dict[str, None]] = {}
    for log in logs:
        extra = log.get("extra") or {}
        kind = str(extra.get("resource_kind") or extra.get("kind") or "")
        level = "warning" if log.get("level") == "WARNING" else "error"
        samples = found.setdefault((level, str(log.get("message", "")), kind), {})
        samples |= dict.fromkeys(_details(extra.get("extra")))
    return [LogMessage(*key, tuple(samples)[:_MAX_DETAILS]) for key, samples in found.items()]


def _details(extra: object) -> Iterable[str]:
    """Return texts like `P-001: properties/budget must be number` from the samples of a bulk upsert."""
    samples = extra.get("sample_errors") if isinstance(extra, dict) else None
    for sample in samples.values() if isinstance(samples, dict) else ():
        if isinstance(sample, dict):
            yield f"{sample.get('identifier', '?')}: {sample.get('error') or sample.get('message') or '?'}"
