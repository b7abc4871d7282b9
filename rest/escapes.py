"""What a text says once its escapes (of URLs, JSON, HTML) are read, and where each part of it was written."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape

# JSON in JSON in a URL; each is read on its own, whatever else stands in the text.
_MOST_INSIDE_EACH_OTHER = 3

type Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reading:
    """A text with one kind of escapes read. Each of these: where it stands here, and in the text before.

    starts, ends: of what an escape says; its_starts, its_ends: of how it is written in `source`.
    """

    text: bytes
    source: "Reading | None" = None
    starts: Sequence[int] = ()
    ends: Sequence[int] = ()
    its_starts: Sequence[int] = ()
    its_ends: Sequence[int] = ()

    def in_the_original(self, span: Span) -> Span:
        """A part of this reading, as the part of the text that it was read from."""
        if self.source is None:
            return span
        start, _ = self._written(span[0])
        _, end = self._written(span[1] - 1)
        return self.source.in_the_original((start, end))

    def _written(self, place: int) -> Span:
        """How one byte is written."""
        number = bisect_right(self.starts, place) - 1
        if number < 0:
            return place, place + 1
        if place < self.ends[number]:
            return self.its_starts[number], self.its_ends[number]
        at = self.its_ends[number] + place - self.ends[number]
        return at, at + 1


@dataclass(frozen=True, slots=True)
class _Escapes:
    """One way to write letters. signs: what a text without any of them need not be searched for."""

    signs: tuple[bytes, ...]
    pattern: re.Pattern[bytes]
    meaning: Callable[[re.Match[bytes]], bytes]

    def are_in(self, text: bytes) -> bool:
        """A hundred times as fast as the pattern, and most texts have none."""
        return any(sign in text for sign in self.signs)


def readings(text: bytes) -> Iterator[Reading]:
    """The text, and each other that its escapes make of it."""
    found = [Reading(text)]
    known = {text}
    for _ in range(_MOST_INSIDE_EACH_OTHER + 1):
        yield from found
        inner = {each.text: each for reading in found for each in _inside(reading)}
        found = [each for content, each in inner.items() if content not in known]
        known |= inner.keys()


def _inside(source: Reading) -> Iterator[Reading]:
    for escapes in _ESCAPES:
        if escapes.are_in(source.text) and (inner := _read(source, escapes)):
            yield inner


def _read(source: Reading, escapes: _Escapes) -> Reading | None:
    parts: list[bytes] = []
    starts: list[int] = []
    ends: list[int] = []
    its_starts: list[int] = []
    its_ends: list[int] = []
    done = length = 0
    for match in escapes.pattern.finditer(source.text):
        kept, said = source.text[done : match.start()], escapes.meaning(match)
        starts.append(length + len(kept))
        length += len(kept) + len(said)
        ends.append(length)
        its_starts.append(match.start())
        its_ends.append(match.end())
        parts += (kept, said)
        done = match.end()
    if not parts:
        return None
    return Reading(b"".join([*parts, source.text[done:]]), source, starts, ends, its_starts, its_ends)


def _byte(match: re.Match[bytes]) -> bytes:
    return bytes.fromhex(match[1].decode())


def _character(match: re.Match[bytes]) -> bytes:
    """RFC 8259 §7, and the \\x of JavaScript and Python."""
    if short := match[3]:
        return _SHORT.get(short, short)
    if match[2]:
        return bytes.fromhex(match[2].decode())
    units = bytes.fromhex(match[1].decode().replace("\\u", ""))
    return units.decode("utf-16-be", "surrogatepass").encode(errors="surrogatepass")


def _entity(match: re.Match[bytes]) -> bytes:
    return unescape(match[0].decode()).encode(errors="surrogatepass")


def _nothing(_: re.Match[bytes]) -> bytes:
    return b""


_SHORT = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_ESCAPES = (
    # RFC 3986 §2.1; the case of hexadecimal digits does not matter.
    _Escapes((b"%",), re.compile(rb"%([0-9a-fA-F]{2})"), _byte),
    _Escapes(
        (b"\\",),
        re.compile(
            rb"((?:\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[0-9a-fA-F]{4})"
            rb"|\\x([0-9a-fA-F]{2})|\\([\"'\\/bfnrt])"
        ),
        _character,
    ),
    _Escapes((b"&",), re.compile(rb"&(?:#[xX][0-9a-fA-F]{1,6}|#[0-9]{1,7}|[A-Za-z]{2,31});"), _entity),
    # Folded, as in base64 of lines; or two bytes a letter, read as one.
    _Escapes((b"\n", b"\0"), re.compile(rb"\r?\n[ \t]*|\0+"), _nothing),
)
