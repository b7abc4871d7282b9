"""Read CSV (RFC 4180) one row at a time."""

import codecs
import csv
from collections.abc import Iterator
from typing import TextIO

# The limit of Excel.
_MAX_COLUMNS = 16_384
# A longer row has an unclosed quote, or is meant to exhaust the memory.
_LONGEST_ROW = 2 * 2**20


class Table:
    """A CSV table that is read row by row.

    text: must be opened with newline="".
    Raises ValueError: the text is not valid CSV, a column name is not unique, or a row is too long.
    """

    def __init__(self, text: TextIO) -> None:
        csv.field_size_limit(_LONGEST_ROW)
        self._lines = _Lines(text)
        self._reader = csv.reader(self._lines, strict=True)
        self.columns = self._next() or []
        if len(set(self.columns)) < len(self.columns):
            raise ValueError("CSV: two columns have the same name")
        if len(self.columns) > _MAX_COLUMNS:
            raise ValueError(f"CSV: there are more than {_MAX_COLUMNS} columns")

    def rows(self) -> Iterator[dict[str, str | None]]:
        """Yield each row as an object by column name. Cells that are missing at the end of a row are None."""
        while (cells := self._next()) is not None:
            if len(cells) > len(self.columns):
                raise ValueError("CSV: a row has more cells than there are columns")
            missing = [None] * (len(self.columns) - len(cells))
            if cells:
                yield dict(zip(self.columns, [*cells, *missing], strict=True))

    def _next(self) -> list[str] | None:
        self._lines.begin_row()
        try:
            return next(self._reader, None)
        except csv.Error as error:
            raise ValueError(f"CSV: {error}") from error


class _Lines:
    """The lines of a text, with a limit on the length of a row."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._length = 0

    def begin_row(self) -> None:
        self._length = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._text.readline(_LONGEST_ROW + 1)
        self._length += len(line)
        if self._length > _LONGEST_ROW:
            raise ValueError(f"CSV: a row has more than {_LONGEST_ROW // 2**20} Mi characters")
        if not line:
            raise StopIteration
        return line


def csv_columns(content: bytes) -> frozenset[str]:
    """Return the column names in the first line of a table."""
    csv.field_size_limit(_LONGEST_ROW)
    first = content.removeprefix(codecs.BOM_UTF8).split(b"\n", 1)[0].decode("utf-8", "replace")
    return frozenset(next(csv.reader([first.strip("\r")]), []))
