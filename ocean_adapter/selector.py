"""The mapping file as Ocean's models: they admit anything in a selector, so that a mistake fails its own
kind and not the whole mapping. What a selector may hold is in configuration/mapping_entry.py.
"""

from typing import Any, ClassVar, override

from port_ocean.core.handlers.port_app_config.api import APIPortAppConfig
from port_ocean.core.handlers.port_app_config.models import PortAppConfig, ResourceConfig, Selector
from pydantic import BaseModel
from pydantic.v1 import Extra, Field, create_model, validator

from configuration.mapping_models import IncrementalInput, ParameterInput, SelectorInput
from configuration.pagination import PaginationSettings
from ocean_adapter.incremental import register_kinds
from ocean_adapter.port_clock import watch

type JsonSchema = dict[str, Any]


def _properties(model: type[BaseModel]) -> JsonSchema:
    """A model's properties as JSON Schema, its references resolved."""
    schema = model.model_json_schema()
    resolved: JsonSchema = _resolved(schema["properties"], schema.get("$defs", {}))
    return {name: {"title": name.replace("_", " ").title(), **shown} for name, shown in resolved.items()}


def _resolved(part: Any, definitions: JsonSchema) -> Any:  # noqa: ANN401 - a schema has parts of every type
    if isinstance(part, list):
        return [_resolved(element, definitions) for element in part]
    if not isinstance(part, dict):
        return part
    beside = {key: _resolved(value, definitions) for key, value in part.items() if key != "$ref"}
    name = part.get("$ref", "").rpartition("/")[2]
    # JSON may hold JSON: its definition refers to itself, and says nothing to a reader.
    return beside if name in ("", "JsonValue") else _resolved(definitions[name], definitions) | beside


def _object(properties: JsonSchema) -> JsonSchema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def selector_schema() -> JsonSchema:
    """JSON Schema of all that a selector may hold, by name, pagination and path parameters included."""
    pagination = _object(_properties(PaginationSettings))
    parameter = _properties(ParameterInput)
    selector = _properties(SelectorInput)
    for holder in (parameter, selector):
        holder["pagination"] |= pagination
        holder["pagination"].pop("anyOf", None)
    selector["path_parameters"] |= {"additionalProperties": _object(parameter)}
    selector["incremental"] |= _object(_properties(IncrementalInput))
    selector["incremental"].pop("anyOf", None)
    return selector


class OpenSelector(Selector):
    """How an endpoint is asked, and which of its items become entities."""

    query: Any = Field("true", title="Query", description="")
    export_env_variables: Any = Field(
        default_factory=list,
        alias="exportEnvVariables",
        title="Export Env Variables",
        description="Environment variables that are sent to Port with the raw data. Refused unless "
        "OCEAN__ALLOW_ENVIRONMENT_VARIABLES_JQ_ACCESS allows it",
    )

    class Config:
        extra = Extra.allow

        @staticmethod
        def schema_extra(schema: JsonSchema, _: type[Any]) -> None:
            """The schema shows what a selector may hold."""
            schema["properties"] |= selector_schema()


_FIELDS: JsonSchema = {
    name: (Any, Field(shown.get("default"), title=shown["title"], description=shown["description"]))
    for name, shown in selector_schema().items()
}
CustomSelector: Any = create_model("CustomSelector", __base__=OpenSelector, **_FIELDS)


class CustomResourceConfig(ResourceConfig):
    """One entry of the mapping; its kind is the endpoint's path."""

    kind: str = Field(
        title="Endpoint",
        description="The endpoint's path, appended to the base URL; it may hold {placeholders} and a query",
    )
    selector: CustomSelector = Field(
        default_factory=CustomSelector,
        title="Selector",
        description="How the endpoint is asked, and which of its items become entities",
    )

    class Config:
        extra = Extra.allow

    @validator("selector", pre=True)
    def _as_object(cls, value: Any) -> Any:  # noqa: ANN401, N805 - pydantic 1 hands over the raw value
        if value is None or isinstance(value, dict | Selector):
            return value or {}
        return {"selector": value}


class CustomPortAppConfig(PortAppConfig):
    """The whole mapping."""

    allow_custom_kinds: ClassVar[bool] = True
    resources: list[CustomResourceConfig] = Field(  # type: ignore[assignment] # narrowed, as Ocean wants it
        default_factory=list, title="Resources", description="The endpoints to sync"
    )


class CustomAppConfigHandler(APIPortAppConfig):
    """Reads the mapping from Port."""

    CONFIG_CLASS = CustomPortAppConfig

    @override
    async def get_port_app_config(self, use_cache: bool = True) -> PortAppConfig:
        """The mapping; its kinds are registered for incremental runs before Ocean looks for them.

        It is the first that a resync asks Port for, so its answer tells Port's clock.
        """
        watch(self.context.port_client.client)
        config = await super().get_port_app_config(use_cache)
        register_kinds(self.context.integration.event_strategy.incremental, config.resources)
        return config
