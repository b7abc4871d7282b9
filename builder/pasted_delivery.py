"""Deliveries of webhooks, as senders, proxies and browsers print them."""

import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode, urlsplit

from builder.imports.curl_command import parse_curl
from builder.imports.har_entries import pairs_of, text_in
from builder.imports.imported import DocumentError
from builder.json_values import as_object
from live_events.delivery import Delivery
from rest.bodies import Json, parse_json
from rest.errors import ItemsError
from rest.texts import Pairs, text_of

_HEADER = re.compile(r"[<>]?[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+):(?:[ \t]+(.*)|)$", re.ASCII)
_REQUEST_LINE = re.compile(r"[<>]?[ \t]*([A-Z]{3,7}) (\S+)(?: HTTP/[\d.]+)?$")
# GitHub's and others' pages of recent deliveries: `Request URL: https://...`
_LABEL = re.compile(r"Request (URL|method|path)[:\t ]+(.*)$", re.IGNORECASE)
_FORM = re.compile(r"[\w.%+\[\]-]+=[^\s{}<>]*", re.ASCII)
_CURL = re.compile(r"\s*(\$ )?curl(\.exe)?\s")
# The keys of a body in a recorded request, as proxies and test pages name them.
_BODIES = ("body", "content", "payload", "rawBody", "data")
_QUERIES = ("query", "queryStringParameters", "params", "query_params")
_URL = "/webhook"


def parse_delivery(text: str) -> Delivery:
    """Return a pasted delivery: its body, or headers and body, a HAR entry, a curl command or a JSON record.

    Raises ItemsError: there is no body.
    """
    text = text.lstrip("\ufeff").replace("\r\n", "\n").strip()
    found = _recorded(text) or _curl(text) or _printed(text)
    if not found.body.strip():
        raise ItemsError("the payload is empty", hint="Paste a payload of a webhook, with its headers")
    return found


def delivery_of(body: bytes, headers: Pairs = (), query: Pairs = (), method: str = "POST") -> Delivery:
    """Return the delivery of a body. Without a Content-Type, it is the one that the body looks like."""
    names = {name.lower() for name, _ in headers}
    typed = headers if "content-type" in names else (*headers, ("content-type", _content_type(body)))
    url = f"{_URL}?{urlencode(query)}" if query else _URL
    return Delivery.of(method, url, typed, body)


def _printed(text: str) -> Delivery:
    """Return headers and body as curl -i, a proxy or a page prints them. The headers may be missing."""
    headers: list[tuple[str, str]] = []
    method, query = "POST", ""
    lines = text.split("\n")
    number = 0
    for number, line in enumerate(lines):
        stripped = line.strip()
        if _starts_body(stripped):
            break
        if match := _LABEL.fullmatch(stripped):
            method = match[2].strip().upper() if match[1].lower() == "method" else method
            query = urlsplit(match[2].strip()).query if match[1].lower() != "method" else query
        elif match := _REQUEST_LINE.fullmatch(stripped):
            method, query = match[1], urlsplit(match[2]).query
        elif (match := _HEADER.fullmatch(stripped)) and not stripped.startswith("http"):
            headers.append((match[1], (match[2] or "").strip()))
        elif stripped and headers and not lines[number - 1].strip():
            break  # a body of another format, after the blank line
        elif stripped and not headers and _FORM.match(stripped):
            break
    else:
        number = len(lines) if headers else 0
    body = "\n".join(lines[number:]).strip()
    return delivery_of(body.encode("utf-8", "surrogatepass"), tuple(headers), _pairs(query), method)


def _starts_body(line: str) -> bool:
    return line[:1] in ("{", "[", "<") and not _HEADER.fullmatch(line)


def _recorded(text: str) -> Delivery | None:
    """Return a delivery that a JSON document describes: a HAR file, or an object with headers and a body."""
    if text[:1] not in ("{", "["):
        return None
    try:
        document = parse_json(text)
    except ValueError:
        return None
    if isinstance(document, list) and len(document) == 1:
        document = document[0]
    record = as_object(document)
    entries = as_object(record.get("log")).get("entries")
    if isinstance(entries, list):
        return next(filter(None, map(_har_request, reversed(entries))), None)
    if found := _har_request(record):
        return found
    for inner in (record, as_object(record.get("request"))):
        if isinstance(inner.get("headers"), dict | list) and (found := _record(inner)):
            return found
    return None


def _har_request(entry: Json) -> Delivery | None:
    request = as_object(as_object(entry).get("request"))
    posted = as_object(request.get("postData"))
    if not posted:
        return None
    body = text_in(posted.get("text")) or urlencode(pairs_of(posted.get("params")))
    headers = pairs_of(request.get("headers"))
    query = _pairs(urlsplit(text_in(request.get("url"))).query)
    return delivery_of(body.encode(), headers, query, text_in(request.get("method")) or "POST")


def _record(record: Mapping[str, Json]) -> Delivery | None:
    """Return an object with headers and a body, None if it has no body."""
    name = next((each for each in _BODIES if record.get(each) not in (None, "")), None)
    if name is None:
        return None
    written = record[name]
    body = written if isinstance(written, str) else json.dumps(written)
    query = next((each for key in _QUERIES if (each := as_object(record.get(key)))), {})
    method = text_in(record.get("method")) or text_in(record.get("httpMethod")) or "POST"
    return delivery_of(body.encode(), _header_pairs(record["headers"]), tuple(_texts(query)), method)


def _header_pairs(written: Json) -> Pairs:
    return tuple(_texts(written)) if isinstance(written, dict) else pairs_of(written)


def _texts(values: Mapping[str, Json]) -> Iterable[tuple[str, str]]:
    for name, value in values.items():
        first = value[0] if isinstance(value, list) and value else value
        yield name, text_of(first)


def _curl(text: str) -> Delivery | None:
    """Return the request of a curl command."""
    if not _CURL.match(text):
        return None
    try:
        request = parse_curl(text)[0]
    except DocumentError:
        return None
    body = request.data or urlencode(request.parts)
    return delivery_of(body.encode(), request.headers, _pairs(urlsplit(request.url).query), "POST")


def _pairs(query: str) -> Pairs:
    return tuple(Delivery.of("POST", f"/?{query}", (), b"").query.items())


def _content_type(body: bytes) -> str:
    text = body.lstrip()
    if text[:1] == b"<":
        return "application/xml"
    is_form = text[:1] not in (b"{", b"[", b'"') and _FORM.match(text.decode(errors="replace"))
    return "application/x-www-form-urlencoded" if is_form else "application/json"
