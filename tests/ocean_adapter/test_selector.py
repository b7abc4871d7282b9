"""Ocean's mapping models show the selector's keys, and accept wrong ones."""

from types import SimpleNamespace
from typing import Any

import httpx
from port_ocean.context.event import EventType, event_context

from ocean_adapter.selector import CustomAppConfigHandler, CustomPortAppConfig, selector_schema

TASKS = {
    "kind": "/tasks",
    "selector": {"incremental": {"param": "since"}},
    "port": {"entity": {"mappings": {"identifier": ".id", "blueprint": '"task"'}}},
}


class Port:
    """A fake Port client with a mapping."""

    def __init__(self) -> None:
        self.client = httpx.AsyncClient()

    async def get_current_integration(self, **_: Any) -> dict[str, Any]:
        return {"config": {"resources": [TASKS]}}


def test_the_schema_shows_the_keys_of_a_selector() -> None:
    selector = CustomPortAppConfig.schema()["definitions"]["CustomSelector"]
    assert {"data_path", "path_parameters", "pagination", "query"} <= selector["properties"].keys()


def test_the_schema_shows_a_parameter_as_one_source_or_a_list_of_them() -> None:
    parameters = selector_schema()["path_parameters"]
    one, several = parameters["additionalProperties"]["anyOf"]
    assert {"endpoint", "values", "parent_fields", "batch", "separator"} <= one["properties"].keys()
    assert several == {"type": "array", "items": one, "minItems": 1}


async def listener(_: str) -> None:
    pass


async def test_reading_the_mapping_registers_its_incremental_kinds() -> None:
    listeners: dict[str | None, list[Any]] = {None: [listener]}
    strategy = SimpleNamespace(incremental=listeners)
    context = SimpleNamespace(
        port_client=Port(),
        integration=SimpleNamespace(event_strategy=strategy),
        config=SimpleNamespace(
            integration=SimpleNamespace(type="custom", identifier="x"),
            port=SimpleNamespace(port_app_config_cache_ttl=60),
        ),
    )
    handler = CustomAppConfigHandler(context)  # type: ignore[arg-type] # only the parts that are used
    async with event_context(EventType.RESYNC):
        config = await handler.get_port_app_config(use_cache=False)
    assert [resource.kind for resource in config.resources] == ["/tasks"]
    assert listeners == {"/tasks": [listener]}
