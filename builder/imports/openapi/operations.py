"""Read an operation as an endpoint if it lists."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from builder.imports.imported import ImportedEndpoint, drop_empty_parts
from builder.imports.listing_detection import DetectedListing, detect_listing
from builder.imports.name_parts import listing_title
from builder.imports.openapi.declared_cursor import DeclaredCursor, find_declared_cursor
from builder.imports.openapi.document import DocumentNode
from builder.imports.openapi.listing_rules import OperationName, is_detail
from builder.imports.openapi.request_bodies import RequestBody, read_request_body
from builder.imports.openapi.request_parameters import RequestParameter, read_parameters
from builder.imports.openapi.sample_responses import SampleResponse, lacks_schema, sample_responses
from builder.imports.openapi.schema_samples import SchemaSamples
from builder.imports.posted_bodies import PostedBody
from builder.imports.query_pagination import DeclaredParameters, EndpointPagination, infer_pagination
from configuration.headers import invalid_headers
from rest.bodies import Json
from rest.page import Item
from rest.request import text_of
from rest.response import Response

_LINK_TO_NEXT = '<https://api.example.com/?page=2>; rel="next"'
_MAX_DESCRIPTION_LENGTH = 300
# OpenAPI ignores header parameters with these names.
_RESERVED_HEADERS = frozenset({"accept", "authorization", "content-type"})
_NO_SAMPLE = "The document does not describe a list. Fetch a sample"


@dataclass(frozen=True, slots=True)
class ListOperation:
    """An operation that lists.

    endpoint: without the parents of its path parameters. in_path: the path parameters.
    missing: required query parameters without a value, or with an example only.
    security: the operation's own value, else null. says_it_lists: by the words of the document.
    """

    endpoint: ImportedEndpoint
    items: Sequence[Item] = field(repr=False)
    in_path: Sequence[RequestParameter] = field(repr=False)
    missing: Sequence[RequestParameter] = field(repr=False)
    security: Json = None
    says_it_lists: bool = False
    operation_id: str = ""


@dataclass(frozen=True, slots=True)
class _Listing:
    """What an operation returns. sample, detected: None if the document does not describe a list.

    cursor: of the next page. item: the single item that the document describes instead, else null.
    """

    sample: SampleResponse | None = None
    detected: DetectedListing | None = None
    cursor: DeclaredCursor = field(default_factory=DeclaredCursor)
    item: Json = field(default=None, repr=False)

    @property
    def items(self) -> Sequence[Item]:
        """The items, empty if the document does not describe them."""
        if self.detected:
            return self.detected.items
        return [self.item] if isinstance(self.item, dict) else []


def read_operation(
    name: OperationName, path_item: DocumentNode, operation: DocumentNode, samples: SchemaSamples, method: str
) -> ListOperation | None:
    """Return the operation, None if its response is a single item or not JSON.

    Raises DocumentError: the operation is malformed, or refers to another document.
    """
    if method == "POST" and not name.reads_by_post:
        return None
    parameters = read_parameters(path_item, operation)
    listing = _listing(name, operation, samples, parameters)
    if listing is None or (method == "POST" and listing.sample is None):
        return None
    body = read_request_body(operation) if method == "POST" else None
    pagination = _pagination([*parameters, *(body.parameters if body else ())], listing)
    required = [each for each in _required(parameters) if each.name not in pagination.names]
    headers, header_notes = _headers(parameters, listing.sample)
    selector: dict[str, Json] = {
        "method": "POST" if method == "POST" else None,
        "query_params": {each.name: each.values[0] for each in required if each.values},
        "headers": headers,
        "data_path": listing.detected.data_path if listing.detected else None,
        "pagination": dict(pagination.mapping),
    }
    notes = [*header_notes, *_body_notes(body, pagination), *_notes(path_item, operation, parameters)]
    notes += _pagination_notes(parameters, listing, pagination)
    return ListOperation(
        _endpoint(name, operation, listing, {**drop_empty_parts(selector), **_body(body, pagination)}, notes),
        listing.items,
        [each for each in parameters if each.location == "path"],
        [each for each in required if not each.values],
        operation.value.get("security"),
        name.says_it_lists,
        name.operation_id,
    )


def _required(parameters: Sequence[RequestParameter]) -> Iterator[RequestParameter]:
    yield from (each for each in parameters if each.location == "query" and each.is_required)


def _endpoint(
    name: OperationName,
    operation: DocumentNode,
    listing: _Listing,
    selector: Mapping[str, Json],
    notes: Sequence[str],
) -> ImportedEndpoint:
    return ImportedEndpoint(
        name.path,
        operation.text("summary").strip() or listing_title(name.path),
        _first_paragraph(operation.text("description")),
        selector,
        listing.sample.body if listing.sample else None,
        tuple(notes) if listing.sample else (_NO_SAMPLE, *notes),
    )


def _listing(
    name: OperationName,
    operation: DocumentNode,
    samples: SchemaSamples,
    parameters: Sequence[RequestParameter],
) -> _Listing | None:
    """Return what the operation lists, None if it does not list."""
    found = [each for each in sample_responses(name.path, operation, samples) if each.body not in ({}, None)]
    # If any alternative of the response is a listing, the operation lists.
    listings = [
        _Listing(sample, detected, find_declared_cursor(sample.body, sample.schema, parameters))
        for sample in found
        if (detected := detect_listing(sample.body, name.path)) and not is_detail(name, sample.body, detected)
    ]
    if listings:
        return max(listings, key=lambda each: each.cursor.field is not None)
    if found:
        # Some documents describe one item where the API returns a list of them.
        has_pages = any(each.selects_page for each in parameters)
        return _Listing(item=found[0].body) if name.may_list and has_pages else None
    return _Listing() if name.may_list and lacks_schema(operation) else None


def _pagination(parameters: Sequence[RequestParameter], listing: _Listing) -> EndpointPagination:
    sent = [each.as_page_parameter() for each in parameters if each.location in ("query", "body")]
    known = [each for each in sent if each]
    if listing.sample is None or listing.detected is None:
        return infer_pagination(known)
    headers = {"link": _LINK_TO_NEXT} if listing.sample.has_links else {}
    response = Response(200, headers, json.dumps(listing.sample.body).encode())
    declared = DeclaredParameters(frozenset(each.name for each in parameters), listing.cursor.mapping)
    return infer_pagination(known, response, listing.detected.data_path, declared)


def _pagination_notes(
    parameters: Sequence[RequestParameter], listing: _Listing, pagination: EndpointPagination
) -> Iterator[str]:
    """Yield a note if an endpoint without pagination seems to have several pages."""
    if pagination.mapping:
        return
    if cursor := listing.cursor.field:
        yield (
            f"The response has {cursor.path} for the next page, but the document declares no parameter "
            "that sends it. Set pagination"
        )
        return
    if pagination.lacks_parameter:
        yield "The response has pages, but the document declares no parameter for them. Set pagination"
        return
    pages = [each.name for each in parameters if each.location in ("query", "body") and each.seems_to_page]
    if pages:
        yield (
            f"The document does not say how to request the next page, but declares {', '.join(pages)}. "
            "Check the pagination"
        )


def _body(body: RequestBody | None, pagination: EndpointPagination) -> dict[str, Json]:
    """Return the body without the parameters of pages, which the integration adds."""
    if body is None:
        return {}
    values = {name: value for name, value in body.values.items() if name not in pagination.names}
    return PostedBody(values, body.body_type).selector


def _body_notes(body: RequestBody | None, pagination: EndpointPagination) -> Iterator[str]:
    missing = [name for name in body.missing if name not in pagination.names] if body else []
    for name in missing:
        yield f"body.{name} is required, but the document has no value for it"


def _headers(
    parameters: Sequence[RequestParameter], sample: SampleResponse | None
) -> tuple[dict[str, Json], list[str]]:
    """Return the required headers, Accept if the media type is not plain JSON, and notes."""
    headers: dict[str, Json] = {}
    if sample and not sample.is_plain_json:
        headers["Accept"] = sample.media_type
    notes = []
    for each in parameters:
        if each.location != "header" or not each.is_required or each.name.lower() in _RESERVED_HEADERS:
            continue
        known = [*each.values, *each.examples]
        text = text_of(known[0]) if known else ""
        if text and not invalid_headers([(each.name, text)]):
            headers[each.name] = text
        else:
            notes.append(f"The header {each.name} is required. Add it to selector.headers")
    return headers, notes


def _notes(
    path_item: DocumentNode, operation: DocumentNode, parameters: Sequence[RequestParameter]
) -> Iterator[str]:
    if operation.is_true("deprecated"):
        yield "The document marks the operation as deprecated"
    for each in parameters:
        if each.location == "cookie" and each.is_required:
            yield f"The cookie {each.name} is required. Add it to selector.headers as Cookie"
    own = [*operation.elements("servers"), *path_item.elements("servers")]
    if own:
        yield f"The operation has its own server, {own[0].text('url')}. It may differ from baseUrl"


def _first_paragraph(text: str) -> str:
    paragraph = " ".join(text.strip().partition("\n\n")[0].split())
    return (
        paragraph if len(paragraph) <= _MAX_DESCRIPTION_LENGTH else f"{paragraph[:_MAX_DESCRIPTION_LENGTH]}…"
    )
