"""Response bodies by media type: JSON, newline-delimited JSON, CSV."""

import csv
import io
import json
from collections.abc import Callable, Mapping

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None


def parse_body(content: bytes, content_type: str) -> Json:
    """The body as JSON values; integers keep all digits, CSV rows are objects of strings.

    content_type: the whole header; what is neither CSV nor lines of JSON is read as JSON.
    Raises ValueError: it cannot be read as that.
    """
    media_type, charset = _media_type_and_charset(content_type)
    # RFC 8259 §8.1: a reader may ignore a byte order mark; utf-8-sig does.
    text = content.decode("utf-8-sig" if charset in ("utf-8", "utf8") else charset)
    return _READERS.get(media_type, parse_json)(text)


def parse_json(text: str) -> Json:
    """JSON by RFC 8259: NaN and Infinity, which Python would let through, are no JSON."""
    try:
        parsed: Json = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return parsed


def _read_lines(text: str) -> Json:
    return [parse_json(line) for line in text.splitlines() if line.strip()]


def _read_csv(text: str) -> Json:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        return [dict(row) for row in reader]
    except csv.Error as error:
        raise ValueError(f"CSV: {error}") from error


def _media_type_and_charset(content_type: str) -> tuple[str, str]:
    media_type, *parameters = content_type.lower().split(";")
    named = dict(parameter.strip().partition("=")[::2] for parameter in parameters)
    charset = named.get("charset", "utf-8").strip("\"' ")
    try:
        "".encode(charset)
    except LookupError:
        charset = "utf-8"
    return media_type.strip(), charset


def _refuse_constant(name: str) -> Json:
    raise ValueError(f"{name} is no JSON number")


_READERS: Mapping[str, Callable[[str], Json]] = {
    "text/csv": _read_csv,
    "application/csv": _read_csv,
    "application/x-ndjson": _read_lines,
    "application/ndjson": _read_lines,
    "application/jsonl": _read_lines,
    "application/jsonlines": _read_lines,
    "application/x-jsonlines": _read_lines,
}
