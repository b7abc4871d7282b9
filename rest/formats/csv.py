"""Read CSV (RFC 4180, and what programs write instead) one row at a time."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TextIO

from rest.body_format import CsvOptions

# The limit of Excel.
_MAX_COLUMNS = 16_384
# A longer row has an unclosed quote, or is meant to exhaust the memory.
_LONGEST_ROW = 2 * 2**20
# The comma first, because it wins where several fit equally.
DELIMITERS = (",", ";", "\t", "|")
_SNIFFED_ROWS = 20
_SNIFFED_CHARACTERS = 2**16
# Excel reads the delimiter from such a line before the table: sep=;
_SEPARATOR_LINE = re.compile(r'"?sep=(?P<delimiter>[^"\r\n])"?[\r\n]*', re.IGNORECASE)


class Table:
    """A CSV table that is read row by row.

    text: must be opened with newline="".
    delimiter: as the options say, as the line `sep=;` says, or as the first rows show.
    Raises ValueError: the text is not valid CSV, a column name is not unique, or a row is too long.
    """

    def __init__(self, text: TextIO, options: CsvOptions = CsvOptions()) -> None:  # noqa: B008 - frozen
        csv.field_size_limit(_LONGEST_ROW)
        self._lines = _Lines(text)
        self.delimiter = (
            options.delimiter or self._lines.declared_delimiter() or self._lines.likely_delimiter()
        )
        self._reader = csv.reader(self._lines, delimiter=self.delimiter, strict=True)
        self._first: list[str] | None = None
        self.columns = self._read_columns(options)
        if len(set(self.columns)) < len(self.columns):
            raise ValueError("CSV: two columns have the same name")
        if len(self.columns) > _MAX_COLUMNS:
            raise ValueError(f"CSV: there are more than {_MAX_COLUMNS} columns")

    def rows(self) -> Iterator[dict[str, str | None]]:
        """Yield each row as an object by column name. Cells that are missing at the end of a row are None."""
        width = len(self.columns)
        whole_rows, short_rows = 0, 0
        while (cells := self._next()) is not None:
            if len(cells) >= width:
                whole_rows += 1
            elif cells:
                short_rows += 1
                if whole_rows and short_rows == 1 and not self._lines.is_ended:
                    raise ValueError("CSV: the last row is cut: it has no line break, and cells are missing")
            if cells:
                yield dict(zip(self.columns, _of_width(cells, width), strict=True))

    def _read_columns(self, options: CsvOptions) -> list[str]:
        first = self._next()
        while first == []:  # an empty line
            first = self._next()
        if options.has_header:
            return first or []
        self._first = first
        return list(options.columns) or [f"column_{number}" for number, _ in enumerate(first or [], 1)]

    def _next(self) -> list[str] | None:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        self._lines.begin_row()
        try:
            return next(self._reader, None)
        except csv.Error as error:
            raise ValueError(f"CSV: {error}") from error


def _of_width(cells: list[str], width: int) -> Sequence[str | None]:
    """Return the cells of a row, as many as there are columns. Empty surplus cells are left out."""
    if len(cells) == width:
        return cells
    if any(cells[width:]):
        raise ValueError("CSV: a row has more cells than there are columns")
    return [*cells[:width], *[None] * (width - len(cells))]


class _Lines:
    """The lines of a text, with a limit on the length of a row. The first lines can be read ahead."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._length = 0
        self._last = ""
        self._ahead: list[str] = []

    @property
    def is_ended(self) -> bool:
        """Tell whether the line that was read last has a line break."""
        return self._last.endswith(("\n", "\r"))

    def begin_row(self) -> None:
        self._length = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._ahead.pop(0) if self._ahead else self._text.readline(_LONGEST_ROW + 1)
        self._length += len(line)
        if self._length > _LONGEST_ROW:
            raise ValueError(f"CSV: a row has more than {_LONGEST_ROW // 2**20} Mi characters")
        if not line:
            raise StopIteration
        self._last = line
        return line

    def declared_delimiter(self) -> str | None:
        """Read the line `sep=;` if there is one, and return its delimiter."""
        first = self._text.readline(_LONGEST_ROW + 1).removeprefix("\ufeff")
        if declared := _SEPARATOR_LINE.fullmatch(first):
            return declared["delimiter"]
        self._ahead.append(first)
        return None

    def likely_delimiter(self) -> str:
        """Return the delimiter that gives the first rows the same number of cells, and the most cells."""
        size, is_cut = sum(map(len, self._ahead)), True
        while len(self._ahead) < _SNIFFED_ROWS and size < _SNIFFED_CHARACTERS:
            line = self._text.readline(_LONGEST_ROW + 1)
            if not line:
                is_cut = False
                break
            self._ahead.append(line)
            size += len(line)
        return max(DELIMITERS, key=lambda each: _fit(self._ahead, each, is_cut=is_cut))


def _fit(lines: Sequence[str], delimiter: str, *, is_cut: bool) -> tuple[bool, int]:
    """Return whether the first row and all others have the same number of cells, and this number.

    is_cut: the last row may be cut inside of quotes.
    """
    try:
        rows = [row for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return False, 0
    lengths = {len(row) for row in (rows[:-1] if is_cut else rows)}
    cells = len(rows[0]) if rows else 0
    return len(lengths) == 1 and cells > 1, cells


def column_names(start: str, options: CsvOptions) -> list[str]:
    """Return the names in the first row of a table, of which only the start is given."""
    with suppress(ValueError):
        return Table(io.StringIO(start, newline=""), options).columns
    return []
