"""Decode the escapes of a text (URL, JSON, HTML), and map positions back to the original text."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape

# For example JSON in JSON in a URL.
_MAX_NESTING = 3

type Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reading:
    """A text in which one kind of escape is decoded.

    starts, ends: the positions of the decoded escapes in `text`.
    source_starts, source_ends: the positions of the same escapes in `source`.
    """

    text: bytes
    source: "Reading | None" = None
    starts: Sequence[int] = ()
    ends: Sequence[int] = ()
    source_starts: Sequence[int] = ()
    source_ends: Sequence[int] = ()

    def original_span(self, span: Span) -> Span:
        """Return the span of the original text that a span of this reading was decoded from."""
        if self.source is None:
            return span
        start, _ = self._source_span(span[0])
        _, end = self._source_span(span[1] - 1)
        return self.source.original_span((start, end))

    def _source_span(self, position: int) -> Span:
        """Return the span in `source` of one byte."""
        number = bisect_right(self.starts, position) - 1
        if number < 0:
            return position, position + 1
        if position < self.ends[number]:
            return self.source_starts[number], self.source_ends[number]
        start = self.source_ends[number] + position - self.ends[number]
        return start, start + 1


@dataclass(frozen=True, slots=True)
class _Encoding:
    """One way to escape characters. markers: a text without any of these bytes has no such escape."""

    markers: tuple[bytes, ...]
    pattern: re.Pattern[bytes]
    decode: Callable[[re.Match[bytes]], bytes]

    def may_occur_in(self, text: bytes) -> bool:
        """Return False if the text has no escape. This check is a hundred times faster than the pattern."""
        return any(marker in text for marker in self.markers)


def readings(text: bytes) -> Iterator[Reading]:
    """Yield the text itself, and each text that results from decoding its escapes."""
    found = [Reading(text)]
    known = {text}
    for _ in range(_MAX_NESTING + 1):
        yield from found
        decoded = {each.text: each for reading in found for each in _decodings(reading)}
        found = [each for content, each in decoded.items() if content not in known]
        known |= decoded.keys()


def _decodings(source: Reading) -> Iterator[Reading]:
    for encoding in _ENCODINGS:
        if encoding.may_occur_in(source.text) and (decoded := _decoded(source, encoding)):
            yield decoded


def _decoded(source: Reading, encoding: _Encoding) -> Reading | None:
    parts: list[bytes] = []
    starts: list[int] = []
    ends: list[int] = []
    source_starts: list[int] = []
    source_ends: list[int] = []
    done = length = 0
    for match in encoding.pattern.finditer(source.text):
        kept, decoded = source.text[done : match.start()], encoding.decode(match)
        starts.append(length + len(kept))
        length += len(kept) + len(decoded)
        ends.append(length)
        source_starts.append(match.start())
        source_ends.append(match.end())
        parts += (kept, decoded)
        done = match.end()
    if not parts:
        return None
    return Reading(b"".join([*parts, source.text[done:]]), source, starts, ends, source_starts, source_ends)


def _byte(match: re.Match[bytes]) -> bytes:
    return bytes.fromhex(match[1].decode())


def _character(match: re.Match[bytes]) -> bytes:
    """Decode an escape of RFC 8259 §7, or \\x of JavaScript and Python."""
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
_ENCODINGS = (
    # RFC 3986 §2.1: hexadecimal digits are case-insensitive.
    _Encoding((b"%",), re.compile(rb"%([0-9a-fA-F]{2})"), _byte),
    _Encoding(
        (b"\\",),
        re.compile(
            rb"((?:\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[0-9a-fA-F]{4})"
            rb"|\\x([0-9a-fA-F]{2})|\\([\"'\\/bfnrt])"
        ),
        _character,
    ),
    _Encoding((b"&",), re.compile(rb"&(?:#[xX][0-9a-fA-F]{1,6}|#[0-9]{1,7}|[A-Za-z]{2,31});"), _entity),
    # Line breaks, for example in base64, and the null bytes of UTF-16.
    _Encoding((b"\n", b"\0"), re.compile(rb"\r?\n[ \t]*|\0+"), _nothing),
)
