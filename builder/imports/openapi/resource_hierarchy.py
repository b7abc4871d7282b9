"""Placeholders whose value is the full name of a resource, and placeholders that several paths share."""

import re
from collections.abc import Iterable
from dataclasses import replace

from builder.imports.name_parts import singular_name
from builder.imports.openapi.operations import ListOperation
from builder.imports.openapi.request_parameters import RequestParameter

# The path of a listing in Google's style (google.aip.dev/122): the value contains slashes.
_FULL_NAME = re.compile(r"^(?P<before>(?:/\w+)*?/v\d\w*/)\{(?P<raw>\+?)(?P<name>parent|name|resource)\}(?=/)")
_SHORTEST_HIERARCHY = 4
_PATTERN = re.compile(r"(\w+)/(?:\{\w+\}|\*|\[\w+\]|<\w+>)[`'\".]?(?!/)")
_QUOTED = re.compile(r"`([A-Z]\w+)`")


def with_full_names(operations: Iterable[ListOperation]) -> list[ListOperation]:
    """Return the operations with `{+parent}` where the value has slashes, which are sent as they are."""
    return [_with_full_name(each) for each in operations]


def resource_name_noun(operation: ListOperation) -> str:
    """Return the entity that a full name in the path belongs to, empty without one or if it is unknown."""
    match = _FULL_NAME.search(operation.endpoint.kind)
    if not match:
        return ""
    # clouddeploy.projects.locations.deliveryPipelines.releases.list
    parts = operation.operation_id.split(".")
    if len(parts) >= _SHORTEST_HIERARCHY:
        return singular_name(parts[-3])
    declared = next((each for each in operation.in_path if each.name == match["name"]), None)
    description = declared.description if declared else ""
    found = [*_PATTERN.findall(description)[-1:], *_QUOTED.findall(description)[:1]]
    return singular_name(found[0]) if found else ""


def with_shared_descriptions(operations: Iterable[ListOperation]) -> list[ListOperation]:
    """Return the operations with the longest description for placeholders at the same place of a path."""
    listings = list(operations)
    best: dict[str, RequestParameter] = {}
    for operation in listings:
        for parameter in operation.in_path:
            place = _place(operation, parameter)
            known = best.setdefault(place, parameter)
            if len(parameter.description) > len(known.description):
                best[place] = parameter
    return [
        replace(each, in_path=[_with_words(one, best[_place(each, one)]) for one in each.in_path])
        for each in listings
    ]


def _with_words(parameter: RequestParameter, other: RequestParameter) -> RequestParameter:
    examples = parameter.examples or other.examples
    return replace(parameter, description=other.description, examples=examples)


def _place(operation: ListOperation, parameter: RequestParameter) -> str:
    before, found, _ = operation.endpoint.kind.partition(f"{{{parameter.name}}}")
    return before + found or parameter.name


def _with_full_name(operation: ListOperation) -> ListOperation:
    match = _FULL_NAME.search(operation.endpoint.kind)
    parts = operation.operation_id.split(".")
    if not match or match["raw"] or (len(parts) < _SHORTEST_HIERARCHY and not resource_name_noun(operation)):
        return operation
    kind = _FULL_NAME.sub(r"\g<before>{+\g<name>}", operation.endpoint.kind, count=1)
    return replace(operation, endpoint=replace(operation.endpoint, kind=kind))
