"""What integrations report about their runs: logs, metrics of each kind, examples, cursors."""

import json
from dataclasses import dataclass
from typing import Any

from sandbox.port_api.jsontext import Document, dump
from sandbox.port_api.store import Store
from sandbox.port_api.times import iso

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
_FIRST_OF_KIND = "SELECT min(created_at) FROM metrics WHERE integration = ? AND event = ? AND kind = ?"


@dataclass(frozen=True, slots=True)
class LogPage:
    """levels: none is all; event: a resync's id; position: a record's id, and timestamp its time, from where
    on to list; newer: towards the newer ones.
    """

    limit: int = 100
    levels: tuple[str, ...] = ()
    event: str | None = None
    position: int | None = None
    timestamp: str | None = None
    newer: bool = False


class Journal:
    """Keyed by the integration's installationId."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add_logs(self, integration: str, records: list[Document]) -> None:
        """Keeps the newest 50,000 of all integrations."""
        rows = ((integration, str(record.get("level", "")).upper(), dump(record)) for record in records)
        with self._store.transaction():
            self._store.write_many("INSERT INTO logs (integration, level, document) VALUES (?, ?, ?)", rows)
            self._store.write("DELETE FROM logs WHERE id <= (SELECT max(id) FROM logs) - ?", (_MAX_LOGS,))

    def logs(self, integration: str | None, level: str | None) -> list[Document]:
        """Oldest first; None is any."""
        sql = "SELECT integration, document FROM logs WHERE ifnull(:integration, integration) = integration "
        wanted = {"integration": integration, "level": level}
        rows = self._store.rows(sql + "AND ifnull(:level, level) = level ORDER BY id", wanted)
        return [{"integration": name, **json.loads(text)} for name, text in rows]

    def page_of_logs(self, integration: str, wanted: LogPage) -> list[Document]:
        """As Port lists them: each with its `id`, the newest first."""
        rows = self._store.rows(
            _LOGS + (_NEWER if wanted.newer else _OLDER),
            {
                "integration": integration,
                "levels": dump(list(wanted.levels)) if wanted.levels else None,
                "event": wanted.event,
                "position": wanted.position,
                "timestamp": wanted.timestamp,
                "most": wanted.limit,
            },
        )
        found = [{**json.loads(text), "id": str(number)} for number, text in rows]
        return found[::-1] if wanted.newer else found

    def add_metrics(self, integration: str, records: list[Document], moment: int) -> None:
        """The latest record of a kind in a resync replaces the one before."""
        for record in records:
            key = (integration, str(record.get("eventId", "")), record["kindIdentifier"])
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
        """Each kind's latest record with `createdAt` and `updatedAt`, oldest first; None is all resyncs."""
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
        """Each kind's latest record of the newest resync, in the order of the mapping, Ocean's own last."""
        rows = self._store.rows(
            "SELECT document FROM metrics WHERE integration = :integration AND event = "
            "(SELECT event FROM metrics WHERE integration = :integration ORDER BY id DESC LIMIT 1)",
            {"integration": integration},
        )
        return sorted((json.loads(text) for (text,) in rows), key=_mapping_order)

    def add_examples(self, integration: str, kind: str, examples: list[Document]) -> None:
        """Keeps the newest five of a kind."""
        with self._store.transaction():
            self._store.write_many(
                "INSERT INTO examples (integration, kind, document) VALUES (?, ?, ?)",
                ((integration, kind, dump(example)) for example in examples),
            )
            wanted = {"integration": integration, "kind": kind, "most": _MAX_EXAMPLES}
            self._store.write(_DROP_OLD_EXAMPLES, wanted)

    def examples(self, integration: str | None) -> dict[str, dict[str, list[Document]]]:
        """{integration: {kind: [example, ...]}}; None is all integrations."""
        found: dict[str, dict[str, list[Document]]] = {}
        sql = "SELECT integration, kind, document FROM examples "
        for name, kind, text in self._store.rows(
            sql + "WHERE ifnull(:integration, integration) = integration ORDER BY id",
            {"integration": integration},
        ):
            found.setdefault(name, {}).setdefault(kind, []).append(json.loads(text))
        return found

    def cursor(self, integration: str, kind: str, position: str) -> Document | None:
        """Where the incremental run of a mapping entry stands."""
        row = self._store.row(
            "SELECT document FROM cursors WHERE integration = ? AND kind = ? AND position = ?",
            (integration, kind, position),
        )
        return json.loads(row[0]) if row else None

    def set_cursor(self, integration: str, kind: str, position: str, cursor: Document) -> None:
        """Creates or replaces it."""
        self._store.write(
            "INSERT OR REPLACE INTO cursors VALUES (?, ?, ?, ?)", (integration, kind, position, dump(cursor))
        )


def _mapping_order(record: Document) -> tuple[bool, Any, str]:
    index = record.get("kindIndex", 0)
    return record["kindIdentifier"].startswith("__"), index, record["kindIdentifier"]
