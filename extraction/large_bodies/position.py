"""The position of the items in a large body, and readers that start there."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import TextIO, cast

from expressions.paths import Path
from extraction.large_bodies.bounded_reading import skip_value
from extraction.large_bodies.json_stream import JsonStream
from rest.bodies import Json
from rest.body_format import CsvOptions
from rest.charsets import decoder_named
from rest.formats.csv import Table
from rest.response import Reader, Response, StoredBody
from rest.steps import Iterate
from rest.weight import weight_of_row

_BUFFER_BYTES = 2**16


@dataclass(frozen=True, slots=True)
class ItemsPosition:
    """Where the items of a large body are.

    keys: the object keys that lead to their list. is_lines: the body is JSON Lines.
    table: how it is written if it is CSV. None: it is JSON.
    """

    keys: tuple[str, ...] = ()
    is_lines: bool = False
    table: CsvOptions | None = None
    charset: str = "utf-8"

    def read(self, body: StoredBody) -> "ItemReader":
        """Read the items of a body from the first one."""
        return TableItems(body, self.charset, self.table) if self.table else JsonItems(body, self)


class JsonItems(Iterator[Json]):
    """The items of a JSON body. Raises ShapeError and ValueError as JsonStream does."""

    def __init__(self, body: StoredBody, position: ItemsPosition) -> None:
        self._stream = JsonStream(body.reader(), position.charset)
        self._position = position
        self._items = self._read()

    def __next__(self) -> Json:
        return next(self._items)

    @property
    def weight_read(self) -> int:
        """The memory in bytes that all text up to the current item would take."""
        return self._stream.weight_read

    def _read(self) -> Iterator[Json]:
        if self._position.is_lines:
            yield from self._stream.values()
            return
        for wanted in self._position.keys:
            for _ in takewhile(wanted.__ne__, self._stream.members()):
                skip_value(self._stream)
        yield from self._stream.elements()


class TableItems(Iterator[Json]):
    """The rows of a CSV body. Raises ValueError as Table does."""

    def __init__(self, body: StoredBody, charset: str, options: CsvOptions) -> None:
        table = Table(_text_reader(body, charset), options)
        self.columns = table.columns
        self._rows = table.rows()
        self.weight_read = 0

    def __next__(self) -> Json:
        row = next(self._rows)
        self.weight_read += weight_of_row(len(row), sum(len(cell or "") for cell in row.values()))
        return dict(row)


type ItemReader = JsonItems | TableItems


def find_position(response: Response, data_path: Path | None) -> ItemsPosition | None:
    """Return the position of the items; None: data_path is not a plain path of object keys.

    None also for a format that cannot be read in parts.
    """
    steps = () if data_path is None else data_path.steps
    if steps is None or response.is_read_whole:
        return None
    if steps and steps[-1].at is Iterate.EACH:  # .items[] selects the same items as .items
        steps = steps[:-1]
    keys = tuple(step.at for step in steps if isinstance(step.at, str))
    name = response.format_name
    if len(keys) < len(steps) or (keys and name != "json"):
        return None
    table = response.format.csv if name == "csv" else None
    return ItemsPosition(keys, name == "lines", table, response.charset)


def _text_reader(body: StoredBody, charset: str) -> TextIO:
    """Decode a body. Line ends are not converted."""
    raw = io.BufferedReader(_RawReader(body.reader()), _BUFFER_BYTES)
    return io.TextIOWrapper(raw, decoder_named(charset), newline="")


class _RawReader(io.RawIOBase):
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        chunk = self._reader.read(len(view))
        view[: len(chunk)] = chunk
        return len(chunk)
