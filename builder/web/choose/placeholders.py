"""The path parameters that the placeholders of an endpoint need."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress

from builder.inference import parameter_names
from builder.json_values import as_object
from builder.web.choose.endpoint import EndpointForm, ParameterForm
from builder.web.page.text_formats import parse_array, parse_json_text, parse_object, parse_pairs
from configuration.pagination import PaginationSettings
from configuration.resource import JOB_ID, Endpoint
from configuration.unbound_placeholders import unbound_placeholders
from configuration.window_reading import BOUNDS
from rest.bodies import Json
from rest.request import Pairs, text_of

_EMPTY = ParameterForm()


def required_parameters(form: EndpointForm) -> list[str]:
    """Return the parameters that fill all placeholders, including those of the parameters' own endpoints.

    A placeholder from parent_fields needs the parameter of its parent.
    """
    providers = {field: name for name, each in form.parameters.items() for field in _parent_fields(each)}
    known = {*providers, *form.parameters}
    elsewhere = _filled_elsewhere(form)
    required: dict[str, None] = {}
    pending = _placeholders(form.kind, _params(form), _headers(form), _body(form), known)
    pending += _known_names(form.more, known)
    for placeholder in pending:
        if placeholder in elsewhere and placeholder not in form.parameters:
            continue
        is_own = placeholder not in providers or form.parameters.get(placeholder, _EMPTY) != _EMPTY
        name = placeholder if is_own else providers[placeholder]
        if name not in required:
            required[name] = None
            for source in sources_of(form.parameters.get(name, _EMPTY)):
                pending += _placeholders_of_source(source, known)
    return list(required)


def sources_of(form: ParameterForm) -> list[Mapping[str, Json]]:
    """Return the entries of `path_parameters` that a parameter's inputs have, without invalid JSON."""
    if form.source == "values":
        return []
    with suppress(ValueError):
        if form.source == "sources":
            return [as_object(each) for each in parse_array(form.sources)]
        return [{**parse_object(form.more), "endpoint": form.endpoint}]
    return [{"endpoint": form.endpoint}]


def _parent_fields(form: ParameterForm) -> list[str]:
    return [name for source in sources_of(form) for name in as_object(source.get("parent_fields"))]


def _placeholders_of_source(source: Mapping[str, Json], known: Collection[str]) -> list[str]:
    params, headers = as_object(source.get("query_params")), as_object(source.get("headers"))
    return _placeholders(str(source.get("endpoint") or ""), params, headers, source.get("body"), known)


def _placeholders(
    kind: str, params: Mapping[str, Json], headers: Mapping[str, Json], body: Json, known: Collection[str]
) -> list[str]:
    """Return the placeholders of a request: those that are known, and those that look like one."""
    endpoint = Endpoint(
        kind, PaginationSettings(), query_params=_pairs(params), headers=_pairs(headers), body=body
    )
    meant = {name for _, name in unbound_placeholders(endpoint, ())}
    found = (endpoint.placeholders() & set(known)) | meant
    in_kind = parameter_names(kind)
    return [*in_kind, *sorted(found - {*in_kind})]


def _filled_elsewhere(form: EndpointForm) -> frozenset[str]:
    """Return the placeholders of the endpoint that windows of time or a job fill."""
    with suppress(ValueError):
        more = parse_object(form.more)
        job_id = {JOB_ID} if "id" in as_object(more.get("job")) else set[str]()
        return frozenset(job_id | (BOUNDS if more.get("windows") else set()))
    return frozenset()


def _known_names(text: str, known: Collection[str]) -> list[str]:
    """Return the known names in the other keys of the selector, such as the path of a job."""
    return [name for name in parameter_names(text) if name in known]


def _pairs(params: Mapping[str, Json]) -> Pairs:
    return tuple((name, text) for name, value in params.items() for text in _texts(value))


def _texts(value: Json) -> Iterator[str]:
    for each in value if isinstance(value, list) else [value]:
        if not isinstance(each, dict | list):
            yield text_of(each)


# An input that is being changed may be invalid for a moment. Its placeholders count.
def _params(form: EndpointForm) -> Mapping[str, Json]:
    with suppress(ValueError):
        return parse_pairs(form.query_params, "=")
    return {"": form.query_params}


def _headers(form: EndpointForm) -> Mapping[str, Json]:
    with suppress(ValueError):
        return parse_pairs(form.headers, ":")
    return {"": form.headers}


def _body(form: EndpointForm) -> Json:
    with suppress(ValueError):
        return parse_json_text(form.body)
    return form.body
