"""Kinds with `incremental` in their selector are registered for incremental runs."""

from typing import Any

from ocean_adapter.incremental_kinds import Listeners, register_incremental_kinds
from ocean_adapter.selector import CustomPortAppConfig

PORT = {"entity": {"mappings": {"identifier": ".id", "blueprint": '"task"'}}}


def configs() -> Any:
    entries = [
        {"kind": "/tasks", "selector": {"incremental": {"param": "since"}}, "port": PORT},
        {"kind": "/users", "port": PORT},
    ]
    return CustomPortAppConfig.parse_obj({"resources": entries}).resources


async def listener(_: str) -> None:
    pass


def test_only_kinds_with_incremental_get_the_listener() -> None:
    listeners: Listeners = {None: [listener]}
    register_incremental_kinds(listeners, configs())
    assert listeners == {"/tasks": [listener]}


def test_without_a_listener_for_any_kind_nothing_is_registered() -> None:
    listeners: Listeners = {"/other": [listener]}
    register_incremental_kinds(listeners, configs())
    assert listeners == {"/other": [listener]}
