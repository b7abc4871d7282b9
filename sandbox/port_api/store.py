"""The SQLite database behind the sandbox: one connection, one writer, everything in it."""

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
_NAMES = "SELECT name FROM sqlite_master WHERE type = 'table'"
_VERSION = 2
"""Of the tables; a file with others is refused."""

type Values = Sequence[Any] | Mapping[str, Any]
"""For the `?` of a statement in their order, or for its `:names`."""


class Store:
    """A database file, or `:memory:`; `fresh`: what it held is dropped. Used from one thread only.

    Nothing is flushed to the disk: what a crash of the machine would lose is a catalog to play with.
    Raises sqlite3.Error: no such file can be made, or it was made by another version of the sandbox.
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
            raise sqlite3.DatabaseError("it was made by another version of the sandbox; --reset empties it")
        self._connection.executescript(f"{_TABLES}PRAGMA user_version = {_VERSION};")

    def rows(self, sql: str, values: Values = ()) -> sqlite3.Cursor:
        """The rows of a query, one after the other."""
        return self._connection.execute(sql, values)

    def row(self, sql: str, values: Values = ()) -> tuple[Any, ...] | None:
        """The first row of a query, if any."""
        found: tuple[Any, ...] | None = self._connection.execute(sql, values).fetchone()
        return found

    def write(self, sql: str, values: Values = ()) -> int:
        """How many rows the statement changed."""
        return self._connection.execute(sql, values).rowcount

    def write_many(self, sql: str, values: Iterable[Sequence[Any]]) -> None:
        """The statement, once for each row of values."""
        self._connection.executemany(sql, values)

    @contextmanager
    def transaction(self) -> Generator[None]:
        """All of the writes inside, or none. Inside another transaction it is part of that one."""
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
        """Empties every table."""
        with self.transaction():
            for (name,) in self.rows(_NAMES).fetchall():
                self.write(f"DELETE FROM {name}")  # noqa: S608 - the names come from the schema above

    def close(self) -> None:
        """Nothing can be asked afterwards."""
        self._connection.close()
