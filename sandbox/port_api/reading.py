"""Entities as they are answered: their fields, and what is computed when they are read.

Mirrors and aggregations see only stored properties of other entities; a calculation sees the properties of
its own entity, with its mirrors and aggregations and with the calculations before it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from sandbox.port_api.aggregations import aggregated
from sandbox.port_api.blueprints import Blueprint
from sandbox.port_api.calculations import calculation
from sandbox.port_api.entities import Entity, targets_of
from sandbox.port_api.graph import Graph, Node
from sandbox.port_api.jsontext import Document, Json
from sandbox.port_api.mirrors import mirrored
from sandbox.port_api.views import view


@dataclass(frozen=True, slots=True)
class Wanted:
    """include, exclude: fields by name (`title`, `properties.age`), empty is all and none; computed: whether
    to show what is computed; titles: related entities come with their titles.
    """

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    computed: bool = True
    titles: bool = False


def show(graph: Graph, entities: Sequence[Entity], wanted: Wanted) -> list[Document]:
    """As answered, in their order."""
    computed = _computed(graph, entities) if wanted.computed else {}
    shown = [
        view(entity, wanted.include, wanted.exclude, computed.get((entity.blueprint, entity.identifier), {}))
        for entity in entities
    ]
    if wanted.titles:
        _attach_titles(graph, entities, shown)
    return shown


def _computed(graph: Graph, entities: Sequence[Entity]) -> dict[Node, Document]:
    groups: dict[str, list[Entity]] = defaultdict(list)
    for entity in entities:
        groups[entity.blueprint].append(entity)
    found: dict[Node, Document] = {}
    for name, group in groups.items():
        blueprint = graph.blueprints.get(name)
        if blueprint.computes:
            values = _values(graph, blueprint, group)
            found |= {(name, identifier): document for identifier, document in values.items()}
    return found


def _values(graph: Graph, blueprint: Blueprint, entities: Sequence[Entity]) -> dict[str, Document]:
    """{identifier: {property: value}} of entities of one blueprint."""
    document = blueprint.document
    starts = [(entity.blueprint, entity.identifier) for entity in entities]
    columns = {
        name: mirrored(graph, blueprint, entities, definition["path"])
        for name, definition in document.get("mirrorProperties", {}).items()
    } | {
        name: aggregated(graph, starts, definition)
        for name, definition in document.get("aggregationProperties", {}).items()
    }
    calculations = {
        name: calculation(definition["calculation"])
        for name, definition in document.get("calculationProperties", {}).items()
    }
    found: dict[str, Document] = {}
    for entity in entities:
        values = {name: column.get(entity.identifier) for name, column in columns.items()}
        whole = {**view(entity), "properties": {**entity.content["properties"], **values}}
        for name, calculate in calculations.items():
            values[name] = whole["properties"][name] = calculate(whole)
        found[entity.identifier] = values
    return found


def _attach_titles(graph: Graph, entities: Iterable[Entity], shown: Iterable[Document]) -> None:
    """Replaces each related identifier by `{"identifier", "title"}`."""

    @cache
    def with_title(blueprint: str, identifier: str) -> Document:
        found = graph.entities.named(blueprint, [identifier]).get(identifier)
        return {"identifier": identifier, "title": found.content.get("title") if found else None}

    def titled(target: str, value: Json) -> object:
        several = [with_title(target, name) for name in targets_of(value)]
        return several if isinstance(value, list) else next(iter(several), None)

    for entity, document in zip(entities, shown, strict=True):
        relations = graph.blueprints.get(entity.blueprint).rules.relations
        document["relations"] = {
            name: titled(relations[name].target, value)
            for name, value in document.get("relations", {}).items()
            if name in relations
        }
