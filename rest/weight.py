"""Estimate the memory that a text takes once it is parsed: its weight, in bytes.

The size of the text is no bound, because two characters of JSON, `[]`, become an object of a hundred bytes.
The estimate counts the characters that create objects, which is fast.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from rest.body_format import FormatName

# Bytes in CPython for each list, object, comma, colon and quote.
_LIST, _OBJECT, _VALUE, _KEY, _QUOTE = 100, 160, 40, 40, 16
# A text of YAML, which needs no quotes.
_TEXT = 60
# A row of a table becomes an object, each cell a value.
_ROW, _CELL = 300, 110
# Each tag of XML, with its part of the object that the element becomes, and each attribute.
_TAG, _ATTRIBUTE = 120, 240
# A character that begins with one of these may make its string take four bytes per character.
_WIDE_PREFIXES = (b"\xf0", b"\xf1", b"\xf2", b"\xf3", b"\xf4", b"\\u")
_CHUNK_BYTES = 2**20
# The limit for one response, or for one item of a listing that is read in parts. With ten of them at once,
# the process stays below 300 MiB.
MOST_WEIGHT = 12 * 2**20
# A parsed text takes at most sixty times its size, so texts up to this size are always within the limit.
LIGHT_BYTES = MOST_WEIGHT // 64


class Chunks(Protocol):
    """A body that can be read in parts."""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, or b"" at the end."""
        ...


def weight_of(text: str) -> int:
    """Return an upper estimate of the memory in bytes that a JSON text and its values take."""
    return (
        _LIST * text.count("[")
        + _OBJECT * text.count("{")
        + _VALUE * text.count(",")
        + _KEY * text.count(":")
        + _QUOTE * text.count('"')
        + sys.getsizeof(text)
    )


def weight_of_body(body: Chunks, format_name: FormatName = "json") -> int:
    """Return an upper estimate of the memory in bytes that parsing a body takes."""
    weigh = _WEIGHTS[format_name]
    weight = size = 0
    width = 1
    end = b""
    for chunk in _chunks(body):
        weight += weigh(chunk)
        size += len(chunk)
        width = max(width, _width(end + chunk))
        end = chunk[-4:]
    # While the body is parsed, its bytes are in memory next to its strings.
    return weight + (1 + width) * size


def weight_of_row(cells: int, characters: int) -> int:
    """Return an upper estimate of the memory in bytes that a row of a table takes."""
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
    # Either character may end a line.
    lines = chunk.count(b"\n") + chunk.count(b"\r")
    cells = max(chunk.count(delimiter) for delimiter in (b",", b";", b"\t", b"|"))
    return _ROW * lines + _CELL * (cells + lines)


def _weight_of_xml(chunk: bytes) -> int:
    return _TAG * chunk.count(b"<") + _ATTRIBUTE * chunk.count(b"=")


def _weight_of_yaml(chunk: bytes) -> int:
    texts = chunk.count(b":") + chunk.count(b",")  # without quotes
    return _weight_of_json(chunk) + _TEXT * texts + _LIST * chunk.count(b"-") + _OBJECT * chunk.count(b"\n")


def _weight_of_text(_: bytes) -> int:
    return 0


def _width(chunk: bytes) -> int:
    """Return the bytes per character in memory. One emoji makes a string take four for each character."""
    if any(prefix in chunk for prefix in _WIDE_PREFIXES):
        return 4
    return 1 if chunk.isascii() else 2


_WEIGHTS: Mapping[FormatName, Callable[[bytes], int]] = {
    "json": _weight_of_json,
    "lines": _weight_of_json,
    "csv": _weight_of_table,
    "xml": _weight_of_xml,
    "yaml": _weight_of_yaml,
    "text": _weight_of_text,
}
