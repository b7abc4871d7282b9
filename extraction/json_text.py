"""JSON read in parts: a window slides over the text, and only what stands in it is in memory.

ijson, the library for this, needs memory that grows with the square of the depth, and cannot tell the key
`a.b` from the keys `a` and `b`; so the standard library's decoder reads each value here.
"""

import codecs
import json
import re
import sys
from collections.abc import Iterator

from rest.bodies import Json, strict_decoder
from rest.response import Reader
from rest.weight import MOST_WEIGHT, weight_of

_CHUNK_BYTES = 2**18
# A value that has more, and has not ended yet, is no item of a listing. With what is read next it has twice
# as much at most.
_MOST_WEIGHT = MOST_WEIGHT // 2
_LEAST_WEIGHT = 2 * 2**20
_SPACE = re.compile(r"[ \t\n\r]*")
_SPACES = frozenset({" ", "\t", "\n", "\r", ""})
_IN_NUMBERS = "0123456789.eE+-"
# An error nearer to the end of the window may only mean that a token is cut: -Infinity, \\ud83d\\ude00.
_LONGEST_TOKEN = 16


class ShapeError(Exception):
    """The text does not have the list or object that was expected."""


class HeavyError(ShapeError):
    """A value would become too much in memory to be an item."""


class JsonText:
    """Reads a JSON text from its start to its end, one value after the other.

    weight_read: what the text read so far becomes in memory, if all of it were kept.
    Raises ValueError: it is no JSON (RFC 8259). HeavyError: a value would become more than 6 MiB.
    """

    def __init__(self, reader: Reader, charset: str = "utf-8") -> None:
        self._reader = reader
        self._bytes = codecs.getincrementaldecoder("utf-8-sig" if charset == "utf-8" else charset)()
        self._values = strict_decoder()
        self._window = ""
        self._at = 0
        self._value_at = 0
        self._pending = ""
        self._weight = 0
        self._is_all = False
        self.weight_read = 0

    @property
    def last_weight(self) -> int:
        """What the value takes in memory, or less, that has just been read."""
        return weight_of(self._window[self._value_at : self._at])

    def value(self) -> Json:
        """The next value."""
        if self._window[self._at : self._at + 1] in _SPACES:
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
                    self._value_at, self._at = self._at, end
                    found: Json = value
                    return found
            self._fill()

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
            # Nearly always it stands there, and lists can be long.
            if self._window.startswith(",", self._at):
                self._at += 1
            elif self._one_of(",]") == "]":
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
            space = _SPACE.match(self._window, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._window) or self._is_all:
                return
            self._fill()

    def _is_final(self, error: json.JSONDecodeError) -> bool:
        is_cut = error.msg.startswith("Unterminated") or error.pos > len(self._window) - _LONGEST_TOKEN
        return not is_cut

    def _fill(self) -> None:
        kept = self._window[self._at :]
        # A value that has not ended was weighed when its beginning came.
        weight = weight_of(kept) if self._at else self._weight
        if weight > _MOST_WEIGHT:
            raise HeavyError
        if not self._pending:
            chunk = self._reader.read(_CHUNK_BYTES)
            self._is_all = not chunk
            self._pending = self._bytes.decode(chunk, final=self._is_all)
        more, most = self._pending, max(weight, _LEAST_WEIGHT)
        while (added := weight_of(more)) > most and len(more) > 1:
            more = more[: len(more) // 2]
        self.weight_read += added
        self._pending = self._pending[len(more) :]
        self._window = kept + more
        # One emoji makes every letter before it wider.
        self._weight = max(weight + added, sys.getsizeof(self._window))
        self._at = 0
