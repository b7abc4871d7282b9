"""Parse a response body of any format to JSON values."""

import io
from collections.abc import Callable, Mapping

from rest.bodies import Json, parse_json
from rest.body_format import RECOGNIZED, BodyFormat, FormatName, format_of, is_json_start
from rest.charsets import charset_of, decoder_named
from rest.formats.csv import Table
from rest.json_texts import parse_lines, parse_unusual_json, without_prefix
from rest.web_pages import is_web_page
from rest.weight import MOST_WEIGHT

# An alias of YAML takes no memory by itself, but what it stands for does, once it is written as JSON.
_MOST_YAML_VALUES = MOST_WEIGHT // 40


class CharsetError(ValueError):
    """A byte has no meaning in the charset of the body."""


def parse_body(content: bytes, content_type: str, chosen: BodyFormat = RECOGNIZED) -> Json:
    """Return the body as JSON values.

    Integers of JSON and YAML keep all digits. CSV rows are objects of strings. Text is one string.
    content_type: the whole header. chosen: the format that the mapping sets.
    Raises ValueError: the body does not have the chosen format, or the one that its type and start show.
    Raises CharsetError: it does not have the charset.
    """
    name = format_of(content, content_type, chosen)
    text = decoded(content, content_type, chosen)
    if name == "json":
        return _read_json(text, chosen)
    if is_web_page(text):
        raise ValueError("the response is a web page")
    return _READERS[name](text, chosen)


def decoded(content: bytes, content_type: str, chosen: BodyFormat = RECOGNIZED) -> str:
    """Return the body as text, without a byte order mark. Raises CharsetError."""
    codec = charset_of(content, content_type, chosen.encoding)
    try:
        # RFC 8259 §8.1: a reader may ignore a byte order mark.
        return content.decode(decoder_named(codec)).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise CharsetError(
            f"byte {error.object[error.start]:#04x} at position {error.start} is not {codec}"
        ) from error


def _read_json(text: str, chosen: BodyFormat) -> Json:
    try:
        return parse_json(text)
    except ValueError as error:
        try:
            return parse_json(without_prefix(text)) if chosen.name else parse_unusual_json(text)
        except ValueError:
            raise error from None


def _read_csv(text: str, chosen: BodyFormat) -> Json:
    if is_json_start(text):  # such as an error, which would be a table without rows
        raise ValueError("the response is JSON, not a table")
    return [dict(row) for row in Table(io.StringIO(text, newline=""), chosen.csv).rows()]


def _read_lines(text: str, _: BodyFormat) -> Json:
    return parse_lines(text)


def _read_xml(text: str, chosen: BodyFormat) -> Json:
    from rest.formats.xml import parse_xml  # few APIs need it

    return parse_xml(text, chosen.lists)


def _read_yaml(text: str, _: BodyFormat) -> Json:
    from rest.formats.yaml import parse_documents  # few APIs need it

    documents = parse_documents(text, _MOST_YAML_VALUES)
    if len(documents) > 1:
        return [document for document in documents if document is not None]
    return documents[0] if documents else None


def _read_text(text: str, _: BodyFormat) -> Json:
    return text


_READERS: Mapping[FormatName, Callable[[str, BodyFormat], Json]] = {
    "lines": _read_lines,
    "csv": _read_csv,
    "xml": _read_xml,
    "yaml": _read_yaml,
    "text": _read_text,
}
