"""Blueprints in Port's format, each after the blueprints that it relates to."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from builder.draft import Blueprint, Draft, Original, Property, Relation
from builder.json_values import as_object, with_changes
from rest.bodies import Json

type JsonObject = dict[str, Json]

# Only these types have formats in Port. For an array, its items have the format.
_TYPES_WITH_FORMAT = frozenset({"string", "object", "array"})


@dataclass(frozen=True, slots=True)
class Creation:
    """The requests that create a draft's blueprints.

    create: the bodies of POST /v1/blueprints, in order. relate: the bodies of the following
    PATCH /v1/blueprints/{identifier} requests, by identifier. They add circular relations.
    """

    create: tuple[JsonObject, ...]
    relate: dict[str, JsonObject]


def blueprints(draft: Draft) -> tuple[JsonObject, ...]:
    """Return the blueprints, targets of relations first unless relations are circular.

    Sources with the same blueprint add their properties and relations to it.
    """
    return tuple(_document(each) for each in _ordered(draft))


def creation(draft: Draft) -> Creation:
    """Return the requests that create the draft's blueprints in an empty catalog."""
    return creation_of(blueprints(draft))


def creation_of(documents: Sequence[Mapping[str, Json]]) -> Creation:
    """Return the requests that create these blueprints. The targets of other relations exist already."""
    missing = {str(each["identifier"]) for each in documents}
    create: list[JsonObject] = []
    relate: dict[str, JsonObject] = {}
    for document in documents:
        relations = as_object(document.get("relations"))
        circular = {
            name: each for name, each in relations.items() if as_object(each).get("target") in missing
        }
        possible = {name: each for name, each in relations.items() if name not in circular}
        create.append({**document, "relations": possible})
        if circular:
            relate[str(document["identifier"])] = {"relations": circular}
        missing.discard(str(document["identifier"]))
    return Creation(tuple(create), relate)


def blueprints_json(draft: Draft) -> str:
    """Return all blueprints as one JSON array, the format of Ocean's `blueprints.json`."""
    return json_text(list(blueprints(draft)))


def json_text(value: Json) -> str:
    """Return a value as indented JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def describe_blueprint(blueprint: Blueprint) -> JsonObject:
    """Return what a draft says about a blueprint."""
    icon: JsonObject = {"icon": blueprint.icon} if blueprint.icon else {}
    return {
        "identifier": blueprint.identifier,
        "title": blueprint.title or blueprint.identifier,
        **icon,
        "schema": {
            "properties": {each.name: describe_property(each) for each in blueprint.properties},
            "required": [],
        },
        "mirrorProperties": {},
        "calculationProperties": {},
        "aggregationProperties": {},
        "relations": {each.name: _relation(each) for each in blueprint.relations},
    }


def _ordered(draft: Draft) -> list[Blueprint]:
    """Return one blueprint per identifier, after its targets."""
    merged: dict[str, Blueprint] = {}
    for source in draft.sources:
        blueprint = source.blueprint
        first = merged.get(blueprint.identifier)
        merged[blueprint.identifier] = _merged(first, blueprint) if first else blueprint
    ordered: dict[str, Blueprint] = {}
    for identifier in merged:
        _place(identifier, merged, ordered, set())
    return list(ordered.values())


def _merged(first: Blueprint, second: Blueprint) -> Blueprint:
    """Return the first with the additional properties and relations of the second."""
    properties = {each.name: each for each in first.properties}
    relations = {each.name: each for each in first.relations}
    return replace(
        first,
        properties=(*first.properties, *(each for each in second.properties if each.name not in properties)),
        relations=(*first.relations, *(each for each in second.relations if each.name not in relations)),
        original=_merged_original(first.original, second.original),
    )


def _merged_original(first: Original | None, second: Original | None) -> Original | None:
    """Return the blueprint as it was opened, with the descriptions of both sources."""
    if not (first and second):
        return first or second
    described = as_object(with_changes(dict(first.described), {}, dict(second.described)))
    return Original(first.document, described)


def _place(
    identifier: str, known: Mapping[str, Blueprint], ordered: dict[str, Blueprint], ancestors: set[str]
) -> None:
    """Append a blueprint after its targets. ancestors: breaks circular relations."""
    if identifier in ancestors or identifier in ordered or identifier not in known:
        return
    for relation in known[identifier].relations:
        _place(relation.target, known, ordered, ancestors | {identifier})
    ordered[identifier] = known[identifier]


def _document(blueprint: Blueprint) -> JsonObject:
    """Return the blueprint in Port's format. What a draft no longer mentions stays in an opened blueprint."""
    described = describe_blueprint(blueprint)
    if blueprint.original is None:
        return described
    before = dict(blueprint.original.described)
    before["relations"] = _common(before.get("relations"), described["relations"])
    properties = as_object(before.get("schema")).get("properties")
    before["schema"] = {
        "properties": _common(properties, as_object(described["schema"])["properties"]),
        "required": [],
    }
    return as_object(with_changes(dict(blueprint.original.document), before, described))


def _common(before: Json, now: Json) -> JsonObject:
    return {name: value for name, value in as_object(before).items() if name in as_object(now)}


def describe_property(definition: Property) -> JsonObject:
    """Return a property in Port's format."""
    title: JsonObject = {"title": definition.title} if definition.title else {}
    rules: JsonObject = {}
    if definition.format and definition.type in _TYPES_WITH_FORMAT:
        rules["format"] = definition.format
    if definition.enum:
        rules["enum"] = list(definition.enum)
    if definition.type == "array" and rules:
        is_text = any(isinstance(value, str) for value in definition.enum) or not definition.enum
        rules = {"items": {"type": "string" if is_text else "number", **rules}}
    return {**title, "type": definition.type, **rules}


def _relation(relation: Relation) -> JsonObject:
    title: JsonObject = {"title": relation.title} if relation.title else {}
    return {**title, "target": relation.target, "required": False, "many": relation.many}
