"""Creates the blueprints that a mapping needs, for tests. Properties are untyped where possible."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.port_api.blueprints import Blueprint, Blueprints
from sandbox.port_api.body_schema import BodySchema, record
from sandbox.port_api.integration_schemas import RESOURCE
from sandbox.port_api.json_codec import Document

_TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
_BY_BLUEPRINT = {"type": "object", "additionalProperties": _TEXTS}
REQUEST = BodySchema(
    record(
        {"resources": {"type": "array", "items": RESOURCE}},
        {"types": _BY_BLUEPRINT, "relations": _BY_BLUEPRINT},
        closed=False,
    )
)


@dataclass(slots=True)
class _UsedNames:
    properties: dict[str, None] = field(default_factory=dict)
    relations: dict[str, None] = field(default_factory=dict)


def make_blueprints(blueprints: Blueprints, request: Document) -> list[Blueprint]:
    """Create or extend each blueprint that the mapping names as a string literal (`'"x"'`).

    A property without a type in `types` accepts any value. A relation targets the blueprint in `relations`,
    else the blueprint with the relation's name, else its own blueprint.
    """
    used = _used_names(request["resources"])
    for identifier in used:
        if blueprints.find(identifier) is None:
            blueprints.create({"identifier": identifier, "title": identifier, "schema": {"properties": {}}})
    return [_extend(blueprints, identifier, names, request) for identifier, names in used.items()]


def _extend(blueprints: Blueprints, identifier: str, names: _UsedNames, request: Document) -> Blueprint:
    old = blueprints.get(identifier)
    types = request.get("types", {}).get(identifier, {})
    targets = request.get("relations", {}).get(identifier, {})
    properties = dict(old.document["schema"]["properties"])
    for name in names.properties.keys() - properties.keys():
        properties[name] = {"type": types.get(name, "string"), "title": name}
    relations = dict(old.document["relations"])
    for name in names.relations.keys() - relations.keys():
        own = name if blueprints.find(name) else identifier
        relations[name] = {"target": targets.get(name, own), "required": False, "many": False}
    added = properties.keys() - old.document["schema"]["properties"].keys() - types.keys()
    document = {**old.document, "schema": {**old.document["schema"], "properties": properties}}
    return blueprints.replace(identifier, {**document, "relations": relations}, old.untyped | added)


def _used_names(resources: list[Document]) -> dict[str, _UsedNames]:
    names_by_blueprint: dict[str, _UsedNames] = defaultdict(_UsedNames)
    for mapping in _mappings(resources):
        identifier = _literal(mapping["blueprint"])
        if identifier is not None:
            names_by_blueprint[identifier].properties.update(dict.fromkeys(mapping.get("properties", {})))
            names_by_blueprint[identifier].relations.update(dict.fromkeys(mapping.get("relations", {})))
    return dict(names_by_blueprint)


def _mappings(resources: list[Document]) -> Iterator[Document]:
    for resource in resources:
        mappings = resource["port"]["entity"]["mappings"]
        yield from mappings if isinstance(mappings, list) else [mappings]


def _literal(expression: str) -> str | None:
    """Return the text of a jq string literal, or None for any other expression."""
    try:
        value = json.loads(expression)
    except ValueError:
        return None
    return value if isinstance(value, str) else None
