"""The pagination of recorded calls, from their parameters, their responses and their order."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence

from builder.imports.har_calls import RecordedCall
from builder.imports.har_sequences import observed_pagination
from builder.imports.query_pagination import (
    EndpointPagination,
    QueryParameter,
    infer_pagination,
    observed_parameter,
)
from builder.inference import find_pagination
from rest.bodies import Json
from rest.errors import ItemsError, JqError
from rest.request import Request
from rest.response import Response

_LINK_TYPES = ("next_link", "header_link")
_SIZE_KEYS = ("size_param", "page_size")


def recorded_pagination(
    calls: Sequence[RecordedCall], best: RecordedCall, body: Json, data_path: str | None
) -> EndpointPagination:
    """Return the pagination of the calls of one endpoint.

    calls: in order. body: the response of the best call without secrets. data_path: to its items.
    """
    response = Response(200, best.response_headers, json.dumps(body).encode())
    parameters = _parameters(calls)
    if best.method == "GET":
        inferred = infer_pagination(parameters, response, data_path)
    else:
        inferred = EndpointPagination(_from_body(best, response, data_path or "."))
    if inferred.mapping.get("type") in _LINK_TYPES:
        return inferred
    observed = observed_pagination(calls, data_path or ".")
    if not observed:
        return inferred
    size = _size(inferred.mapping, parameters) if observed["type"] not in _LINK_TYPES else {}
    kept = {name: inferred.mapping[name] for name in ("has_more_path",) if name in inferred.mapping}
    if observed["type"] != "cursor" or inferred.mapping.get("type") != "cursor":
        kept = {}
    names = {str(each) for each in (observed.get("param"), size.get("size_param")) if each}
    sizes = (
        {each.name for each in parameters if each.role == "size"} if "next_link_path" in observed else set()
    )
    return EndpointPagination({**observed, **kept, **size}, inferred.names | names | sizes)


def _size(mapping: Mapping[str, Json], parameters: Sequence[QueryParameter]) -> dict[str, Json]:
    if found := {name: mapping[name] for name in _SIZE_KEYS if name in mapping}:
        return found
    size = next((each for each in parameters if each.role == "size" and each.size), None)
    return {"size_param": size.name, "page_size": size.size} if size else {"size_param": "-"}


def _from_body(call: RecordedCall, response: Response, data_path: str) -> Mapping[str, Json]:
    """Return the pagination of a request with a body."""
    try:
        return find_pagination(Request(call.method, call.url, body=call.posted), response, data_path).mapping
    except (ItemsError, JqError):
        return {}


def _parameters(calls: Sequence[RecordedCall]) -> list[QueryParameter]:
    values: dict[str, list[str]] = defaultdict(list)
    for call in calls:
        for name, text in call.params:
            values[name].append(text)
    return [parameter for name, texts in values.items() if (parameter := observed_parameter(name, texts))]
