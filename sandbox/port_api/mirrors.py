"""Mirror properties: `{"path": "system.domain.$title"}` is a value of an entity that relations lead to."""

from collections.abc import Mapping, Sequence

from sandbox.port_api.blueprints import Blueprint
from sandbox.port_api.entities import Entity, targets_of
from sandbox.port_api.graph import Graph
from sandbox.port_api.jsontext import Json
from sandbox.port_api.rule_kinds import reader_of

type _Ends = dict[str, list[Entity]]
"""{identifier of the mirroring entity: where its path has led so far}"""


def mirrored(graph: Graph, blueprint: Blueprint, entities: Sequence[Entity], path: str) -> Mapping[str, Json]:
    """{identifier: value}, a list where a relation on the path is to many. Sees stored properties only."""
    *relations, name = path.split(".")
    ends: _Ends = {entity.identifier: [entity] for entity in entities}
    many = False
    for relation_name in relations:
        relation = blueprint.rules.relations.get(relation_name)
        if relation is None:
            return {}
        ends = _followed(graph, ends, relation_name, relation.target)
        blueprint, many = graph.blueprints.get(relation.target), many or relation.many
    read = reader_of(name)
    return {
        identifier: [read(entity) for entity in found] if many else read(found[0])
        for identifier, found in ends.items()
        if found or many
    }


def _followed(graph: Graph, ends: _Ends, relation: str, target: str) -> _Ends:
    names = {
        identifier: [
            name for entity in reached for name in targets_of(entity.content["relations"].get(relation))
        ]
        for identifier, reached in ends.items()
    }
    found = graph.entities.named(target, {name for several in names.values() for name in several})
    return {
        identifier: [found[name] for name in several if name in found]
        for identifier, several in names.items()
    }
