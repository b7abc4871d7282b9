"""What a user can change when a body does not have the expected format."""

import csv
from collections.abc import Mapping

from rest.body_format import BodyFormat, FormatName
from rest.formats.csv import DELIMITERS
from rest.web_pages import is_web_page

TITLES: Mapping[FormatName, str] = {
    "json": "JSON",
    "lines": "JSON lines",
    "csv": "CSV",
    "xml": "XML",
    "yaml": "YAML",
    "text": "text",
}
_WEB_PAGE = "Check that the URL is an API endpoint, not a web page or a login page"
_MAX_LINES = 20


def format_advice(start: str, expected: FormatName, chosen: BodyFormat, *, is_charset: bool = False) -> str:
    """Return a sentence without its full stop. start: the beginning of the body."""
    if is_charset:
        return f"Set its charset, for example with format: {{{expected}: {{encoding: windows-1252}}}}"
    if is_web_page(start) or start.lstrip().startswith("<"):
        return _WEB_PAGE
    if chosen.name:
        return f"Correct format, which is {chosen.name}, or its options"
    if expected not in ("json", "xml"):
        return "Check the response. If it has another format, set format"
    likely = likely_format(start) if expected == "json" else None
    if likely is None:
        return _WEB_PAGE
    return f"If the response is {TITLES[likely]}, set format: {likely}. Otherwise, check the URL"


def likely_format(start: str) -> FormatName | None:
    """Return the format of a body without a type that tells: CSV, YAML or text. None: none of them."""
    lines = [line for line in start.splitlines() if line.strip()][:_MAX_LINES]
    if start.lstrip()[:1] in ("{", "[", "<", '"') and ":" in start[:200]:
        return None
    if len(lines) < 2 or "\0" in start or "\ufffd" in start:
        return None
    complete = lines[:-1] if len(lines) > 2 else lines
    if _is_yaml("\n".join(complete)):
        return "yaml"
    if any(_is_table(complete, delimiter) for delimiter in DELIMITERS):
        return "csv"
    return "text"


def _is_yaml(text: str) -> bool:
    from rest.formats.yaml import parse_documents  # few APIs need it

    try:
        return any(isinstance(document, dict | list) for document in parse_documents(text))
    except ValueError:
        return False


def _is_table(lines: list[str], delimiter: str) -> bool:
    lengths = {len(row) for row in csv.reader(lines, delimiter=delimiter)}
    return len(lengths) == 1 and min(lengths) > 1
