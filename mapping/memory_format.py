"""The format of the file that remembers what items became: its schema, its header and its checksums."""

import fcntl
import os
import sqlite3
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import msgspec

from mapping.digests import FORMAT

BY_ITEM = "CREATE INDEX by_item ON rows (item)"
BY_SLOT = "CREATE INDEX by_slot ON rows (slot)"
_SCHEMA = (
    "CREATE TABLE meta (value BLOB, sum INTEGER)",
    "CREATE TABLE rows (id INTEGER PRIMARY KEY, item BLOB, slot BLOB, content BLOB, sum INTEGER)",
    BY_ITEM,
    BY_SLOT,
)
# The memory for pages, once for the file and once for temporary tables.
_CACHE_KIB = 8 * 1024
_SETTINGS = (
    "PRAGMA locking_mode = EXCLUSIVE",
    # A process that is killed while it writes leaves a journal, from which the next one restores the file.
    "PRAGMA journal_mode = TRUNCATE",
    f"PRAGMA cache_size = -{_CACHE_KIB}",
    "PRAGMA temp_store = FILE",
    "PRAGMA temp.journal_mode = OFF",
    f"PRAGMA temp.cache_size = -{_CACHE_KIB}",
    "PRAGMA cell_size_check = ON",
    "PRAGMA trusted_schema = OFF",
)
_TEMPORARY_TABLES = (
    "CREATE TEMP TABLE staged (id INTEGER PRIMARY KEY, item BLOB, slot BLOB, content BLOB, sum INTEGER)",
    "CREATE TEMP TABLE forgotten (key BLOB, id INTEGER)",
    "CREATE TEMP TABLE repeated (slot BLOB, id INTEGER)",
)


# sqlite3 cannot decode its own message if that has a damaged name.
DAMAGE = (sqlite3.Error, UnicodeDecodeError)


class Reason(StrEnum):
    """Why a file cannot be used."""

    DAMAGED = "it is damaged"
    FOREIGN = "it is of another version or installation"
    TOO_LARGE = "it has more rows than allowed"


class UnusableFileError(sqlite3.DatabaseError):
    """The file cannot be used, for a reason that SQLite does not notice."""


class InUseError(Exception):
    """Another process has the file."""


class Meta(msgspec.Struct, array_like=True, frozen=True):
    """The header of a file. count: its rows. last: the fields of `LastResync`."""

    format: int
    identity: bytes
    count: int = 0
    last: tuple[datetime, datetime, datetime, int] | None = None


class Stored(NamedTuple):
    """A row of a file. The ids are in the order in which rows were written."""

    id: int
    item: bytes
    slot: bytes
    content: bytes
    sum: int


def checksum(item: bytes, slot: bytes, content: bytes) -> int:
    """Return the checksum of a row, as a signed integer of four bytes.

    Raises UnusableFileError: a value is not bytes, as happens in a damaged row.
    """
    try:
        return crc32(item + slot + content) - 2**31
    except TypeError as error:
        raise UnusableFileError(Reason.DAMAGED) from error


def lock_file(path: Path) -> int:
    """Return the descriptor that holds the lock of a file.

    Raises OSError: the folder cannot be written. Raises InUseError.
    """
    # SQLite's own lock ends when a damaged file is closed to be deleted.
    lock = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise InUseError from error
    return lock


def connect(path: Path) -> sqlite3.Connection:
    """Open a file, or create an empty one. Raises sqlite3.DatabaseError, OSError."""
    # SQLite would create it with the mode 0644. The journal gets the mode of the file.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        connection.text_factory = bytes
        for statement in (*_SETTINGS, *_TEMPORARY_TABLES):
            connection.execute(statement)
    except BaseException:
        connection.close()
        raise
    return connection


def delete_file(path: Path) -> None:
    """Delete a file and its journal. Raises OSError."""
    for name in (path.name, f"{path.name}-journal"):
        path.with_name(name).unlink(missing_ok=True)


def read_meta(connection: sqlite3.Connection, identity: bytes) -> Meta:
    """Return the header of a file. Writes one into an empty file.

    Raises sqlite3.DatabaseError: the file has another format or identity, or is damaged.
    """
    schema = [text for (text,) in connection.execute("SELECT sql FROM sqlite_schema")]
    if not schema:
        return _create(connection, identity)
    if sorted(schema) != sorted(text.encode() for text in _SCHEMA):
        raise UnusableFileError(Reason.FOREIGN)
    rows = connection.execute("SELECT value, sum FROM meta").fetchall()
    if len(rows) != 1 or not isinstance(rows[0][0], bytes) or crc32(rows[0][0]) != rows[0][1]:
        raise UnusableFileError(Reason.DAMAGED)
    try:
        meta = msgspec.msgpack.decode(rows[0][0], type=Meta)
    except msgspec.MsgspecError as error:
        raise UnusableFileError(Reason.FOREIGN) from error
    if (meta.format, meta.identity) != (FORMAT, identity):
        raise UnusableFileError(Reason.FOREIGN)
    return meta


def write_meta(connection: sqlite3.Connection, meta: Meta) -> None:
    """Replace the header."""
    value = msgspec.msgpack.encode(meta)
    connection.execute("DELETE FROM meta")
    connection.execute("INSERT INTO meta VALUES (?, ?)", (value, crc32(value)))


def _create(connection: sqlite3.Connection, identity: bytes) -> Meta:
    meta = Meta(FORMAT, identity)
    connection.execute("BEGIN EXCLUSIVE")
    for statement in _SCHEMA:
        connection.execute(statement)
    write_meta(connection, meta)
    connection.execute("COMMIT")
    return meta
