"""The memory of what each item became, so that unchanged items are not mapped and written again.

It is safe to lose. A file that is damaged, or that belongs to something else, is replaced by an empty one.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from loguru import logger

from mapping.digests import KEY_BYTES, SLOT_BYTES
from mapping.memory_file import MemoryFile
from mapping.memory_format import DAMAGE, InUseError, delete_file, lock_file

MAX_ROWS = 2_000_000


@dataclass(frozen=True, slots=True)
class LastResync:
    """When the last resync that ended ran, by Port's clock.

    compared: when all entities were last compared with Port. writes: how many entities it wrote.
    """

    started: datetime
    ended: datetime
    compared: datetime
    writes: int


class Row(NamedTuple):
    """What an item became: its slot and key (`mapping/digests.py`), and the digests of item and entity."""

    slot: bytes
    key: bytes
    item: bytes
    content: bytes


class Recalled(NamedTuple):
    """What an item became in an earlier resync."""

    key: bytes
    slot: bytes
    content: bytes


class EntityMemory:
    """What each item became in earlier resyncs, in one SQLite file.

    Several threads can use it, one at a time. A fork of the process that opened it remembers nothing.
    last: the last resync that ended; None: nothing may be recalled.
    """

    def __init__(self, file: MemoryFile) -> None:
        self._file: MemoryFile | None = file
        self._opened_by = os.getpid()
        self.last = LastResync(*file.meta.last) if file.meta.last else None

    def recall(self, digests: Sequence[bytes]) -> list[Recalled | None]:
        """Return for each item what it became, or None."""
        with self._usable_file() as file:
            if file and self.last:
                rows = file.find_items(digests)
                return [row and Recalled(row.slot[:KEY_BYTES], row.slot, row.content) for row in rows]
        return [None] * len(digests)

    def known(self, slots: Sequence[bytes]) -> list[bytes | None]:
        """Return for each slot the digest of the entity that was written last, or None."""
        with self._usable_file() as file:
            if file and self.last:
                return [row and row.content for row in file.find_slots(slots)]
        return [None] * len(slots)

    def remember(self, rows: Iterable[Row]) -> None:
        """Add rows of entities that were written. They can be recalled from `finish` on.

        All earlier rows of these entities, also of other mapping entries, can no longer be recalled.
        Raises ValueError: a slot does not begin with the key.
        """
        staged = [(row.item, row.slot, row.content) for row in map(_checked, rows)]
        with self._usable_file() as file:
            if file:
                file.stage(staged)

    def forget(self, keys: Iterable[bytes]) -> None:
        """Drop the rows of entities that were deleted, or that will be overwritten."""
        with self._usable_file() as file:
            if file:
                file.forget(list(keys))

    def finish(self, resync: LastResync) -> None:
        """Commit. If this resync compared all entities, only the rows of this resync remain."""
        with self._usable_file() as file:
            if file:
                anew = resync.compared >= resync.started
                file.finish(astuple(resync), anew=anew)
                self.last = resync

    def close(self) -> None:
        """Close the file. What was remembered since the last `finish` is dropped."""
        with self._usable_file() as file:
            if file:
                self._file = None
                file.close()

    @contextmanager
    def _usable_file(self) -> Iterator[MemoryFile | None]:
        """Yield the file. If it turns out to be damaged, delete it, and remember nothing from then on."""
        file = self._file if os.getpid() == self._opened_by else None
        if file is None:
            yield None
            return
        try:
            yield file
        except DAMAGE as error:
            self._file, self.last = None, None
            _log_discarded(error)
            with suppress(*DAMAGE, OSError):
                file.delete()


def open_memory(path: Path, identity: bytes, *, max_rows: int = MAX_ROWS) -> EntityMemory | None:
    """Open the memory of an installation.

    A file that is damaged, or that has another format or identity, is deleted and made anew.
    max_rows: a row takes up to 150 bytes of disk.
    None: the folder cannot be written, or another process has the file.
    """
    try:
        lock = lock_file(path)
    except InUseError:
        logger.info("Another process uses the memory of entities; this one works without it")
        return None
    except OSError as error:
        _log_unavailable(error)
        return None
    for _ in range(2):
        try:
            return EntityMemory(MemoryFile.open(path, lock, identity, max_rows))
        except DAMAGE as error:
            _log_discarded(error)
            with suppress(OSError):
                delete_file(path)
        except OSError as error:
            _log_unavailable(error)
            break
    os.close(lock)
    return None


def _checked(row: Row) -> Row:
    if len(row.slot) != SLOT_BYTES or row.slot[:KEY_BYTES] != row.key:
        raise ValueError(row)
    return row


def _log_unavailable(error: OSError) -> None:
    logger.info("The memory of entities cannot be kept ({})", error.strerror)


def _log_discarded(error: Exception) -> None:
    logger.info("The memory of entities is discarded ({}); all items are mapped again", error)
