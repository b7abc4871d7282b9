"""Entities as JSON documents, with their computed properties.

Mirrors and aggregations see only the stored properties of other entities. A calculation sees its own
entity's stored properties, mirrors, aggregations and the calculations before it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from sandbox.port_api.aggregation_properties import aggregate
from sandbox.port_api.blueprints import Blueprint
from sandbox.port_api.calculation_properties import compile_calculation
from sandbox.port_api.entities import Entity, targets_of
from sandbox.port_api.graph import Graph, Node
from sandbox.port_api.json_codec import Document, Json
from sandbox.port_api.mirror_properties import mirror
from sandbox.port_api.projection import project


@dataclass(frozen=True, slots=True)
class FieldSelection:
    """Which fields to return.

    include, exclude: names such as `title` or `properties.age`. An empty include means all fields.
    computed: include computed properties; titles: include the titles of related entities.
    """

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    computed: bool = True
    titles: bool = False


def serialize(graph: Graph, entities: Sequence[Entity], selection: FieldSelection) -> list[Document]:
    """Return the entities as documents, in the same order."""
    computed = _computed(graph, entities) if selection.computed else {}
    documents = [
        project(
            entity,
            selection.include,
            selection.exclude,
            computed.get((entity.blueprint, entity.identifier), {}),
        )
        for entity in entities
    ]
    if selection.titles:
        _attach_titles(graph, entities, documents)
    return documents


def _computed(graph: Graph, entities: Sequence[Entity]) -> dict[Node, Document]:
    groups: dict[str, list[Entity]] = defaultdict(list)
    for entity in entities:
        groups[entity.blueprint].append(entity)
    found: dict[Node, Document] = {}
    for name, group in groups.items():
        blueprint = graph.blueprints.get(name)
        if blueprint.has_computed_properties:
            values = _values(graph, blueprint, group)
            found |= {(name, identifier): document for identifier, document in values.items()}
    return found


def _values(graph: Graph, blueprint: Blueprint, entities: Sequence[Entity]) -> dict[str, Document]:
    """Return {identifier: {property: value}} for entities of one blueprint."""
    document = blueprint.document
    starts = [(entity.blueprint, entity.identifier) for entity in entities]
    columns = {
        name: mirror(graph, blueprint, entities, definition["path"])
        for name, definition in document.get("mirrorProperties", {}).items()
    } | {
        name: aggregate(graph, starts, definition)
        for name, definition in document.get("aggregationProperties", {}).items()
    }
    calculations = {
        name: compile_calculation(definition["calculation"])
        for name, definition in document.get("calculationProperties", {}).items()
    }
    found: dict[str, Document] = {}
    for entity in entities:
        values = {name: column.get(entity.identifier) for name, column in columns.items()}
        snapshot = {**project(entity), "properties": {**entity.content["properties"], **values}}
        for name, calculate in calculations.items():
            values[name] = snapshot["properties"][name] = calculate(snapshot)
        found[entity.identifier] = values
    return found


def _attach_titles(graph: Graph, entities: Iterable[Entity], documents: Iterable[Document]) -> None:
    """Replace each related identifier with `{"identifier", "title"}`."""

    @cache
    def with_title(blueprint: str, identifier: str) -> Document:
        found = graph.entities.get_many(blueprint, [identifier]).get(identifier)
        return {"identifier": identifier, "title": found.content.get("title") if found else None}

    def titled(target: str, value: Json) -> object:
        targets = [with_title(target, name) for name in targets_of(value)]
        return targets if isinstance(value, list) else next(iter(targets), None)

    for entity, document in zip(entities, documents, strict=True):
        relations = graph.blueprints.get(entity.blueprint).rules.relations
        document["relations"] = {
            name: titled(relations[name].target, value)
            for name, value in document.get("relations", {}).items()
            if name in relations
        }
