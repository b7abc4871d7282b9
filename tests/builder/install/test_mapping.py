"""The printed mapping, as the integration reads it after Port has stored it."""

import json
from dataclasses import replace
from typing import Any

import jq
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from port_ocean.core.handlers.entity_processor.jq_entity_processor import JQEntityProcessor

from builder.draft import Blueprint, Draft, Installation, Property, Relation, Source
from builder.install import integration_request, mapping, mapping_yaml
from builder.install.mapping import blueprint_expression, safe_expression
from configuration.pagination import PaginationSettings
from ocean_adapter.resources import resource_from
from ocean_adapter.selector import CustomPortAppConfig

_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
_QUOTED = st.text(" '\"\\\n\tab(){}.|")


def _draft(*sources: Source) -> Draft:
    return Draft({}, sources)


def test_the_mapping_has_the_style_of_the_manuals(draft: Draft) -> None:
    assert (
        mapping_yaml(draft)
        == """\
deleteDependentEntities: true
createMissingRelatedEntities: true
resources:
  - kind: /api/v1/users
    selector:
      query: 'true'
      data_path: .users
    port:
      entity:
        mappings:
          identifier: .id
          title: .name
          blueprint: '"sampleUser"'
          properties:
            email: .email
            active: .is_active
          relations:
            favourite: .favourite_project
  - kind: /api/v1/projects
    selector:
      query: 'true'
      data_path: .data.projects
    port:
      entity:
        mappings:
          identifier: .project_id
          blueprint: '"sampleProject"'
          properties:
            budget: .budget_amount
          relations:
            owner: .owner.id
"""
    )


def test_a_mapping_without_relations_has_no_flags_for_them() -> None:
    only = mapping(_draft(Source("/x", Blueprint("x", "X"), ".id")))
    assert list(only) == ["resources"]


def test_every_key_of_a_selector_reaches_the_engine() -> None:
    selector: dict[str, Any] = {
        "data_path": ".data.tasks",
        "query": '.state != "done"',
        "method": "POST",
        "query_params": {"tag": ["a", "b"], "active": "true"},
        "headers": {"Accept": "application/json"},
        "body": {"filter": {"open": True}},
        "path_parameters": {
            "project_id": {
                "endpoint": "/api/v1/projects",
                "field": ".id",
                "filter": ".archived | not",
                "parent_fields": {"project_name": ".name"},
            }
        },
        "pagination": {"type": "cursor", "param": "page[after]"},
        "on_status": {"404": "empty"},
        "min_items": 1,
        "incremental": {"param": "updated_since"},
    }
    source = Source("/p/{project_id}/tasks", Blueprint("task", "Task"), ".id", selector=selector)
    printed = yaml.safe_load(mapping_yaml(_draft(source)))
    (config,) = CustomPortAppConfig.parse_obj(printed).resources
    resource = resource_from(config, PaginationSettings())
    assert printed["resources"][0]["selector"] == selector
    assert next(iter(printed["resources"][0]["selector"])) == "query"
    assert resource.endpoint.method == "POST"
    assert resource.endpoint.pagination.type == "cursor"
    assert (resource.min_items, [each.name for each in resource.parameters]) == (1, ["project_id"])


def _reached(expression: str, item: Any) -> Any:
    """Return the value of a printed expression in Ocean."""
    return jq.compile(JQEntityProcessor._format_filter(expression)).input_value(item).first()


@given(kind=_TEXT, key=_TEXT | _QUOTED, literal=_TEXT | _QUOTED)
def test_ocean_evaluates_any_printed_expression_to_the_same_value(kind: str, key: str, literal: str) -> None:
    """Keys and texts are quoted for jq, and then pass YAML and Port's replacement of quotes."""
    by_key, constant = f".[{json.dumps(key)}]", json.dumps(literal, ensure_ascii=False)
    blueprint = Blueprint(
        "x", "X", properties=(Property("a", by_key),), relations=(Relation("b", "x", constant),)
    )
    printed = yaml.safe_load(mapping_yaml(_draft(Source(f"/{kind}", blueprint, by_key, constant))))
    (resource,) = printed["resources"]
    mappings = resource["port"]["entity"]["mappings"]
    item = {key: "found"}
    assert resource["kind"] == f"/{kind}"
    assert _reached(mappings["identifier"], item) == _reached(mappings["properties"]["a"], item) == "found"
    assert _reached(mappings["title"], item) == _reached(mappings["relations"]["b"], item) == literal


@given(st.text(st.characters(codec="utf-8", categories=["L"]) | st.sampled_from("@_.+:\\/-0"), min_size=1))
def test_a_blueprint_expression_evaluates_to_its_identifier(identifier: str) -> None:
    assert _reached(blueprint_expression(identifier), {}) == identifier


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        pytest.param(".id", ".id", id="plain"),
        pytest.param('."it\'s"', '."it\'s"', id="within a word"),
        pytest.param('."users\' name"', '."users\\u0027 name"', id="at a word's end"),
        pytest.param("\"say 'x' now\"", '"say \\u0027x\\u0027 now"', id="around a word"),
        pytest.param("'user'", "'user'", id="Port's own way"),
        pytest.param("(.x", "(.x", id="no jq"),
    ],
)
def test_only_quotes_that_port_would_replace_are_escaped(expression: str, printed: str) -> None:
    assert safe_expression(expression) == printed


@pytest.mark.process
@pytest.mark.parametrize("listener", ["POLLING", "KAFKA"])
def test_the_mapping_is_stored_in_port_before_the_first_start(draft: Draft, port: Any, listener: Any) -> None:
    chosen = replace(draft, installation=Installation("acme", "generic-http", event_listener=listener))
    port.post("/v1/integration?upsert=true", json=integration_request(chosen, "0.1.0")).raise_for_status()
    stored = port.get("/v1/integration/acme").raise_for_status().json()["integration"]
    assert stored["config"] == mapping(chosen)
    assert stored["installationAppType"] == "generic-http"
