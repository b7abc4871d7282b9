"""What a text becomes in memory, told before it is read: by what it is made of, counted at the speed of C.

Two letters of JSON, `[]`, become an object of a hundred bytes; so it is not the size of a text that has to
be bounded.
"""

import sys
from collections.abc import Iterator
from typing import Protocol

# Bytes in CPython for each sign: the list, the object, and a value with its place in them.
_LIST, _OBJECT, _VALUE, _KEY, _QUOTE = 100, 160, 40, 40, 16
# A row of a table is an object, and each cell a value of it.
_ROW, _CELL = 300, 110
# With these, UTF-8 and JSON begin what may need four bytes in memory.
_OF_FOUR = (b"\xf0", b"\xf1", b"\xf2", b"\xf3", b"\xf4", b"\\u")
_CHUNK_BYTES = 2**20
# What one answer, or one item of a listing in parts, may become. Ten of them fit beside what the process
# needs anyway, and its 300 MiB are not reached.
MOST_WEIGHT = 12 * 2**20
# No text becomes more than sixty times its size, so these need not be weighed.
LIGHT_BYTES = MOST_WEIGHT // 64


class Chunks(Protocol):
    """What can be read in parts."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes; none at the end."""
        ...


def weight_of(text: str) -> int:
    """The bytes of memory that a JSON text becomes, or more; the text itself counts, too."""
    return (
        _LIST * text.count("[")
        + _OBJECT * text.count("{")
        + _VALUE * text.count(",")
        + _KEY * text.count(":")
        + _QUOTE * text.count('"')
        + sys.getsizeof(text)
    )


def weight_of_body(body: Chunks, *, is_table: bool = False) -> int:
    """The bytes of memory that a body becomes while it is read, or more. is_table: CSV, otherwise JSON."""
    weigh = _weight_of_table if is_table else _weight_of_json
    weight = size = 0
    width = 1
    end = b""
    for chunk in _chunks(body):
        weight += weigh(chunk)
        size += len(chunk)
        width = max(width, _width(end + chunk))
        end = chunk[-4:]
    # The body itself is there as bytes until its texts are.
    return weight + (1 + width) * size


def weight_of_row(cells: int, characters: int) -> int:
    """The bytes of memory that a row of a table becomes, or more."""
    return _ROW + _CELL * cells + 4 * characters


def _chunks(body: Chunks) -> Iterator[bytes]:
    while chunk := body.read(_CHUNK_BYTES):
        yield chunk


def _weight_of_json(chunk: bytes) -> int:
    return (
        _LIST * chunk.count(b"[")
        + _OBJECT * chunk.count(b"{")
        + _VALUE * chunk.count(b",")
        + _KEY * chunk.count(b":")
        + _QUOTE * chunk.count(b'"')
    )


def _weight_of_table(chunk: bytes) -> int:
    # Either sign may end a line.
    lines = chunk.count(b"\n") + chunk.count(b"\r")
    return _ROW * lines + _CELL * (chunk.count(b",") + lines)


def _width(chunk: bytes) -> int:
    """The bytes in memory for each one of the text: a string with one emoji has four for every letter."""
    if any(sign in chunk for sign in _OF_FOUR):
        return 4
    return 1 if chunk.isascii() else 2
