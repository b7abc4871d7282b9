"""Read a call of fetch, as browsers copy it ("Copy as fetch")."""

import re
from collections.abc import Iterator

from builder.imports.imported import DocumentError, Imported
from builder.imports.saved_request import SavedRequest
from builder.imports.saved_requests import read_requests
from builder.json_values import as_object
from rest.bodies import Json, strict_decoder
from rest.formats.yaml import parse_yaml
from rest.request import text_of

_CALL = re.compile(r"\bfetch\(\s*(?=[\"'`])")
_MAX_CALLS = 200
_HINT = "Copy the request as cURL (bash)"


def read_fetch(text: str) -> Imported:
    """Return the requests of the calls of fetch in a text.

    Raises DocumentError: a call has expressions, which only a program can evaluate, or none reads data.
    """
    requests = list(_requests(text))
    if not requests:
        raise DocumentError("the text has no call of fetch with a URL", hint=_HINT)
    return read_requests(requests)


def _requests(text: str) -> Iterator[SavedRequest]:
    for number, call in enumerate(_CALL.finditer(text)):
        if number == _MAX_CALLS:
            return
        quote = text[call.end()]
        url, closed, rest = text[call.end() + 1 :].partition(quote)
        if not closed:
            raise DocumentError("the URL of fetch has no closing quote", hint=_HINT)
        rest = rest.lstrip()
        options = _options(rest[1:].lstrip()) if rest.startswith(",") else {}
        headers = as_object(options.get("headers"))
        body = options.get("body")
        yield SavedRequest(
            url,
            text_of(options.get("method") or "GET").upper(),
            tuple((name, text_of(value)) for name, value in headers.items()),
            data=body if isinstance(body, str) else None,
            source="fetch",
            has_cookies=options.get("credentials") == "include"
            and "authorization" not in map(str.lower, headers),
        )


def _options(text: str) -> dict[str, Json]:
    """Return the second argument: JSON as browsers write it, or an object with plain keys and values."""
    try:
        found, _ = strict_decoder().raw_decode(text)
    except ValueError:
        end = _end_of_object(text)
        try:
            found = parse_yaml(text[:end])
        except ValueError as error:
            raise DocumentError("the options of fetch have expressions", hint=_HINT) from error
    return as_object(found)


def _end_of_object(text: str) -> int:
    depth = 0
    for position, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if depth == 0:
            return position + 1
    return len(text)
