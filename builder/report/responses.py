"""The first page of an endpoint in a report: the request, and the response with a few items."""

from collections.abc import Sequence
from typing import Literal

from builder.recording import Exchange
from builder.report.masking import Masking
from builder.report.report import Part
from builder.shortening import Shortening
from rest.bodies import Json
from rest.errors import ItemsError
from rest.origin import cut
from rest.outline import type_name
from rest.response import Response

type Detail = Literal["values", "shapes"]
"""What is kept of a body: a few items with masked values, or only names and types."""

_MAX_ITEMS = 3
_MAX_KEYS = 100
_MAX_TEXT = 300
_MAX_UNPARSED = 2000
# Masking takes time for each character.
_MAX_MASKED = 20_000
_MAX_DEPTH = 20
# Headers of a request that hold no secret.
_PUBLIC = frozenset(
    {"accept", "accept-encoding", "accept-language", "connection", "content-length", "content-type"}
    | {"host", "user-agent"}
)


def response_part(
    number: int, kind: str, exchanges: Sequence[Exchange], masking: Masking, detail: Detail
) -> Part:
    """Return the last request for a kind and its response, after its redirects.

    number: its place in the mapping. The name of the file does not have the kind, which may be secret.
    """
    name = f"responses/{number:02}.json"
    if not exchanges:
        return Part(name, f"not in the report: nothing was requested for {kind}")
    last = exchanges[-1]
    result = str(last.status) if last.status is not None else f"no response ({last.error})"
    content: Json = {
        "kind": masking.sample(kind),
        "exchanges": [_exchange(each, masking, detail) for each in exchanges],
    }
    return Part(name, f"{kind}: {result}, {last.size} bytes", content)


def _exchange(exchange: Exchange, masking: Masking, detail: Detail) -> Json:
    headers = {name: masking.sample(text) for name, text in exchange.response_headers}
    return {
        "method": exchange.method,
        "url": masking.sample(masking.text(exchange.url)),
        "isLogin": exchange.is_login,
        "requestHeaders": {
            name: masking.sample(text) if name.lower() in _PUBLIC else "***"
            for name, text in exchange.headers
        },
        "requestBody": _body(exchange.body, "", masking, request=True),
        "status": exchange.status,
        "error": exchange.error,
        "seconds": round(exchange.seconds, 3),
        "bytes": exchange.size,
        "responseHeaders": headers,
        "body": _shown(exchange, masking, detail),
    }


def _shown(exchange: Exchange, masking: Masking, detail: Detail) -> Json:
    if exchange.is_login and not exchange.content:
        return "not in the report: a login has tokens"
    media_type = next(
        (text for name, text in exchange.response_headers if name.lower() == "content-type"), ""
    )
    if detail == "shapes":
        parsed = _parsed(exchange.content, media_type)
        return "cannot be parsed" if isinstance(parsed, _Unparsed) else shape(parsed)
    return _body(exchange.content, media_type, masking, request=False)


class _Unparsed:
    """A body that cannot be parsed, or only as a whole."""


def _body(text: str, media_type: str, masking: Masking, *, request: bool) -> Json:
    mask = masking.request if request else masking.sample
    parsed = _parsed(text, media_type)
    if isinstance(parsed, _Unparsed):
        return cut(str(mask(cut(text, _MAX_MASKED))), _MAX_UNPARSED)
    shortening = Shortening(_MAX_ITEMS, _MAX_TEXT)
    return shortening.texts(mask(shortening.lists(parsed)))


def _parsed(text: str, media_type: str) -> Json | _Unparsed:
    if not text:
        return None
    try:
        # The text was decoded before.
        plain = media_type.partition(";")[0]
        body = Response(200, {"content-type": f"{plain}; charset=utf-8"} if plain else {}, text.encode()).body
    except ItemsError:
        return _Unparsed()
    return _Unparsed() if isinstance(body, str) else body


def shape(value: Json, depth: int = _MAX_DEPTH) -> Json:
    """Return the names and types of a value: of a list the length, and the shape of its first items."""
    if isinstance(value, dict) and depth:
        shown: dict[str, Json] = {name: shape(value[name], depth - 1) for name in list(value)[:_MAX_KEYS]}
        return shown
    if isinstance(value, list) and depth:
        return {"length": len(value), "items": [shape(each, depth - 1) for each in value[:_MAX_ITEMS]]}
    return f"string, {len(value)} characters" if isinstance(value, str) else type_name(value)
