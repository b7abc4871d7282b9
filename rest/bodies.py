"""Response bodies by media type: JSON, newline-delimited JSON, CSV."""

import codecs
import csv
import io
import json
import math
import re
from collections.abc import Callable, Mapping

_LARGEST_FIELD = 2**31 - 1
_TOO_MANY = "\0"
_LARGE_EXPONENT = re.compile(r"\d[eE]\+?\d{3}")

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None


def parse_body(content: bytes, content_type: str) -> Json:
    """The body as JSON values; integers keep all digits, CSV rows are objects of strings.

    content_type: the whole header; what is neither CSV nor lines of JSON is read as JSON.
    Raises ValueError: it cannot be read as that.
    """
    media_type, charset = _media_type_and_charset(content_type)
    # RFC 8259 §8.1: a reader may ignore a byte order mark; utf-8-sig does.
    text = content.decode("utf-8-sig" if charset == "utf-8" else charset)
    return _READERS.get(media_type, parse_json)(text)


def parse_json(text: str) -> Json:
    """JSON by RFC 8259: NaN and Infinity, which Python would let through, are no JSON."""
    # float is what json takes by itself, and faster than a check of every number.
    number = _finite if _LARGE_EXPONENT.search(text) else float
    try:
        parsed: Json = json.loads(text, parse_constant=_refuse_constant, parse_float=number)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return parsed


def _read_lines(text: str) -> Json:
    # Not splitlines: U+2028 and U+0085 may stand inside a JSON text.
    return [parse_json(line) for line in text.split("\n") if line.strip()]


def _read_csv(text: str) -> Json:
    csv.field_size_limit(_LARGEST_FIELD)
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey=_TOO_MANY, strict=True)
    try:
        names = reader.fieldnames or []
        rows: list[Json] = [_row(row) for row in reader]
    except csv.Error as error:
        raise ValueError(f"CSV: {error}") from error
    if len(set(names)) < len(names):
        raise ValueError("CSV: two columns have the same name")
    return rows


def _row(row: dict[str, str]) -> Json:
    if _TOO_MANY in row:
        raise ValueError("CSV: a row has more cells than there are columns")
    return dict(row)


def _media_type_and_charset(content_type: str) -> tuple[str, str]:
    media_type, *parameters = content_type.lower().split(";")
    named = dict(parameter.strip().partition("=")[::2] for parameter in parameters)
    charset = named.get("charset", "utf-8").strip("\"' ")
    try:
        charset = codecs.lookup(charset).name
        "".encode(charset)  # a codec may be none of text
    except LookupError:
        charset = "utf-8"
    return media_type.strip(), charset


def _finite(text: str) -> Json:
    number = float(text)
    return number if math.isfinite(number) else _refuse_constant(text)


def _refuse_constant(name: str) -> Json:
    raise ValueError(f"{name} is no number that JSON can carry")


_READERS: Mapping[str, Callable[[str], Json]] = {
    "text/csv": _read_csv,
    "application/csv": _read_csv,
    "application/x-ndjson": _read_lines,
    "application/ndjson": _read_lines,
    "application/jsonl": _read_lines,
    "application/jsonlines": _read_lines,
    "application/x-jsonlines": _read_lines,
}
