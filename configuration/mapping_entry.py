"""Read a mapping entry into a Resource."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ValidationError

from configuration.accepted import mistakes_in
from configuration.incremental import Incremental, writes_full_date
from configuration.mapping_models import EndpointInput, IncrementalInput, ParameterInput, SelectorInput
from configuration.pagination import PaginationSettings, types_using
from configuration.parameters import in_order
from configuration.permissions import NO_PERMISSIONS, Permissions
from configuration.resource import PLACEHOLDER, Endpoint, PathParameter, Resource, Value
from rest.dot_segments import has_dot_segments, without_query
from rest.errors import Mistake, Place, ResourceError

_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def read_resource(
    kind: str,
    selector: Mapping[str, Any],
    pagination: PaginationSettings,
    permissions: Permissions = NO_PERMISSIONS,
) -> Resource:
    """Return the resource of a kind and its selector. pagination: the settings' own.

    Raises ResourceError: a key is unknown or has a wrong value, or is not permitted.
    """
    read = _validated(SelectorInput, permissions.without_exports(selector), "selector")
    _check_path(kind, "the kind")
    endpoint = _endpoint(kind, read, pagination, "selector")
    parameters = [_parameter(name, value, pagination) for name, value in read.path_parameters.items()]
    permissions.check_method(endpoint.method, "selector")
    for parameter in parameters:
        if parameter.parent:
            where = f"selector.path_parameters.{parameter.name}"
            permissions.check_method(parameter.parent.method, where)
    parameters = _with_position(endpoint, parameters)
    incremental = None if read.incremental is None else _incremental(read.incremental)
    return Resource(
        kind,
        endpoint,
        in_order(kind, endpoint, parameters),
        read.min_items,
        incremental,
        accept=read.accept,
        max_shrink=read.max_shrink,
        accept_shrink=read.accept_shrink,
    )


def check_key_places(entry: Mapping[str, Any]) -> None:
    """Raises ResourceError: a selector's key is next to `selector`. Other keys there may be Port's own."""
    misplaced = entry.keys() & SelectorInput.model_fields.keys()
    if misplaced:
        names = ", ".join(sorted(misplaced))
        raise ResourceError(f"{names} is next to selector, not inside it", hint=f"Move {names} into selector")


def _with_position(endpoint: Endpoint, parameters: Sequence[PathParameter]) -> list[PathParameter]:
    """Note for each parameter whether it is used in a path.

    Raises ResourceError: a fixed value in a path has dot segments.
    """
    templates = [endpoint, *(parameter.parent for parameter in parameters if parameter.parent)]
    in_paths = set().union(*(template.path_names() for template in templates))
    noted = [replace(parameter, in_path=parameter.name in in_paths) for parameter in parameters]
    for parameter in noted:
        if value := parameter.unsafe_value:
            name = f"selector.path_parameters.{parameter.name}.values"
            raise ResourceError.of(Mistake(name, f"{value!r} leads to another path"), hint="Remove it")
    return noted


def _incremental(value: object) -> Incremental:
    read = _validated(IncrementalInput, value, "selector.incremental")
    if (read.param is None) == (read.field is None):
        raise ResourceError.of(Mistake("selector.incremental", "needs either param or field"))
    if read.format not in ("iso8601", "epoch", "epoch_ms") and not writes_full_date(read.format):
        raise ResourceError.of(
            Mistake(
                "selector.incremental.format",
                f"got {read.format!r}, accepts iso8601, epoch, epoch_ms, "
                "or a strftime pattern with year, month and day",
            ),
            hint="Use a pattern like %Y-%m-%d or %Y-%m-%dT%H:%M:%SZ",
        )
    return Incremental(read.param, read.format, read.location, read.field)


def _check_path(path: str, where: str) -> None:
    """Raise ResourceError if the path has dot segments, or braces that are not placeholders."""
    if has_dot_segments(without_query(PLACEHOLDER.sub("_", path))):
        raise ResourceError(
            f"{where} {path!r} has dot segments, which lead to another path",
            hint="Write the actual path, relative to baseUrl",
        )
    if set(PLACEHOLDER.sub("", path)) & set("{}"):
        raise ResourceError(
            f"{where} {path} has braces that are not a placeholder",
            hint="A placeholder is {name} or {+name}, with letters, digits and _",
        )


def _validated[Model: BaseModel](model: type[Model], value: object, where: str) -> Model:
    if not isinstance(value, Mapping):
        raise ResourceError.of(Mistake(where, f"got {value!r}, accepts an object"))
    try:
        return model.model_validate({name: member for name, member in value.items() if member is not None})
    except ValidationError as error:
        raise ResourceError.of(*mistakes_in(error, model, lambda name: f"{where}.{name}")) from error


def _endpoint(path: str, read: EndpointInput, pagination: PaginationSettings, where: str) -> Endpoint:
    if read.pagination:
        pagination = pagination.with_overrides(read.pagination, f"{where}.pagination")
    if pagination.unused:
        key = pagination.unused[0]
        raise ResourceError(
            f"{key} is set, but has no effect with pagination type {pagination.type}",
            place=Place(endpoint=path),
            hint=f"Set paginationType, or {where}.pagination.type: {', '.join(types_using(key))}",
        )
    return Endpoint(
        path,
        pagination,
        read.method,
        read.query_params,
        read.headers,
        read.body,
        read.data_path,
        read.on_status,
        read.responses,
        read.retry,
    )


def _parameter(name: str, value: object, pagination: PaginationSettings) -> PathParameter:
    where = f"selector.path_parameters.{name}"
    if not _NAME.fullmatch(name):
        raise ResourceError.of(Mistake(where, "the name of a parameter can only have letters, digits and _"))
    read = _validated(ParameterInput, value, where)
    if (read.endpoint is None) == (read.values is None):
        raise ResourceError.of(Mistake(where, "needs either endpoint or values"))
    if read.values is not None:
        return PathParameter(name, values=_fixed_values(read, where))
    _check_path(read.endpoint or "", f"{where}.endpoint")
    if read.field is None:
        raise ResourceError.of(
            Mistake(f"{where}.field", "is missing"), hint="Set it to the field with the value, like .id"
        )
    return PathParameter(
        name,
        parent=_endpoint(read.endpoint or "", read, pagination, where),
        field=read.field,
        filter=read.filter,
        parent_fields=tuple(read.parent_fields.items()),
    )


def _fixed_values(read: ParameterInput, where: str) -> tuple[Value, ...]:
    if others := sorted(read.model_fields_set - {"values"}):
        raise ResourceError.of(
            Mistake(f"{where}.{others[0]}", "has no effect with values"), hint="Remove one of them"
        )
    if not read.values or "" in read.values:
        raise ResourceError.of(
            Mistake(f"{where}.values", "accepts texts, numbers and booleans, none of them empty")
        )
    return tuple(read.values)
