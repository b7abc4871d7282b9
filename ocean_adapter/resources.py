"""A mapping entry of Ocean's -> a Resource of ours, checked."""

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
    """What the settings, and Ocean's own configuration, let mappings do."""
    return Permissions(settings.allow_writes, ocean.config.allow_environment_variables_jq_access)


def resource_from(
    config: ResourceConfig, pagination: PaginationSettings, permissions: Permissions = NO_PERMISSIONS
) -> Resource:
    """The resource that an entry asks for; pagination: the settings' own.

    Raises ResourceError: an unknown or wrong key, or an expression that is no jq, by name; or what the
    permissions do not include.
    """
    try:
        _check_place_of_keys(config)
        resource = read_resource(config.kind, _selector(config), pagination, permissions)
        _check_expressions(config)
    except ResourceError as error:
        error.at(Place(kind=config.kind))
        raise
    return resource


def readable_resources(configs: Iterable[ResourceConfig], settings: Settings) -> Iterator[Resource]:
    """The resources of a mapping; an entry with a mistake fails when its own turn comes."""
    permissions = permissions_for(settings)
    for config in configs:
        try:
            yield resource_from(config, settings.pagination, permissions)
        except ResourceError:
            continue


def _selector(config: ResourceConfig) -> dict[str, Any]:
    given: dict[str, Any] = config.selector.dict(exclude_unset=True)
    return given


def _check_place_of_keys(config: ResourceConfig) -> None:
    """Keys beside `selector` may be Port's own, but not where they are a selector's by name."""
    misplaced = config.dict(exclude_unset=True).keys() & SelectorInput.model_fields.keys()
    if misplaced:
        names = ", ".join(sorted(misplaced))
        raise ResourceError(f"{names} stands beside selector", hint=f"Move {names} into selector")


def _check_expressions(config: ResourceConfig) -> None:
    """Ocean takes an expression that is no jq for null, and would empty the field in every entity."""
    mappings: dict[str, Any] = config.port.entity.mappings.dict(exclude_unset=True)
    expressions = {"selector.query": config.selector.query, **_texts("port.entity.mappings", mappings)}
    for name, text in expressions.items():
        try:
            JqProgram(JQEntityProcessor._format_filter(text))  # noqa: SLF001 - Port's rule for quotes
        except JqError as error:
            raise ResourceError(
                f"{name}: {text!r} is no jq expression ({error})", hint="Correct it"
            ) from error


def _texts(where: str, value: Any) -> dict[str, str]:  # noqa: ANN401 - Ocean's search rules have any depth
    if isinstance(value, str):
        return {where: value}
    named = value.items() if isinstance(value, dict) else ()
    return {
        name: text
        for key, inner in named
        if key not in ("combinator", "rules")
        for name, text in _texts(f"{where}.{key}", inner).items()
    }
