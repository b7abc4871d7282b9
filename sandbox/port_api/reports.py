"""What integrations report about their resyncs: logs, metrics by kind, examples and cursors."""

import json
from dataclasses import dataclass
from typing import Any

from sandbox.port_api.json_codec import Document, dump
from sandbox.port_api.resyncs import Resyncs
from sandbox.port_api.store import Store
from sandbox.port_api.timestamps import iso

_MAX_LOGS = 50_000
_MAX_EXAMPLES = 5
_DROP_OLD_EXAMPLES = """
DELETE FROM examples WHERE integration = :integration AND kind = :kind AND id NOT IN (
    SELECT id FROM examples WHERE integration = :integration AND kind = :kind
    ORDER BY id DESC LIMIT :most)"""


_LOGS = """
SELECT id, document FROM logs WHERE integration = :integration
AND (:levels IS NULL OR level IN (SELECT value FROM json_each(:levels)))
AND (:event IS NULL OR
    :event IN (json_extract(document, '$.extra.event_id'), json_extract(document, '$.extra.event_parent_id')))
"""
_OLDER = """
AND (:position IS NULL OR id < :position)
AND (:timestamp IS NULL OR json_extract(document, '$.timestamp') <= :timestamp)
ORDER BY id DESC LIMIT :most"""
_NEWER = """
AND (:position IS NULL OR id > :position)
AND (:timestamp IS NULL OR json_extract(document, '$.timestamp') >= :timestamp)
ORDER BY id LIMIT :most"""
_ERRORS = """
SELECT json_extract(document, '$.extra.event_id'), json_extract(document, '$.extra.event_parent_id'), count(*)
FROM logs WHERE integration = ? AND level IN ('ERROR', 'CRITICAL') GROUP BY 1, 2"""
_FIRST_OF_KIND = "SELECT min(created_at) FROM metrics WHERE integration = ? AND event = ? AND kind = ?"


@dataclass(frozen=True, slots=True)
class LogPage:
    """Selects log records.

    levels: empty means all; event: the id of a resync.
    position: the id of the record to continue from; timestamp: the time to start at.
    newer: whether to continue with newer records instead of older ones.
    """

    limit: int = 100
    levels: tuple[str, ...] = ()
    event: str | None = None
    position: int | None = None
    timestamp: str | None = None
    newer: bool = False


