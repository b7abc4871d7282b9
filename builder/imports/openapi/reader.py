"""Read an OpenAPI document (3.0 to 3.2) or a Swagger 2.0 document as settings and endpoints."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from builder.imports.imported import DocumentError, Imported, ImportedEndpoint
from builder.imports.listing_index import anonymous_template
from builder.imports.openapi.document import DocumentNode
from builder.imports.openapi.listing_rules import OperationName
from builder.imports.openapi.operations import ListOperation, read_operation
from builder.imports.openapi.other_formats import check_keys, check_text
from builder.imports.openapi.request_parameters import RequestParameter
from builder.imports.openapi.resource_hierarchy import (
    resource_name_noun,
    with_full_names,
    with_shared_descriptions,
)
from builder.imports.openapi.schema_samples import SchemaSamples
from builder.imports.openapi.security import choose_security
from builder.imports.openapi.servers import choose_server
from builder.imports.parent_listings import (
    CandidateParent,
    ParentListings,
    TemplateParameter,
    link_parents,
    link_query,
    source_notes,
)
from builder.imports.pasted_documents import parse_document
from builder.imports.path_templates import parameter_name
from builder.inference import parameter_names
from builder.json_values import as_object
from rest.bodies import Json

_VERSIONS = re.compile(r"3\.[0-2](\..*)?|2\.0")
_MOST_NOTES = 20
# A parameter of this share of the operations belongs to the API, like a login. Fewer say nothing.
_MOST_OPERATIONS, _FEW_OPERATIONS = 0.7, 4
_BRACES = re.compile(r"\{([^{}]*)\}")


def read_openapi(text: str, address: str = "") -> Imported:
    """Return the GET operations that return listings, each with a sample generated from its schema.

    address: the URL of the document, the base of relative server URLs. It is not fetched. Operations that
    need another document are left out and named in a note.
    Raises DocumentError: the text is not an OpenAPI document of version 3.0 to 3.2 or 2.0, or is malformed.
    """
    check_text(text)
    document = DocumentNode.of(parse_document(text, "OpenAPI document"))
    _check_version(document)
    operations, notes = _operations(document)
    parents = _parents(operations)
    server = choose_server(document, address)
    security = choose_security(document, [each.security for each in operations], server.base_url or "")
    base: dict[str, Json] = {"baseUrl": server.base_url} if server.base_url else {}
    info = document.child("info")
    return Imported(
        title=info.text("title") if info else "",
        settings={**base, **security.settings},
        endpoints=tuple(_endpoint(each, parents) for each in operations),
        notes=(*server.notes, *security.notes, *notes),
        detail_paths=tuple(_detail_paths(document)),
    )


def _parents(operations: list[ListOperation]) -> ParentListings:
    """Index the listings. A parameter that almost all operations require does not distinguish parents."""
    counts = Counter(each.name for operation in operations for each in operation.missing)
    enough = max(_FEW_OPERATIONS, _MOST_OPERATIONS * len(operations))
    return ParentListings.of(
        CandidateParent(
            each.endpoint.kind,
            each.endpoint.selector,
            each.items,
            tuple(_template_parameters(each)),
            {one.name: one.as_template_parameter() for one in each.missing if counts[one.name] < enough},
        )
        for each in operations
    )


def _check_version(document: DocumentNode) -> None:
    for key in ("openapi", "swagger"):
        if key in document.value:
            version = str(document.value[key])
            if not _VERSIONS.fullmatch(version):
                raise DocumentError(
                    f"{key}: version {version!r:.40} is not supported", hint="Use 3.0 to 3.2 or 2.0"
                )
            return
    check_keys(document.value)
    raise DocumentError(
        "the document has neither openapi nor swagger at the top level", hint="Paste a whole OpenAPI document"
    )


def _operations(document: DocumentNode) -> tuple[list[ListOperation], list[str]]:
    """Return the listings in the order of the document, and notes on operations that were left out."""
    paths = document.value.get("paths", {})
    if not isinstance(paths, dict):
        raise DocumentError("paths is not an object")
    found: list[ListOperation] = []
    left_out: list[str] = []
    samples = SchemaSamples()
    collections = frozenset(_kind(path).rpartition("/{")[0] for path in paths if path.endswith("}"))
    reads = 0
    for path in paths:
        try:
            path_item = DocumentNode(document.root, paths, "paths").child(path)
            method, operation = _reading_operation(path_item)
            # A fragment is not sent: documents of AWS tell operations apart by it.
            if path_item is None or operation is None or not path.startswith("/") or "#" in path:
                continue
            reads += method == "GET"
            name = OperationName.of(_kind(path), operation, collections)
            if listing := read_operation(name, path_item, operation, samples, method):
                found.append(listing)
        except DocumentError as error:
            left_out.append(f"Left out: {error}")
    found = with_full_names(with_shared_descriptions(_without_details(found)))
    left_out += [f"Left out of samples: {each}" for each in dict.fromkeys(samples.left_out)]
    return found, [*_shortened(left_out), *_counts(found, reads)]


def _detail_paths(document: DocumentNode) -> Iterator[str]:
    """Yield the paths that end with a parameter and can be read."""
    paths = as_object(document.value.get("paths"))
    yield from (
        _kind(path) for path, item in paths.items() if path.endswith("}") and "get" in as_object(item)
    )


def _without_details(operations: list[ListOperation]) -> list[ListOperation]:
    """Leave out details in the envelope of their listing: `{"items": [...]}` of /items and /items/{id}."""
    data_paths = {
        anonymous_template(each.endpoint.kind): each.endpoint.selector.get("data_path") for each in operations
    }
    return [each for each in operations if not _is_detail_of(each, data_paths)]


def _is_detail_of(operation: ListOperation, data_paths: Mapping[str, Json]) -> bool:
    path, selector = operation.endpoint.kind.rstrip("/"), operation.endpoint.selector
    collection = anonymous_template(path.rpartition("/")[0])
    if not path.endswith("}") or collection not in data_paths or "pagination" in selector:
        return False
    return data_paths[collection] == selector.get("data_path") and not operation.says_it_lists


def _reading_operation(path_item: DocumentNode | None) -> tuple[str, DocumentNode | None]:
    """Return the GET operation of a path, else its POST operation, which may be a search."""
    get = path_item.child("get") if path_item else None
    return ("GET", get) if get or path_item is None else ("POST", path_item.child("post"))


def _shortened(left_out: list[str]) -> list[str]:
    more = len(left_out) - _MOST_NOTES
    return [*left_out[:_MOST_NOTES], *([f"Left out: {more} more"] if more > 0 else [])]


def _counts(found: list[ListOperation], reads: int) -> list[str]:
    gets = [each for each in found if "method" not in each.endpoint.selector]
    if not reads and not found:
        return ["The document has no GET operation"]
    if len(gets) < reads:
        return [f"{len(gets)} of {reads} GET operations return a listing. The others were left out"]
    return []


def _kind(path: str) -> str:
    """Return the path with parameter names that the mapping accepts."""
    return _BRACES.sub(lambda match: f"{{{parameter_name(match[1])}}}", path)


def _endpoint(operation: ListOperation, parents: ParentListings) -> ImportedEndpoint:
    """Return the endpoint with the parents of its path parameters and of its required query parameters."""
    endpoint = link_parents(operation.endpoint, _template_parameters(operation), parents)
    for parameter in operation.missing:
        endpoint = _with_required_parameter(endpoint, parameter, parents)
    return endpoint


def _template_parameters(operation: ListOperation) -> list[TemplateParameter]:
    """Return the path parameters, including those that the document does not declare."""
    declared = {
        each.name: each for each in (parameter.as_template_parameter() for parameter in operation.in_path)
    }
    names = parameter_names(operation.endpoint.kind)
    known = [declared.get(name, TemplateParameter(name)) for name in names]
    if noun := resource_name_noun(operation):
        known[0] = replace(known[0], noun=noun)
    return known


def _with_required_parameter(
    endpoint: ImportedEndpoint, parameter: RequestParameter, parents: ParentListings
) -> ImportedEndpoint:
    """Add a required query parameter with the values of a parent: `?project={project}`."""
    name = parameter_name(parameter.name)
    existing = endpoint.selector.get("path_parameters")
    known = existing if isinstance(existing, dict) else {}
    found = link_query(endpoint.kind, parameter.as_template_parameter(), parents)
    params = endpoint.selector.get("query_params")
    sent = params if isinstance(params, dict) else {}
    if not found or found.parameters.keys() & known.keys():
        if not parameter.examples:
            note = f"query_params.{parameter.name} is required, but the document has no value for it"
            return replace(endpoint, notes=(*endpoint.notes, note))
        note = f"query_params.{parameter.name} has the document's example. Enter your own value"
        example: dict[str, Json] = {"query_params": {**sent, parameter.name: parameter.examples[0]}}
        return replace(endpoint, selector={**endpoint.selector, **example}, notes=(*endpoint.notes, note))
    changes: dict[str, Json] = {
        "query_params": {**sent, parameter.name: f"{{{name}}}"},
        "path_parameters": {**known, **found.parameters},
    }
    notes = (*endpoint.notes, *source_notes(found))
    return replace(endpoint, selector={**endpoint.selector, **changes}, notes=notes)
