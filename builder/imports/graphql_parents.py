"""Find the GraphQL variables that hold ids of another operation's items, and make them placeholders."""

import copy
from collections.abc import Sequence
from dataclasses import replace

from builder.imports.har_values import identifying_values
from builder.imports.imported import ImportedEndpoint
from builder.imports.path_templates import parameter_name
from builder.json_values import as_object
from rest.bodies import Json
from rest.page import Item
from rest.steps import quoted_key

# Shorter values occur by chance.
_MIN_LENGTH = 4
_LISTING_KEYS = ("method", "query_params", "headers", "body", "data_path", "pagination", "format")


def link_operations(
    endpoints: Sequence[ImportedEndpoint], items: Sequence[Sequence[Item]]
) -> tuple[ImportedEndpoint, ...]:
    """Return the endpoints with placeholders for the variables that have a parent. items: those of each."""
    return tuple(_linked(each, endpoints, items) if _query(each) else each for each in endpoints)


def _linked(
    endpoint: ImportedEndpoint, endpoints: Sequence[ImportedEndpoint], items: Sequence[Sequence[Item]]
) -> ImportedEndpoint:
    body = copy.deepcopy(as_object(endpoint.selector["body"]))
    variables = as_object(body.get("variables"))
    parameters: dict[str, Json] = {}
    for variable, value in variables.items():
        if not isinstance(value, str) or len(value) < _MIN_LENGTH:
            continue
        for parent, listed in zip(endpoints, items, strict=True):
            key = _key(listed, value)
            if key and parent is not endpoint and not _depends(parent):
                name = _name(variable, _query(endpoint))
                shared = {each: parent.selector[each] for each in _LISTING_KEYS if each in parent.selector}
                parameters[name] = {"endpoint": parent.kind, "field": quoted_key(key), **shared}
                variables[variable] = f"{{{name}}}"
                break
    if not parameters:
        return endpoint
    known = as_object(endpoint.selector.get("path_parameters"))
    notes = tuple(
        note for note in endpoint.notes if not any(f"variables.{each} " in note for each in variables)
    )
    selector = {**endpoint.selector, "body": body, "path_parameters": {**known, **parameters}}
    return replace(endpoint, selector=selector, notes=notes)


def _query(endpoint: ImportedEndpoint) -> str:
    body = as_object(endpoint.selector.get("body"))
    return str(body.get("query") or "") if "variables" in body else ""


def _depends(parent: ImportedEndpoint) -> bool:
    """Return whether a listing needs the values of another one, or of a variable."""
    variables = as_object(as_object(parent.selector.get("body")).get("variables"))
    return "path_parameters" in parent.selector or any(
        isinstance(value, str) and "id" in name.lower() for name, value in variables.items()
    )


def _key(items: Sequence[Item], value: str) -> str | None:
    for item in items:
        if value in identifying_values(item):
            return next((key for key, text in item.items() if text == value), None)
    return None


def _name(variable: str, query: str) -> str:
    """Return the name of a placeholder that is not in the query: there, braces are selections."""
    name = parameter_name(variable)
    while f"{{{name}}}" in query:
        name = f"{name}_"
    return name
