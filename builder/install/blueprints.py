"""Blueprints as Port takes them, each after those that it relates to."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from builder.draft import Blueprint, Draft, Property, Relation
from rest.bodies import Json

type JsonObject = dict[str, Json]

# Of these types alone Port has formats; of a list, its elements have them.
_WITH_FORMAT = frozenset({"string", "object", "array"})


@dataclass(frozen=True, slots=True)
class Creation:
    """How to create a draft's blueprints, by Port's API or by hand.

    create: bodies of POST /v1/blueprints, in this order. relate: bodies of
    PATCH /v1/blueprints/{identifier} thereafter, by identifier: relations of blueprints in a circle.
    """

    create: tuple[JsonObject, ...]
    relate: dict[str, JsonObject]


def blueprints(draft: Draft) -> tuple[JsonObject, ...]:
    """Each blueprint whole, targets before those that relate to them as far as there is no circle.

    Sources of the same blueprint add their properties and relations to it.
    """
    return tuple(_document(each) for each in _ordered(draft))


def creation(draft: Draft) -> Creation:
    """The requests that create the draft's blueprints in an empty catalog."""
    ordered = _ordered(draft)
    missing = {each.identifier for each in ordered}
    create: list[JsonObject] = []
    relate: dict[str, JsonObject] = {}
    for blueprint in ordered:
        late = tuple(each for each in blueprint.relations if each.target in missing)
        at_once = tuple(each for each in blueprint.relations if each.target not in missing)
        create.append(_document(replace(blueprint, relations=at_once)))
        if late:
            relate[blueprint.identifier] = {"relations": _relations(late)}
        missing.discard(blueprint.identifier)
    return Creation(tuple(create), relate)


def blueprints_json(draft: Draft) -> str:
    """All blueprints as one list, which Ocean reads from `blueprints.json`."""
    return json_text(list(blueprints(draft)))


def json_text(value: Json) -> str:
    """JSON to be read and pasted."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _ordered(draft: Draft) -> list[Blueprint]:
    """One blueprint for each identifier, its targets before it."""
    merged: dict[str, Blueprint] = {}
    for source in draft.sources:
        blueprint = source.blueprint
        first = merged.get(blueprint.identifier)
        merged[blueprint.identifier] = _joined(first, blueprint) if first else blueprint
    ordered: dict[str, Blueprint] = {}
    for identifier in merged:
        _place(identifier, merged, ordered, set())
    return list(ordered.values())


def _joined(first: Blueprint, second: Blueprint) -> Blueprint:
    """The first with what the second has besides; of the same name, the first's is kept."""
    properties = {each.name: each for each in first.properties}
    relations = {each.name: each for each in first.relations}
    return replace(
        first,
        properties=(*first.properties, *(each for each in second.properties if each.name not in properties)),
        relations=(*first.relations, *(each for each in second.relations if each.name not in relations)),
    )


def _place(
    identifier: str, known: Mapping[str, Blueprint], ordered: dict[str, Blueprint], above: set[str]
) -> None:
    """Appends a blueprint after its targets. above: those that wait for this one, in a circle."""
    if identifier in above or identifier in ordered or identifier not in known:
        return
    for relation in known[identifier].relations:
        _place(relation.target, known, ordered, above | {identifier})
    ordered[identifier] = known[identifier]


def _document(blueprint: Blueprint) -> JsonObject:
    icon: JsonObject = {"icon": blueprint.icon} if blueprint.icon else {}
    return {
        "identifier": blueprint.identifier,
        "title": blueprint.title or blueprint.identifier,
        **icon,
        "schema": {
            "properties": {each.name: _property(each) for each in blueprint.properties},
            "required": [],
        },
        "mirrorProperties": {},
        "calculationProperties": {},
        "aggregationProperties": {},
        "relations": _relations(blueprint.relations),
    }


def _property(definition: Property) -> JsonObject:
    title: JsonObject = {"title": definition.title} if definition.title else {}
    rules: JsonObject = {}
    if definition.format and definition.type in _WITH_FORMAT:
        rules["format"] = definition.format
    if definition.enum:
        rules["enum"] = list(definition.enum)
    if definition.type == "array" and rules:
        is_text = any(isinstance(value, str) for value in definition.enum) or not definition.enum
        rules = {"items": {"type": "string" if is_text else "number", **rules}}
    return {**title, "type": definition.type, **rules}


def _relations(relations: Iterable[Relation]) -> JsonObject:
    return {each.name: _relation(each) for each in relations}


def _relation(relation: Relation) -> JsonObject:
    title: JsonObject = {"title": relation.title} if relation.title else {}
    return {**title, "target": relation.target, "required": False, "many": relation.many}
