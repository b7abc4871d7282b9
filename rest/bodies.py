"""Parse response bodies by media type: JSON, newline-delimited JSON, CSV."""

import io
import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

import msgspec

from rest.charsets import charset_named
from rest.formats.csv import Table

# Three times as fast as the json module, with integers of any length and without infinity.
_DECODER = msgspec.json.Decoder()

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None


def parse_body(content: bytes, content_type: str) -> Json:
    """Return the body as JSON values. Integers keep all digits. CSV rows are objects of strings.

    content_type: the whole header. Media types other than CSV and newline-delimited JSON are read as JSON.
    Raises ValueError: the body does not have this format.
    """
    media_type, charset = media_type_and_charset(content_type)
    # RFC 8259 §8.1: a reader may ignore a byte order mark; utf-8-sig does.
    text = content.decode("utf-8-sig" if charset == "utf-8" else charset)
    return _READERS.get(media_type, parse_json)(text)


def parse_json(text: str) -> Json:
    """Parse JSON by RFC 8259. Raises ValueError: it is invalid, as are NaN and Infinity."""
    with suppress(msgspec.DecodeError, ValueError, RecursionError):
        fast: Json = _DECODER.decode(text)
        return fast
    # msgspec rejects some valid JSON, such as half of a surrogate pair. For invalid JSON, the json module
    # has the better error message.
    try:
        parsed: Json = json.loads(text, parse_constant=_reject_constant, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return parsed


def strict_decoder() -> json.JSONDecoder:
    """Return a decoder for single JSON values inside a text, with the same rules as `parse_json`."""
    return json.JSONDecoder(parse_constant=_reject_constant, parse_float=_finite)


def _read_lines(text: str) -> Json:
    # splitlines would also split at U+2028 and U+0085, which are allowed inside JSON strings.
    return [parse_json(line) for line in text.split("\n") if line.strip()]


def _read_csv(text: str) -> Json:
    return [dict(row) for row in Table(io.StringIO(text, newline="")).rows()]


def media_type_and_charset(content_type: str) -> tuple[str, str]:
    """Return the media type and charset of a Content-Type header (RFC 9110 §8.3), in lower case.

    The charset is utf-8 if the header does not name one.
    """
    media_type, *parts = content_type.lower().split(";")
    parameters = dict(part.strip().partition("=")[::2] for part in parts)
    return media_type.strip(), charset_named(parameters.get("charset", "utf-8"))


def texts_in(body: Json) -> Iterator[str]:
    """Yield the strings of a body at any depth, without the keys."""
    if isinstance(body, str):
        yield body
    elif isinstance(body, list):
        for element in body:
            yield from texts_in(element)
    elif isinstance(body, dict):
        for value in body.values():
            yield from texts_in(value)


def _finite(text: str) -> Json:
    number = float(text)
    return number if math.isfinite(number) else _reject_constant(text)


def _reject_constant(name: str) -> Json:
    raise ValueError(f"{name} is not a valid JSON number")


CSV_TYPES = frozenset({"text/csv", "application/csv"})
LINES_TYPES = frozenset(
    {
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/jsonlines",
        "application/x-jsonlines",
    }
)
_READERS: Mapping[str, Callable[[str], Json]] = {
    **dict.fromkeys(CSV_TYPES, _read_csv),
    **dict.fromkeys(LINES_TYPES, _read_lines),
}
