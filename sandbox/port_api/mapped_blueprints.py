"""Blueprints that fit a mapping, made for tests: as untyped as Port's model allows."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.port_api.blueprints import Blueprint, Blueprints
from sandbox.port_api.integration_rules import RESOURCE
from sandbox.port_api.jsontext import Document
from sandbox.port_api.shapes import Shape, record

_TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
_BY_BLUEPRINT = {"type": "object", "additionalProperties": _TEXTS}
REQUEST = Shape(
    record(
        {"resources": {"type": "array", "items": RESOURCE}},
        {"types": _BY_BLUEPRINT, "relations": _BY_BLUEPRINT},
        closed=False,
    )
)


@dataclass(slots=True)
class _Named:
    properties: dict[str, None] = field(default_factory=dict)
    relations: dict[str, None] = field(default_factory=dict)


def make_blueprints(blueprints: Blueprints, request: Document) -> list[Blueprint]:
    """One for each blueprint that the mapping names literally (`'"x"'`); existing ones are extended.

    A property without a type in `types` takes any value; a relation targets what `relations` says,
    else the blueprint of the relation's own name, else its own blueprint.
    """
    named = _named(request["resources"])
    for identifier in named:
        if blueprints.find(identifier) is None:
            blueprints.create({"identifier": identifier, "title": identifier, "schema": {"properties": {}}})
    return [_extend(blueprints, identifier, wanted, request) for identifier, wanted in named.items()]


def _extend(blueprints: Blueprints, identifier: str, wanted: _Named, request: Document) -> Blueprint:
    old = blueprints.get(identifier)
    types = request.get("types", {}).get(identifier, {})
    targets = request.get("relations", {}).get(identifier, {})
    properties = dict(old.document["schema"]["properties"])
    for name in wanted.properties.keys() - properties.keys():
        properties[name] = {"type": types.get(name, "string"), "title": name}
    relations = dict(old.document["relations"])
    for name in wanted.relations.keys() - relations.keys():
        own = name if blueprints.find(name) else identifier
        relations[name] = {"target": targets.get(name, own), "required": False, "many": False}
    added = properties.keys() - old.document["schema"]["properties"].keys() - types.keys()
    document = {**old.document, "schema": {**old.document["schema"], "properties": properties}}
    return blueprints.replace(identifier, {**document, "relations": relations}, old.untyped | added)


def _named(resources: list[Document]) -> dict[str, _Named]:
    found: dict[str, _Named] = defaultdict(_Named)
    for mapping in _mappings(resources):
        identifier = _literal(mapping["blueprint"])
        if identifier is not None:
            found[identifier].properties.update(dict.fromkeys(mapping.get("properties", {})))
            found[identifier].relations.update(dict.fromkeys(mapping.get("relations", {})))
    return dict(found)


def _mappings(resources: list[Document]) -> Iterator[Document]:
    for resource in resources:
        mappings = resource["port"]["entity"]["mappings"]
        yield from mappings if isinstance(mappings, list) else [mappings]


def _literal(expression: str) -> str | None:
    """The text that a jq string literal stands for, None for any other expression."""
    try:
        value = json.loads(expression)
    except ValueError:
        return None
    return value if isinstance(value, str) else None
