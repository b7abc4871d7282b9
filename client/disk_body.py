"""Bodies too large for memory, in unnamed temporary files."""

import os
import tempfile
import weakref
from pathlib import Path
from typing import IO


class DiskBody:
    """A body in an unnamed file, which is deleted as soon as nobody can read it any more."""

    def __init__(self, directory: Path | None) -> None:
        file = tempfile.TemporaryFile(dir=directory)  # noqa: SIM115 - closed with its last reader
        weakref.finalize(self, file.close)
        self._file: IO[bytes] = file
        self.size = 0

    def write(self, chunk: bytes) -> None:
        """Append a chunk."""
        self._file.write(chunk)
        self.size += len(chunk)

    def opened(self) -> IO[bytes]:
        """Return the file at its start, for one reader that seeks."""
        self._file.seek(0)
        return self._file

    def reader(self) -> "_DiskReader":
        """Return a reader from the start. Several can read at once."""
        self._file.flush()
        return _DiskReader(self, self._file.fileno())


class _DiskReader:
    def __init__(self, body: DiskBody, descriptor: int) -> None:
        self._body = body  # keeps the file open
        self._descriptor = descriptor
        self._offset = 0

    def read(self, size: int = -1, /) -> bytes:
        chunk = os.pread(self._descriptor, self._body.size if size < 0 else size, self._offset)
        self._offset += len(chunk)
        return chunk
