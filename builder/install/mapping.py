"""The mapping that the integration reads from Port."""

import json
import re
import sys
from collections.abc import Mapping

from builder.draft import Draft, Source
from builder.install.blueprints import JsonObject
from builder.install.yaml_writer import yaml_text
from builder.json_values import as_object, with_changes
from expressions.program import JqProgram
from rest.bodies import Json
from rest.errors import JqError

# Port replaces a single quote at the edge of a word by a double quote, even inside a jq string.
_REPLACED_QUOTE = re.compile(r"(?:^|(?<=\s))'|'(?=\s|$)")


def mapping(draft: Draft) -> JsonObject:
    """Return the mapping as Port stores it in the `config` of an integration.

    Entries of an opened mapping keep their order. New entries follow.
    """
    new = sys.maxsize
    entries: list[tuple[int, Json]] = [
        (new if each.position is None else each.position, entry_of_source(each)) for each in draft.sources
    ]
    entries += [(each.position, each.entry) for each in draft.kept]
    resources = [entry for _, entry in sorted(entries, key=lambda pair: pair[0])]
    return {**_other_keys(draft), "resources": resources}


def entry_positions(draft: Draft) -> list[int | None]:
    """Return the place of each of the mapping's entries in the opened mapping, None for a new entry."""
    positions = [each.position for each in draft.sources]
    positions += [each.position for each in draft.kept]
    return sorted(positions, key=lambda position: sys.maxsize if position is None else position)


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


def entry_of_source(source: Source) -> JsonObject:
    """Return the mapping entry of a source: the opened entry with the source's changes, or a new entry."""
    described = describe_entry(source)
    if source.original is None:
        return described
    document, is_list = _with_one_mapping(source.original.document)
    changed = as_object(with_changes(document, dict(source.original.described), described))
    return _with_mappings(changed, [_mappings(changed)]) if is_list else changed


def describe_entry(source: Source) -> JsonObject:
    """Return what a source says about its mapping entry."""
    query = source.selector.get("query", "true")
    others = {name: value for name, value in source.selector.items() if name != "query"}
    return {
        "kind": source.kind,
        "selector": {"query": safe_expression(query) if isinstance(query, str) else query, **others},
        "port": {"entity": {"mappings": _entity(source)}},
    }


def _other_keys(draft: Draft) -> JsonObject:
    """Return the keys besides `resources`. The first relations need flags."""
    kept = dict(draft.mapping or {})
    opened = [each.original.document for each in draft.sources if each.original]
    opened += [as_object(each.entry) for each in draft.kept]
    has_relations = any(source.blueprint.relations for source in draft.sources)
    if any(map(_has_relations, opened)) or not has_relations:
        return kept
    return {"deleteDependentEntities": True, "createMissingRelatedEntities": True, **kept}


def _has_relations(entry: Mapping[str, Json]) -> bool:
    mappings = _mappings(entry)
    return any(
        as_object(each).get("relations") for each in (mappings if isinstance(mappings, list) else [mappings])
    )


def _with_one_mapping(entry: Mapping[str, Json]) -> tuple[JsonObject, bool]:
    """Return the entry with its mapping as an object, and whether it was a list with one object."""
    mappings = _mappings(entry)
    if isinstance(mappings, list) and len(mappings) == 1:
        return _with_mappings(entry, mappings[0]), True
    return dict(entry), False


def _mappings(entry: Mapping[str, Json]) -> Json:
    return as_object(as_object(entry.get("port")).get("entity")).get("mappings")


def _with_mappings(entry: Mapping[str, Json], mappings: Json) -> JsonObject:
    port = as_object(entry.get("port"))
    return {**entry, "port": {**port, "entity": {**as_object(port.get("entity")), "mappings": mappings}}}


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
