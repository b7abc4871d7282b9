"""Read the entries of a HAR file, whatever program wrote it."""

import base64
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from builder.imports.imported import DocumentError
from builder.imports.pasted_documents import is_too_deep
from builder.imports.posted_bodies import PostedBody, form_object, multipart_of, read_posted
from builder.json_values import as_object
from rest.bodies import Json
from rest.body_format import format_of
from rest.body_parsing import parse_body
from rest.request import Pairs

_MAX_BODY = 100 * 1024 * 1024
_NOT_MODIFIED = 304
# Media types of files that pages consist of. Any other body may be JSON.
_PAGE_FILES = re.compile(
    r"html|javascript|ecmascript|css|image/|font|audio/|video/|wasm|xhtml", re.IGNORECASE
)
_JSON_START = re.compile(r"\s*[\[{]")
# Safari names the encoding in the content, other programs keep what was sent.
_COMPRESSED = {"gzip": 31, "x-gzip": 31, "deflate": 15}


@dataclass(frozen=True, slots=True)
class HarEntry:
    """A request and its response. text: the body of the response, None if it was not recorded."""

    method: str
    url: str
    headers: Pairs = field(repr=False)
    has_cookies: bool
    posted: PostedBody | None = field(repr=False)
    status: int
    response_headers: Mapping[str, str] = field(repr=False)
    media_type: str
    text: str | None = field(repr=False)

    @property
    def is_json(self) -> bool:
        """Whether the response declares JSON."""
        return "json" in self.media_type.lower()

    @property
    def is_not_modified(self) -> bool:
        """Whether the response repeats an earlier one (RFC 9110 §15.4.5)."""
        return self.status == _NOT_MODIFIED


def raw_entries(document: Mapping[str, Json]) -> list[dict[str, Json]]:
    """Return the entries of the log. Raises DocumentError: there is no list of entries."""
    entries = as_object(document.get("log")).get("entries")
    if not isinstance(entries, list):
        raise DocumentError("the HAR file has no list log.entries", hint="Save the HAR file with content")
    return [as_object(entry) for entry in entries]


def read_entry(entry: Mapping[str, Json]) -> HarEntry:
    """Return an entry with decoded bodies."""
    request, response = as_object(entry.get("request")), as_object(entry.get("response"))
    content, headers = as_object(response.get("content")), pairs_of(request.get("headers"))
    answered = {name.lower(): text for name, text in pairs_of(response.get("headers"))}
    status = response.get("status")
    media_type = text_in(content.get("mimeType")) or answered.get("content-type", "")
    return HarEntry(
        text_in(request.get("method")).upper(),
        text_in(request.get("url")),
        headers,
        bool(pairs_of(request.get("cookies"))) or any(name.lower() == "cookie" for name, _ in headers),
        _posted(as_object(request.get("postData"))),
        status if isinstance(status, int) else 0,
        answered,
        media_type,
        _decoded(content, answered),
    )


def _posted(data: Mapping[str, Json]) -> PostedBody | None:
    """Return the body of the request. None: there is none, or it cannot be read."""
    media_type, fields = text_in(data.get("mimeType")), pairs_of(data.get("params"))
    if "multipart" in media_type.lower():
        return multipart_of(fields) if fields else None
    if fields and not data.get("text"):
        return PostedBody(form_object(fields), "form")
    text = _decoded(data, {})
    try:
        return read_posted(text, media_type) if text else None
    except ValueError:
        return None


def body_of(entry: HarEntry) -> Json:
    """Return the body of a response as JSON values.

    Raises ValueError: it is neither JSON nor of a type that the integration recognizes, or was not recorded.
    """
    text = entry.text or ""
    content, media_type = text.encode("utf-8"), entry.media_type.partition(";")[0]
    is_data = format_of(content, media_type) != "json" and not _PAGE_FILES.search(media_type)
    if not is_data and not entry.is_json:
        if _PAGE_FILES.search(entry.media_type) or not _JSON_START.match(text):
            raise ValueError
        media_type = "application/json"
    body = parse_body(content, media_type)
    if is_too_deep(body):
        raise ValueError("nested too deeply")
    return body


def params_of(url: str) -> Pairs:
    """Return the query parameters of a URL, none if the URL is not valid."""
    try:
        return tuple(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    except ValueError:
        return ()


def pairs_of(value: Json) -> Pairs:
    """Read pairs in the form [{"name": "Accept", "value": "*/*"}]."""
    found = map(as_object, value if isinstance(value, list) else [])
    return tuple(
        (text_in(pair.get("name")), text_in(pair.get("value"))) for pair in found if pair.get("name")
    )


def text_in(value: Json) -> str:
    """Return a text, empty for any other value."""
    return value if isinstance(value, str) else ""


def _decoded(content: Mapping[str, Json], headers: Mapping[str, str]) -> str | None:
    """Return the text of a body, None if it is missing or cannot be decoded."""
    text = content.get("text")
    if not isinstance(text, str):
        return None
    if content.get("encoding") != "base64":
        return text
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
        charset = _charset(text_in(content.get("mimeType")))
        return _uncompressed(data, headers.get("content-encoding", "").lower()).decode(charset)
    except (ValueError, LookupError, zlib.error):
        return None


def _uncompressed(data: bytes, encoding: str) -> bytes:
    """Return the data of a body that was recorded as it was sent."""
    window = _COMPRESSED["gzip"] if data[:2] == b"\x1f\x8b" else _COMPRESSED.get(encoding)
    if window is None or data[:1] in (b"{", b"["):
        return data
    return zlib.decompressobj(window).decompress(data, _MAX_BODY)


def _charset(media_type: str) -> str:
    found = re.search(r"charset=\"?([\w-]+)", media_type)
    return found[1] if found and found[1].lower() != "utf-8" else "utf-8-sig"
