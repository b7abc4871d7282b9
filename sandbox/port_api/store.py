"""The sandbox's SQLite database."""

import sqlite3
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

_TABLES = """
CREATE TABLE IF NOT EXISTS blueprints (
    identifier TEXT PRIMARY KEY, document TEXT NOT NULL, untyped TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS entities (
    id INTEGER PRIMARY KEY, blueprint TEXT NOT NULL, identifier TEXT NOT NULL, datasource TEXT NOT NULL,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, content TEXT NOT NULL,
    UNIQUE (blueprint, identifier));
CREATE INDEX IF NOT EXISTS entities_by_age ON entities (blueprint, id);
CREATE TABLE IF NOT EXISTS links (
    blueprint TEXT NOT NULL, source TEXT NOT NULL, relation TEXT NOT NULL, target TEXT NOT NULL,
    PRIMARY KEY (blueprint, source, relation, target)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS links_by_target ON links (blueprint, relation, target);
CREATE TABLE IF NOT EXISTS integrations (
    identifier TEXT PRIMARY KEY, ingest_id TEXT NOT NULL UNIQUE, document TEXT NOT NULL,
    resync_requested_at INTEGER);
CREATE TABLE IF NOT EXISTS cursors (
    integration TEXT NOT NULL, kind TEXT NOT NULL, position TEXT NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (integration, kind, position));
CREATE TABLE IF NOT EXISTS examples (
    id INTEGER PRIMARY KEY, integration TEXT NOT NULL, kind TEXT NOT NULL, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS logs (
    id INTEGER PRIMARY KEY, integration TEXT NOT NULL, level TEXT NOT NULL, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS metrics (
    id INTEGER PRIMARY KEY, integration TEXT NOT NULL, event TEXT NOT NULL, kind TEXT NOT NULL,
    created_at INTEGER NOT NULL, received_at INTEGER NOT NULL, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS resyncs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, integration TEXT NOT NULL, event TEXT NOT NULL,
    status TEXT NOT NULL, started_at TEXT NOT NULL, ended_at TEXT);
CREATE INDEX IF NOT EXISTS resyncs_by_integration ON resyncs (integration, id);
CREATE INDEX IF NOT EXISTS metrics_by_event ON metrics (integration, event, kind);
CREATE TABLE IF NOT EXISTS extras (
    id INTEGER PRIMARY KEY, sort TEXT NOT NULL, blueprint TEXT, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS migrations (identifier TEXT PRIMARY KEY, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS raw_batches (
    id INTEGER PRIMARY KEY, integration TEXT NOT NULL, event TEXT NOT NULL, kind TEXT NOT NULL,
    received_at INTEGER NOT NULL, items INTEGER NOT NULL, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS lifecycles (
    event TEXT NOT NULL, name TEXT NOT NULL, integration TEXT NOT NULL, status TEXT NOT NULL,
    started_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, PRIMARY KEY (event, name));
"""
_NAMES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
_VERSION = 2
"""The schema version. Files with another version are rejected."""

type Values = Sequence[Any] | Mapping[str, Any]
"""Values for a statement's `?` placeholders in order, or for its `:name` placeholders."""


class Store:
    """One connection to a database file or `:memory:`, for use from one thread. fresh: delete its contents.

    Writes are not flushed to disk (`synchronous = OFF`). A machine crash may lose this disposable data.
    Raises sqlite3.Error: the file cannot be created, or another version of the sandbox created it.
    """

    def __init__(self, path: str, *, fresh: bool = False) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, cached_statements=256)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = OFF")
        if fresh:
            for (name,) in self.rows(_NAMES).fetchall():
                self.write(f"DROP TABLE {name}")
        version = self.row("PRAGMA user_version")
        if version != (_VERSION,) and self.row(_NAMES) is not None:
            raise sqlite3.DatabaseError(
                "another version of the sandbox created it. Pass --reset to delete its contents"
            )
        self._connection.executescript(f"{_TABLES}PRAGMA user_version = {_VERSION};")

    def rows(self, sql: str, values: Values = ()) -> sqlite3.Cursor:
        """Return a cursor over the rows of a query."""
        return self._connection.execute(sql, values)

    def row(self, sql: str, values: Values = ()) -> tuple[Any, ...] | None:
        """Return the first row of a query, or None."""
        found: tuple[Any, ...] | None = self._connection.execute(sql, values).fetchone()
        return found

    def write(self, sql: str, values: Values = ()) -> None:
        """Execute a statement."""
        self._connection.execute(sql, values)

    def write_many(self, sql: str, values: Iterable[Sequence[Any]]) -> None:
        """Execute a statement once for each row of values."""
        self._connection.executemany(sql, values)

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Commit all writes of the block, or none if it raises. A nested transaction joins the outer one."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def clear(self) -> None:
        """Delete all rows of all tables."""
        with self.transaction():
            for (name,) in self.rows(_NAMES).fetchall():
                self.write(f"DELETE FROM {name}")  # noqa: S608 - the names come from the schema above

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
