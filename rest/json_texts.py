"""JSON in the ways that APIs write it: with a prefix, as a call of a function, or as several values."""

import re
from contextlib import suppress

from rest.bodies import Json, parse_json, strict_decoder

# Such a prefix keeps other web sites from running the response as a script.
_PREFIX = re.compile(
    r"\ufeff?\s*(?:\)\]\}'?,?|while\s*\(\s*(?:1|true)\s*\)\s*;?|for\s*\(\s*;\s*;\s*\)\s*;?"
    r"|throw\s+[^;\n]{1,40};|\{\}\s*&&|&&&START&&&)\s*"
)
# JSONP: a call of a function that the page defines.
_CALL = re.compile(
    r"\s*(?:/\*\*/)?\s*(?:typeof\s[^;]{1,80};)?\s*[A-Za-z_$][\w.$]{0,80}\((?P<value>.*)\)\s*;?\s*", re.DOTALL
)
_SPACE = re.compile(r"[ \t\n\r\x1e]*")
# The record separator of RFC 7464.
_SEPARATOR = "\x1e"


def without_prefix(text: str) -> str:
    """Return a text without the prefix that keeps browsers from running it as a script."""
    found = _PREFIX.match(text[:200])
    return text[found.end() :] if found else text


def parse_lines(text: str) -> Json:
    """Parse one JSON value a line (https://jsonlines.org), or after each record separator (RFC 7464)."""
    # splitlines would also split at U+2028 and U+0085, which are allowed inside JSON strings.
    lines = text.replace(_SEPARATOR, "\n").split("\n") if _SEPARATOR in text else text.split("\n")
    return [parse_json(line) for line in lines if line.strip()]


def parse_unusual_json(text: str) -> Json:
    """Parse a text that is not JSON (RFC 8259) as a whole, but contains JSON.

    Raises ValueError: there is no prefix or call around the value, and no line break between values.
    """
    shorter = without_prefix(text)
    if shorter is not text:
        return parse_json(shorter)
    if call := _CALL.fullmatch(text):
        return parse_json(call["value"])
    return _parse_values(text)


def _parse_values(text: str) -> Json:
    """Parse objects or lists that are separated by line breaks."""
    decoder, values, position = strict_decoder(), list[Json](), _end_of_space(text, 0)
    while position < len(text):
        with suppress(RecursionError):
            value, end = decoder.raw_decode(text, position)
            values.append(value)
            position = _end_of_space(text, end)
            if isinstance(value, dict | list) and (position == len(text) or "\n" in text[end:position]):
                continue
        raise ValueError
    if len(values) < 2:
        raise ValueError
    return values


def _end_of_space(text: str, start: int) -> int:
    found = _SPACE.match(text, start)
    return found.end() if found else start
