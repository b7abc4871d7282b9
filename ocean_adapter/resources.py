"""The translation of Ocean's mapping entries into validated resources."""

from collections.abc import Iterable, Iterator
from typing import Any

from port_ocean.context.ocean import ocean
from port_ocean.core.handlers.port_app_config.models import ResourceConfig

from configuration.mapping_entry import check_key_places, read_resource
from configuration.pagination import PaginationSettings
from configuration.permissions import NO_PERMISSIONS, Permissions
from configuration.resource import Resource
from configuration.settings import Settings
from mapping import EntityMapping, check_expressions
from rest.errors import Place, ResourceError


def permissions_for(settings: Settings) -> Permissions:
    """Return what the settings and Ocean's own configuration allow mappings to do."""
    webhook = settings.webhook
    return Permissions(
        settings.allow_writes,
        ocean.config.allow_environment_variables_jq_access,
        unsigned_events=webhook is not None and not webhook.is_signed,
    )


def resource_from(
    config: ResourceConfig, pagination: PaginationSettings, permissions: Permissions = NO_PERMISSIONS
) -> Resource:
    """Return the resource of a mapping entry. pagination: from the settings.

    Raises ResourceError: a key is unknown or wrong, an expression is not valid jq, or the permissions do not
    allow something.
    """
    try:
        check_key_places(config.dict(exclude_unset=True))
        resource = read_resource(config.kind, _selector_keys(config), pagination, permissions)
        mappings: dict[str, Any] = config.port.entity.mappings.dict(exclude_unset=True)
        check_expressions(EntityMapping(mappings, config.selector.query))
    except ResourceError as error:
        error.at(Place(kind=config.kind))
        raise
    return resource


def readable_resources(configs: Iterable[ResourceConfig], settings: Settings) -> Iterator[Resource]:
    """Yield the resources of a mapping, without wrong entries. Those fail when their kind is read."""
    permissions = permissions_for(settings)
    for config in configs:
        try:
            yield resource_from(config, settings.pagination, permissions)
        except ResourceError:
            continue


def listed_endpoints(config: ResourceConfig) -> set[str]:
    """Return the paths of the endpoints that a mapping entry reads, as they are written."""
    parameters = _selector_keys(config).get("path_parameters")
    values = list(parameters.values()) if isinstance(parameters, dict) else []
    sources = [source for value in values for source in (value if isinstance(value, list) else [value])]
    parents = {source["endpoint"] for source in sources if isinstance(source, dict) and "endpoint" in source}
    return {config.kind, *(parent for parent in parents if isinstance(parent, str))}


def _selector_keys(config: ResourceConfig) -> dict[str, Any]:
    keys: dict[str, Any] = config.selector.dict(exclude_unset=True)
    return keys
