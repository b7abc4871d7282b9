"""The mapping that the integration reads from Port."""

import json
import re

from builder.draft import Draft, Source
from builder.install.blueprints import JsonObject
from builder.install.yaml_writer import yaml_text
from expressions.program import JqProgram
from rest.bodies import Json
from rest.errors import JqError

# Port takes a single quote at a word's edge for a double one, inside a jq string too.
_TAKEN_FOR_A_QUOTE = re.compile(r"(?:^|(?<=\s))'|'(?=\s|$)")


def mapping(draft: Draft) -> JsonObject:
    """The mapping as Port keeps it, `config` of an integration."""
    has_relations = any(source.blueprint.relations for source in draft.sources)
    related: JsonObject = {"deleteDependentEntities": True, "createMissingRelatedEntities": True}
    return {**(related if has_relations else {}), "resources": [_resource(each) for each in draft.sources]}


def mapping_yaml(draft: Draft) -> str:
    """The mapping as `port-app-config.yml` and Port's page of a data source have it."""
    return yaml_text(mapping(draft))


def integration_request(draft: Draft, version: str) -> JsonObject:
    """The body of POST /v1/integration?upsert=true, which stores the mapping before the first start.

    version: the integration's own; a start corrects it.
    """
    installation = draft.installation
    changes: JsonObject = {"type": "KAFKA"} if installation.event_listener == "KAFKA" else {}
    return {
        "installationId": installation.identifier,
        "installationAppType": installation.type,
        "version": version,
        "changelogDestination": changes,
        "config": mapping(draft),
    }


def blueprint_expression(identifier: str) -> str:
    """jq that gives a blueprint's identifier."""
    return json.dumps(identifier, ensure_ascii=False)


def safe_expression(expression: str) -> str:
    """A jq expression that Port leaves as it is: what it would take for a quote is escaped.

    One that is no jq as it stands, like Port's own 'user', is not touched.
    """
    if not _TAKEN_FOR_A_QUOTE.search(expression):
        return expression
    try:
        JqProgram(expression)
    except JqError:
        return expression
    return _TAKEN_FOR_A_QUOTE.sub(r"\\u0027", expression)


def _resource(source: Source) -> Json:
    query = source.selector.get("query", "true")
    others = {name: value for name, value in source.selector.items() if name != "query"}
    return {
        "kind": source.kind,
        "selector": {"query": safe_expression(query) if isinstance(query, str) else query, **others},
        "port": {"entity": {"mappings": _entity(source)}},
    }


def _entity(source: Source) -> JsonObject:
    blueprint = source.blueprint
    entity: JsonObject = {"identifier": safe_expression(source.identifier)}
    if source.title:
        entity["title"] = safe_expression(source.title)
    entity["blueprint"] = blueprint_expression(blueprint.identifier)
    if blueprint.properties:
        entity["properties"] = {each.name: safe_expression(each.expression) for each in blueprint.properties}
    if blueprint.relations:
        entity["relations"] = {each.name: safe_expression(each.expression) for each in blueprint.relations}
    return entity
