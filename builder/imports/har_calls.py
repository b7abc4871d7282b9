"""Read the calls with a JSON response from a HAR file, and collect the secrets in the file."""

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from builder.imports.credentials import extract_credentials
from builder.imports.imported import DocumentError
from builder.imports.listing_detection import detect_listing
from builder.imports.pasted_documents import is_too_deep
from builder.imports.secret_detection import is_secret_name, is_secret_text
from rest.bodies import Json, parse_body
from rest.origin import Origin, Redactor
from rest.page import Item
from rest.request import Pairs

# Shorter values would mask harmless text that contains them.
_MIN_SECRET_LENGTH = 6
_MIN_COOKIE_LENGTH = 16
_OK = range(200, 300)


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """A recorded request with a JSON response. Values can contain secrets.

    items: the items if the response is a listing, else None.
    """

    method: str
    origin: str
    path: str
    params: Pairs = field(repr=False)
    headers: Pairs = field(repr=False)
    has_cookies: bool
    body: Json = field(repr=False)
    items: Sequence[Item] | None = field(repr=False)
    response_headers: Mapping[str, str] = field(repr=False)


def read_calls(document: Mapping[str, Json]) -> list[RecordedCall]:
    """Return the successful calls with a JSON response, in the order of the file.

    Raises DocumentError: the document is not a HAR file.
    """
    return [call for entry in read_entries(document) if (call := _call(entry))]


def read_entries(document: Mapping[str, Json]) -> list[dict[str, Json]]:
    """Return the entries of the log. Raises DocumentError: there is no list of entries."""
    entries = _object(document.get("log")).get("entries")
    if not isinstance(entries, list):
        raise DocumentError("the HAR file has no list log.entries", hint="Save the HAR file with content")
    return [_object(entry) for entry in entries]


def collect_secrets(document: Mapping[str, Json]) -> Redactor:
    """Return a redactor that masks the secrets in the requests and cookies of a file."""
    secrets: set[str] = set()
    for entry in read_entries(document):
        request, response = _object(entry.get("request")), _object(entry.get("response"))
        headers, params = _pairs(request.get("headers")), _params(_text(request.get("url")))
        secrets.update(_sent_secrets(headers, (*params, *_pairs(request.get("queryString")))))
        for each in (request, response):
            cookies = [text for _, text in _pairs(each.get("cookies"))]
            cookies += [text for name, text in _pairs(each.get("headers")) if "cookie" in name.lower()]
            secrets.update(part for text in cookies for part in _cookie_values(text))
    return Redactor.of(secrets)


def _sent_secrets(headers: Pairs, params: Pairs) -> Iterator[str]:
    texts = [text for name, text in headers if is_secret_name(name, "header") or is_secret_text(text)]
    texts += [text for name, text in params if is_secret_name(name, "query") or is_secret_text(text)]
    credentials = extract_credentials(headers, params).settings
    texts += [
        str(credentials[name])
        for name in ("apiToken", "password", "authValue", "username")
        if name in credentials
    ]
    for text in texts:
        yield from (part for part in (text, *text.split(" ")) if len(part) >= _MIN_SECRET_LENGTH)


def _cookie_values(text: str) -> Iterator[str]:
    for part in text.split(";"):
        value = part.partition("=")[2].strip() if "=" in part else part.strip()
        if len(value) >= _MIN_COOKIE_LENGTH:
            yield value


def _call(entry: Mapping[str, Json]) -> RecordedCall | None:
    request, response = _object(entry.get("request")), _object(entry.get("response"))
    url, status = _text(request.get("url")), response.get("status")
    content = _object(response.get("content"))
    if status not in _OK or "json" not in _text(content.get("mimeType")).lower():
        return None
    try:
        origin, body = Origin.of(url), _body(content)
    except ValueError:
        return None
    headers, path = _pairs(request.get("headers")), urlsplit(url).path or "/"
    found = detect_listing(body, path)
    return RecordedCall(
        _text(request.get("method")).upper(),
        str(origin),
        path,
        _params(url),
        headers,
        bool(_pairs(request.get("cookies"))) or any(name.lower() == "cookie" for name, _ in headers),
        body,
        found.items if found else None,
        {name.lower(): text for name, text in _pairs(response.get("headers"))},
    )


def _body(content: Mapping[str, Json]) -> Json:
    """Return the body. Raises ValueError: it is not JSON, or was not recorded."""
    text, mime_type = _text(content.get("text")), _text(content.get("mimeType"))
    if content.get("encoding") == "base64":
        body = parse_body(base64.b64decode(text, validate=True), mime_type)
    else:
        body = parse_body(text.encode("utf-8"), mime_type.partition(";")[0])
    if is_too_deep(body):
        raise ValueError("nested too deeply")
    return body


def _params(url: str) -> Pairs:
    try:
        return tuple(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    except ValueError:
        return ()


def _pairs(value: Json) -> Pairs:
    """Read pairs in the form [{"name": "Accept", "value": "*/*"}]."""
    found: Iterable[dict[str, Json]] = map(_object, value if isinstance(value, list) else [])
    return tuple((_text(pair.get("name")), _text(pair.get("value"))) for pair in found if pair.get("name"))


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
