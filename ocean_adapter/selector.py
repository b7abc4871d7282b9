"""Ocean's models of the mapping. They accept any selector, so that a mistake fails only its own kind.

configuration/mapping_entry.py defines and validates the keys of a selector.
"""

from typing import Any, ClassVar, override

from port_ocean.core.handlers.port_app_config.api import APIPortAppConfig
from port_ocean.core.handlers.port_app_config.models import PortAppConfig, ResourceConfig, Selector
from pydantic import BaseModel
from pydantic.v1 import Extra, Field, create_model, validator

from configuration.job import JobInput
from configuration.mapping_models import IncrementalInput, ParameterInput, PartitionInput, SelectorInput
from configuration.pagination import PaginationSettings
from configuration.then_request import ThenInput
from configuration.webhook_input import FetchInput, WebhookInput
from configuration.windows import WindowsInput
from ocean_adapter.incremental_kinds import register_incremental_kinds
from ocean_adapter.port_clock import watch_port_clock

type JsonSchema = dict[str, Any]


def _properties(model: type[BaseModel]) -> JsonSchema:
    """Return a model's properties as JSON Schema with resolved references."""
    schema = model.model_json_schema()
    resolved: JsonSchema = _resolved(schema["properties"], schema.get("$defs", {}))
    return {name: {"title": name.replace("_", " ").title(), **field} for name, field in resolved.items()}


def _resolved(part: Any, definitions: JsonSchema) -> Any:  # noqa: ANN401 - a schema has parts of every type
    if isinstance(part, list):
        return [_resolved(element, definitions) for element in part]
    if not isinstance(part, dict):
        return part
    siblings = {key: _resolved(value, definitions) for key, value in part.items() if key != "$ref"}
    name = part.get("$ref", "").rpartition("/")[2]
    # The definition of JsonValue refers to itself. It tells a reader nothing.
    return siblings if name in ("", "JsonValue") else _resolved(definitions[name], definitions) | siblings


def _object(properties: JsonSchema) -> JsonSchema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def selector_schema() -> JsonSchema:
    """Return the JSON Schema of all selector keys, including pagination and path parameters."""
    pagination = _object(_properties(PaginationSettings))
    pagination["properties"]["then"] |= _object(_properties(ThenInput))
    pagination["properties"]["then"].pop("anyOf", None)
    parameter = _properties(ParameterInput)
    selector = _properties(SelectorInput)
    for properties in (parameter, selector):
        properties["pagination"] |= pagination
        properties["pagination"].pop("anyOf", None)
        properties["job"] |= _object(_properties(JobInput))
        properties["job"].pop("anyOf", None)
    source = _object(parameter)
    several = {"type": "array", "items": source, "minItems": 1}
    selector["path_parameters"] |= {"additionalProperties": {"anyOf": [source, several]}}
    for name, model in (
        ("incremental", IncrementalInput),
        ("windows", WindowsInput),
        ("webhook", WebhookInput),
        ("partition", PartitionInput),
    ):
        selector[name] |= _object(_properties(model))
        selector[name].pop("anyOf", None)
    selector["partition"]["required"] = ["index", "of"]
    fetch = selector["webhook"]["properties"]["fetch"]
    fetch["anyOf"] = [{"type": "string"}, _object(_properties(FetchInput)) | {"required": ["path"]}]
    return selector


class OpenSelector(Selector):
    """A selector that accepts any key, with a schema that shows the known ones."""

    query: Any = Field("true", title="Query", description="")
    export_env_variables: Any = Field(
        default_factory=list,
        alias="exportEnvVariables",
        title="Export Env Variables",
        description="Environment variables to send to Port with the raw data. Rejected unless "
        "OCEAN__ALLOW_ENVIRONMENT_VARIABLES_JQ_ACCESS is true",
    )

    class Config:
        extra = Extra.allow

        @staticmethod
        def schema_extra(schema: JsonSchema, _: type[Any]) -> None:
            """Add the known selector keys to the schema."""
            schema["properties"] |= selector_schema()


_FIELDS: JsonSchema = {
    name: (Any, Field(field.get("default"), title=field["title"], description=field["description"]))
    for name, field in selector_schema().items()
}
CustomSelector: Any = create_model("CustomSelector", __base__=OpenSelector, **_FIELDS)


class CustomResourceConfig(ResourceConfig):
    """A mapping entry. Its kind is the endpoint's path."""

    kind: str = Field(
        title="Endpoint",
        description="The endpoint's path, appended to the base URL; may have {placeholders} and a query",
    )
    selector: CustomSelector = Field(
        default_factory=CustomSelector,
        title="Selector",
        description="How to request the endpoint, and which of its items become entities",
    )

    class Config:
        extra = Extra.allow

    @validator("selector", pre=True)
    def _as_object(cls, value: Any) -> Any:  # noqa: ANN401, N805 - pydantic 1 hands over the raw value
        if value is None or isinstance(value, dict | Selector):
            return value or {}
        return {"selector": value}


class CustomPortAppConfig(PortAppConfig):
    """The mapping: all entries."""

    allow_custom_kinds: ClassVar[bool] = True
    resources: list[CustomResourceConfig] = Field(  # type: ignore[assignment] # a narrower type, as Ocean documents
        default_factory=list, title="Resources", description="The endpoints to sync"
    )


class CustomAppConfigHandler(APIPortAppConfig):
    """Reads the mapping from Port."""

    CONFIG_CLASS = CustomPortAppConfig

    @override
    async def get_port_app_config(self, use_cache: bool = True) -> PortAppConfig:
        """Return the mapping, and register its kinds before Ocean looks for incremental listeners.

        This is a resync's first request to Port, so its response gives the first reading of Port's clock.
        """
        watch_port_clock(self.context.port_client.client)
        config = await super().get_port_app_config(use_cache)
        register_incremental_kinds(self.context.integration.event_strategy.incremental, config.resources)
        return config
