"""The pagination of recorded calls, from their parameters, their responses and their order."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence

from builder.imports.har_calls import RecordedCall
from builder.imports.har_sequences import observed_pagination, sent_values
from builder.imports.query_pagination import (
    EndpointPagination,
    QueryParameter,
    infer_pagination,
    observed_parameter,
)
from builder.inference import find_pagination
from pagination.vocabulary import role_of
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
    size = {} if observed["type"] in _LINK_TYPES else _size(inferred.mapping, parameters, best, observed)
    kept = {name: inferred.mapping[name] for name in ("has_more_path",) if name in inferred.mapping}
    if observed["type"] != "cursor" or inferred.mapping.get("type") != "cursor":
        kept = {}
    names = {str(each) for each in (observed.get("param"), size.get("size_param")) if each}
    sizes = (
        {each.name for each in parameters if each.role == "size"} if "next_link_path" in observed else set()
    )
    return EndpointPagination({**observed, **kept, **size}, inferred.names | names | sizes)


def _size(
    mapping: Mapping[str, Json],
    parameters: Sequence[QueryParameter],
    call: RecordedCall,
    observed: Mapping[str, Json],
) -> dict[str, Json]:
    """Return the page size that the requests have where they have the parameter of the page."""
    if mapping.get("size_param", "-") != "-":
        return {name: mapping[name] for name in _SIZE_KEYS if name in mapping}
    if observed.get("param_location") == "body":
        sent = [(name, text) for (name, is_in_body), text in sent_values(call).items() if is_in_body]
        sizes = [QueryParameter(name, size=int(text)) for name, text in sent if _is_size(name, text)]
    else:
        sizes = [each for each in parameters if each.role == "size" and each.size]
    return {"size_param": sizes[0].name, "page_size": sizes[0].size} if sizes else {"size_param": "-"}


def _is_size(name: str, text: str) -> bool:
    return role_of(name.rpartition(".")[2]) == "size" and text.isdigit() and 0 < len(text) < 7 and text != "0"


def _from_body(call: RecordedCall, response: Response, data_path: str) -> Mapping[str, Json]:
    """Return the pagination of a request with a body."""
    try:
        request = Request(call.method, call.url, body=call.posted, body_type=call.body_type)
        return find_pagination(request, response, data_path).mapping
    except (ItemsError, JqError):
        return {}


def _parameters(calls: Sequence[RecordedCall]) -> list[QueryParameter]:
    values: dict[str, list[str]] = defaultdict(list)
    for call in calls:
        for name, text in call.params:
            values[name].append(text)
    return [parameter for name, texts in values.items() if (parameter := observed_parameter(name, texts))]
