"""Installed integrations: settings, mapping and resync requests."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.port_api.errors import already_exists, not_found
from sandbox.port_api.json_codec import Document, dump, sorted_dump
from sandbox.port_api.resyncs import Resyncs
from sandbox.port_api.store import Store
from sandbox.port_api.timestamps import Clock, iso, microseconds

_READ = "SELECT identifier, ingest_id, document, resync_requested_at FROM integrations"
_FIXED = frozenset(
    (
        *("_id", "identifier", "installationId", "resyncState", "createdAt", "updatedAt"),
        *("logAttributes", "metricAttributes", "ingestAttributes"),
    )
)
"""Fields that a request cannot change."""


@dataclass(frozen=True, slots=True)
class Integration:
    """An installed integration.

    identifier: the installationId; ingest_id: its id in ingest URLs.
    resync_requested_at: microseconds since 1970, None if no resync was requested.
    """

    identifier: str
    ingest_id: str
    document: Document
    resync_requested_at: int | None

    def as_document(self, base_url: str) -> Document:
        """Return the integration as Port shows it. Its ingest URLs start with `base_url`."""
        ingest = f"{base_url}/ingest"
        return {
            "_id": self.ingest_id,
            "identifier": self.identifier,
            "installationId": self.identifier,
            "installationType": "OnPrem",
            "resyncState": {},
            **self.document,
            "logAttributes": {"ingestId": self.ingest_id, "ingestUrl": f"{ingest}/logs/{self.ingest_id}"},
            "metricAttributes": {
                "ingestId": self.ingest_id,
                "ingestUrl": f"{ingest}/metrics/{self.ingest_id}",
            },
            "ingestAttributes": {"ingestUrl": f"{ingest}/raw/{self.ingest_id}"},
        }


class Integrations:
    """All installed integrations. Methods raise PortError (404) if the integration does not exist."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._resyncs = Resyncs(store)

    def __iter__(self) -> Iterator[Integration]:
        return (_integration(row) for row in self._store.rows(f"{_READ} ORDER BY rowid").fetchall())

    def get(self, identifier: str) -> Integration:
        """Return an integration by its installationId."""
        return self._one("identifier", identifier)

    def by_ingest_id(self, ingest_id: str) -> Integration:
        """Return an integration by its id in ingest URLs."""
        return self._one("ingest_id", ingest_id)

    def create(self, body: Document, *, upsert: bool) -> tuple[Integration, bool]:
        """Return (integration, created). Raises PortError (409): it exists and `upsert` is false."""
        identifier: str = body["installationId"]
        found = self._store.row(f"{_READ} WHERE identifier = ?", (identifier,))
        if found is not None:
            if not upsert:
                raise already_exists("Integration", identifier)
            return self.change(_integration(found), body), False
        now = iso(microseconds(self._clock))
        document = {**_changeable_fields(body), "createdAt": now, "updatedAt": now}
        self._save(Integration(identifier, secrets.token_hex(12), document, None))
        return self.get(identifier), True

    def change(self, old: Integration, body: Document, *, resync_on_change: bool = True) -> Integration:
        """Change these fields. A different mapping, or an empty body, requests a resync."""
        changes = _changeable_fields(body)
        document = {**old.document, **changes, "updatedAt": iso(microseconds(self._clock))}
        remapped = "config" in changes and _differ(changes["config"], old.document.get("config"))
        requested = old.resync_requested_at
        if not body or (remapped and resync_on_change):
            requested = self._later_than(requested)
        return self._save(Integration(old.identifier, old.ingest_id, document, requested))

    def change_resync_state(self, old: Integration, state: Document) -> Integration:
        """Merge a state into the integration's resync state."""
        merged = {
            **old.document.get("resyncState", {}),
            **state,
            "updatedAt": iso(microseconds(self._clock)),
        }
        document = {**old.document, "resyncState": merged}
        self._resyncs.note_state(old.identifier, merged)
        return self._save(Integration(old.identifier, old.ingest_id, document, old.resync_requested_at))

    def delete(self, old: Integration) -> None:
        """Delete the integration. Its entities are kept."""
        self._store.write("DELETE FROM integrations WHERE identifier = ?", (old.identifier,))
        self._store.write("DELETE FROM cursors WHERE integration = ?", (old.identifier,))
        self._resyncs.forget(old.identifier)

    def _later_than(self, moment: int | None) -> int:
        """Return the current time, at least 1 ms after `moment` so that its ISO text differs."""
        return max(microseconds(self._clock), (moment or 0) + 1000)

    def _one(self, column: str, value: str) -> Integration:
        row = self._store.row(f"{_READ} WHERE {column} = ?", (value,))
        if row is None:
            raise not_found("Integration", value)
        return _integration(row)

    def _save(self, new: Integration) -> Integration:
        self._store.write(
            "INSERT INTO integrations VALUES (?, ?, ?, ?) ON CONFLICT (identifier) DO UPDATE "
            "SET document = excluded.document, resync_requested_at = excluded.resync_requested_at",
            (new.identifier, new.ingest_id, dump(new.document), new.resync_requested_at),
        )
        return new


def _integration(row: tuple[Any, ...]) -> Integration:
    identifier, ingest_id, text, requested = row
    return Integration(identifier, ingest_id, json.loads(text), requested)


def _changeable_fields(body: Document) -> Document:
    return {key: value for key, value in body.items() if key not in _FIXED}


def _differ(one: Document | None, other: Document | None) -> bool:
    return sorted_dump(one) != sorted_dump(other)
