"""JSON read in parts: a window slides over the text, and only what stands in it is in memory.

ijson, the library for this, needs memory that grows with the square of the depth, and cannot tell the key
`a.b` from the keys `a` and `b`; so the standard library's decoder reads each value here.
"""

import codecs
import json
from collections.abc import Iterator

from rest.bodies import Json, strict_decoder
from rest.request import Reader

_CHUNK_BYTES = 2**20
# One value that is longer is no item of a listing.
_LONGEST_VALUE = 64 * 2**20
_SPACE = " \t\n\r"
_IN_NUMBERS = "0123456789.eE+-"
# An error nearer to the end of the window may only mean that a token is cut: -Infinity, \\ud83d\\ude00.
_LONGEST_TOKEN = 16


class ShapeError(Exception):
    """The text does not have the list or object that was expected, or a value too long to be an item."""


class JsonText:
    """Reads a JSON text (UTF-8) from its start to its end, one value after the other.

    Raises ValueError: it is no JSON (RFC 8259). ShapeError: a value has more than 64 Mi characters.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._bytes = codecs.getincrementaldecoder("utf-8-sig")()
        self._values = strict_decoder()
        self._window = ""
        self._at = 0
        self._is_all = False

    def value(self) -> Json:
        """The next value."""
        self._skip_space()
        while True:
            try:
                value, end = self._values.raw_decode(self._window, self._at)
            except json.JSONDecodeError as error:
                if self._is_all or self._is_final(error):
                    raise
            except RecursionError as error:
                raise ValueError("nested too deeply") from error
            else:
                # A number may go on in the next chunk: 1 | .5e3
                if self._is_all or (end < len(self._window) and self._window[end] not in _IN_NUMBERS):
                    self._at = end
                    found: Json = value
                    return found
            self._fill(max(_CHUNK_BYTES, len(self._window) - self._at))

    def values(self) -> Iterator[Json]:
        """All values up to the end, as lines of JSON have them."""
        while self.peek():
            yield self.value()

    def elements(self) -> Iterator[Json]:
        """The elements of the list that stands next. Raises ShapeError: there is no list."""
        self._open("[")
        if self.peek() == "]":
            self._at += 1
            return
        while True:
            yield self.value()
            if self._one_of(",]") == "]":
                return

    def members(self) -> Iterator[str]:
        """The keys of the object that stands next; who takes a key reads its value before the next one.

        Raises ShapeError: there is no object.
        """
        self._open("{")
        if self.peek() == "}":
            self._at += 1
            return
        while True:
            key = self.value()
            if not isinstance(key, str):
                raise ValueError("a key is no string")
            self._one_of(":")
            yield key
            if self._one_of(",}") == "}":
                return

    def peek(self) -> str:
        """The next character that is no white space, "" at the end."""
        self._skip_space()
        return self._window[self._at : self._at + 1]

    def _open(self, bracket: str) -> None:
        if self.peek() != bracket:
            raise ShapeError
        self._at += 1

    def _one_of(self, expected: str) -> str:
        found = self.peek()
        if not found or found not in expected:
            raise ValueError(f"expected one of {expected!r}, found {found!r}")
        self._at += 1
        return found

    def _skip_space(self) -> None:
        while True:
            while self._at < len(self._window):
                if self._window[self._at] not in _SPACE:
                    return
                self._at += 1
            if self._is_all:
                return
            self._fill(_CHUNK_BYTES)

    def _is_final(self, error: json.JSONDecodeError) -> bool:
        is_cut = error.msg.startswith("Unterminated") or error.pos > len(self._window) - _LONGEST_TOKEN
        return not is_cut

    def _fill(self, size: int) -> None:
        if len(self._window) - self._at > _LONGEST_VALUE:
            raise ShapeError
        chunk = self._reader.read(size)
        self._is_all = not chunk
        self._window = self._window[self._at :] + self._bytes.decode(chunk, final=self._is_all)
        self._at = 0
