"""The endpoint of a saved request."""

import json
from collections.abc import Iterable, Mapping

from builder.imports.imported import ImportedEndpoint, drop_empty_parts
from builder.imports.listing_detection import detect_listing
from builder.imports.name_parts import listing_title
from builder.imports.parent_listings import TemplateParameter
from builder.imports.pasted_documents import is_too_deep
from builder.imports.path_templates import kind_from_path, parameter_name
from builder.imports.query_pagination import EndpointPagination, infer_pagination, observed_parameter
from builder.imports.sample_redaction import SampleRedactor
from builder.imports.saved_request import VARIABLE, Address, SavedRequest
from builder.imports.saved_settings import RequestSettings
from builder.imports.secret_detection import is_secret_text
from builder.imports.url_globs import ExpandedGlobs, expand_globs
from builder.inference import parameter_names
from builder.json_values import as_object
from configuration.headers import invalid_headers
from rest.bodies import Json, parse_json
from rest.request import Pairs
from rest.response import Response


def endpoint_of(request: SavedRequest, address: Address, settings: RequestSettings) -> ImportedEndpoint:
    """Return the endpoint without the parents of its path parameters. The sample has no secrets."""
    globs = (
        expand_globs(address.path, settings.params.own)
        if request.globs
        else ExpandedGlobs(address.path, settings.params.own)
    )
    kind = kind_from_path(globs.path)
    sample = SampleRedactor()(request.sample)
    found = detect_listing(sample, kind)
    pagination = _pagination(globs.params, sample, found.data_path if found else None)
    body, notes = _body(request)
    selector: dict[str, Json] = {
        "method": None if request.method == "GET" else request.method,
        "query_params": _object([pair for pair in globs.params if pair[0] not in pagination.names]),
        "headers": dict(pair for pair in settings.headers.own if not invalid_headers([pair])),
        "data_path": found.data_path if found else None,
        "pagination": dict(pagination.mapping),
        "path_parameters": {name: {"values": list(values)} for name, values in globs.values.items()},
    }
    return ImportedEndpoint(
        kind,
        request.title or listing_title(kind),
        selector=drop_empty_parts(selector) | ({} if body is None else {"body": body}),
        sample=sample,
        notes=(*globs.notes, *notes),
    )


def template_parameters(endpoint: ImportedEndpoint, values: Pairs) -> list[TemplateParameter]:
    """Return the path parameters: those of globs with all their values, the others with the saved value."""
    known = as_object(endpoint.selector.get("path_parameters"))
    saved = {parameter_name(name): text for name, text in values if _is_value(text)}
    return [
        _with_all_values(name, as_object(known[name]))
        if name in known
        else TemplateParameter(
            name,
            values=(saved[name],) if name in saved else (),
            recorded=frozenset({saved[name]} if name in saved else ()),
        )
        for name in parameter_names(endpoint.kind)
    ]


def _with_all_values(name: str, source: Mapping[str, Json]) -> TemplateParameter:
    values = source.get("values")
    found = values if isinstance(values, list) else []
    return TemplateParameter(
        name, values=tuple(each for each in found if isinstance(each, str | int | float)), all_values=True
    )


def _is_value(text: str) -> bool:
    return bool(text.strip()) and not set("{}<>$") & set(text) and not is_secret_text(text)


def _pagination(params: Pairs, sample: Json, data_path: str | None) -> EndpointPagination:
    seen = [parameter for name, text in params if (parameter := observed_parameter(name, [text]))]
    if sample is None:
        return infer_pagination(seen)
    response = Response(200, {"content-type": "application/json"}, json.dumps(sample).encode())
    return infer_pagination(seen, response, data_path)


def _object(params: Iterable[tuple[str, str]]) -> dict[str, Json]:
    """Return parameters as in a mapping: a repeated parameter has a list."""
    found: dict[str, list[Json]] = {}
    for name, text in params:
        found.setdefault(name, []).append(text)
    return {name: texts[0] if len(texts) == 1 else texts for name, texts in found.items()}


def _body(request: SavedRequest) -> tuple[Json, list[str]]:
    """Return the body if it is JSON, and notes about it."""
    if not request.data:
        return None, []
    try:
        body = parse_json(request.data)
    except ValueError:
        return None, ["The body was left out because it is not JSON. Form bodies are not supported"]
    if not isinstance(body, dict | list) or is_too_deep(body):
        return None, ["The body was left out because it is not a JSON object or list"]
    masked = SampleRedactor()(body)
    notes = (
        [] if masked == body else ["A secret in the body was replaced by ***. Mappings cannot hold secrets"]
    )
    variables = sorted(set(VARIABLE.findall(request.data)))
    return masked, [*notes, *(f"Replace ${{{name}}} in the body with its value" for name in variables)]
