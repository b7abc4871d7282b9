"""The history of resyncs: when each one ran, and the event that its metrics and logs carry."""

from dataclasses import dataclass

from sandbox.port_api.json_codec import Document
from sandbox.port_api.store import Store
from sandbox.port_api.timestamps import iso

_MAX_PER_INTEGRATION = 100
_COLUMNS = "id, integration, event, status, started_at, ended_at"
_LATEST = f"SELECT {_COLUMNS} FROM resyncs WHERE integration = ? ORDER BY id DESC LIMIT 1"  # noqa: S608
_OLD = """
SELECT id FROM resyncs WHERE integration = :integration ORDER BY id DESC LIMIT -1 OFFSET :most"""
_ABORT = "UPDATE resyncs SET status = 'aborted' WHERE integration = ? AND status = 'running'"
_FORGET_METRICS = f"""
DELETE FROM metrics WHERE integration = :integration AND event IN (
    SELECT event FROM resyncs WHERE id IN ({_OLD}))"""  # noqa: S608
_FORGET = f"DELETE FROM resyncs WHERE id IN ({_OLD})"  # noqa: S608


@dataclass(frozen=True, slots=True)
class ResyncRecord:
    """A resync. number: unique. event: "" before its first metrics. started_at, ended_at: ISO 8601.

    status: as Ocean reported it, "" if it reports none. A resync is aborted if the next one starts before it
    has reported its end: its process was killed.
    """

    number: int
    integration: str
    event: str
    status: str
    started_at: str
    ended_at: str | None


class Resyncs:
    """The newest 100 resyncs of each integration. The metrics of older ones are deleted with them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def note_state(self, integration: str, state: Document) -> None:
        """Record the start or the end of a resync from an integration's resync state."""
        started, status = state.get("lastResyncStart"), str(state.get("status") or "")
        if not isinstance(started, str):
            return
        ended = state.get("lastResyncEnd")
        ended = ended if isinstance(ended, str) and status != "running" else None
        latest = self.latest(integration)
        if latest is None or latest.started_at != started:
            self._add(integration, "", status, started)
            latest = self.latest(integration)
        if latest is not None:
            self._store.write(
                "UPDATE resyncs SET status = ?, ended_at = ? WHERE id = ?", (status, ended, latest.number)
            )

    def note_metrics(self, integration: str, event: str, moment: int) -> None:
        """Record that metrics of a resync arrived. It may have reported no start."""
        if self._store.row("SELECT 1 FROM resyncs WHERE integration = ? AND event = ?", (integration, event)):
            return
        latest = self.latest(integration)
        if latest is not None and not latest.event and latest.ended_at is None:
            self._store.write("UPDATE resyncs SET event = ? WHERE id = ?", (event, latest.number))
        else:
            self._add(integration, event, "", iso(moment))

    def latest(self, integration: str) -> ResyncRecord | None:
        """Return the newest resync of an integration."""
        row = self._store.row(_LATEST, (integration,))
        return ResyncRecord(*row) if row else None

    def history(self, integration: str) -> list[ResyncRecord]:
        """Return the kept resyncs of an integration, newest first."""
        sql = f"SELECT {_COLUMNS} FROM resyncs WHERE integration = ? ORDER BY id DESC"  # noqa: S608
        return [ResyncRecord(*row) for row in self._store.rows(sql, (integration,))]

    def find(self, integration: str, number: int) -> ResyncRecord | None:
        """Return a resync by its number."""
        sql = f"SELECT {_COLUMNS} FROM resyncs WHERE integration = ? AND id = ?"  # noqa: S608
        row = self._store.row(sql, (integration, number))
        return ResyncRecord(*row) if row else None

    def forget(self, integration: str) -> None:
        """Delete the history of an integration."""
        self._store.write("DELETE FROM resyncs WHERE integration = ?", (integration,))

    def _add(self, integration: str, event: str, status: str, started_at: str) -> None:
        with self._store.transaction():
            self._store.write(_ABORT, (integration,))
            self._store.write(
                "INSERT INTO resyncs (integration, event, status, started_at) VALUES (?, ?, ?, ?)",
                (integration, event, status, started_at),
            )
            bounds = {"integration": integration, "most": _MAX_PER_INTEGRATION}
            self._store.write(_FORGET_METRICS, bounds)
            self._store.write(_FORGET, bounds)
