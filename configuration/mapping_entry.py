"""Read a mapping entry into a Resource."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from configuration.computed import Computed, without_computed
from configuration.endpoint_path import check_path
from configuration.incremental import Incremental
from configuration.job_reading import with_job
from configuration.mapping_models import EndpointInput, IncrementalInput, SelectorInput
from configuration.pagination import PaginationSettings, types_using
from configuration.parameter_entry import ParameterEntry, batch_of, read_entries
from configuration.parameters import in_order
from configuration.partition_reading import read_partition
from configuration.permissions import NO_PERMISSIONS, Permissions
from configuration.request_body import body_type_of, checked_body_type
from configuration.resource import Endpoint, ParameterSource, PathParameter, Resource
from configuration.then_request import ThenInput
from configuration.time_formats import check_format
from configuration.validation import validated
from configuration.webhook_reading import read_webhook
from configuration.window_reading import BOUNDS, read_windows
from rest.body_format import RECOGNIZED
from rest.errors import Mistake, Place, ResourceError


def read_resource(
    kind: str,
    selector: Mapping[str, Any],
    pagination: PaginationSettings,
    permissions: Permissions = NO_PERMISSIONS,
) -> Resource:
    """Return the resource of a kind and its selector. pagination: the settings' own.

    Raises ResourceError: a key is unknown or has a wrong value, or is not permitted.
    """
    plain, computed = without_computed(permissions.without_exports(selector), "selector")
    read = validated(SelectorInput, plain, "selector")
    check_path(kind, "the kind")
    endpoint = _endpoint(kind, read, pagination, "selector", computed)
    _check_methods(endpoint, permissions, "selector")
    written = read.path_parameters
    if read.job is not None:
        endpoint = with_job(endpoint, read.job, "selector.job", permissions, written)
    parameters = [_parameter(name, written[name], pagination, permissions, written) for name in written]
    incremental = None if read.incremental is None else _incremental(read.incremental)
    windows = None if read.windows is None else read_windows(read.windows, endpoint, parameters, incremental)
    resource = Resource(
        kind,
        endpoint,
        in_order(endpoint, parameters, BOUNDS if windows else frozenset()),
        read.min_items,
        incremental,
        accept=read.accept,
        max_shrink=read.max_shrink,
        accept_shrink=read.accept_shrink,
        windows=windows,
    )
    return _completed(resource, read, permissions)


def _completed(resource: Resource, read: SelectorInput, permissions: Permissions) -> Resource:
    """Return the resource with the keys that depend on all others."""
    if read.partition is not None:
        resource = replace(resource, partition=read_partition(read.partition, resource))
    if read.webhook is not None:
        resource = replace(resource, webhook=read_webhook(read.webhook, resource, permissions))
    return resource


def _check_methods(endpoint: Endpoint, permissions: Permissions, where: str) -> None:
    permissions.check_method(endpoint.method, where)
    if endpoint.then:
        permissions.check_method(endpoint.then.method, f"{where}.pagination.then")


def check_key_places(entry: Mapping[str, Any]) -> None:
    """Raises ResourceError: a selector's key is next to `selector`. Other keys there may be Port's own."""
    misplaced = entry.keys() & SelectorInput.model_fields.keys()
    if misplaced:
        names = ", ".join(sorted(misplaced))
        raise ResourceError(f"{names} is next to selector, not inside it", hint=f"Move {names} into selector")


def _incremental(value: object) -> Incremental:
    read = validated(IncrementalInput, value, "selector.incremental")
    if (read.param is None) == (read.field is None):
        raise ResourceError.of(Mistake("selector.incremental", "needs either param or field"))
    check_format(read.format, "selector.incremental.format")
    return Incremental(read.param, read.format, read.location, read.field)


def _endpoint(
    path: str, read: EndpointInput, pagination: PaginationSettings, where: str, computed: tuple[Computed, ...]
) -> Endpoint:
    if read.job is not None:
        pagination = pagination.for_download()
    if read.pagination:
        pagination = pagination.with_overrides(read.pagination, f"{where}.pagination")
    if pagination.unused:
        key = pagination.unused[0]
        raise ResourceError(
            f"{key} is set, but has no effect with pagination type {pagination.type}",
            place=Place(endpoint=path),
            hint=f"Set paginationType, or {where}.pagination.type: {', '.join(types_using(key))}",
        )
    body_type = body_type_of(read, pagination, where, computed)
    endpoint = Endpoint(
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
        read.format or RECOGNIZED,
        body_type,
        computed,
    )
    return endpoint if pagination.then is None else replace(endpoint, then=_then(endpoint, where))


def _then(first: Endpoint, where: str) -> Endpoint:
    """Return the request for the pages after the first. Headers, and whether to retry, are the same."""
    where = f"{where}.pagination.then"
    plain, computed = without_computed(first.pagination.then, where)
    read = validated(ThenInput, plain, where)
    check_path(read.path or "", f"{where}.path")
    checked_body_type(read.body, first.body_type, (), where)
    return replace(
        first,
        path=read.path or first.path,
        method=read.method or first.method,
        query_params=read.query_params,
        body=read.body,
        computed=(*(value for value in first.computed if value.keys[0] == "headers"), *computed),
    )


def _parameter(
    name: str,
    value: object,
    pagination: PaginationSettings,
    permissions: Permissions,
    names: Collection[str],
) -> PathParameter:
    entries = read_entries(name, value)
    sources = tuple(_source(entry, pagination, permissions, names) for entry in entries)
    return PathParameter(name, sources, batch_of(entries))


def _source(
    entry: ParameterEntry, pagination: PaginationSettings, permissions: Permissions, names: Collection[str]
) -> ParameterSource:
    """Return one source of a parameter. names: those of all parameters."""
    read, where = entry.read, entry.where
    label = where.removeprefix("selector.")
    if read.values is not None:
        return ParameterSource(values=tuple(read.values), label=label)
    path = read.endpoint or ""
    check_path(path, f"{where}.endpoint")
    parent = _endpoint(path, read, pagination, where, entry.computed)
    _check_methods(parent, permissions, where)
    if read.job is not None:
        parent = with_job(parent, read.job, f"{where}.job", permissions, names)
    return ParameterSource(parent, (), read.field, read.filter, tuple(read.parent_fields.items()), label)
