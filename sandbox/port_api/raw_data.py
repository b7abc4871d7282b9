"""Raw items for Port's data source processor ("DSP"), and the lifecycle of the resyncs that send them.

The sandbox stores raw items but does not run the processor, so it creates no entities from them.
"""

import json
from enum import Enum

from sandbox.port_api.errors import PortError, not_found
from sandbox.port_api.json_codec import Document, dump
from sandbox.port_api.reports import Reports
from sandbox.port_api.store import Store

_STATES = {"started": "syncing", "finished": "completed", "failed": "failed", "aborted": "aborted"}
"""Lifecycle status -> sync state, both as Ocean names them."""
_BATCHES = """
SELECT integration, event, kind, received_at, items, document FROM raw_batches
WHERE ifnull(:integration, integration) = integration AND ifnull(:event, event) = event
AND ifnull(:kind, kind) = kind ORDER BY id"""


class Processing(Enum):
    """Where items are mapped. ocean, lakehouse: in Ocean; lakehouse also sends raw items; dsp: in Port."""

    OCEAN = "ocean"
    LAKEHOUSE = "lakehouse"
    DSP = "dsp"

    @property
    def feature_flags(self) -> list[str]:
        """The organization's feature flags, from which Ocean derives its mode."""
        flags = ["LAKEHOUSE_ELIGIBLE", "DATA_SOURCE_PROCESSOR_ENABLED"]
        return flags[: list(Processing).index(self)]


class RawData:
    """Batches of raw items by integration, resync and kind, and the status of each resync."""

    def __init__(self, store: Store, reports: Reports) -> None:
        self._store = store
        self._reports = reports

    def add(self, integration: str, event: str, kind: str, body: Document, moment: int) -> None:
        """Add a batch. Raises PortError (409): a newer resync has superseded this one."""
        if self._status(event) == "aborted":
            raise PortError(409, "resync_stale", f"the resync {event:.100} is not active")
        entries = body.get("data", [])
        items = sum(len(entry.get("items", ())) for entry in entries)
        with self._store.transaction():
            self._store.write(
                "INSERT INTO raw_batches (integration, event, kind, received_at, items, document) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (integration, event, kind, moment, items, dump(body)),
            )
            indices = {entry.get("metadata", {}).get("resourceIndex", 0) for entry in entries}
            for index in indices if self._status(event) else ():
                self._report(integration, event, f"{kind}-{index}", "syncing", moment)

    def batches(
        self, integration: str | None = None, event: str | None = None, kind: str | None = None
    ) -> list[Document]:
        """Return batches, oldest first. None means any. receivedAt: microseconds since 1970."""
        rows = self._store.rows(_BATCHES, {"integration": integration, "event": event, "kind": kind})
        names = ("integration", "eventId", "kind", "receivedAt", "items")
        return [{**json.loads(row[-1]), **dict(zip(names, row, strict=False))} for row in rows]

    def set_resync_status(self, event: str, integration: str, status: str, moment: int) -> None:
        """Set the status of a resync. A resync that starts supersedes the integration's others."""
        if status == "started":
            self._store.write(
                "UPDATE lifecycles SET status = 'aborted', updated_at = ? "
                "WHERE integration = ? AND name = '' AND status = 'started'",
                (moment, integration),
            )
        self._set_status(event, "", integration, status, moment)

    def set_part_status(self, event: str, name: str, status: str, moment: int) -> None:
        """Set the status of a kind or another part. Raises PortError (404): the resync does not exist."""
        integration = self.integration_of(event)
        self._set_status(event, name, integration, status, moment)
        self._report(integration, event, name, _STATES[status], moment)

    def status(self, event: str) -> str:
        """Return `started`, `finished`, `failed` or `aborted`. Raises PortError (404): no such resync."""
        status = self._status(event)
        if status is None:
            raise not_found("Lifecycle", event)
        return status

    def integration_of(self, event: str) -> str:
        """Return the integration of a resync. Raises PortError (404): no such resync."""
        row = self._store.row("SELECT integration FROM lifecycles WHERE event = ? AND name = ''", (event,))
        if row is None:
            raise not_found("Lifecycle", event)
        return str(row[0])

    def _status(self, event: str) -> str | None:
        row = self._store.row("SELECT status FROM lifecycles WHERE event = ? AND name = ''", (event,))
        return None if row is None else str(row[0])

    def _set_status(self, event: str, name: str, integration: str, status: str, moment: int) -> None:
        self._store.write(
            "INSERT INTO lifecycles VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (event, name) DO UPDATE "
            "SET status = excluded.status, updated_at = excluded.updated_at",
            (event, name, integration, status, moment, moment),
        )

    def _report(self, integration: str, event: str, name: str, state: str, moment: int) -> None:
        """Record the state as metrics for the Syncs page. Ocean sends no metrics in this mode."""
        kind, _, index = name.rpartition("-")
        row = self._store.row(
            "SELECT ifnull(sum(items), 0) FROM raw_batches WHERE integration = ? AND event = ? AND kind = ?",
            (integration, event, kind),
        )
        counts = {"raw_extracted": {"object_count": row[0] if row else 0}}
        record = {
            "kind": kind or name,
            "kindIndex": int(index) if index.isdecimal() else 0,
            "kindIdentifier": name,
            "eventId": event,
            "syncState": state,
            "metrics": {"phase": {"extract": {"object_count_type": counts}}},
        }
        self._reports.add_metrics(integration, [record], moment)
