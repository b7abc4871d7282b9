"""Read the calls with a JSON response from a HAR file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from builder.imports.graphql import GraphqlOperation, read_operations
from builder.imports.har_entries import HarEntry, body_of, params_of, raw_entries, read_entry
from builder.imports.listing_detection import detect_listing, reads_by_post
from rest.bodies import Json
from rest.origin import Origin
from rest.page import Item
from rest.request import Pairs
from rest.request_bodies import BodyType

_OK = range(200, 300)


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """A recorded request with a JSON response. Values can contain secrets.

    posted: the body of the request: JSON, the fields of a form, or text. body_type: how it is sent.
    operation: what the request runs, if it is GraphQL.
    items: the items if the response is a listing, else None.
    """

    method: str
    url: str = field(repr=False)
    origin: str
    path: str
    params: Pairs = field(repr=False)
    headers: Pairs = field(repr=False)
    has_cookies: bool
    posted: Json = field(repr=False)
    operation: GraphqlOperation | None
    body: Json = field(repr=False)
    items: Sequence[Item] | None = field(repr=False)
    response_headers: Mapping[str, str] = field(repr=False)
    body_type: BodyType = "json"

    @property
    def is_read(self) -> bool:
        """Whether the request reads: GET, a GraphQL query, or a POST request for a listing."""
        if self.operation:
            return self.operation.is_query
        if self.method != "POST" or self.posted is None:
            return self.method == "GET"
        return self.items is not None and reads_by_post(self.path, self.posted)

    @property
    def page_site(self) -> str:
        """The last two parts of the host of the page that sent the request, empty if unknown."""
        sent = {name.lower(): text for name, text in self.headers}
        return site_of(sent.get("origin") or sent.get("referer") or "")


@dataclass(frozen=True, slots=True)
class Recording:
    """The calls of a file, in order. unreadable: the number of JSON responses without a readable body."""

    calls: tuple[RecordedCall, ...]
    unreadable: int


def read_calls(document: Mapping[str, Json]) -> Recording:
    """Return the successful calls with a JSON response.

    A response that was not modified has the body of another response to the same request.
    Raises DocumentError: the document is not a HAR file.
    """
    entries = [read_entry(entry) for entry in raw_entries(document)]
    known = {(each.method, each.url): each for each in reversed(entries) if each.text and each.status in _OK}
    calls: list[RecordedCall] = []
    unreadable = 0
    for entry in entries:
        full = entry
        if entry.is_not_modified and not entry.text:
            full = known.get((entry.method, entry.url), entry)
        if full.status not in _OK and not full.is_not_modified:
            continue
        found = list(_calls(full))
        calls += found
        unreadable += not found and full.is_json and not full.text
    return Recording(tuple(calls), unreadable)


def site_of(url: str) -> str:
    """Return the last two parts of a URL's host: acme.example for https://app.acme.example/x."""
    try:
        return ".".join((urlsplit(url).hostname or "").split(".")[-2:])
    except ValueError:
        return ""


def _calls(entry: HarEntry) -> Iterator[RecordedCall]:
    """Yield the call of an entry, or one for each of its GraphQL operations."""
    try:
        origin, body = str(Origin.of(entry.url)), body_of(entry)
    except ValueError:
        return
    posted = entry.posted.body if entry.posted else None
    operations = list(read_operations(posted, body)) if entry.method == "POST" else []
    for operation, own in operations:
        yield _call(entry, origin, own, operation.body, operation)
    if not operations:
        yield _call(entry, origin, body, posted, None)


def _call(
    entry: HarEntry, origin: str, body: Json, posted: Json, operation: GraphqlOperation | None
) -> RecordedCall:
    path = urlsplit(entry.url).path or "/"
    found = detect_listing(body, f"/{operation.name}" if operation else path)
    return RecordedCall(
        entry.method,
        entry.url,
        origin,
        path,
        params_of(entry.url),
        entry.headers,
        entry.has_cookies,
        posted,
        operation,
        body,
        found.items if found else None,
        entry.response_headers,
        entry.posted.body_type if entry.posted else "json",
    )
