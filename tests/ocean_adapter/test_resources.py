"""Mapping entries become validated resources."""

from typing import Any

import pytest

from configuration.settings import Settings
from ocean_adapter.resources import readable_resources, resource_from
from ocean_adapter.selector import CustomPortAppConfig
from rest.errors import ResourceError

SETTINGS = Settings.from_config({"base_url": "https://api.example"}, {})
MAPPINGS = {"identifier": ".id", "blueprint": '"task"'}


def entry(selector: Any = None, mappings: Any = None, **keys: Any) -> dict[str, Any]:
    port = {"entity": {"mappings": {**MAPPINGS, **(mappings or {})}}}
    return {"kind": "/tasks", "selector": selector or {}, "port": port, **keys}


def configs(*entries: dict[str, Any]) -> list[Any]:
    return list(CustomPortAppConfig.parse_obj({"resources": list(entries)}).resources)


def test_an_entry_becomes_a_resource() -> None:
    [config] = configs(entry({"data_path": ".tasks"}))
    assert resource_from(config, SETTINGS.pagination).kind == "/tasks"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (entry(data_path=".tasks"), "/tasks: data_path is next to selector, not inside it. Move data_path"),
        (entry({"query": ".a =="}), "/tasks: selector.query: '.a ==' is not a valid jq expression"),
        (entry(mappings={"title": ".a |"}), "/tasks: port.entity.mappings.title: '.a |' is not a valid jq"),
        (entry(mappings={"properties": {"p": "("}}), "mappings.properties.p: '[(]' is not a valid jq"),
        (entry({"data_pat": ".tasks"}), "/tasks: .*data_pat"),
        (entry(["no object"]), "/tasks: .*selector"),
    ],
    ids=["key outside selector", "query", "title", "property", "unknown key", "selector is a list"],
)
def test_a_wrong_entry_is_rejected_with_its_kind(wrong: dict[str, Any], message: str) -> None:
    [config] = configs(wrong)
    with pytest.raises(ResourceError, match=message):
        resource_from(config, SETTINGS.pagination)


def test_search_rules_can_have_any_form() -> None:
    """Their expressions are evaluated by Ocean and by Port, and are not checked here."""
    rules = {"combinator": '"and"', "rules": [{"property": '"a"', "operator": '"="', "value": "("}]}
    [config] = configs(entry(mappings={"relations": {"owner": rules}}))
    assert resource_from(config, SETTINGS.pagination).kind == "/tasks"


@pytest.mark.usefixtures("app")
def test_wrong_entries_are_left_out_of_the_readable_resources() -> None:
    kinds = [resource.kind for resource in readable_resources(configs(entry({"nope": 1}), entry()), SETTINGS)]
    assert kinds == ["/tasks"]
