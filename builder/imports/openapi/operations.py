"""Read a GET operation as an endpoint if its response is a listing."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from builder.imports.imported import ImportedEndpoint, drop_empty_parts
from builder.imports.listing_detection import detect_listing
from builder.imports.name_parts import listing_title
from builder.imports.openapi.document import DocumentNode
from builder.imports.openapi.request_parameters import RequestParameter, read_parameters
from builder.imports.openapi.schema_samples import SchemaSamples, with_two_items
from builder.imports.query_pagination import EndpointPagination, infer_pagination
from configuration.headers import invalid_headers
from expressions.paths import ABSENT, Absent
from rest.bodies import Json
from rest.page import Item
from rest.request import text_of
from rest.response import Response

_JSON = "application/json"
_LINK_TO_NEXT = '<https://api.example.com/?page=2>; rel="next"'
_MAX_DESCRIPTION_LENGTH = 300
# OpenAPI ignores header parameters with these names.
_RESERVED_HEADERS = frozenset({"accept", "authorization", "content-type"})


@dataclass(frozen=True, slots=True)
class ListOperation:
    """A GET operation that returns a listing.

    endpoint: without the parents of its path parameters. in_path: the path parameters.
    missing: required query parameters without a value. security: the operation's own value, else null.
    """

    endpoint: ImportedEndpoint
    items: Sequence[Item] = field(repr=False)
    in_path: Sequence[RequestParameter] = field(repr=False)
    missing: Sequence[RequestParameter] = field(repr=False)
    security: Json = None


@dataclass(frozen=True, slots=True)
class _SampleResponse:
    """A response of an operation. body: an example or generated. media_type: empty in Swagger 2.0."""

    body: Json = field(repr=False)
    media_type: str
    has_links: bool


def read_operation(
    kind: str, path_item: DocumentNode, operation: DocumentNode, samples: SchemaSamples
) -> ListOperation | None:
    """Return the operation, None if its response is a single item or not JSON.

    Raises DocumentError: the operation is malformed, or refers to another document.
    """
    sample = next(_sample_responses(kind, operation, samples), None)
    listing = detect_listing(sample.body, kind) if sample else None
    if sample is None or listing is None:
        return None
    parameters = read_parameters(path_item, operation)
    pagination = _pagination(parameters, sample, listing.data_path)
    query = [each for each in parameters if each.location == "query" and each.is_required]
    required = [each for each in query if each.name not in pagination.names]
    headers, header_notes = _headers(parameters, sample)
    selector: dict[str, Json] = {
        "query_params": {each.name: each.values[0] for each in required if each.values},
        "headers": headers,
        "data_path": listing.data_path,
        "pagination": dict(pagination.mapping),
    }
    endpoint = ImportedEndpoint(
        kind,
        operation.text("summary").strip() or listing_title(kind),
        _first_paragraph(operation.text("description")),
        drop_empty_parts(selector),
        sample.body,
        (*header_notes, *_notes(path_item, operation, parameters)),
    )
    missing = [each for each in required if not each.values]
    in_path = [each for each in parameters if each.location == "path"]
    return ListOperation(endpoint, listing.items, in_path, missing, operation.value.get("security"))


def _sample_responses(
    kind: str, operation: DocumentNode, samples: SchemaSamples
) -> Iterator[_SampleResponse]:
    """Yield the successful responses, the likeliest first: 200, other 2xx, default."""
    responses = operation.child("responses")
    codes = [code for code in responses.value if code.startswith("2")] if responses else []
    for code in [*sorted(codes), "default"]:
        response = responses.child(code) if responses else None
        if response:
            has_links = any(name.lower() == "link" for name, _ in response.fields("headers"))
            for media_type, body in _bodies(kind, response, samples):
                if body is not ABSENT:
                    yield _SampleResponse(body, media_type, has_links)


def _bodies(kind: str, response: DocumentNode, samples: SchemaSamples) -> Iterator[tuple[str, Json | Absent]]:
    """Yield the bodies of a response with their media types, plain JSON first."""
    content = response.child("content")
    types = [name for name in content.value if "json" in name.lower() or name == "*/*"] if content else []
    for media_type in sorted(types, key=lambda name: name.lower() != _JSON):
        media = content.child(media_type) if content else None
        if media:
            examples = [media.value.get("example")]
            examples += [each.value.get("value") for _, each in media.fields("examples")]
            yield media_type, _body(kind, examples, media.child("schema"), samples)
    if content is None:
        own = response.value.get("examples")
        examples = [own.get(_JSON)] if isinstance(own, dict) else []
        yield "", _body(kind, examples, response.child("schema"), samples)


def _body(
    kind: str, examples: Sequence[Json], schema: DocumentNode | None, samples: SchemaSamples
) -> Json | Absent:
    """Return the document's example if it has items, else a body generated from the schema."""
    for example in examples:
        listing = detect_listing(example, kind) if isinstance(example, list | dict) else None
        if listing and listing.items:
            return with_two_items(example)
    return samples.of(schema, kind) if schema else ABSENT


def _pagination(
    parameters: Sequence[RequestParameter], sample: _SampleResponse, data_path: str | None
) -> EndpointPagination:
    query = [each.as_page_parameter() for each in parameters if each.location == "query"]
    headers = {"link": _LINK_TO_NEXT} if sample.has_links else {}
    response = Response(200, headers, json.dumps(sample.body).encode())
    return infer_pagination([each for each in query if each], response, data_path)


def _headers(
    parameters: Sequence[RequestParameter], sample: _SampleResponse
) -> tuple[dict[str, Json], list[str]]:
    """Return the required headers, Accept if the media type is not plain JSON, and notes."""
    headers: dict[str, Json] = {}
    if sample.media_type.lower() not in ("", "*/*", _JSON):
        headers["Accept"] = sample.media_type
    notes = []
    for each in parameters:
        if each.location != "header" or not each.is_required or each.name.lower() in _RESERVED_HEADERS:
            continue
        text = text_of(each.values[0]) if each.values else ""
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
