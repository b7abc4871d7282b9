"""The calls in a HAR file that an API answered with JSON, and the secrets that the file holds."""

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from builder.imports.credentials import credentials_of
from builder.imports.found import DocumentError
from builder.imports.listed import listed
from builder.imports.secret_names import is_secret_name, is_secret_text
from builder.imports.texts import is_too_deep
from rest.bodies import Json, parse_body
from rest.origin import Origin, Redactor
from rest.page import Item
from rest.request import Pairs

# Shorter values would mask harmless text wherever it stands.
_SHORTEST_SECRET = 6
_SHORTEST_COOKIE = 16
_OK = range(200, 300)


@dataclass(frozen=True, slots=True)
class Call:
    """One request that was answered with JSON. Values are as recorded: secrets are in it.

    items: of the listing that the answer is, None where it is none.
    """

    method: str
    origin: str
    path: str
    params: Pairs = field(repr=False)
    headers: Pairs = field(repr=False)
    has_cookies: bool
    body: Json = field(repr=False)
    items: Sequence[Item] | None = field(repr=False)
    answer_headers: Mapping[str, str] = field(repr=False)


def calls_of(document: Mapping[str, Json]) -> list[Call]:
    """In the order of the file. What is no JSON, or an error of the API, is no call.

    Raises DocumentError: the document is no HAR.
    """
    return [call for entry in entries_of(document) if (call := _call(entry))]


def entries_of(document: Mapping[str, Json]) -> list[dict[str, Json]]:
    """Raises DocumentError: there are none."""
    entries = _object(document.get("log")).get("entries")
    if not isinstance(entries, list):
        raise DocumentError("the HAR file has no list log.entries", hint="Save it as HAR with content")
    return [_object(entry) for entry in entries]


def secrets_of(document: Mapping[str, Json]) -> Redactor:
    """Masks what the requests and cookies of a file hold of secrets, wherever it stands again."""
    secrets: set[str] = set()
    for entry in entries_of(document):
        request, response = _object(entry.get("request")), _object(entry.get("response"))
        headers, params = _pairs(request.get("headers")), _params(_text(request.get("url")))
        secrets.update(_sent(headers, (*params, *_pairs(request.get("queryString")))))
        for each in (request, response):
            cookies = [text for _, text in _pairs(each.get("cookies"))]
            cookies += [text for name, text in _pairs(each.get("headers")) if "cookie" in name.lower()]
            secrets.update(part for text in cookies for part in _cookie_values(text))
    return Redactor.of(secrets)


def _sent(headers: Pairs, params: Pairs) -> Iterator[str]:
    texts = [text for name, text in headers if is_secret_name(name, "header") or is_secret_text(text)]
    texts += [text for name, text in params if is_secret_name(name, "query") or is_secret_text(text)]
    proofs = credentials_of(headers, params).settings
    texts += [
        str(proofs[name]) for name in ("apiToken", "password", "authValue", "username") if name in proofs
    ]
    for text in texts:
        yield from (part for part in (text, *text.split(" ")) if len(part) >= _SHORTEST_SECRET)


def _cookie_values(text: str) -> Iterator[str]:
    for part in text.split(";"):
        value = part.partition("=")[2].strip() if "=" in part else part.strip()
        if len(value) >= _SHORTEST_COOKIE:
            yield value


def _call(entry: Mapping[str, Json]) -> Call | None:
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
    found = listed(body, path)
    return Call(
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
    """Raises ValueError: it is no JSON, or was not recorded."""
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
    """[{"name": "Accept", "value": "*/*"}]."""
    found: Iterable[dict[str, Json]] = map(_object, value if isinstance(value, list) else [])
    return tuple((_text(pair.get("name")), _text(pair.get("value"))) for pair in found if pair.get("name"))


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
