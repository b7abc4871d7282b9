"""Endpoints of the `init` command whose mapping exists already, for example in Port."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from builder.draft import Blueprint, KeptEntry, Property, PropertyType, Relation, Source
from builder.existing.reading import read_entry
from builder.inference import FoundField, Proposal
from builder.inference.jq_outputs import evaluate_expressions
from builder.items_to_parse import parse_items
from builder.json_values import as_object
from rest.bodies import Json
from rest.errors import ResourceError
from rest.page import Item


async def source_of_entry(entry: Mapping[str, Json], found: Proposal) -> Source:
    """Return the source of an existing entry, with the types that a sample shows.

    A mapping has neither types nor the targets of relations. Until `with_targets`, a relation's name is its
    target. Raises ResourceError: a source cannot describe the entry.
    """
    source = read_entry(0, dict(entry), {})
    if isinstance(source, KeptEntry):
        raise ResourceError(
            f"its mapping cannot be taken over: {source.reason[:1].lower()}{source.reason[1:]}",
            hint="Add the entry to the written mapping by hand",
        )
    items = await parse_items(as_object(entry.get("port")), found.items)
    proposed = found.source.blueprint
    is_same = proposed.identifier == source.blueprint.identifier
    blueprint = replace(
        source.blueprint,
        title=proposed.title if is_same else source.blueprint.identifier,
        icon=proposed.icon if is_same else None,
        properties=_typed(source.blueprint.properties, found.fields, items),
        relations=_counted(source.blueprint.relations, items),
    )
    return replace(source, blueprint=blueprint, position=None)


def with_targets(blueprint: Blueprint, proposed: Iterable[Relation], known: Iterable[str]) -> Blueprint:
    """Return a blueprint whose relations have the targets of proposals with the same expression.

    known: the blueprints of the mapping. A relation to one of them stays.
    """
    names = frozenset(known)
    targets = {each.expression: each.target for each in proposed}
    relations = tuple(
        each if each.target in names else replace(each, target=targets.get(each.expression, each.target))
        for each in blueprint.relations
    )
    return replace(blueprint, relations=relations)


def _typed(
    properties: Sequence[Property], fields: Sequence[FoundField], items: Sequence[Item]
) -> tuple[Property, ...]:
    """Return the properties with their types: of the field with the same expression, or of their values."""
    proposed = {each.proposed.expression: each.proposed for each in fields}
    outputs = evaluate_expressions([each.expression for each in properties], items)
    return tuple(
        replace(proposed[each.expression], name=each.name)
        if each.expression in proposed
        else replace(each, type=_type_of(values))
        for each, values in zip(properties, outputs, strict=True)
    )


def _counted(relations: Sequence[Relation], items: Sequence[Item]) -> tuple[Relation, ...]:
    outputs = evaluate_expressions([each.expression for each in relations], items)
    return tuple(
        replace(each, target=each.name, many=any(isinstance(value, list) for value in values))
        for each, values in zip(relations, outputs, strict=True)
    )


def _type_of(values: Iterable[Json]) -> PropertyType:
    """Return the type of the first value. Without a value, it is a string."""
    match next((each for each in values if each is not None), None):
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case list():
            return "array"
        case dict():
            return "object"
        case _:
            return "string"
