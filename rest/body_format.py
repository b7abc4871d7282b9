"""The format of a response body: as the mapping sets it, or as the response shows it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rest.charsets import charset_of
from rest.web_pages import is_web_page

type FormatName = Literal["json", "lines", "csv", "xml", "yaml", "text"]


@dataclass(frozen=True, slots=True)
class CsvOptions:
    """How a table is written.

    delimiter: the character between two cells. None: it is recognized from the first rows.
    has_header: whether the first row has the names of the columns.
    columns: the names of the columns of a table without such a row. Empty: column_1, column_2, …
    """

    delimiter: str | None = None
    has_header: bool = True
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BodyFormat:
    """How the bodies of an endpoint are read.

    name: None: the format is recognized from each response.
    encoding: the charset. None: it is recognized from each response.
    lists: the ends of the paths of XML elements that are always lists: ("host",), ("hosts", "host").
    """

    name: FormatName | None = None
    encoding: str | None = None
    csv: CsvOptions = CsvOptions()
    lists: tuple[tuple[str, ...], ...] = ()


RECOGNIZED = BodyFormat()

CSV_TYPES = frozenset(
    {
        "text/csv",
        "application/csv",
        "text/x-csv",
        "application/x-csv",
        "text/comma-separated-values",
        "text/x-comma-separated-values",
        "text/tab-separated-values",
    }
)
LINES_TYPES = frozenset(
    {
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/x-jsonl",
        "application/jsonlines",
        "application/x-jsonlines",
        "application/json-lines",
        "application/json-seq",
        "application/stream+json",
        "application/x-json-stream",
    }
)
_XML_TYPES = frozenset({"application/xml", "text/xml"})
_YAML_TYPES = frozenset(
    {"application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", "text/vnd.yaml"}
)
_BY_TYPE: Mapping[str, FormatName] = {
    **dict.fromkeys(CSV_TYPES, "csv"),
    **dict.fromkeys(LINES_TYPES, "lines"),
    **dict.fromkeys(_XML_TYPES, "xml"),
    **dict.fromkeys(_YAML_TYPES, "yaml"),
}
_BY_FILE: Mapping[str, str] = {
    "json": "application/json",
    **dict.fromkeys(("jsonl", "ndjson"), "application/x-ndjson"),
    "csv": "text/csv",
    **dict.fromkeys(("tsv", "tab"), "text/tab-separated-values"),
    "xml": "application/xml",
    **dict.fromkeys(("yaml", "yml"), "application/yaml"),
    "txt": "text/plain",
}
# As far as needed to skip the comments before the first element of a web page.
_START_BYTES = 4000
# Before the first character, there may be a byte order mark and empty lines.
_MARGIN_BYTES, _BLANK = 200, b"\xef\xbb\xbf\xfe\xff\0 \t\r\n"
# An object, or a list with an object, a list or a string.
_JSON_START = re.compile(r'\s*(?:\{\s*["}]|\[\s*["\[{\]])')


def media_type_of(content_type: str) -> str:
    """Return the media type of a Content-Type header without its parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def format_of(start: bytes, content_type: str, chosen: BodyFormat = RECOGNIZED) -> FormatName:
    """Return the format of a body: the chosen one, or the one that its type and its start show.

    start: the first bytes of the body. 4,000 of them are read at most.
    content_type: the whole header. A wrong type is common, so a body that begins as JSON is JSON, and one
    that begins with a tag is XML, except for web pages.
    """
    if chosen.name:
        return chosen.name
    media_type = media_type_of(content_type)
    declared = _BY_TYPE.get(media_type) or _by_suffix(media_type)
    if declared is None and not start[:_MARGIN_BYTES].lstrip(_BLANK).startswith(b"<"):
        return "json"  # without decoding: most bodies are JSON
    text = start[:_START_BYTES].decode(charset_of(start, content_type, chosen.encoding), "ignore")
    if declared is None:
        return "json" if "html" in media_type or is_web_page(text) else "xml"
    # JSON is YAML, too.
    return "json" if declared in ("csv", "xml") and is_json_start(text) else declared


def is_json_start(text: str) -> bool:
    """Return True if a text begins as a JSON object or a list of them. No table begins like this."""
    return bool(_JSON_START.match(text))


def _by_suffix(media_type: str) -> FormatName | None:
    """Return the format of a structured suffix (RFC 6839). XHTML is a web page."""
    if media_type.endswith("+xml") and "html" not in media_type:
        return "xml"
    return "yaml" if media_type.endswith("+yaml") else None


def type_of_file(name: str) -> str | None:
    """Return the media type of a file by the end of its name, or None if it is unknown."""
    return _BY_FILE.get(name.lower().rpartition(".")[2])
