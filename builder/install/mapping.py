"""The mapping that the integration reads from Port."""

import json
import re

from builder.draft import Draft, Source
from builder.install.blueprints import JsonObject
from builder.install.yaml_writer import yaml_text
from expressions.program import JqProgram
from rest.bodies import Json
from rest.errors import JqError

# Port replaces a single quote at the edge of a word by a double quote, even inside a jq string.
_REPLACED_QUOTE = re.compile(r"(?:^|(?<=\s))'|'(?=\s|$)")


def mapping(draft: Draft) -> JsonObject:
    """Return the mapping as Port stores it in the `config` of an integration."""
    has_relations = any(source.blueprint.relations for source in draft.sources)
    flags: JsonObject = {"deleteDependentEntities": True, "createMissingRelatedEntities": True}
    return {**(flags if has_relations else {}), "resources": [_resource(each) for each in draft.sources]}


def mapping_yaml(draft: Draft) -> str:
    """Return the mapping in the format of `port-app-config.yml` and of Port's data source page."""
    return yaml_text(mapping(draft))


def integration_request(draft: Draft, version: str) -> JsonObject:
    """Return the body of POST /v1/integration?upsert=true, which stores the mapping before the first start.

    version: of the integration. Each start updates it.
    """
    installation = draft.installation
    destination: JsonObject = {"type": "KAFKA"} if installation.event_listener == "KAFKA" else {}
    return {
        "installationId": installation.identifier,
        "installationAppType": installation.type,
        "version": version,
        "changelogDestination": destination,
        "config": mapping(draft),
    }


def blueprint_expression(identifier: str) -> str:
    """Return the jq expression of a blueprint's identifier."""
    return json.dumps(identifier, ensure_ascii=False)


def safe_expression(expression: str) -> str:
    """Return a jq expression with the quotes escaped that Port would replace.

    An expression that is not valid jq, such as Port's own 'user', is not changed.
    """
    if not _REPLACED_QUOTE.search(expression):
        return expression
    try:
        JqProgram(expression)
    except JqError:
        return expression
    return _REPLACED_QUOTE.sub(r"\\u0027", expression)


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
