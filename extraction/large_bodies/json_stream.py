"""JSON that is read value by value. Only a window of the text is in memory.

The library ijson needs memory that grows with the square of the nesting depth. It also cannot distinguish the
key `a.b` from the keys `a` and `b`. Therefore the standard library's decoder reads each value here.
"""

import codecs
import json
import re
import sys
from collections.abc import Iterator

from rest.bodies import Json, strict_decoder
from rest.charsets import decoder_named
from rest.json_texts import without_prefix
from rest.response import Reader
from rest.weight import MOST_WEIGHT, weight_of

_CHUNK_BYTES = 2**18
# A larger value that has not ended yet cannot be an item. The next chunk can at most double its weight.
_MAX_VALUE_WEIGHT = MOST_WEIGHT // 2
_MIN_WINDOW_WEIGHT = 2 * 2**20
_WHITESPACE = re.compile(r"[ \t\n\r]*")
_WHITESPACE_OR_END = frozenset({" ", "\t", "\n", "\r", ""})
_NUMBER_CHARACTERS = "0123456789.eE+-"
# An error this close to the end of the window may come from a token that is cut: -Infinity, \\ud83d\\ude00.
_MAX_TOKEN_LENGTH = 16


class ShapeError(Exception):
    """The text does not contain the expected list or object."""


class ValueTooLargeError(ShapeError):
    """A single value would take too much memory to be an item."""


class JsonStream:
    """Reads a JSON text from start to end, one value at a time.

    weight_read: the memory in bytes that the text read so far would take, if all of it were kept.
    Raises ValueError: the text is not JSON (RFC 8259).
    Raises ValueTooLargeError: a value would take more than 6 MiB.
    """

    def __init__(self, reader: Reader, charset: str = "utf-8") -> None:
        self._reader = reader
        self._decoder = codecs.getincrementaldecoder(decoder_named(charset))()
        self._json = strict_decoder()
        self._window = ""
        self._position = 0
        self._value_start = 0
        self._pending = ""
        self._window_weight = 0
        self._is_at_start, self._is_at_end = True, False
        self.weight_read = 0

    @property
    def last_weight(self) -> int:
        """An upper bound of the memory in bytes that the last value takes."""
        return weight_of(self._window[self._value_start : self._position])

    def value(self) -> Json:
        """Read the next value."""
        if self._window[self._position : self._position + 1] in _WHITESPACE_OR_END:
            self._skip_whitespace()
        while True:
            try:
                value, end = self._json.raw_decode(self._window, self._position)
            except json.JSONDecodeError as error:
                if self._is_at_end or self._is_definite(error):
                    raise
            except RecursionError as error:
                raise ValueError("nested too deeply") from error
            else:
                # A number may continue in the next chunk: 1 | .5e3
                if self._is_at_end or (
                    end < len(self._window) and self._window[end] not in _NUMBER_CHARACTERS
                ):
                    self._value_start, self._position = self._position, end
                    found: Json = value
                    return found
            self._fill()

    def values(self) -> Iterator[Json]:
        """Read all values until the end of the text, as in JSON Lines."""
        while self.peek():
            yield self.value()

    def elements(self) -> Iterator[Json]:
        """Read the elements of the next value. Raises ShapeError: it is not a list."""
        self._open("[")
        if self.peek() == "]":
            self._position += 1
            return
        while True:
            yield self.value()
            # The fast path: lists can be long, and the comma nearly always follows directly.
            if self._window.startswith(",", self._position):
                self._position += 1
            elif self._one_of(",]") == "]":
                return

    def members(self) -> Iterator[str]:
        """Read the keys of the next value. The caller reads each key's value before it takes the next key.

        Raises ShapeError: the next value is not an object.
        """
        self._open("{")
        if self.peek() == "}":
            self._position += 1
            return
        while True:
            key = self.value()
            if not isinstance(key, str):
                raise ValueError("an object key is not a string")
            self._one_of(":")
            yield key
            if self._one_of(",}") == "}":
                return

    def peek(self) -> str:
        """Return the next character after whitespace, "" at the end."""
        self._skip_whitespace()
        return self._window[self._position : self._position + 1]

    def _open(self, bracket: str) -> None:
        if self.peek() != bracket:
            raise ShapeError
        self._position += 1

    def _one_of(self, expected: str) -> str:
        found = self.peek()
        if not found or found not in expected:
            raise ValueError(f"expected one of {expected!r}, found {found!r}")
        self._position += 1
        return found

    def _skip_whitespace(self) -> None:
        while True:
            match = _WHITESPACE.match(self._window, self._position)
            self._position = match.end() if match else self._position
            if self._position < len(self._window) or self._is_at_end:
                return
            self._fill()

    def _is_definite(self, error: json.JSONDecodeError) -> bool:
        """Return False if the error may disappear once the window has more text."""
        is_near_end = error.pos > len(self._window) - _MAX_TOKEN_LENGTH
        return not (error.msg.startswith("Unterminated") or is_near_end)

    def _fill(self) -> None:
        kept = self._window[self._position :]
        # An unfinished value at the start of the window has been weighed already.
        weight = weight_of(kept) if self._position else self._window_weight
        if weight > _MAX_VALUE_WEIGHT:
            raise ValueTooLargeError
        if not self._pending:
            chunk = self._reader.read(_CHUNK_BYTES)
            self._is_at_end = not chunk
            self._pending = self._decoder.decode(chunk, final=self._is_at_end)
            if self._is_at_start:
                self._is_at_start, self._pending = False, without_prefix(self._pending)
        text, max_added = self._pending, max(weight, _MIN_WINDOW_WEIGHT)
        while (added := weight_of(text)) > max_added and len(text) > 1:
            text = text[: len(text) // 2]
        self.weight_read += added
        self._pending = self._pending[len(text) :]
        self._window = kept + text
        # In CPython, one emoji makes every character of a string take four bytes.
        self._window_weight = max(weight + added, sys.getsizeof(self._window))
        self._position = 0
