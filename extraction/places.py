"""Where a large body has its items, and how they are read from there, one after the other."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import TextIO, cast

from expressions.paths import Path
from extraction.body_parts import passed
from extraction.json_text import JsonText
from rest.bodies import CSV_TYPES, LINES_TYPES, Json, media_type_and_charset
from rest.formats.csv import Table
from rest.response import LargeBody, Reader, Response
from rest.steps import Iterate
from rest.weight import weight_of_row

_BUFFER_BYTES = 2**16


@dataclass(frozen=True, slots=True)
class ItemsPosition:
    """Where a large body has its items.

    keys: on the way to their list. is_lines: one JSON value a line. is_table: CSV.
    """

    keys: tuple[str, ...] = ()
    is_lines: bool = False
    is_table: bool = False
    charset: str = "utf-8"

    def read(self, body: LargeBody) -> "PlacedItems":
        """The items of a body, from the first one."""
        return TableItems(body, self.charset) if self.is_table else JsonItems(body, self)


class JsonItems(Iterator[Json]):
    """The items of a JSON body. Raises ShapeError and ValueError as the text does."""

    def __init__(self, body: LargeBody, place: ItemsPosition) -> None:
        self._text = JsonText(body.reader(), place.charset)
        self._place = place
        self._items = self._read()

    def __next__(self) -> Json:
        return next(self._items)

    @property
    def weight_read(self) -> int:
        """What the items so far became in memory, and what stands between them."""
        return self._text.weight_read

    def _read(self) -> Iterator[Json]:
        if self._place.is_lines:
            yield from self._text.values()
            return
        for wanted in self._place.keys:
            for _ in takewhile(wanted.__ne__, self._text.members()):
                passed(self._text)
        yield from self._text.elements()


class TableItems(Iterator[Json]):
    """The rows of a table. Raises ValueError as the table does."""

    def __init__(self, body: LargeBody, charset: str) -> None:
        table = Table(text_of(body, charset))
        self.columns = table.columns
        self._rows = table.rows()
        self.weight_read = 0

    def __next__(self) -> Json:
        row = next(self._rows)
        self.weight_read += weight_of_row(len(row), sum(len(cell or "") for cell in row.values()))
        return dict(row)


type PlacedItems = JsonItems | TableItems


def place_of(response: Response, data_path: Path | None) -> ItemsPosition | None:
    """None: only the whole body tells, as data_path is more than keys."""
    media_type, charset = media_type_and_charset(response.headers.get("content-type", ""))
    steps = () if data_path is None else data_path.steps
    if steps is None:
        return None
    if steps and steps[-1].at is Iterate.EACH:  # .items[] gives what .items does
        steps = steps[:-1]
    keys = tuple(step.at for step in steps if isinstance(step.at, str))
    is_lines, is_table = media_type in LINES_TYPES, media_type in CSV_TYPES
    if len(keys) < len(steps) or (keys and (is_lines or is_table)):
        return None
    return ItemsPosition(keys, is_lines, is_table, charset)


def text_of(body: LargeBody, charset: str) -> TextIO:
    """The text of a body, its line ends as they came."""
    raw = io.BufferedReader(_Raw(body.reader()), _BUFFER_BYTES)
    return io.TextIOWrapper(raw, "utf-8-sig" if charset == "utf-8" else charset, newline="")


class _Raw(io.RawIOBase):
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        chunk = self._reader.read(len(view))
        view[: len(chunk)] = chunk
        return len(chunk)
