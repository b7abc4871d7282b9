"""Raw items, where Port's own processor makes entities of them ("DSP"): kept, and shown as a sync's state.

The sandbox makes no entities of them: it does not run Port's processor.
"""

import json
from enum import Enum

from sandbox.port_api.errors import PortError, not_found
from sandbox.port_api.journal import Journal
from sandbox.port_api.jsontext import Document, dump
from sandbox.port_api.store import Store

_STATES = {"started": "syncing", "finished": "completed", "failed": "failed", "aborted": "aborted"}
"""Ocean's words for a lifecycle -> those for the state of a sync."""
_BATCHES = """
SELECT integration, event, kind, received_at, items, document FROM raw_batches
WHERE ifnull(:integration, integration) = integration AND ifnull(:event, event) = event
AND ifnull(:kind, kind) = kind ORDER BY id"""


class Processing(Enum):
    """Who makes entities of what is extracted. lakehouse: Ocean, and raw items are sent beside; dsp: Port."""

    OCEAN = "ocean"
    LAKEHOUSE = "lakehouse"
    DSP = "dsp"

    @property
    def feature_flags(self) -> list[str]:
        """What the organization says of itself, so that Ocean behaves accordingly."""
        flags = ["LAKEHOUSE_ELIGIBLE", "DATA_SOURCE_PROCESSOR_ENABLED"]
        return flags[: list(Processing).index(self)]


class RawData:
    """Batches of raw items by integration, resync and kind, and how far each resync is."""

    def __init__(self, store: Store, journal: Journal) -> None:
        self._store = store
        self._journal = journal

    def add(self, integration: str, event: str, kind: str, body: Document, moment: int) -> None:
        """One batch. Raises PortError (409): the resync was superseded by a newer one."""
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
        """Oldest first; None is any. receivedAt: microseconds."""
        rows = self._store.rows(_BATCHES, {"integration": integration, "event": event, "kind": kind})
        names = ("integration", "eventId", "kind", "receivedAt", "items")
        return [{**json.loads(row[-1]), **dict(zip(names, row, strict=False))} for row in rows]

    def note_resync(self, event: str, integration: str, status: str, moment: int) -> None:
        """How far a resync is; one that begins supersedes the integration's others."""
        if status == "started":
            self._store.write(
                "UPDATE lifecycles SET status = 'aborted', updated_at = ? "
                "WHERE integration = ? AND name = '' AND status = 'started'",
                (moment, integration),
            )
        self._note(event, "", integration, status, moment)

    def note_part(self, event: str, name: str, status: str, moment: int) -> None:
        """How far one kind, or another part, of a resync is. Raises PortError (404): it never began."""
        integration = self.integration_of(event)
        self._note(event, name, integration, status, moment)
        self._report(integration, event, name, _STATES[status], moment)

    def status(self, event: str) -> str:
        """`started`, `finished`, `failed` or `aborted`. Raises PortError (404): it never began."""
        status = self._status(event)
        if status is None:
            raise not_found("Lifecycle", event)
        return status

    def integration_of(self, event: str) -> str:
        """Whose resync it is. Raises PortError (404): it never began."""
        row = self._store.row("SELECT integration FROM lifecycles WHERE event = ? AND name = ''", (event,))
        if row is None:
            raise not_found("Lifecycle", event)
        return str(row[0])

    def _status(self, event: str) -> str | None:
        row = self._store.row("SELECT status FROM lifecycles WHERE event = ? AND name = ''", (event,))
        return None if row is None else str(row[0])

    def _note(self, event: str, name: str, integration: str, status: str, moment: int) -> None:
        self._store.write(
            "INSERT INTO lifecycles VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (event, name) DO UPDATE "
            "SET status = excluded.status, updated_at = excluded.updated_at",
            (event, name, integration, status, moment, moment),
        )

    def _report(self, integration: str, event: str, name: str, state: str, moment: int) -> None:
        """Where the page looks for the state of a sync: Ocean itself sends no metrics then."""
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
        self._journal.add_metrics(integration, [record], moment)