class Reports:
    """All reports, by the integration's installationId."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._resyncs = Resyncs(store)

    def add_logs(self, integration: str, records: list[Document]) -> None:
        """Add log records. The newest 50,000 of all integrations are kept."""
        rows = ((integration, str(record.get("level", "")).upper(), dump(record)) for record in records)
        with self._store.transaction():
            self._store.write_many("INSERT INTO logs (integration, level, document) VALUES (?, ?, ?)", rows)
            self._store.write("DELETE FROM logs WHERE id <= (SELECT max(id) FROM logs) - ?", (_MAX_LOGS,))

    def logs(self, integration: str | None, level: str | None) -> list[Document]:
        """Return log records, oldest first. None means any."""
        sql = "SELECT integration, document FROM logs WHERE ifnull(:integration, integration) = integration "
        selection = {"integration": integration, "level": level}
        rows = self._store.rows(sql + "AND ifnull(:level, level) = level ORDER BY id", selection)
        return [{"integration": name, **json.loads(text)} for name, text in rows]

    def log_page(self, integration: str, selection: LogPage) -> list[Document]:
        """Return log records with their `id`, newest first, as Port lists them."""
        rows = self._store.rows(
            _LOGS + (_NEWER if selection.newer else _OLDER),
            {
                "integration": integration,
                "levels": dump(list(selection.levels)) if selection.levels else None,
                "event": selection.event,
                "position": selection.position,
                "timestamp": selection.timestamp,
                "most": selection.limit,
            },
        )
        found = [{**json.loads(text), "id": str(number)} for number, text in rows]
        return found[::-1] if selection.newer else found

    def error_counts(self, integration: str) -> dict[str, int]:
        """Return the number of errors in the log by resync."""
        counts: dict[str, int] = {}
        for own, parent, count in self._store.rows(_ERRORS, (integration,)):
            for event in {own, parent} - {None}:
                counts[event] = counts.get(event, 0) + count
        return counts

    def add_metrics(self, integration: str, records: list[Document], moment: int) -> None:
        """Add metrics. A record replaces the previous one of the same kind and resync."""
        for record in records:
            key = (integration, str(record.get("eventId", "")), record["kindIdentifier"])
            self._resyncs.note_metrics(integration, key[1], moment)
            with self._store.transaction():
                first = self._store.row(_FIRST_OF_KIND, key)
                created_at = first[0] if first and first[0] is not None else moment
                self._store.write("DELETE FROM metrics WHERE integration = ? AND event = ? AND kind = ?", key)
                self._store.write(
                    "INSERT INTO metrics (integration, event, kind, created_at, received_at, document) "
                    "VALUES (?, ?, ?, ?, ?, ?)",
                    (*key, created_at, moment, dump(record)),
                )

    def metrics(self, integration: str, event: str | None = None) -> list[Document]:
        """Return each kind's record with `createdAt` and `updatedAt`, oldest first. event: None means any."""
        rows = self._store.rows(
            "SELECT created_at, received_at, document FROM metrics "
            "WHERE integration = :integration AND ifnull(:event, event) = event ORDER BY created_at, kind",
            {"integration": integration, "event": event},
        )
        return [
            {**json.loads(text), "createdAt": iso(created), "updatedAt": iso(updated)}
            for created, updated, text in rows
        ]

    def latest_metrics(self, integration: str) -> list[Document]:
        """Return the records of the newest resync, as `metrics_of` does."""
        row = self._store.row(
            "SELECT event FROM metrics WHERE integration = ? ORDER BY id DESC LIMIT 1", (integration,)
        )
        return self.metrics_of(integration, row[0]) if row else []

    def metrics_of(self, integration: str, event: str) -> list[Document]:
        """Return the records of a resync in mapping order, followed by Ocean's internal ones."""
        rows = self._store.rows(
            "SELECT document FROM metrics WHERE integration = ? AND event = ?", (integration, event)
        )
        return sorted((json.loads(text) for (text,) in rows), key=_mapping_order)

    def add_examples(self, integration: str, kind: str, examples: list[Document]) -> None:
        """Add raw items of a kind. The newest five are kept."""
        with self._store.transaction():
            self._store.write_many(
                "INSERT INTO examples (integration, kind, document) VALUES (?, ?, ?)",
                ((integration, kind, dump(example)) for example in examples),
            )
            selection = {"integration": integration, "kind": kind, "most": _MAX_EXAMPLES}
            self._store.write(_DROP_OLD_EXAMPLES, selection)

    def examples(self, integration: str | None) -> dict[str, dict[str, list[Document]]]:
        """Return {integration: {kind: [example, ...]}}. None means all integrations."""
        found: dict[str, dict[str, list[Document]]] = {}
        sql = "SELECT integration, kind, document FROM examples "
        for name, kind, text in self._store.rows(
            sql + "WHERE ifnull(:integration, integration) = integration ORDER BY id",
            {"integration": integration},
        ):
            found.setdefault(name, {}).setdefault(kind, []).append(json.loads(text))
        return found

    def cursor(self, integration: str, kind: str, position: str) -> Document | None:
        """Return the incremental cursor of a mapping entry, or None."""
        row = self._store.row(
            "SELECT document FROM cursors WHERE integration = ? AND kind = ? AND position = ?",
            (integration, kind, position),
        )
        return json.loads(row[0]) if row else None

    def set_cursor(self, integration: str, kind: str, position: str, cursor: Document) -> None:
        """Create or replace the incremental cursor of a mapping entry."""
        self._store.write(
            "INSERT OR REPLACE INTO cursors VALUES (?, ?, ?, ?)", (integration, kind, position, dump(cursor))
        )


def _mapping_order(record: Document) -> tuple[bool, Any, str]:
    index = record.get("kindIndex", 0)
    return record["kindIdentifier"].startswith("__"), index, record["kindIdentifier"]
