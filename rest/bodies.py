"""Response bodies by media type: JSON, newline-delimited JSON, CSV."""

import io
import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

import msgspec

from rest.charsets import charset_named
from rest.formats.csv import Table

# Three times as fast as json, and as exact: integers of any length, no infinity.
_DECODER = msgspec.json.Decoder()

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None


def parse_body(content: bytes, content_type: str) -> Json:
    """The body as JSON values; integers keep all digits, CSV rows are objects of strings.

    content_type: the whole header; what is neither CSV nor lines of JSON is read as JSON.
    Raises ValueError: it cannot be read as that.
    """
    media_type, charset = media_type_and_charset(content_type)
    # RFC 8259 §8.1: a reader may ignore a byte order mark; utf-8-sig does.
    text = content.decode("utf-8-sig" if charset == "utf-8" else charset)
    return _READERS.get(media_type, parse_json)(text)


def parse_json(text: str) -> Json:
    """JSON by RFC 8259: NaN and Infinity, which Python would let through, are no JSON."""
    with suppress(msgspec.DecodeError, ValueError, RecursionError):
        fast: Json = _DECODER.decode(text)
        return fast
    # What it refuses may be JSON all the same, like half of a surrogate pair; else this says what is wrong.
    try:
        parsed: Json = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return parsed


def strict_decoder() -> json.JSONDecoder:
    """What reads one JSON value at a place in a text, by the same rules as `parse_json`."""
    return json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite)


def _read_lines(text: str) -> Json:
    # Not splitlines: U+2028 and U+0085 may stand inside a JSON text.
    return [parse_json(line) for line in text.split("\n") if line.strip()]


def _read_csv(text: str) -> Json:
    return [dict(row) for row in Table(io.StringIO(text, newline="")).rows()]


def media_type_and_charset(content_type: str) -> tuple[str, str]:
    """What a Content-Type header says (RFC 9110 §8.3), in lower case; utf-8 where it names no charset."""
    media_type, *parameters = content_type.lower().split(";")
    named = dict(parameter.strip().partition("=")[::2] for parameter in parameters)
    return media_type.strip(), charset_named(named.get("charset", "utf-8"))


def texts_in(body: Json) -> Iterator[str]:
    """The texts of a body, at any depth, without the keys."""
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
    return number if math.isfinite(number) else _refuse_constant(text)


def _refuse_constant(name: str) -> Json:
    raise ValueError(f"{name} is no number that JSON can carry")


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
