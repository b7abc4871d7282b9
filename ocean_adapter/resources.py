"""The translation of Ocean's mapping entries into validated resources."""

from collections.abc import Iterable, Iterator
from typing import Any

from port_ocean.context.ocean import ocean
from port_ocean.core.handlers.entity_processor.jq_entity_processor import JQEntityProcessor
from port_ocean.core.handlers.port_app_config.models import ResourceConfig

from configuration.mapping_entry import read_resource
from configuration.mapping_models import SelectorInput
from configuration.pagination import PaginationSettings
from configuration.permissions import NO_PERMISSIONS, Permissions
from configuration.resource import Resource
from configuration.settings import Settings
from expressions.program import JqProgram
from rest.errors import JqError, Place, ResourceError


def permissions_for(settings: Settings) -> Permissions:
    """Return what the settings and Ocean's own configuration allow mappings to do."""
    return Permissions(settings.allow_writes, ocean.config.allow_environment_variables_jq_access)


def resource_from(
    config: ResourceConfig, pagination: PaginationSettings, permissions: Permissions = NO_PERMISSIONS
) -> Resource:
    """Return the resource of a mapping entry. pagination: from the settings.

    Raises ResourceError: a key is unknown or wrong, an expression is not valid jq, or the permissions do not
    allow something.
    """
    try:
        _check_key_places(config)
        resource = read_resource(config.kind, _selector_keys(config), pagination, permissions)
        _check_expressions(config)
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


def _selector_keys(config: ResourceConfig) -> dict[str, Any]:
    keys: dict[str, Any] = config.selector.dict(exclude_unset=True)
    return keys


def _check_key_places(config: ResourceConfig) -> None:
    """Raises ResourceError: a selector's key is next to `selector`. Other keys there may be Port's own."""
    misplaced = config.dict(exclude_unset=True).keys() & SelectorInput.model_fields.keys()
    if misplaced:
        names = ", ".join(sorted(misplaced))
        raise ResourceError(f"{names} is next to selector, not inside it", hint=f"Move {names} into selector")


def _check_expressions(config: ResourceConfig) -> None:
    """Raises ResourceError: an expression is not valid jq. Ocean would set the field to null everywhere."""
    mappings: dict[str, Any] = config.port.entity.mappings.dict(exclude_unset=True)
    expressions = {"selector.query": config.selector.query, **_expressions("port.entity.mappings", mappings)}
    for name, text in expressions.items():
        try:
            JqProgram(JQEntityProcessor._format_filter(text))  # noqa: SLF001 - Port's rule for quotes
        except JqError as error:
            raise ResourceError(
                f"{name}: {text!r} is not a valid jq expression ({error})", hint="Correct it"
            ) from error


def _expressions(path: str, value: Any) -> dict[str, str]:  # noqa: ANN401 - search rules have any depth
    if isinstance(value, str):
        return {path: value}
    fields = value.items() if isinstance(value, dict) else ()
    return {
        inner_path: text
        for key, inner in fields
        if key not in ("combinator", "rules")
        for inner_path, text in _expressions(f"{path}.{key}", inner).items()
    }
