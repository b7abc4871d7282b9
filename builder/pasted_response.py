"""Samples of an API's items from a pasted response."""

import re
from dataclasses import replace

from builder.sampling import PROPOSED_FORMATS, Answer
from configuration.resource import PLACEHOLDER
from extraction import Binding, Sample
from rest.body_format import RECOGNIZED, BodyFormat
from rest.errors import ItemsError
from rest.format_advice import likely_format
from rest.response import Response

# Pasted text is not an attack of an API, so it may use more memory than a response (in bytes).
_MAX_PASTED_WEIGHT = 512 * 2**20
_HEADER = re.compile(r"^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)$", re.ASCII)


def parse_response(
    text: str, headers: str = "", kind: str = "", body_format: BodyFormat = RECOGNIZED
) -> Answer:
    """Return a pasted response. headers: lines as curl -i prints them; they may also precede the body.

    body_format: as in the mapping. If it is not set, a format that only the content shows is tried, too.
    Raises ItemsError: the body does not have the format.
    """
    above, body = _split_headers(text)
    known = {"content-type": _content_type(body), **_header_lines(headers), **_header_lines(above)}
    # A pasted text has the charset of the page, whatever the headers say.
    known["content-type"] = re.sub(r"charset=[^;]*", "charset=utf-8", known["content-type"])
    content = body.encode("utf-8", "surrogatepass")
    response = Response(200, known, content, max_weight=_MAX_PASTED_WEIGHT, format=body_format)
    if response.is_empty:
        raise ItemsError("the response is empty", hint="Paste the response of the API")
    try:
        _ = response.body
    except ItemsError:
        likely = likely_format(body)
        if likely not in PROPOSED_FORMATS or body_format.name:
            raise
        response = replace(response, format=BodyFormat(likely))
        _ = response.body
    values = {
        name: f"{name}-1" for name in dict.fromkeys(match["name"] for match in PLACEHOLDER.finditer(kind))
    }
    return Answer((Sample(response, Binding(values)),))


def _split_headers(text: str) -> tuple[str, str]:
    """Return (status line and headers, body) of the output of curl -i."""
    above, gap, below = text.lstrip("\ufeff").replace("\r\n", "\n").partition("\n\n")
    first = above.partition("\n")[0]
    if gap and (first.startswith("HTTP/") or _HEADER.match(first)) and not first.startswith(("{", "[", '"')):
        return above, below
    return "", text


def _header_lines(text: str) -> dict[str, str]:
    found = (_HEADER.match(line.removeprefix("< ")) for line in text.splitlines())
    return {match[1].lower(): match[2].strip() for match in found if match}


def _content_type(body: str) -> str:
    """Return the content type of a body without headers: JSON or JSON lines."""
    lines = [line for line in body.splitlines() if line.strip()][:2]
    are_objects = len(lines) == 2 and all(
        line.startswith("{") and line.rstrip().endswith("}") for line in lines
    )
    return "application/x-ndjson" if are_objects else "application/json"
