"""Detect dot segments (`.` and `..`) in all their encodings. Servers resolve them to a different path."""

import re
import unicodedata
from urllib.parse import unquote

from rest.bodies import Json, texts_in

_DOTS = frozenset({".", ".."})
# A proxy, a framework and a careless handler together decode no more often.
_MAX_DECODINGS = 5
# Overlong UTF-8 encodings of dots and slashes, and the %u encoding of old IIS.
_OVERLONG = re.compile(r"%(?:c0|e0%80|f0%80%80)%a([ef])", re.IGNORECASE)
_UNICODE = re.compile(r"%u([0-9a-f]{4})", re.IGNORECASE)
# Segment parameters begin here, and some servers remove them (RFC 3986 §3.3).
_PARAMETERS = re.compile(r"[;?#]")


def has_dot_segments(path: str) -> bool:
    """Return True if a server may read a segment as `.` or `..`.

    path: without its query string. For `..`, an encoded slash counts as a slash, because many servers decode
    it first.
    """
    return any(_segment(part) in _DOTS for part in path.split("/")) or has_parent_segment(path)


def has_parent_segment(path: str) -> bool:
    """Return True if the fully decoded path has a `..` segment. Backslashes count as slashes."""
    return any(_segment(part) == ".." for part in re.split(r"[/\\]", _decoded(path)))


def has_literal_dot_segment(path: str) -> bool:
    """Return True if a segment is `.` or `..` by RFC 3986 §6.2.2, where %2E equals a dot."""
    return any(unquote(part) in _DOTS for part in path.split("/"))


def without_query(path: str) -> str:
    """Return a path without its query string and fragment."""
    return re.split(r"[?#]", path, maxsplit=1)[0]


def occurs_in(text: str, body: Json) -> bool:
    """Return True if a string of the body contains the text, so that the API itself sent it."""
    return any(text in each for each in texts_in(body))


def _segment(part: str) -> str:
    """Return a segment as the most lenient server reads it."""
    plain = "".join(character for character in _decoded(part) if _is_significant(character))
    return _PARAMETERS.split(plain, maxsplit=1)[0]


def _is_significant(character: str) -> bool:
    """False for characters that URL parsers drop (tabs, line breaks) or file systems strip (null, blanks)."""
    return character.isprintable() and not character.isspace()


def _decoded(text: str) -> str:
    for _ in range(_MAX_DECODINGS):
        before = text
        text = _OVERLONG.sub(lambda match: "." if match[1] in "eE" else "/", text)
        text = _UNICODE.sub(lambda match: chr(int(match[1], 16)), text)
        # Some frameworks normalize full-width dots and slashes to plain ones.
        text = unicodedata.normalize("NFKC", unquote(text))
        if text == before:
            break
    return text
