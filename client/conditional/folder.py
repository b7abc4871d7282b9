"""The kept responses on disk: one file each, so that other processes and damage to one file do no harm."""

import json
import os
import secrets
import tempfile
import weakref
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import IO

from loguru import logger

from client.conditional.entry import Entry, compressed, read_entry
from rest.response import StoredBody

_PRIVATE = 0o700
# Files that are being written, and those that are no responses, begin with these.
_UNFINISHED, _OTHER = ".", "_"
_RUNS, _SALT = "_runs", "_salt"
_SALT_BYTES = 32
_HOUR_S, _WEEK_S = 3600, 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class FolderLimits:
    """Bounds on the kept responses.

    bytes: on disk, for all. body_bytes: of one body. files: how many.
    """

    bytes: int = 2**29
    body_bytes: int = 2**26
    files: int = 200_000


DEFAULT_FOLDER_LIMITS = FolderLimits()


class KeptFile:
    """A kept response that stays readable, even if another process removes or replaces it meanwhile."""

    def __init__(self, file: IO[bytes], entry: Entry) -> None:
        weakref.finalize(self, file.close)
        self._file = file
        self.entry = entry
        self._start = file.tell()

    def opened(self) -> IO[bytes]:
        """Return the file at the start of the body."""
        self._file.seek(self._start)
        return self._file


class ResponseFolder:
    """A folder of kept responses. Its methods block, and may be called from several threads.

    When it is full, responses that neither this resync nor the one before used make room for new ones.
    Without any of those, new ones are not kept: replacing those that the next resync needs would gain
    nothing.
    """

    def __init__(self, path: Path, now: float, limits: FolderLimits = DEFAULT_FOLDER_LIMITS) -> None:
        """Open the folder. now: in seconds of Unix time. Raises OSError: it cannot be used."""
        path.mkdir(_PRIVATE, exist_ok=True)
        path.chmod(_PRIVATE)
        self.path = path
        self._limits = limits
        self._lock = RLock()
        self._is_damage_reported = False
        self._replaceable_before, self._is_full = self._note_run(now), False
        self._bytes = self._files = 0
        for file in list(os.scandir(path)):
            self._count_or_remove(file, now)

    def has(self, name: str) -> bool:
        """Tell whether a response may be kept. Takes microseconds."""
        return (self.path / name).exists()

    def salt(self) -> bytes:
        """Return random bytes that belong to this folder. Without them, nothing in it is found again.

        Raises OSError: they cannot be stored.
        """
        path = self.path / _SALT
        with suppress(OSError):
            if len(salt := path.read_bytes()) == _SALT_BYTES:
                return salt
        write_private(path, secrets.token_bytes(_SALT_BYTES))
        return path.read_bytes()

    def find(self, name: str) -> KeptFile | None:
        """Return a kept response; None: there is none, or it is damaged and was removed."""
        try:
            file = (self.path / name).open("rb")
        except OSError:
            return None
        try:
            entry = read_entry(file)
        except (OSError, ValueError, TypeError):
            entry = None
        if entry is None:
            file.close()
            self.discard_damaged(name)
            return None
        return KeptFile(file, entry)

    def discard_damaged(self, name: str) -> None:
        """Remove a response that cannot be read: it is damaged, or of another version."""
        self.remove([name])
        if not self._is_damage_reported:
            self._is_damage_reported = True
            logger.warning("Kept responses that are damaged or of another version are discarded")

    def used(self, name: str) -> None:
        """Note that a response is in use, so that it stays."""
        with suppress(OSError):
            os.utime(self.path / name)

    def keep(self, name: str, entry: Entry, body: StoredBody) -> bool:
        """Keep a response, in place of the one that has this name. Returns whether it is kept."""
        if entry.size > self._limits.body_bytes or self._is_full:
            return False
        try:
            return self._take(name, *self._written(entry, body))
        except OSError as error:
            self._is_full = True
            logger.warning("No more responses are kept for the next resync: {}", type(error).__name__)
            return False

    def remove(self, names: Iterable[str]) -> None:
        """Remove kept responses."""
        with self._lock:
            for name in names:
                self._removed(self.path / name)

    def remove_all(self, prefix: str) -> None:
        """Remove the responses whose names begin with a prefix."""
        with suppress(OSError):
            self.remove([name for name in os.listdir(self.path) if name.startswith(prefix)])

    def _written(self, entry: Entry, body: StoredBody) -> tuple[Path, int]:
        """Write a response to a file without its name yet. Returns its path and its size."""
        with tempfile.NamedTemporaryFile(dir=self.path, prefix=_UNFINISHED, delete=False) as file:
            try:
                file.write(entry.encoded())
                for part in compressed(body.reader()):
                    file.write(part)
                return Path(file.name), file.tell()
            except BaseException:
                os.unlink(file.name)
                raise

    def _take(self, name: str, unfinished: Path, size: int) -> bool:
        """Give a finished file its name if there is room."""
        with self._lock:
            old = _size(self.path / name)
            if not self._has_room(size - (old or 0), new_files=old is None):
                self._make_room(size)
            if self._has_room(size - (old or 0), new_files=old is None):
                unfinished.replace(self.path / name)
                self._bytes += size - (old or 0)
                self._files += old is None
                return True
        self._is_full = True
        unfinished.unlink()
        return False

    def _has_room(self, size: int, *, new_files: bool) -> bool:
        return self._bytes + size <= self._limits.bytes and self._files + int(new_files) <= self._limits.files

    def _make_room(self, size: int) -> None:
        """Remove the oldest responses that may be replaced, and a tenth of the limit at once."""
        found = [(stat.st_mtime, path) for path, stat in self._responses()]
        least = size + self._limits.bytes // 10
        freed = 0
        old = (path for used, path in sorted(found) if used < self._replaceable_before)
        while freed < least and (path := next(old, None)):
            freed += self._removed(path)

    def _responses(self) -> Iterable[tuple[Path, os.stat_result]]:
        for file in list(os.scandir(self.path)):
            if not file.name.startswith((_UNFINISHED, _OTHER)):
                with suppress(OSError):
                    yield Path(file.path), file.stat()

    def _removed(self, path: Path) -> int:
        """Remove a response. Returns its size, 0 if another process has removed it."""
        size = _size(path)
        if size is None:
            return 0
        path.unlink(missing_ok=True)
        self._bytes -= size
        self._files -= 1
        return size

    def _count_or_remove(self, file: "os.DirEntry[str]", now: float) -> None:
        with suppress(OSError):
            stat = file.stat(follow_symlinks=False)
            if file.name.startswith(_OTHER):
                return
            lifetime_s = _HOUR_S if file.name.startswith(_UNFINISHED) else _WEEK_S
            if stat.st_mtime < now - lifetime_s:
                os.unlink(file.path)
            elif not file.name.startswith(_UNFINISHED):
                self._bytes += stat.st_size
                self._files += 1

    def _note_run(self, now: float) -> float:
        """Note when this resync began, and return when the one before did."""
        path = self.path / _RUNS
        try:
            before = float(json.loads(path.read_bytes()))
        except (OSError, ValueError, TypeError):
            before = now
        write_private(path, json.dumps(now).encode())
        return min(now, before)  # also for NaN


def write_private(path: Path, content: bytes) -> None:
    """Write a file at once, readable by this user alone. Raises OSError."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=_UNFINISHED, delete=False) as file:
        file.write(content)
    Path(file.name).replace(path)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
