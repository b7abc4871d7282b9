"""The open file that remembers what items became. Its methods raise sqlite3.DatabaseError."""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Self

from mapping.digests import FORMAT, KEY_BYTES
from mapping.key_filter import KeyFilter
from mapping.memory_format import (
    BY_ITEM,
    BY_SLOT,
    DAMAGE,
    Meta,
    Reason,
    Stored,
    UnusableFileError,
    checksum,
    connect,
    delete_file,
    read_meta,
    write_meta,
)

# A listing mostly keeps its order. Rows read in the order in which they were written need no search.
_MAX_WINDOWS = 4
_WINDOW_MARGIN = 64
# To write all rows again is faster than to find those that one in so many replaces.
_BULK_SHARE = 4


class MemoryFile:
    """An open file. What is staged is part of it from `finish` on."""

    def __init__(
        self, connection: sqlite3.Connection, lock: int, path: Path, meta: Meta, max_rows: int
    ) -> None:
        self._connection = connection
        self._lock = lock
        self._path = path
        self._max_rows = max_rows
        self.meta = meta
        self._staged = 0
        self._forgotten = 0
        self._skipped: KeyFilter | None = None
        self._replaced = KeyFilter(meta.count)

    @classmethod
    def open(cls, path: Path, lock: int, identity: bytes, max_rows: int) -> Self:
        """Open a file, or create it."""
        connection = connect(path)
        try:
            meta = read_meta(connection, identity)
            if meta.count > max_rows:
                raise UnusableFileError(Reason.TOO_LARGE)
        except BaseException:
            connection.close()
            raise
        return cls(connection, lock, path, meta, max_rows)

    def find_items(self, digests: Sequence[bytes]) -> list[Stored | None]:
        """Return the row of each item that no later row replaces."""
        wanted, found = dict.fromkeys(digests), dict[bytes, Stored]()
        for _ in range(_MAX_WINDOWS):
            first = next((row for digest in list(wanted) if (row := self._take(wanted, digest))), None)
            if first is None:
                break
            found[first.item] = first
            hits = {
                row.item: row
                for row in self._rows("id > ? ORDER BY id LIMIT ?", first.id, len(wanted) + _WINDOW_MARGIN)
                if row.item in wanted
            }
            found |= hits
            for item in hits:
                del wanted[item]
            if 4 * len(hits) < len(wanted):
                break
        for digest in list(wanted):
            if row := self._take(wanted, digest):
                found[digest] = row
        return [self._current(found.get(digest)) for digest in digests]

    def find_slots(self, slots: Sequence[bytes]) -> list[Stored | None]:
        """Return the row of each slot that no later row replaces."""
        rows = (next(self._rows("slot = ?", slot), None) for slot in slots)
        return [self._current(row) for row in rows]

    def stage(self, rows: Sequence[tuple[bytes, bytes, bytes]]) -> None:
        """Add rows of item, slot and content. They replace all earlier rows of the same entities."""
        for _, slot, _ in rows:
            self._replaced.add(slot[:KEY_BYTES])
        fitting = rows[: self._max_rows - self._staged]
        self._staged += len(fitting)
        for _, slot, _ in rows[len(fitting) :]:
            self._skipped = self._skipped or KeyFilter(self._max_rows)
            self._skipped.add(slot[:KEY_BYTES])
        with self._transaction("BEGIN"):
            self._connection.executemany(
                "INSERT INTO staged (item, slot, content, sum) VALUES (?, ?, ?, ?)",
                [(*row, checksum(*row)) for row in fitting],
            )

    def forget(self, keys: Sequence[bytes]) -> None:
        """Drop the rows of entities, staged ones included."""
        for key in keys:
            self._replaced.add(key)
        self._forgotten += len(keys)
        with self._transaction("BEGIN"):
            self._connection.executemany(
                "INSERT INTO forgotten VALUES (?, ?)", [(key, self._staged) for key in keys]
            )

    def finish(self, last: tuple[datetime, datetime, datetime, int], *, anew: bool) -> None:
        """Commit. anew: only what was staged remains."""
        is_bulk = (
            anew
            or self._skipped is not None
            or _BULK_SHARE * (self._staged + self._forgotten) >= self.meta.count
        )
        with self._transaction("BEGIN IMMEDIATE"):
            count = self.meta.count
            if self._staged or self._forgotten or anew:
                count = self._merge_all(anew=anew) if is_bulk else self._merge()
            self.meta = Meta(FORMAT, self.meta.identity, count, last)
            write_meta(self._connection, self.meta)
        self._connection.execute("DELETE FROM staged")
        self._connection.execute("DELETE FROM forgotten")
        self._staged = self._forgotten = 0
        self._skipped = None
        self._replaced = KeyFilter(self.meta.count)

    def close(self) -> None:
        """Close the file without what is staged."""
        self._connection.close()
        os.close(self._lock)

    def delete(self) -> None:
        """Close and delete the file."""
        self._connection.close()
        delete_file(self._path)
        os.close(self._lock)

    def _merge(self) -> int:
        self._clean_staged()
        deleted = 0
        for source, key in (("staged", f"substr(s.slot, 1, {KEY_BYTES})"), ("forgotten", "s.key")):
            deleted += self._connection.execute(
                "DELETE FROM rows WHERE id IN (SELECT r.id FROM temp."  # noqa: S608 - our own text
                f"{source} AS s CROSS JOIN rows AS r"
                f" WHERE r.slot BETWEEN {key} AND CAST({key} || x'ffffffff' AS BLOB))"
            ).rowcount
        return self._insert(self.meta.count - deleted)

    def _merge_all(self, *, anew: bool) -> int:
        """Write all rows again, which is faster than a search for each of many."""
        self._clean_staged()
        self._connection.execute("DROP INDEX by_item")
        self._connection.execute("DROP INDEX by_slot")
        count = self.meta.count
        if anew:
            self._connection.execute("DELETE FROM rows")
            count = 0
        else:
            self._connection.create_function(
                "is_replaced", 1, lambda slot: self._replaced.has(slot[:KEY_BYTES])
            )
            count -= self._connection.execute("DELETE FROM rows WHERE is_replaced(slot)").rowcount
        return self._insert(count, indexes=(BY_ITEM, BY_SLOT))

    def _clean_staged(self) -> None:
        """Drop staged rows that were forgotten or replaced later."""
        execute = self._connection.execute
        if self._forgotten:
            execute(
                "DELETE FROM staged WHERE id <="
                " (SELECT max(f.id) FROM forgotten AS f WHERE f.key = substr(staged.slot, 1, ?))",
                (KEY_BYTES,),
            )
        if skipped := self._skipped:
            self._connection.create_function("is_skipped", 1, lambda slot: skipped.has(slot[:KEY_BYTES]))
            execute("DELETE FROM staged WHERE is_skipped(slot)")
        execute("DELETE FROM repeated")
        execute("INSERT INTO repeated SELECT slot, max(id) FROM staged GROUP BY slot HAVING count(*) > 1")
        execute(
            "DELETE FROM staged"
            " WHERE slot IN (SELECT slot FROM repeated) AND id NOT IN (SELECT id FROM repeated)"
        )

    def _insert(self, count: int, indexes: Iterable[str] = ()) -> int:
        count += self._connection.execute(
            "INSERT INTO rows (item, slot, content, sum)"
            " SELECT item, slot, content, sum FROM staged ORDER BY id LIMIT ?",
            (self._max_rows - count,),
        ).rowcount
        for index in indexes:
            self._connection.execute(index)
        return count

    def _take(self, wanted: dict[bytes, None], digest: bytes) -> Stored | None:
        del wanted[digest]
        return next(self._rows("item = ?", digest), None)

    def _rows(self, condition: str, *values: bytes | int) -> Iterator[Stored]:
        rows = self._connection.execute(
            f"SELECT id, item, slot, content, sum FROM rows WHERE {condition}",  # noqa: S608 - our own text
            values,
        )
        for row in rows:
            if row[-1] != checksum(*row[1:4]):
                raise UnusableFileError(Reason.DAMAGED)
            yield Stored._make(row)

    def _current(self, row: Stored | None) -> Stored | None:
        return None if row is None or self._replaced.has(row.slot[:KEY_BYTES]) else row

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        self._connection.execute(begin)
        try:
            yield
        except BaseException:
            with suppress(*DAMAGE):
                self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
