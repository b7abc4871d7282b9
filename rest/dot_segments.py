"""Paths that a server may read as another path: `.` and `..`, in all the ways they are written."""

import re
import unicodedata
from urllib.parse import unquote

from rest.bodies import Json, texts_in

_DOTS = frozenset({".", ".."})
# Not more than a proxy, a framework and a careless handler decode together.
_MOST_DECODINGS = 5
# Dots and slashes in more bytes than UTF-8 allows, and in the way of old IIS.
_OVERLONG = re.compile(r"%(?:c0|e0%80|f0%80%80)%a([ef])", re.IGNORECASE)
_UNICODE = re.compile(r"%u([0-9a-f]{4})", re.IGNORECASE)
# What stands behind these belongs to a segment, and some servers cut it off (RFC 3986 §3.3).
_TAIL = re.compile(r"[;?#]")


def has_dot_segments(path: str) -> bool:
    """True where a server may take a segment for `.` or `..`, and so the path for another one.

    path: without its query. An encoded slash counts as one for `..`: many servers decode it first.
    """
    return any(_segment(part) in _DOTS for part in path.split("/")) or climbs(path)


def climbs(path: str) -> bool:
    """True where `..` stands between slashes of any kind, once all is decoded."""
    return any(_segment(part) == ".." for part in re.split(r"[/\\]", _decoded(path)))


def is_literal_dots(path: str) -> bool:
    """True where a segment is `.` or `..` by RFC 3986 §6.2.2, in which %2E is the same as a dot."""
    return any(unquote(part) in _DOTS for part in path.split("/"))


def without_query(path: str) -> str:
    """A path up to its query string or fragment."""
    return re.split(r"[?#]", path, maxsplit=1)[0]


def is_given(text: str, body: Json) -> bool:
    """True where the API itself gave a text: it stands in one of the body's own."""
    return any(text in each for each in texts_in(body))


def _segment(part: str) -> str:
    """A segment as the most careless server reads it."""
    plain = "".join(character for character in _decoded(part) if _is_kept(character))
    return _TAIL.split(plain, maxsplit=1)[0]


def _is_kept(character: str) -> bool:
    """False for what URL parsers drop (tabs, line breaks) and file systems cut off (null, blanks)."""
    return character.isprintable() and not character.isspace()


def _decoded(text: str) -> str:
    for _ in range(_MOST_DECODINGS):
        before = text
        text = _OVERLONG.sub(lambda match: "." if match[1] in "eE" else "/", text)
        text = _UNICODE.sub(lambda match: chr(int(match[1], 16)), text)
        # Wide dots and slashes become plain ones, as they do in frameworks that normalise.
        text = unicodedata.normalize("NFKC", unquote(text))
        if text == before:
            break
    return text
