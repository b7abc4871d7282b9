"""The request body of recorded POST requests, as a mapping has it."""

import copy
from collections.abc import Mapping, Sequence

from builder.imports.har_calls import RecordedCall
from builder.imports.har_sequences import sent_values
from builder.imports.sample_redaction import SampleRedactor
from rest.bodies import Json


def request_body(
    calls: Sequence[RecordedCall],
    best: RecordedCall,
    pagination: Mapping[str, Json],
    redactor: SampleRedactor,
) -> tuple[Json, list[str]]:
    """Return the body of the first page without secrets, and notes about it. None if there is no body."""
    if best.method == "GET" or best.posted is None:
        return None, []
    redactor = redactor.for_requests
    in_body = pagination.get("param_location") == "body"
    paging = {str(pagination.get(name)) for name in ("param", "size_param")} if in_body else set()
    body = redactor(_first_page(best.posted, pagination) if in_body else best.posted)
    notes = []
    if redactor(best.posted) != best.posted:
        notes.append("A secret in the body was replaced by ***. Mappings cannot hold secrets")
    if best.operation and best.operation.is_persisted:
        notes.append("The query was not recorded, only its name or hash. Add the query to the body")
    notes += [
        f"{name} in the body has several values. One of them was kept" for name in _varying(calls, paging)
    ]
    return body, notes


def _first_page(posted: Json, pagination: Mapping[str, Json]) -> Json:
    """Return the body without a cursor, which would start in the middle."""
    if pagination.get("type") != "cursor":
        return posted
    body = copy.deepcopy(posted)
    *outer, last = str(pagination.get("param")).split(".")
    inner: Json = body
    for name in outer:
        inner = inner.get(name) if isinstance(inner, dict) else None
    if isinstance(inner, dict):
        inner.pop(last, None)
    return body


def _varying(calls: Sequence[RecordedCall], paging: set[str]) -> list[str]:
    sent = [{name: text for (name, in_body), text in sent_values(call).items() if in_body} for call in calls]
    names = dict.fromkeys(name for values in sent for name in values)
    return [name for name in names if name not in paging and len({values.get(name) for values in sent}) > 1]
