"""The endpoint of a saved request."""

import json
from collections.abc import Mapping
from dataclasses import replace

from builder.imports.imported import ImportedEndpoint, drop_empty_parts, query_params
from builder.imports.listing_detection import detect_listing
from builder.imports.name_parts import listing_title
from builder.imports.parent_listings import TemplateParameter
from builder.imports.path_templates import kind_from_path, mask_segments, parameter_name
from builder.imports.posted_bodies import PostedBody, multipart_of, read_posted
from builder.imports.query_pagination import EndpointPagination, infer_pagination, observed_parameter
from builder.imports.sample_redaction import SampleRedactor
from builder.imports.saved_request import VARIABLE, Address, SavedRequest
from builder.imports.saved_settings import RequestSettings
from builder.imports.secret_detection import is_secret_text
from builder.imports.url_globs import ExpandedGlobs, expand_globs
from builder.inference import parameter_names
from builder.json_values import as_object
from configuration.headers import invalid_headers
from rest.bodies import Json
from rest.request import Pairs
from rest.request_bodies import form_fields
from rest.response import Response


def endpoint_of(
    request: SavedRequest, address: Address, settings: RequestSettings, redactor: SampleRedactor
) -> ImportedEndpoint:
    """Return the endpoint without the parents of its path parameters, and without secrets.

    redactor: knows the secrets of the document.
    """
    globs = (
        expand_globs(address.path, settings.params.own)
        if request.globs
        else ExpandedGlobs(address.path, settings.params.own)
    )
    kind = kind_from_path(mask_segments(globs.path, redactor))
    sample = redactor(request.sample)
    found = detect_listing(sample, kind)
    posted, notes = _posted(request, redactor.for_requests)
    pagination = _pagination(globs.params, posted, sample, found.data_path if found else None)
    selector: dict[str, Json] = {
        "method": None if request.method == "GET" else request.method,
        "query_params": query_params([pair for pair in globs.params if pair[0] not in pagination.names]),
        "headers": _headers(settings.headers.own, posted),
        "data_path": found.data_path if found else None,
        "pagination": dict(pagination.mapping),
        "path_parameters": {name: {"values": list(values)} for name, values in globs.values.items()},
    }
    return ImportedEndpoint(
        kind,
        request.title or listing_title(kind),
        selector=drop_empty_parts(selector) | (_without(posted, pagination).selector if posted else {}),
        sample=sample,
        notes=(*globs.notes, *notes),
    )


def template_parameters(
    endpoint: ImportedEndpoint, values: Pairs, redactor: SampleRedactor
) -> list[TemplateParameter]:
    """Return the path parameters: those of globs with all their values, the others with the saved value.

    redactor: knows the secrets of the document.
    """
    known = as_object(endpoint.selector.get("path_parameters"))
    saved = {
        parameter_name(name): text
        for name, text in values
        if _is_value(text) and redactor({name: text}) == {name: text}
    }
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


def _pagination(
    params: Pairs, posted: PostedBody | None, sample: Json, data_path: str | None
) -> EndpointPagination:
    seen = [parameter for name, text in params if (parameter := observed_parameter(name, [text]))]
    if posted and posted.body_type in ("form", "multipart"):
        fields = form_fields(posted.body)
        sent = [observed_parameter(name, [text]) for name, text in fields]
        seen += [replace(parameter, location="body") for parameter in sent if parameter]
    if sample is None:
        return infer_pagination(seen)
    response = Response(200, {"content-type": "application/json"}, json.dumps(sample).encode())
    return infer_pagination(seen, response, data_path)


def _without(posted: PostedBody, pagination: EndpointPagination) -> PostedBody:
    """Return a form without the fields of the pagination, which the integration adds."""
    body = posted.body
    if posted.body_type not in ("form", "multipart") or not isinstance(body, dict):
        return posted
    return replace(posted, body={name: each for name, each in body.items() if name not in pagination.names})


def _headers(headers: Pairs, posted: PostedBody | None) -> dict[str, Json]:
    valid: dict[str, Json] = dict(pair for pair in headers if not invalid_headers([pair]))
    return posted.headers_of(valid) if posted else valid


def _posted(request: SavedRequest, redactor: SampleRedactor) -> tuple[PostedBody | None, list[str]]:
    """Return the body without secrets, and notes about it. None if there is none that can be read."""
    if request.parts:
        posted = multipart_of(request.parts)
    elif not request.data:
        return None, []
    else:
        content_type = next((text for name, text in request.headers if name.lower() == "content-type"), "")
        try:
            posted = read_posted(request.data, content_type)
        except ValueError:
            return None, ["The body was left out because it is neither a JSON object or list nor a form"]
    masked = redactor(posted.body)
    notes = []
    if masked != posted.body:
        notes.append("A secret in the body was replaced by ***. Mappings cannot hold secrets")
    variables = sorted(set(VARIABLE.findall(json.dumps(masked))))
    notes += [f"Replace ${{{name}}} in the body with its value" for name in variables]
    return replace(posted, body=masked), notes
